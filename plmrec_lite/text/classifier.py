"""A classifier of texts: a pre-trained encoder with one new layer on top."""

from __future__ import annotations

import json
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from plmrec_lite.checks import check_choice
from plmrec_lite.nn.lora import add_lora, merge_lora
from plmrec_lite.nn.losses import cross_entropy
from plmrec_lite.runtime import check_seed, own_seed
from plmrec_lite.text.pretrained import ModelError, load_pretrained, model_name

METHODS = ("last layers", "LoRA", "all layers")
N_LAST = 2
LORA_RANK = 8


class TextClassifier(nn.Module):
    """An encoder, the mean of its token vectors, and a linear layer that gives logits.

    Parameters
    ----------
    classes : sequence of str; at least two
    name : str or None; the pre-trained model, see ``load_pretrained``
    seed : int; of the head's first weights, and of a LoRA correction's

    Attributes
    ----------
    encoder : transformers.PreTrainedModel
    head : torch.nn.Linear (d_model → n_classes); random until trained
    max_length : int; tokens the encoder reads, special tokens included
    history : pandas.DataFrame or None; of its training, a row a step

    Raises
    ------
    ValueError: fewer than two classes
    ModelError: the model cannot be loaded

    Source: Devlin et al. 2019, section 3.2.
    """

    accepts_loss_kwargs = True  # asks the Trainer for num_items_in_batch

    def __init__(self, classes, name=None, seed=0):
        super().__init__()
        check_seed(seed)
        if len(set(classes)) < 2:
            raise ValueError(f"classes={list(classes)}: a classifier needs at least two")
        self.classes = tuple(classes)
        self.name = model_name(name)
        self.tokenizer, self.encoder = load_pretrained(self.name)
        self.tokenizer.padding_side = "right"
        config = self.encoder.config
        limit = getattr(config, "max_position_embeddings", self.tokenizer.model_max_length)
        self.max_length = int(min(self.tokenizer.model_max_length, limit))
        self.dropout = nn.Dropout(getattr(config, "hidden_dropout_prob", 0.1))
        self.seed = seed
        with own_seed(seed):
            self.head = nn.Linear(config.hidden_size, len(self.classes))
        self.history = None
        for key, weight in self.encoder.named_parameters():
            weight.requires_grad = not key.startswith("pooler.")  # a layer that the mean replaces

    @property
    def device(self):
        """Where the weights are."""
        return self.head.weight.device

    def forward(self, input_ids, attention_mask, labels=None, num_items_in_batch=None):
        """Return the logits of a batch, and its loss where the classes are given.

        Parameters
        ----------
        input_ids, attention_mask : int tensor (B, T)
        labels : int tensor (B,) or None
        num_items_in_batch : int, tensor or None; texts of the whole batch, where this is a part of
            one: the losses of the parts add up to the mean over the batch; None stands for B

        Returns
        -------
        dict; ``logits`` (B, n_classes), and with labels the scalar ``loss``
        """
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask)[0]  # (B, T, d)
        mask = attention_mask.unsqueeze(-1).to(hidden.dtype)  # (B, T, 1)
        vector = (hidden * mask).sum(1) / mask.sum(1)  # (B, d)
        logits = self.head(self.dropout(vector))  # (B, n_classes)
        if labels is None:
            return {"logits": logits}
        loss = cross_entropy(logits.float(), labels, reduction="sum")
        return {"loss": loss / (num_items_in_batch or len(labels)), "logits": logits}

    def choose_weights(self, method):
        """Choose what training may move, beside the head; return how many numbers that is.

        Parameters
        ----------
        method : {"all layers", "last layers", "LoRA"}; all weights, those of the last two layers,
            or a new correction of rank 8 of every linear layer

        Returns
        -------
        int

        Raises
        ------
        ValueError: an unknown method

        Source: Howard and Ruder 2018 (last layers); Hu et al. 2022 (LoRA).
        """
        check_choice("method", method, METHODS)
        if method == "last layers":
            stacks = [m for m in self.encoder.modules() if isinstance(m, nn.ModuleList)]
            self.encoder.requires_grad_(False)
            max(stacks, key=len)[-N_LAST:].requires_grad_(True)
        if method == "LoRA":
            add_lora(self.encoder, LORA_RANK, 2 * LORA_RANK, exclude=["pooler"], seed=self.seed)
        return sum(weight.numel() for weight in self.parameters() if weight.requires_grad)

    def merge(self):
        """Add a LoRA correction into the weights, so that the model is a plain one again."""
        merge_lora(self.encoder)

    def save(self, folder):
        """Save encoder, tokenizer and head; ``TextEncoder(folder)`` reads the encoder.

        Parameters
        ----------
        folder : str or pathlib.Path
        """
        folder = Path(folder)
        self.encoder.save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        head = {key: value.cpu().contiguous() for key, value in self.head.state_dict().items()}
        save_file(head, folder / "head.safetensors", {"classes": json.dumps(self.classes)})

    @classmethod
    def load(cls, folder):
        """Load what ``save`` saved, in evaluation mode, on the CPU.

        Parameters
        ----------
        folder : str or pathlib.Path

        Returns
        -------
        TextClassifier

        Raises
        ------
        ModelError: something is missing or damaged
        """
        path = Path(folder) / "head.safetensors"
        try:
            with safe_open(path, framework="pt") as file:
                head = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
                classes = json.loads(file.metadata()["classes"])
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"{path} holds no classifier ({type(error).__name__}: {error}): "
                "give a folder that TextClassifier.save wrote"
            ) from error
        model = cls(classes, str(folder))
        model.head.load_state_dict(head)
        return model.eval()
