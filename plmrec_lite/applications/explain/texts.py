"""A text whose score is explained word by word, by four methods."""

from __future__ import annotations

import copy

import numpy as np
import torch

from plmrec_lite.applications.explain.gradients import integrated_gradients
from plmrec_lite.applications.explain.rollout import rollout
from plmrec_lite.checks import check_texts
from plmrec_lite.runtime import check_seed

SETS_AT_ONCE = 12


class ExplainedText:
    """One text, and one score that a model of BERT's kind gives it.

    The words are what stands between spaces. A word of several tokens gets the sum over them.

    Parameters
    ----------
    encoder : transformers.PreTrainedModel; of BERT's kind, in evaluation mode
    tokenizer : transformers.PreTrainedTokenizerFast; with a mask token
    text : str; not empty
    head : callable; takes the means of the token vectors (B, d), returns scores (B,)
    max_length : int; tokens that are read; words beyond them are left out

    Attributes
    ----------
    words : list of n str

    Raises
    ------
    TypeError, ValueError: the text is no string, or empty; by ``attention`` and ``rollout``: a
        layer returns no weights
    """

    def __init__(self, encoder, tokenizer, text, head, max_length=128):
        (text,) = check_texts([text])
        self.encoder, self.tokenizer, self.head = encoder, tokenizer, head
        self.max_length = max_length
        words = text.split()
        read = self._tokens([words]).word_ids(0)
        self.words = words[: 1 + max(place for place in read if place is not None)]
        batch = self._tokens([self.words])
        self.word_of = [-1 if place is None else place for place in batch.word_ids(0)]  # (T,)
        self.ids = batch["input_ids"][0].cpu()  # (T,)

    def __len__(self):
        return len(self.words)

    def score(self, kept):
        """Score the text with some of its words only.

        Parameters
        ----------
        kept : bool array (n_sets, n)

        Returns
        -------
        float64 array (n_sets,)
        """
        kept = np.asarray(kept, dtype=bool)
        order = np.argsort(kept.sum(1), kind="stable")  # similar lengths together: less padding
        scores = np.zeros(len(kept))
        for start in range(0, len(order), SETS_AT_ONCE):
            rows = order[start : start + SETS_AT_ONCE]
            texts = [[self.words[place] for place in np.flatnonzero(kept[row])] for row in rows]
            batch = self._tokens(texts)
            with torch.inference_mode():
                found = self._score(batch["attention_mask"], input_ids=batch["input_ids"])
            scores[rows] = found.double().cpu().numpy()
        return scores

    def attention(self):
        """Return each word's share of the last layer's attention: the mean of heads and rows.

        Returns
        -------
        float array (n,); special tokens have the rest of 1
        """
        return self._by_word(self._attention()[-1].mean(0))

    def rollout(self):
        """Return each word's share of the output by attention rollout: the mean of its rows.

        Returns
        -------
        float array (n,); special tokens have the rest of 1

        Source: Abnar & Zuidema 2020.
        """
        return self._by_word(rollout(self._attention()).mean(0))

    def integrated_gradients(self, n_steps=20):
        """Return what each word adds to the score, from a text of masks to the text itself.

        Parameters
        ----------
        n_steps : int

        Returns
        -------
        float array (n,); signed

        Source: Sundararajan et al. 2017.
        """
        x, masks = self._embeddings(self.ids), self._embeddings(self._masked(range(len(self))))
        parts = integrated_gradients(self.from_embeddings, x, masks, n_steps)  # (T, d)
        return self._by_word(parts.sum(1))

    def occlusion(self):
        """Return by how much the score falls when a word's tokens are masked.

        Returns
        -------
        float array (n,); signed

        Source: Zeiler & Fergus 2014 (for pictures).
        """
        hidden = torch.stack([self.ids, *(self._masked([word]) for word in range(len(self)))])
        hidden = hidden.to(self.encoder.device)
        with torch.inference_mode():
            scores = self._score(torch.ones_like(hidden), input_ids=hidden)
        scores = scores.double().cpu().numpy()
        return scores[0] - scores[1:]

    def from_embeddings(self, inputs):
        """Score inputs that are given as embeddings of tokens, before positions are added.

        Parameters
        ----------
        inputs : float tensor (B, T, d)

        Returns
        -------
        float tensor (B,)
        """
        mask = torch.ones(inputs.shape[:2], dtype=torch.long, device=inputs.device)
        return self._score(mask, inputs_embeds=inputs)

    def _tokens(self, texts):
        """Texts as lists of words, as tokens of one length."""
        return self.tokenizer(
            texts,
            is_split_into_words=True,
            truncation=True,
            max_length=self.max_length,
            padding=True,
            return_tensors="pt",
        ).to(self.encoder.device)

    def _score(self, mask, **inputs):
        """Scores (B,) of tokens or embeddings: the head of the mean over a text's tokens."""
        hidden = self.encoder(attention_mask=mask, **inputs)[0]  # (B, T, d)
        weights = mask.unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
        return self.head((hidden * weights).sum(1) / weights.sum(1))

    def _masked(self, words):
        """The text's tokens with some words masked: (T,)."""
        gone = torch.from_numpy(np.isin(self.word_of, list(words)))
        return torch.where(gone, self.tokenizer.mask_token_id, self.ids)

    def _embeddings(self, ids):
        """Embeddings (T, d) of tokens."""
        table = self.encoder.embeddings.word_embeddings
        return table(ids.to(self.encoder.device)).detach()

    def _attention(self):
        """Each layer's attention, the mean of its heads: L tensors (T, T)."""
        config = self.encoder.config
        before = config._attn_implementation
        self.encoder.set_attn_implementation("eager")  # the fused kernels return no weights
        try:
            with torch.inference_mode():
                ids = self.ids[None].to(self.encoder.device)
                read = self.encoder(input_ids=ids, output_attentions=True)
        finally:
            self.encoder.set_attn_implementation(before)
        if len(read.attentions) != config.num_hidden_layers:
            raise ValueError(
                f"{len(read.attentions)} of {config.num_hidden_layers} layers return attention "
                "weights: all layers must share the encoder's config"
            )
        return [layer[0].mean(0).cpu() for layer in read.attentions]

    def _by_word(self, values):
        """Add the values (T,) of each word's tokens: (n,)."""
        places = np.array(self.word_of)
        values = values.double().cpu().numpy()
        return np.bincount(places[places >= 0], values[places >= 0], minlength=len(self.words))


def class_head(classifier, label):
    """Return the probability of one class as a function of a text's vector.

    Parameters
    ----------
    classifier : TextClassifier
    label : int

    Returns
    -------
    callable; (B, d) to (B,)
    """
    return lambda vectors: classifier.head(vectors).softmax(-1)[:, label]


def tower_encoder(tower):
    """Return the language model of a tower as one network, its tuned layers on top.

    Parameters
    ----------
    tower : TextTower; fitted

    Returns
    -------
    transformers.PreTrainedModel
    """
    encoder = copy.deepcopy(tower.encoder_.model)
    tuned = copy.deepcopy(tower.upper_.layers)
    for module in tuned.modules():
        if hasattr(module, "config"):
            module.config = encoder.config  # one place says which kernel computes attention
    kept = encoder.encoder.layer[: -len(tuned)]
    encoder.encoder.layer = torch.nn.ModuleList([*kept, *tuned])
    return encoder.eval()


def taste_head(tower, user):
    """Return a user's score of an item as a function of the vector of the item's text.

    Parameters
    ----------
    tower : TextTower; fitted
    user : int

    Returns
    -------
    callable; (B, d) to (B,); in standard deviations of the user's scores over all items
    """
    scores = tower.score([user])[0]
    centre = torch.as_tensor(tower.centre_)
    taste = torch.as_tensor(tower.user_vectors_[user]) / (tower.scale_ * scores.std())
    mean = float(scores.mean() / scores.std())
    return lambda vectors: (vectors.cpu() - centre) @ taste - mean


def randomized(encoder, n_layers=None, seed=0):
    """Return a copy of an encoder whose upper layers, or all weights, are random.

    Parameters
    ----------
    encoder : transformers.PreTrainedModel; of BERT's kind
    n_layers : int or None; layers at the top; None: all layers and the embeddings
    seed : int

    Returns
    -------
    transformers.PreTrainedModel; matrices are drawn as before pre-training, layer norms are plain

    Raises
    ------
    ValueError: more layers than there are

    Source: Adebayo et al. 2018, section 3.
    """
    check_seed(seed)
    encoder = copy.deepcopy(encoder)
    layers = encoder.encoder.layer
    if n_layers is not None and not 0 <= n_layers <= len(layers):
        raise ValueError(f"n_layers={n_layers}: the model has {len(layers)} layers")
    parts = [encoder] if n_layers is None else layers[len(layers) - n_layers :]
    drawn = torch.Generator().manual_seed(seed)
    spread = encoder.config.initializer_range
    for name, weight in (pair for part in parts for pair in part.named_parameters()):
        fresh = torch.randn(weight.shape, generator=drawn) * spread
        if weight.dim() == 1:
            fresh = torch.full(weight.shape, float("LayerNorm" in name and "weight" in name))
        weight.data.copy_(fresh)
    return encoder.eval()
