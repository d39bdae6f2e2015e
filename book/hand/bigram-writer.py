"""A model that counts pairs of words, under the hand: it writes on, word by word."""

import math
import re
from collections import Counter
from itertools import chain, pairwise

from plmrec_lite.text.corpus import film_corpus

N_WORDS, N_AFTER, START = 300, 40, "film"


def followers():
    """The most frequent words of the training summaries; after each, the words that follow it.

    Returns
    -------
    words : list of str; the most frequent first, without those that none of them ever follows
    after : one list a word: [number of a word that follows, how often, number, how often, ...]
    """
    texts = [" ".join(film).lower() for film in film_corpus().train]
    running = [re.findall(r"[a-z]+|[.,]", re.sub(r"\s*\([^()]*\)", "", text)) for text in texts]
    common = Counter(word for text in running for word in text)
    words = sorted(common, key=lambda word: (-common[word], word))[:N_WORDS]
    counted = Counter(pair for text in running for pair in pairwise(text))
    pairs = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    going = {one for (one, two), _ in pairs if one in words and two in words}
    words = [word for word in words if word in going]  # a word that leads nowhere is left out
    number = {word: i for i, word in enumerate(words)}
    after = [[] for _ in words]
    for (one, two), n in pairs:
        if one in number and two in number and len(after[number[one]]) < 2 * N_AFTER:
            after[number[one]] += [number[two], n]
    return words, after


def make():
    """The words in one text, and what follows each of them."""
    found, after = followers()
    return {"vocabulary": " ".join(found), "after": after, "start": START}


def written(data, n):
    """The likeliest continuation of the start, ``n`` words long."""
    names = data["vocabulary"].split()
    text = [names.index(data["start"])]
    for _ in range(n):
        text.append(data["after"][text[-1]][0])
    return [names[i] for i in text]


def words(data):
    """What the likeliest continuation is, and how sure the model is after the first word."""
    names = data["vocabulary"].split()
    after = data["after"][names.index(data["start"])]
    counts = after[1::2][:10]
    entropy = -sum(n / sum(counts) * math.log2(n / sum(counts)) for n in counts)
    return {
        "n": str(len(names)),
        "start": data["start"],
        "next": names[after[0]],
        "share": f"{100 * counts[0] / sum(counts):.0f}",
        "entropy": f"{entropy:.2f}",
        "text": " ".join(written(data, 12)),
    }


def part(data):
    """What follows the first ten words."""
    anew = followers()[1][:10]
    return {"after": [*chain(*data["after"][:10])]}, {"after": [*chain(*anew)]}
