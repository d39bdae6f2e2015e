"""What does SmolLM2 know of films before it has read a line of the log?

Cloze tests. "years": after `The film "TITLE" was released in the year` each of
the years 1920 to 2026 is scored. The films are those of the log, films of 2025,
and invented titles: the first half of the words of one title of the log and the
second half of another's, by lot, where the log has no such title. "endings":
the last word of a title after the others, against the last word of another title
of the same kind. "numbers": a line of the log's list of films after the two
before it, `3|` and then the title: is it likelier after its own number than after
that of another film? A seed draws what is invented and the other titles.

The model was published in November 2024; the films of 2025 are titles that are
no sequel and no title of an older film as far as we know. Their endings show
what knowing English gives.

Predicted on 2026-11-27, before the first run. The right year is the likeliest
for a tenth of the log's films, no more than always saying the commonest year
gives; the right year's log-probability is above its mean after other films'
titles by more than 0.5 nats. That gain rises with the number of ratings, with a
rank correlation above 0.2. For films of 2025 it is within 0.1 of zero. The model
is as sure of a year for invented titles as for real ones (highest probability
within 0.02). The true ending is likelier than another's in more than 85 of 100
titles of the log, and in 75 of 100 of 2025. Titles are likelier after their own
number in 50 to 53 of 100 films: the list was not memorised.
"""

import numpy as np
from plmrec_lite.data import load_movielens
from plmrec_lite.text.gpt.catalogue import write_from_catalogue
from plmrec_lite.text.gpt.model import load_gpt
from plmrec_lite.text.gpt.scoring import log_probabilities

SEEDS = (0, 1, 2)
CASES = {
    "years": {"kind": "years", "n_films": 150},
    "endings": {"kind": "endings", "n_films": 80},
    "numbers": {"kind": "numbers", "n_films": 50},
}
SEEDS_OF = {"years": (0,)}
CHECK = {"kind": "years", "n_films": 3}

YEARS = range(1920, 2027)
NEW = (
    "Sinners",
    "One Battle After Another",
    "Sentimental Value",
    "Marty Supreme",
    "Bugonia",
    "The Phoenician Scheme",
    "Eddington",
    "Materialists",
    "Sorry, Baby",
    "The Ugly Stepsister",
    "Bring Her Back",
    "It Was Just an Accident",
    "No Other Choice",
    "KPop Demon Hunters",
    "A House of Dynamite",
    "Hurry Up Tomorrow",
    "Good Fortune",
    "Splitsville",
    "Heart Eyes",
    "Black Bag",
    "The Ballad of Wallis Island",
    "If I Had Legs I'd Kick You",
    "Death of a Unicorn",
    "Roofman",
    "After the Hunt",
    "Rental Family",
    "Is This Thing On?",
    "Jay Kelly",
    "Eleanor the Great",
    "Twinless",
)  # films of 2025


def run(seed, kind, n_films):
    """Log-probabilities of each film, and of what does not belong to it."""
    items = load_movielens().items
    items = items[items.year.notna()].reset_index(drop=True)
    kinds = {"years": years, "endings": endings, "numbers": numbers}
    return kinds[kind](load_gpt(), items, np.random.default_rng(seed), n_films)


def years(gpt, items, rng, n_films):
    """Log-probabilities of all years after each title."""
    titles, true = items.title.tolist(), items.year.astype(int).to_numpy()
    chosen = np.sort(rng.permutation(len(titles))[:n_films])
    kinds = {
        "log": [titles[film] for film in chosen],
        "2025": list(NEW[:n_films]),
        "invented": invented(titles, rng, n_films // 3),
    }
    values = {"films": items.item.to_numpy()[chosen], "true": true[chosen]}
    asked, n = [f" {year}" for year in YEARS], len(YEARS)
    for kind, of_kind in kinds.items():
        said = []
        for title in of_kind:
            prompt = f'The film "{title}" was released in the year'
            numbers, found = write_from_catalogue(gpt, prompt, asked, n, n)
            said.append(found[np.argsort(numbers)])
        said = np.array(said)  # (n, n_years)
        values[f"{kind}, likeliest"] = np.array(YEARS)[said.argmax(1)]
        values[f"{kind}, highest"] = said.max(1).round(4)
        values[f"{kind}, mean"] = said.mean(0).round(4)  # of each year
        if kind != "invented":
            of = true[chosen] if kind == "log" else np.full(len(said), 2025)
            own = said[np.arange(len(said)), of - YEARS[0]]
            values[f"{kind}, right"] = own.round(4)
    return values


def invented(titles, rng, n):
    """First half of one title, second half of another; none of the log's own."""
    parts = [title.split() for title in titles if len(title.split()) > 1]
    known, found = set(titles), []
    while len(found) < n:
        one, other = (parts[number] for number in rng.integers(len(parts), size=2))
        title = " ".join([*one[: len(one) // 2], *other[len(other) // 2 :]])
        if title not in known:
            found.append(title)
    return found


def endings(gpt, items, rng, n_films):
    """The last word of each title, and another title's, after the words before."""
    values = {}
    for kind, titles in (("log", items.title.tolist()), ("2025", list(NEW))):
        long = [n for n, title in enumerate(titles) if len(title.split()) > 1]
        lasts = [titles[n].split()[-1] for n in long]
        right, wrong = [], []
        drawn = np.sort(rng.permutation(len(long))[:n_films]).tolist()
        for place in drawn:
            n = long[place]
            others = [word for word in lasts if word != lasts[place]]
            other = others[rng.integers(len(others))]
            prompt = f'The film "{" ".join(titles[n].split()[:-1])}'
            said = log_probabilities(
                gpt, prompt, [f' {lasts[place]}"', f' {other}"']
            )
            right.append(said[0].sum())
            wrong.append(said[1].sum())
        films = [long[place] for place in drawn]
        values[f"{kind}, films"] = (
            items.item.to_numpy()[films] if kind == "log" else films
        )
        values[f"{kind}, right"] = np.round(right, 4)
        values[f"{kind}, wrong"] = np.round(wrong, 4)
    return values


def numbers(gpt, items, rng, n_films):
    """Each title in the log's own list of films, after its number and another's."""
    lines = [
        f"{film + 1}|{title} ({year:.0f})"
        for film, title, year in zip(
            items.item, items.title, items.year, strict=True
        )
    ]
    right, wrong = [], []
    usual = [
        film for film in range(2, len(lines)) if items.title[film][0].isalpha()
    ]
    for film in rng.permutation(usual)[:n_films].tolist():
        before = "\n".join(lines[film - 2 : film])
        own, title = lines[film].split("|", 1)
        other = rng.integers(1, len(lines))
        said = [
            log_probabilities(gpt, f"{before}\n{number}|", [title])[0].sum()
            for number in (own, other)
        ]
        right.append(said[0])
        wrong.append(said[1])
    return {"right": np.round(right, 4), "wrong": np.round(wrong, 4)}
