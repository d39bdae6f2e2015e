md('card', r'''
# Generative retrieval: films as codes

:::{card}
:class-card: page-card

**You will be able to**

- turn vectors into codes by residual k-means, and judge codes by their entropy and collisions (exercises 1 and 2, question 1)
- write a code by beam search that cannot leave the catalogue (exercise 3, question 2)
- design the control that tells what the meaning of a code contributes (exercise 4, questions 3 and 4)

**Needs** {doc}`/book/plmrec/representations`, {doc}`/book/plmrec/sequences`, {doc}`/book/frontier/prompting`

**Minutes** 1: 1 to read, 0 for the exercises

**Short path** 1 min: The question · A code for each film · What the digits say · Writing a code · Does writing beat scoring? · What can go wrong · Summary

**Measured cost** 1 s of processor time · 1 s on 2 cores · 1 GB of memory at most
:::
''')
code('bring-in', base.cells[1].source, 'bring-in','remove-cell')
md('question', r'''
## The question

A recommender scores all films and sorts them. A language model does something else: it writes, token by token. Since 2023 recommenders do this too. Each film gets a name of a few digits, made from its text so that similar films begin alike, a {term}`semantic ID`; a transformer reads the codes of a person's films and writes the code of the next one {cite:p}`rajput2023`. This is {term}`generative retrieval`. Papers report large gains over scoring. This page builds it small, and asks what the gain is made of.

:::{admonition} Predict first
:class: predict

Write down five answers. Ours were written down before the first run; they stand beside the results.

1. Three digits from 0 to 31 allow 32,768 codes, and there are 1,682 films. What share of the films has a code that another film has too?
2. A transformer writes codes made of texts. Another one has *the same codes dealt out to other films*, so that they mean nothing. By how much is the first better?
3. Is either as good as the sequence model, which scores ids? As EASE?
4. Codes can also be made of *who watched what*. Are they better than codes of texts?
5. A film that nobody has watched has a code as soon as it has a text. How often does the transformer write it?
:::
''','short','slide','self-check')
code('imports', r'''
import time
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from myst_nb import glue

from plmrec_lite.book import COLOURS, check, finding, recorded, use_house_style
from plmrec_lite.data import leave_one_out, load_movielens
from plmrec_lite.evaluation.intervals import bootstrap
from plmrec_lite.recommenders import CodeWriter, NetworkSettings, SequentialTransformer
from plmrec_lite.recommenders.generative.behaviour import behaviour_vectors
from plmrec_lite.recommenders.generative.code_writer import children_of
from plmrec_lite.recommenders.generative.codes import k_means, lloyd, residual_codes
from plmrec_lite.recommenders.sequential.model import TRAINING
from plmrec_lite.text import TextEncoder
from plmrec_lite.vectors import whiten

use_house_style()
''','hide-cell')
md('codes-said', r'''
## A code for each film

{term}`K-means` puts vectors into groups around centres; the number of its group is a vector's first digit. What the centre leaves over, the *residual*, is grouped again, and gives the second digit, and so on: {term}`residual quantization` {cite:p}`juang1982`. With $\mathbf{r}_0 = \mathbf{v}_i$, the vector of film $i$, and the centres $\mathbf{c}^{(l)}_k$ of level $l$, the digit $k_l$ and the next residual are

$$
k_l = \arg\min_k \lVert \mathbf{r}_{l} - \mathbf{c}^{(l)}_k \rVert, \qquad \mathbf{r}_{l+1} = \mathbf{r}_{l} - \mathbf{c}^{(l)}_{k_l}
$$

By hand, with the four numbers 1, 2, 9 and 12 and two centres a level. The groups {1, 2} and {9, 12} have the centres 1.5 and 10.5. The residuals are −0.5, 0.5, −1.5 and 1.5; the groups of the second level have the centres −1 and 1. So 1 has the code (0, 0) and stands for $1.5 - 1 = 0.5$; 12 has (1, 1) and stands for 11.5.
''','short','slide')
code('by-hand', r'''
numbers = np.array([[1.0], [2.0], [9.0], [12.0]])
first, centres = lloyd(numbers, centres=np.array([[1.0], [9.0]]))
left = numbers - centres[first]
second, finer = lloyd(left, centres=np.array([[-1.0], [1.0]]))
stands_for = centres[first] + finer[second]
print("codes", list(zip(first.tolist(), second.tolist(), strict=True)))
print("stand for", stands_for.ravel().tolist())
''','short')
md('codes-real-said', r'''
The same for films. A film's text (title, year, genres) becomes a MiniLM vector, whitened to 128 numbers as in {doc}`/book/plmrec/sequences`. Three levels of 32 centres:
''','short')
code('codes-real', r'''
movielens = load_movielens()
split = leave_one_out(movielens.interactions)
known = split.known("test")
titles = movielens.items.title.tolist()
texts = TextEncoder(cache=True).encode(movielens.items.text.tolist())
vectors = whiten(texts, 128)


def residual_k_means(vectors, n_centres, n_levels):
    # The digits of each vector, (n, n_levels).
    left, digits = vectors.astype(float), []
    for level in range(n_levels):
        groups, centres = k_means(left, n_centres, seed=level)
        left = left - centres[groups]
        digits.append(groups)
    return np.column_stack(digits)


mine = residual_k_means(vectors, n_centres=32, n_levels=3)
codes = residual_codes(vectors, (32, 32, 32), seed=0)
print("as the library's:", np.array_equal(mine, codes.codes))
for title in ("Star Wars", "Return of the Jedi", "Alien", "Casablanca"):
    print(f"{title:20}", mine[titles.index(title)].tolist())
''','short','nbval-ignore-output')
md('digits-said', r'''
## What the digits say

Do films that share digits have something in common? For each film, take the films that share its first digit, its first two, or all three, and ask what share of them has a genre in common with it. Two other kinds of code stand beside it. *Behaviour*: the vectors come from who watched what (the largest 32 directions of the {term}`interaction matrix`, all films at one length), and no text is read. *Dealt out*: the codes of the texts, given to other films by lot. They have the same groups of the same sizes, and no meaning.
''','short','slide')
code('digits', r'''
kinds = {
    "text": codes,
    "behaviour": residual_codes(behaviour_vectors(known, 32), (32, 32, 32), seed=0),
    "dealt out": codes.dealt_out(0),
}
genres = movielens.items.genres
names = sorted({name for some in genres for name in some})
has = np.array([[name in some for name in names] for some in genres])
common = has.astype(int) @ has.T > 0  # (n_items, n_items): a genre in common


def agreeing(digits):
    # Of each film: the share of those with the same digits that have a genre in common.
    shares = np.full(len(digits), np.nan)
    for film, code in enumerate(digits):
        same = (digits == code).all(1)
        same[film] = False
        if same.any():
            shares[film] = common[film, same].mean()
    return shares


rows, agreed = {}, {}
for kind, one in kinds.items():
    for n in (1, 2, 3):
        shares = agreeing(one.codes[:, :n])
        agreed[kind, n] = shares
        rows[kind, n] = {
            "films that share them with another": f"{np.isfinite(shares).mean():.0%}",
            "genre in common": f"{np.nanmean(shares):.0%}",
        }
any_two = common[~np.eye(len(common), dtype=bool)].mean()
glue("any-two", f"{any_two:.0%}", display=False)
for kind, n in (("text", 1), ("text", 3), ("behaviour", 1)):
    glue(f"agree-{kind}-{n}", f"{np.nanmean(agreed[kind, n]):.0%}", display=False)
digit_gain = {
    kind: bootstrap(
        np.mean,
        agreed[kind, 1] - agreed["dealt out", 1],
        groups=kinds[kind].codes[:, 0],  # films of one group are drawn whole
        over="items",
    )
    for kind in ("text", "behaviour")
}
print(f"any two films: {any_two:.0%} have a genre in common")
table = pd.DataFrame(rows).T
table.index.names = ["codes", "first digits"]
table
''','hide-input','short','tolerance-integers-0.1')
md('digits-read', r'''
Of any two films, {glue:text}`any-two` have a genre in common. Of two films with the same first digit of the text it is {glue:text}`agree-text-1`, and with three equal digits {glue:text}`agree-text-3`: the genres stand in the texts, so this is no surprise. With the same first digit of *behaviour* it is {glue:text}`agree-behaviour-1`, although nobody told these codes what a genre is: people who watch one horror film watch others.

:::{hand} semantic-codes
:caption: The films whose codes begin as one film's code does: with codes of texts, of behaviour, and dealt out by lot. The more digits have to be equal, the fewer films remain.

*[[film]]* has the text code [[code]]. [[count-one]] other films share the first digit, [[count-two]] the first two, among them [[two]]; [[count-three]] has all three. Dealt out by lot, *[[film]]* shares its first digit with [[dealt]].
:::
''','short')
md('entropy-said', r'''
### How good is a code as a name?

Two numbers tell. The {term}`entropy` of a level says how evenly its digits are used: 32 digits that are all used alike have 5 bits. A *collision* is a film whose code another film has too. Films that collide need one digit more that numbers them; this last digit means nothing. Other sizes of the codebook, on the same vectors:
''')
code('entropy', r'''
sizes = {"3 levels of 8": (8,) * 3, "3 levels of 32": (32,) * 3, "3 levels of 256": (256,) * 3}
sizes |= {"2 levels of 32": (32,) * 2, "4 levels of 32": (32,) * 4}
rows = {}
of_sizes = {name: residual_codes(vectors, size, seed=0) for name, size in sizes.items()}
of_sizes["behaviour, 3 levels of 32"] = kinds["behaviour"]
for name, one in of_sizes.items():
    rows[name] = {
        "bits a level": ", ".join(f"{bits:.1f}" for bits in one.entropies()),
        "films that collide": f"{one.collisions():.0%}",
        "most films with one code": int(one.unique()[:, -1].max()) + 1,
    }
glue("collide", f"{codes.collisions():.0%}", display=False)
glue("collide-8", f"{of_sizes['3 levels of 8'].collisions():.0%}", display=False)
glue("collide-256", f"{of_sizes['3 levels of 256'].collisions():.0%}", display=False)
glue("bits-256", rows["3 levels of 256"]["bits a level"], display=False)
pd.DataFrame(rows).T
''','hide-input','tolerance-integers-0.2')
md('entropy-read', r'''
(Your first prediction.) With three levels of 32, {glue:text}`collide` of the films collide, although there are nearly twenty codes a film. Codes are for films that are alike, and films that are alike want the same code. A larger codebook does not cure it: with 256 centres {glue:text}`collide-256` collide, because the first level takes most of what can be told apart, and the later levels hardly use their digits ({glue:text}`bits-256` bits of 8).

The papers use another quantizer. An *RQ-VAE* trains an encoder, the codebooks and a decoder together, so that the vector can be read back from its code {cite:p}`lee2022,rajput2023`. It can bend the space to fill its codebooks, and it can also collapse to a few digits. Residual k-means is its plain form: no encoder, each codebook fitted once. We did not compare the two.
''')
md('beam-said', r'''
## Writing a code

The network is that of {doc}`/book/plmrec/sequences`, with one change: a film enters as the sum of the vectors of its digits, so films that share a digit share a part of their vector. Its output after the last film, $\mathbf{h}$, is all that is known of the person. A small head then writes the four digits one after the other, each from $\mathbf{h}$ and the digits before it: the probability of a code is the product of four {term}`softmaxes <softmax>` over at most 32 digits, in place of one over 1,682 films {cite:p}`lee2022`. {term}`Beam search` keeps the likeliest few beginnings at each digit, and a digit may only continue a code that exists: the {term}`trie` of {doc}`/book/frontier/prompting`, with four levels.

Why more than one beam? Four films have codes of two digits: (a, x), (a, y), (a, z) and (b, w). The first digit is a with probability 0.6 and b with 0.4. After a, the digits x, y and z have 0.3, 0.3 and 0.4; after b, w has 0.9 and the rest goes to digits that no film has after b. One beam goes to a and ends at (a, z) with $0.6 \cdot 0.4 = 0.24$. Two beams find (b, w) with $0.4 \cdot 0.9 = 0.36$.
''','short','slide')
code('beam', r'''
def beam_search(log_probs, children, n_beams):
    # Codes and their log-probabilities. ``log_probs(digits)`` gives those of the next digit;
    # ``children`` lists, of each level and beginning, the digits that exist.
    beams = [((), 0.0)]
    for nexts in children:
        steps = [
            ((*digits, digit), score + log_probs(digits)[digit])
            for digits, score in beams
            for digit in nexts[digits]
        ]
        beams = sorted(steps, key=lambda step: (-step[1], step[0]))[:n_beams]
    return beams


a, b, x, y, z, w = range(6)
toy = {(): {a: 0.6, b: 0.4}, (a,): {x: 0.3, y: 0.3, z: 0.4}, (b,): {w: 0.9}}
toy = {digits: {d: np.log(p) for d, p in nexts.items()} for digits, nexts in toy.items()}
toy_children = children_of(np.array([[a, x], [a, y], [a, z], [b, w]]))
found = {n: beam_search(toy.get, toy_children, n)[0] for n in (1, 2)}
for n, (digits, score) in found.items():
    name = ", ".join("abxyzw"[digit] for digit in digits)
    print(f"{n} beam(s): ({name}) with probability {np.exp(score):.2f}")
''','short')
md('writer-said', r'''
`CodeWriter` does this with the book's own transformer. Here it learns from all people for twelve passes over the data; the recorded models below learn longer. With the probabilities of its head, the beam search above must give the library's scores:
''','short')
code('writer', r'''
training = replace(TRAINING, n_epochs=12, seed=0)
network = NetworkSettings(dropout=0.1)
writer = CodeWriter(codes.unique(), 50, network, training).fit(known)
digits_of = writer.tokens_  # (n_items, 4): a digit of each level is a token of its own
starts = writer.offsets_  # the first token of each level
vectors_of = writer.network_.embedding.digits.detach()  # a vector a digit, (n_tokens, C)


def next_digit(h):
    # The log-probabilities of the next digit after a history's vector and a beginning.
    def log_probs(beginning):
        said = vectors_of[list(beginning)].sum(0)
        low, high = starts[len(beginning) : len(beginning) + 2]
        with torch.no_grad():
            state = writer.writer_(h, said, len(beginning))
        logits = vectors_of[low:high] @ state
        return dict(enumerate(logits.log_softmax(0).tolist(), start=low))

    return log_probs


person = 12
h = torch.tensor(writer.user_vectors_[person], dtype=torch.float32)
children = children_of(digits_of)
beams = beam_search(next_digit(h), children, n_beams=50)
scores = writer.score([person])[0]
film_of = {tuple(code): film for film, code in enumerate(digits_of.tolist())}
beam_error = max(abs(scores[film_of[digits]] - score) for digits, score in beams)
print("as the library's, within 0.001:", beam_error < 0.001)
print("last three:", [titles[film] for film in known.histories()[person][-3:]])
print("written:", [titles[film_of[digits]] for digits, _ in beams[:5]])
''','short','nbval-ignore-output')
md('mass-said', r'''
How much would it err if it were free? With as many beams as films, beam search reaches every code, and the probabilities of all codes that exist can be added up. What is missing to 1 is what free writing would spend on codes of no film:
''')
code('mass', r'''
people = np.arange(200)
writer.n_beams = known.n_items
inside = np.exp(writer.score(people).astype(float)).sum(1)
glue("outside", f"{1 - inside.mean():.0%}", display=False)
print(f"outside the catalogue, mean of {len(people)} people: {1 - inside.mean():.2f}")
''','nbval-ignore-output')
md('mass-read', r'''
After this short training, {glue:text}`outside` of the probability lies outside the catalogue. The trie takes it away without a word; without it, as many of the answers would be no film.
''')
md('test-said', r'''
## Does writing beat scoring?

The recorded experiment gives each model the same people and the same protocol as {doc}`/book/plmrec/sequences`: leave-one-out, all unseen films ranked. Codes of texts, ids and dense texts have the same grid: 24, 48 or 96 passes over the people with one block, and 48 with two. Each takes what was best on validation with seed 0. The two other kinds of code are controls and are trained exactly as the codes of texts are. The test has three seeds. The models are:

| Model | reads and predicts | digits are made of |
|---|---|---|
| codes of texts | digits | MiniLM vectors |
| codes dealt out | digits | the same, given to other films |
| codes of behaviour | digits | who watched what, before the test |
| ids | films | – (one vector a film) |
| dense texts | films | – (a linear map of the whole MiniLM vector) |
| EASE with decay, popularity | – | – |

The predictions were committed before the first run: no codes reach ids; texts beat the codes dealt out by less than 0.01; behaviour beats texts; the whole vectors beat their own codes; EASE stays ahead of all codes.
''','short','slide')
code('test', r'''
runs = recorded("semantic-ids")
print(runs.provenance)
LABELS = {
    "text": "codes of texts",
    "dealt out": "codes dealt out",
    "behaviour": "codes of behaviour",
    "dense text": "dense texts",
    "ids": "ids",
    "EASE, faded": "EASE with decay",
    "popularity": "popularity",
}


def gains_of(case, key="places"):
    # NDCG@10 of each person, the mean over the seeds.
    places = runs.values(case, key)  # (n_seeds, n_users)
    return np.where(places < 10, 1 / np.log2(places + 2.0), 0.0).mean(0)


gained = {kind: gains_of(kind) for kind in LABELS}


def less(mine, other):
    return bootstrap(np.mean, gained[mine] - gained[other], over="persons")


chosen = {kind: runs.record["cases"][kind] for kind in LABELS}
to_text = {kind: less("text", kind) for kind in LABELS if kind != "text"}
for kind, estimate in to_text.items():
    glue(f"text-less-{kind.split(',')[0].replace(' ', '-')}", f"{estimate:+.3f}", display=False)
for kind, values in gained.items():
    glue(f"ndcg-{kind.split(',')[0].replace(' ', '-')}", f"{values.mean():.3f}", display=False)
pd.DataFrame(
    {
        LABELS[kind]: {
            "passes": chosen[kind].get("n_epochs", "–"),
            "blocks": chosen[kind].get("network", {}).get("n_blocks", "–"),
            "NDCG@10": f"{bootstrap(np.mean, gained[kind], over='persons'):.3f}",
            "codes of texts less this": "–" if kind == "text" else f"{to_text[kind]:+.3f}",
        }
        for kind in LABELS
    }
).T
''','hide-input','short','slide')
code('tuning', r'''
grid = pd.DataFrame(
    {
        LABELS[kind]: {
            case.removeprefix(f"validation, {kind}, "): runs.means(case, "ndcg")[0]
            for case in runs.cases
            if case.startswith(f"validation, {kind}, ")
        }
        for kind in ("text", "ids", "dense text")
    }
)
print("NDCG@10 on validation, seed 0; blocks x passes")
grid.round(3).fillna("–")
''','hide-input')
md('test-read', r'''
TEST-READ
''','short')
md('cold-said', r'''
## Films that nobody has watched

A code is made of a text, so a new film has one on its first day. That is the strongest argument for semantic IDs: a transformer that has learned what the digits mean could write the code of a film it never met. The experiment takes all events of a fifth of the films out of training, another fifth with each of three seeds, and asks two things: how many of the ten places go to such cold films, and how often is a cold next film found? The rivals are content-based lists: the cosine of a film's vector with the person's profile, with MiniLM and with {term}`TF-IDF`. Predicted: at most 1 place in 50, and at most 1 in 100 found; MiniLM more than 3 in 100.
''','short')
code('cold', r'''
COLD = {
    "codes of texts": ("cold, text", "text"),
    "codes dealt out": ("cold, dealt out", "dealt out"),
    "dense texts": ("cold, dense text", "dense text"),
    "content, MiniLM": ("cold, text", "MiniLM"),
    "content, TF-IDF": ("cold, text", "TF-IDF"),
    "content, MiniLM, cold films alone": ("cold, text", "MiniLM, cold alone"),
    "content, TF-IDF, cold films alone": ("cold, text", "TF-IDF, cold alone"),
}
is_cold = runs.values("cold, text", "next is cold").astype(bool)  # (3, n_users)
person_of = np.broadcast_to(np.arange(is_cold.shape[1]), is_cold.shape)
at = {name: runs.values(case, f"{key}, places") for name, (case, key) in COLD.items()}
filled = {
    name: runs.values(case, f"{key}, cold places") / 10 for name, (case, key) in COLD.items()
}


def mean_of(values, rows):
    # A mean over people; one who is tested with several seeds is drawn whole.
    return bootstrap(np.mean, values[rows], groups=person_of[rows], over="persons")


mixed = (at["codes of texts"] < 8) | (at["content, MiniLM, cold films alone"] < 2)
hits = {name: places < 10 for name, places in at.items()} | {"8 written, 2 by MiniLM": mixed}
cold_found = {name: mean_of(hit.astype(float), is_cold) for name, hit in hits.items()}
warm_found = {name: mean_of(hit.astype(float), ~is_cold) for name, hit in hits.items()}
taken = {name: mean_of(share, np.ones_like(is_cold)) for name, share in filled.items()}
mixed_gain = {
    part: mean_of(mixed.astype(float) - (at["codes of texts"] < 10), rows)
    for part, rows in (("cold", is_cold), ("warm", ~is_cold))
}
rows = {
    name: {
        "places for cold films": f"{taken[name].value:.1%}" if name in taken else "20%",
        "cold next film found": f"{cold_found[name]:.3f}",
        "other next film found": f"{warm_found[name]:.3f}",
    }
    for name in hits
}
print(f"{is_cold.sum()} tests with a cold next film, {(~is_cold).sum()} others")
pd.DataFrame.from_dict(rows, orient="index")
''','hide-input','short')
md('cold-read', r'''
COLD-READ
''','short')
md('cost-said', r'''
## What a list costs

After the one pass through the transformer, writing takes four steps of the head, for as many beginnings as there are beams; scoring takes one product with all films. In turn, writing keeps a vector for each *digit*, and scoring one for each *film*. On this catalogue:
''')
code('cost', r'''
scorer = SequentialTransformer(training=replace(TRAINING, n_epochs=1, seed=0)).fit(known)
asked = [known.histories()[user] for user in range(100)]


def ms_a_list(model):
    start = time.process_time()
    for history in asked:
        model.score_histories([history])
    return 1e3 * (time.process_time() - start) / len(asked)


rows = {}
for n_beams in (10, 50, known.n_items):
    writer.n_beams = n_beams
    rows[f"writing, {n_beams} beams"] = {
        "steps a list": f"1 pass, {digits_of.shape[1]} digits",
        "vectors kept": len(vectors_of),
        "ms of a core": ms_a_list(writer),
    }
rows["scoring ids"] = {
    "steps a list": "1 pass, 1 product",
    "vectors kept": known.n_items,
    "ms of a core": ms_a_list(scorer),
}
ratio = rows["writing, 50 beams"]["ms of a core"] / rows["scoring ids"]["ms of a core"]
glue("slower", f"{ratio:.1f}", display=False)
pd.DataFrame(rows).T.round({"ms of a core": 1})
''','hide-input','nbval-ignore-output')
md('cost-read', r'''
On this run a list with 50 beams took {glue:text}`slower` times as long as a scored one. With 1,682 films the table of vectors is small anyhow. The trade turns with the catalogue: a table for 100 million films with 64 numbers of four bytes takes 26 gigabytes, and their codes of four bytes 0.4 gigabytes. We measured neither.
''')
md('wrong', r'''
## What can go wrong

Twenty beams are more than ten places. So the list of ten is full?
''','short')
code('wrong-code', r'''
writer.n_beams = 20
tried = np.arange(200)
scores = writer.score(tried)
reached = scores > scores.min(axis=1, keepdims=True)
unseen = (reached & ~known.matrix()[tried].toarray().astype(bool)).sum(1)
short = (unseen < 10).mean()
glue("short-lists", f"{short:.0%}", display=False)
print(f"fewer than ten new films among twenty beams: {short:.0%} of {len(tried)} people")
''','short','nbval-ignore-output')
md('wrong-read', r'''
The writer knows what fits a person, and the person has seen much of that. After the seen films are taken away, {glue:text}`short-lists` of these people have fewer than ten left, and the rest of the list is filled with films in the order of their numbers: nothing crashes, and the list looks like any other. Count what the beams reached, or give more beams. With 50 beams nobody here has fewer than ten.
''','short')
md('claims-said', r'''
## Claims

Claim B2 of the field says that *generating codes beats scoring items*. We test it on one log with residual k-means, one small decoder and one text of each film. The published comparisons use larger networks, trained quantizers and logs of shops; these findings do not speak about them, but the control with codes dealt out can be run there as well.
''')
code('claims', r'''
check(
    "codes-by-hand",
    "By hand, 1 has the code (0, 0) and stands for 0.5, and 12 stands for 11.5.",
    (first[0], second[0]) == (0, 0) and np.allclose(stands_for[[0, 3], 0], [0.5, 11.5]),
    f"{stands_for[0, 0]:.1f} and {stands_for[3, 0]:.1f}",
)
check(
    "codes-residual",
    "Residual k-means written out gives the library's codes.",
    np.array_equal(mine, codes.codes),
    "equal",
)
check(
    "codes-beams",
    "One beam ends at 0.24 and two at 0.36; on films beam search gives the library's scores "
    "to 0.001.",
    np.allclose([np.exp(found[n][1]) for n in (1, 2)], [0.24, 0.36]) and beam_error < 0.001,
    "within both",
)
finding(
    "codes-beat-scoring",
    "Generating codes of texts beats scoring items (protocol B2: leave-one-out, same tuning).",
    {LABELS[kind]: to_text[kind] for kind in ("ids", "EASE, faded")},
    "ndcg",
    about="people",
    expects="EXPECT-1",
    seeds=3,
)
finding(
    "codes-mean-something",
    "Codes of texts beat the same codes dealt out to other films.",
    to_text["dealt out"],
    "ndcg",
    about="people",
    expects="EXPECT-2",
    seeds=3,
)
finding(
    "codes-of-behaviour",
    "Codes of behaviour beat codes of texts.",
    less("behaviour", "text"),
    "ndcg",
    about="people",
    expects="EXPECT-3",
    seeds=3,
)
finding(
    "codes-lose-the-rest",
    "A sequence model over the whole text vectors beats codes of the same vectors.",
    less("dense text", "text"),
    "ndcg",
    about="people",
    expects="EXPECT-4",
    seeds=3,
)
finding(
    "codes-first-digit",
    "Films with the same first digit share a genre more often than films with the same digit "
    "by lot (shares).",
    digit_gain,
    "accuracy",
    about="items",
)
finding(
    "codes-cold",
    "Codes of texts find cold next films that content-based lists do not: they find more of them.",
    {
        name: mean_of(
            hits["codes of texts"].astype(float) - hits[f"content, {name}"], is_cold
        )
        for name in ("MiniLM", "TF-IDF")
    },
    "accuracy",
    about="people",
    expects="EXPECT-5",
    seeds=3,
)
finding(
    "codes-and-cold-list",
    "Two of ten places for cold films by MiniLM raise the share of cold next films that are found.",
    mixed_gain["cold"],
    "accuracy",
    about="people",
    expects="EXPECT-6",
    seeds=3,
)
finding(
    "codes-and-cold-price",
    "The same two places lower the share of other next films that are found.",
    mixed_gain["warm"],
    "accuracy",
    about="people",
    effect="loss",
    expects="EXPECT-7",
    seeds=3,
)
''','hide-input','tolerance-0.03')
md('claims-table','```{page-claims}\n```')
md('summary', r'''
## Summary

SUMMARY
''','short','slide')
md('exercises','## Exercises')
def exercise(label, kind, text, solution_code, text_after):
    md(label, f'''
:::{{exercise}} {kind}
:label: {label}

{text}
:::
''')
    md(label+'-begin', f'''
:::{{solution-start}} {label}
:class: dropdown
:::
''','solution')
    code(label+'-code', solution_code, 'solution')
    md(label+'-end', f'''
{text_after}

:::{{solution-end}}
:::
''','solution')
exercise('codes-residual-hand','Compute: a value within 0.01',
 'The first level has the centres 0.5 and 11.5, the second −1 and 1, the third −0.25 and 0.25. What does the code of 12.9 stand for?',
 'print(11.5 + 1 + 0.25)',
 'The nearest centre is 11.5, which leaves 1.4. Of that the second level takes 1 and leaves 0.4, of which the third takes 0.25: $11.5 + 1 + 0.25 = 12.75$.')
exercise('codes-entropy','Compute: a value within 0.01',
 'A level has four digits, which half, a quarter, an eighth and an eighth of the films have. How many bits is its entropy, and how many would it be if all digits were used alike?',
 'shares = np.array([1 / 2, 1 / 4, 1 / 8, 1 / 8])\nprint(-(shares * np.log2(shares)).sum(), np.log2(4))',
 r'$\frac{1}{2} \cdot 1 + \frac{1}{4} \cdot 2 + \frac{1}{8} \cdot 3 + \frac{1}{8} \cdot 3 = 1.75$ bits, and 2 if all are used alike.')
exercise('codes-beam-turn','Compute: a value within 0.01',
 'In the example of four films, let the first digit be a with probability $p$ and b with $1 - p$. From which $p$ on does one beam find the likeliest code?',
 'print(0.9 / (0.9 + 0.4))',
 r'One beam goes to a as soon as $p > 0.5$. That is right only where $0.4\,p > 0.9\,(1 - p)$, so for $p > \frac{0.9}{1.3} = 0.692$. Between 0.5 and 0.692 it is wrong. (Below 0.5 it goes to b, and is right too.)')
exercise('codes-control','Open',
 'A paper reports that semantic IDs made of product texts beat a sequence model over ids by 10 % of NDCG@10. Which two controls do you ask for, and what would each of them show?',
 'print("texts less dealt out:", format(to_text["dealt out"], "+.3f"))',
 'The same codes dealt out to other products: what is left is due to writing digits, to sharing parameters and to tuning, and not to the meaning of texts. And a sequence model over the whole text vectors: what is left is due to codes, and not to having read the texts. A third is the same tuning for the ids. A fourth is EASE.')
md('quiz', r'''
## Quiz

:::{quiz} Three levels of 32 digits allow 32,768 codes for 1,682 films. Why do many films collide?
- [ ] Because k-means draws its first centres by lot.
  Another draw moves the groups; films that are alike still fall into one.
- [x] Because films that are alike get digits that are alike, and codes for other films stay unused.
  Codes are spread as films are, and not evenly.
- [ ] Because 32,768 is too few.
  It is nearly twenty codes a film. With 256 centres a level more films collide here.
:::

:::{quiz} Beam search with a trie and 50 beams returns ten films. What is certain?
- [x] All of them are in the catalogue.
  Each digit could only continue a code that exists.
- [ ] They are the ten likeliest films.
  A beginning may be dropped whose continuation would have been likely. With as many beams as films it is certain.
- [ ] The person has not watched them.
  The writer does not know that; the list must be filtered afterwards.
:::

:::{quiz} Codes of texts and the same codes dealt out to other films rank equally well. What follows?
- [ ] The texts say nothing about taste.
  They may. This model got nothing out of them by way of the codes.
- [x] The quality of the codes is no evidence that their meaning is used.
  Digits without meaning reach it as well.
- [ ] The transformer has not learned anything.
  It may have learned every film by its code, as it learns words by their letters.
:::

:::{quiz} Why is a film without events hardly ever written, although it has a code?
- [ ] Because the trie does not hold it.
  All codes are in the trie, those of cold films too.
- [ ] Because its text was not encoded.
  Its code is made of its text.
- [x] Because training never saw this row of digits, and so learned that after the first digits others follow.
  To training, a code that never occurs and a film that nobody wants look the same.
:::
''','quiz')
md('reading', r'''
## Further reading

- {cite:t}`rajput2023`: semantic IDs for recommendation, with a trained quantizer, an encoder and a decoder; three shops.
- {cite:t}`yang2024`: the whole vectors against the codes under equal conditions, and a mixture of both for cold items.
- {cite:t}`tay2022`: the idea for search: a transformer writes the name of a document.
- {cite:t}`lee2022`: the residual quantizer that is trained, for images.
- {cite:t}`juang1982`: residual quantization, for speech.
''')
