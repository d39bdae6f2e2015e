"""WordPiece: how BERT cuts a word into pieces that it knows, and where the pieces come from."""

from __future__ import annotations

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def wordpiece(word, vocabulary, unknown="[UNK]"):
    """Cut a word into the longest pieces that the vocabulary holds, from left to right.

    Parameters
    ----------
    word : str; in the form of the vocabulary (for MiniLM: lower case, no accents)
    vocabulary : set or dict of str; a piece that continues a word is marked with ``##``
    unknown : str

    Returns
    -------
    list of str; ``[unknown]`` as soon as one part of the word is not known

    Raises
    ------
    ValueError: the word is empty or holds a space

    Examples
    --------
    >>> wordpiece("aliens", {"al", "alien", "##s", "##iens"})
    ['alien', '##s']

    Source: Schuster and Nakajima 2012; the search is that of Devlin et al. 2019.
    """
    if not word or word.split() != [word]:
        raise ValueError(f"word={word!r}: give one word without spaces; split the text first")
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        for end in range(len(word), start, -1):  # the longest first
            if mark + word[start:end] in vocabulary:
                pieces.append(mark + word[start:end])
                start = end
                break
        else:
            return [unknown]
    return pieces


def train_wordpiece(texts, vocab_size=4000, min_frequency=2):
    """Make a vocabulary from texts, and BERT's tokenizer with it.

    The trainer of ``tokenizers`` joins the pair that is seen most often, as byte-pair encoding
    does (Sennrich et al. 2016).

    Parameters
    ----------
    texts : sequence of str; the training texts, and only those
    vocab_size : int; the most pieces, special tokens and single letters included
    min_frequency : int; two neighbours seen together less often are not joined

    Returns
    -------
    transformers.BertTokenizer; lower-case, without accents; the pieces numbered as they were
        found, after the special tokens

    Raises
    ------
    ValueError: no text, or a ``vocab_size`` too small for the letters of the texts

    Examples
    --------
    >>> tokenizer = train_wordpiece(["a lonely robot", "robots"], vocab_size=40)
    >>> tokenizer.tokenize("lonely robots")
    ['l', '##o', '##n', '##e', '##l', '##y', 'robot', '##s']
    """
    from tokenizers.trainers import WordPieceTrainer
    from transformers import BertTokenizer

    texts = list(texts)
    if not texts:
        raise ValueError("no texts: a vocabulary is counted from at least one")
    backend = BertTokenizer().backend_tokenizer
    letters = sorted(
        {letter for text in texts for letter in backend.normalizer.normalize_str(text)}
    )
    inside = [f"##{letter}" for letter in letters if not letter.isspace()]
    trainer = WordPieceTrainer(
        vocab_size=vocab_size,
        min_frequency=min_frequency,
        # The letters too, for the trainer would number them, and break ties, in a random order.
        special_tokens=[*SPECIAL_TOKENS, *inside],
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer, length=len(texts))
    vocabulary = backend.get_vocab()
    if len(vocabulary) > vocab_size:
        raise ValueError(
            f"vocab_size={vocab_size}: the special tokens and the letters of these texts alone "
            f"are {len(vocabulary)}; ask for more"
        )
    return BertTokenizer(vocab=dict(sorted(vocabulary.items(), key=lambda piece: piece[1])))
