"""Words and pictures under the hand: which emoji are alike, at each share of the picture."""

import numpy as np
from plmrec_lite.applications.multimodal.pictures import picture_vectors
from plmrec_lite.applications.search.spelling import misspell
from plmrec_lite.data import draw_emoji, load_emoji
from plmrec_lite.evaluation.intervals import bootstrap
from plmrec_lite.ranking import top_k
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import unit_scale

SHARES = [round(0.1 * step, 1) for step in range(11)]  # of the picture
CONDITIONS = ["as written", "misspelt", "missing"]
ASKED = ["fox", "violin", "teapot", "rocket", "snowman", "weary face"]
K = 8


def prepared():
    """The emoji, and their vectors by condition of the words, and of the pictures."""
    emoji = load_emoji()
    names = emoji["name"].tolist()
    typos = [misspell(name, share=1, seed=row) for row, name in enumerate(names)]
    encode = TextEncoder("minilm", cache=True).encode
    written = unit_scale(encode(names))
    read = {"as written": written, "misspelt": unit_scale(encode(typos))}
    read["missing"] = np.zeros_like(written)
    drawn = unit_scale(picture_vectors(draw_emoji(emoji["emoji"])))
    return emoji, read, written, drawn


def alike(asked, known):
    """Cosines of vectors with others; 0 with a vector of zeros."""
    lengths = [np.linalg.norm(some, axis=1, keepdims=True) for some in (asked, known)]
    first, second = (v / (n + (n == 0)) for v, n in zip((asked, known), lengths, strict=True))
    return first @ second.T


def make():
    """The share of the same shelf among the ten nearest, and six emoji with their neighbours."""
    emoji, read, written, drawn = prepared()
    by_picture = alike(drawn, drawn)
    same_family = emoji["family"].to_numpy()[:, None] == emoji["family"].to_numpy()
    shelf = emoji["subgroup"].to_numpy()
    names = emoji["name"].tolist()
    values, asked = [], [{"name": one, "near": {}} for one in ASKED]
    for condition in CONDITIONS:
        by_words = alike(read[condition], written)
        row = []
        for share in SHARES:
            scores = (1 - share) * by_words + share * by_picture
            scores[same_family] = -np.inf
            lists = top_k(scores, 10)
            right = (shelf[lists] == shelf[:, None]).mean(axis=1)
            families = emoji["family"].to_numpy()
            found = bootstrap(np.mean, right, groups=families, over="items")
            row.append([round(float(v), 4) for v in found])
            for one in asked:
                place = names.index(one["name"])
                near = {names[i] for i in lists[place, :K]}
                for name in near:
                    other = names.index(name)
                    told = one["near"].setdefault(name, [])
                    if not told:
                        told += [int(shelf[other] == shelf[place])]
                        told += [round(float(by_picture[place, other]), 3) + 0.0]
                        for kind in CONDITIONS[:2]:
                            cosine = alike(read[kind][[place]], written[[other]])[0, 0]
                            told += [round(float(cosine), 3) + 0.0]
        values.append(row)
    return {"shares": SHARES, "conditions": CONDITIONS, "value": values, "asked": asked}


def words(data):
    """The value of the words alone, the largest one with its share, by condition."""
    said = {}
    for condition, row in zip(data["conditions"], data["value"], strict=True):
        means = [mean for mean, *_ in row]
        name = condition.replace(" ", "-")
        said[name] = f"{means[0]:.3f}"
        said[f"{name}-best"] = f"{max(means):.3f}"
        said[f"{name}-share"] = f"{SHARES[int(np.argmax(means))]:.1f}"
    return said


def part(data):
    """The value at two shares of names as written, and the cosines of one emoji."""
    emoji, read, written, drawn = prepared()
    family, shelf = emoji["family"].to_numpy(), emoji["subgroup"].to_numpy()
    held, anew = {}, {}
    for step in (0, 4):
        scores = (1 - SHARES[step]) * alike(written, written)
        scores += SHARES[step] * alike(drawn, drawn)
        scores[family[:, None] == family] = -np.inf
        held[f"value {step}"] = data["value"][0][step][0]
        right = shelf[top_k(scores, 10)] == shelf[:, None]
        anew[f"value {step}"] = right.mean()
    names = emoji["name"].tolist()
    one = data["asked"][0]
    place, others = names.index(one["name"]), [names.index(name) for name in one["near"]]
    told = np.array(list(one["near"].values()))
    held |= {"picture": told[:, 1], "words": told[:, 2], "misspelt": told[:, 3]}
    anew["picture"] = alike(drawn[[place]], drawn[others])[0]
    anew["words"] = alike(read["as written"][[place]], written[others])[0]
    anew["misspelt"] = alike(read["misspelt"][[place]], written[others])[0]
    return held, anew
