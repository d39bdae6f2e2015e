"""The range of each setting, as the refusal of what is no number names it.

``check_number`` takes the words from the ends that it was handed: one left out changes them. The
ranges of the recommenders' settings are in ``recommenders/test_contract.py``.
"""

import inspect
import re
from pydoc import locate

import pytest

COUNT, FROM_0, ABOVE_0 = "an integer, 1 or larger", "a number, 0 or larger", "a number above 0"
SHARE, PART = "a number from 0 to 1", "a number above 0, at most 1"
LEVEL = "a number between 0 and 1, such as 0.95"
RANGES = {
    "applications.choices.conditional_logit": {"penalty": FROM_0},
    "applications.conversations.thread_joins": {"at_least": COUNT, "days": ABOVE_0},
    "applications.inspection.inspect_data": {"max_tokens": COUNT},
    "applications.multimodal.folds.family_folds": {"n_folds": "an integer, 3 or larger"},
    "applications.multimodal.shelves.ShelfNet": {"missing": "a number from 0 to 0.5"},
    "applications.multimodal.shelves.late_fusion": {"weight": SHARE},
    "applications.multimodal.twin_heads.TwinHeads": {
        "dimension": COUNT,
        "temperature": "a number above 0.01",
    },
    "applications.nearest.store.VectorStore": {"dimension": COUNT, "breadth": COUNT},
    "applications.nearest.store.VectorStore.search": {"k": COUNT},
    "applications.nearest.trial.mixtures": {"n": COUNT, "noise": FROM_0},
    "applications.search.box.SearchBox": {"share": SHARE, "weight": FROM_0},
    "applications.search.examples.head_examples": {"most": COUNT},
    "applications.search.hard_negatives.mine_hard_negatives": {
        "n": COUNT,
        "skip": "an integer, 0 or larger",
    },
    "applications.search.heads.QueryHead": {"dimension": COUNT, "temperature": ABOVE_0},
    "applications.search.inverted_index.BM25": {"k1": FROM_0, "b": SHARE},
    "applications.search.personal.personal_scores": {"weight": SHARE},
    "applications.search.popularity.add_prior": {"weight": FROM_0},
    "applications.search.shop.open_shop": {"share": "a number above 0, at most 0.3"},
    "applications.search.spelling.Speller": {"alike": SHARE, "at_least": COUNT},
    "applications.search.spelling.misspell": {"share": SHARE},
    "applications.search.tuning.PairBatches": {"n_keys": COUNT},
    "applications.search.tuning.PairObjective": {"temperature": ABOVE_0},
    "applications.social.neighbourhoods.walks": {
        "n_walks": COUNT,
        "length": "an integer, 2 or larger",
    },
    "applications.social.unwanted.threshold_that_loses": {"share": SHARE},
    "data.rolling.rolling_splits": {
        "days": ABOVE_0,
        "min_history": "an integer, 0 or larger",
        "given": COUNT,
    },
    "data.sources.emoji.draw_emoji": {"size": "an integer, 8 or larger"},
    "evaluation.estimate.Estimate.from_variance": {"level": LEVEL},
    "evaluation.estimate.percentile_interval": {"level": LEVEL},
    "evaluation.freshness.popularity_at": {"delay": FROM_0},
    "evaluation.freshness.profiles_at": {"delay": FROM_0, "decay": PART},
    "evaluation.power.spread_of": {"n": "an integer, 2 or larger"},
    "evaluation.power.power_of": {"gain": "a number", "spread": ABOVE_0, "n": COUNT},
    "evaluation.power.people_needed": {"gain": ABOVE_0, "spread": ABOVE_0},
    "evaluation.power.detectable_gain": {"spread": ABOVE_0, "n": COUNT},
    "evaluation.power.simulated_power": {"n": COUNT, "n_tests": COUNT},
    "recommenders.generative.prompted.PromptReranker": {"n_films": COUNT},
    "recommenders.generative.shortlists.chance_ndcg": {"n_candidates": COUNT},
    "text.gpt.catalogue.write_from_catalogue": {"k": COUNT, "n_beams": COUNT},
    "text.gpt.writing.write": {"n_texts": COUNT, "n_tokens": COUNT, "temperature": FROM_0},
    "text.kneser_ney.KneserNey": {"discount": PART},
    "text.word_vectors.WordVectors": {"a": ABOVE_0},
}
GIVEN = {
    "dimension": 4,
    "n": 5,
    "gain": 0.1,
    "spread": 1.0,
    "differences": [0.5],
    "fusion": "gated",
}


@pytest.mark.parametrize(
    ("path", "name", "words"),
    [(path, name, words) for path, ranges in RANGES.items() for name, words in ranges.items()],
)
def test_a_setting_that_is_no_number_is_told_its_range(path, name, words):
    called = locate(f"plmrec_lite.{path}")
    needed = {
        parameter.name: GIVEN.get(parameter.name)
        for parameter in inspect.signature(called).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind == parameter.POSITIONAL_OR_KEYWORD
    }
    with pytest.raises(ValueError, match=f"^{name}=nan: give {re.escape(words)}$"):
        called(**needed | {name: float("nan")})
