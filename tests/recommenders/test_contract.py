"""What holds for every recommender of the package: ``examples`` takes them from its public names.

A new model joins by one entry in ``EXAMPLES`` and one in ``CHANGED``.
"""

import inspect
import os
import re
from dataclasses import replace

import numpy as np
import pytest
from examples import CHANGED, EXAMPLES, PUBLIC, example
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.training import Training

thorough = settings(derandomize=True, deadline=None, max_examples=60)

N_USERS, N_ITEMS = 30, 25
NEW_USER, FULL_USER = 28, 29  # one without a history, one who has met every item
USERS = np.arange(N_USERS)

MODELS = [(kind, n) for kind in EXAMPLES for n in range(len(EXAMPLES[kind]))]


def named(case):
    return f"{case[0].__name__}-{case[1]}"


def every_model_but(*left_out):
    return pytest.mark.parametrize(
        "case", [case for case in MODELS if named(case) not in left_out], ids=named
    )


every_model = every_model_but()
USES_TIME = ("EASE-1", "ContentBased-1", "SequentialTransformer-0", "SequentialTransformer-1")


def some_log():
    rng = np.random.default_rng(0)
    users, items = np.nonzero(rng.random((N_USERS, N_ITEMS)) < np.linspace(0.1, 0.5, N_ITEMS))
    keep = users < NEW_USER
    users = np.r_[users[keep], np.full(N_ITEMS, FULL_USER)]
    items = np.r_[items[keep], np.arange(N_ITEMS)]
    n = len(users)
    return Interactions(users, items, rng.integers(1, 6, n), rng.permutation(n), N_USERS, N_ITEMS)


def vectors(n_items):
    return np.random.default_rng(1).normal(size=(n_items, 6))


def fitted(case, log=None):
    log = some_log() if log is None else log
    return example(*case, log.n_users, log.n_items).fit(log, vectors(log.n_items))


def test_no_model_is_forgotten():
    assert EXAMPLES.keys() == CHANGED.keys() == PUBLIC
    for kind in PUBLIC:
        assert CHANGED[kind].keys() == inspect.signature(kind).parameters.keys()


@pytest.mark.parametrize("case", [(kind, 0) for kind in EXAMPLES], ids=named)
def test_every_setting_matters(case):
    kind, _ = case
    log, before = some_log(), fitted(case)
    for setting, value in CHANGED[kind].items():
        if isinstance(value, str) and " " in value and setting != "texts":
            continue  # the reason why not
        model = example(kind).set_params(**{setting: value}).fit(log, vectors(N_ITEMS))
        assert (model.score(USERS) != before.score(USERS)).any(), setting


COUNT, FROM_0, ABOVE_0 = "an integer, 1 or larger", "a number, 0 or larger", "a number above 0"
SHARE, PART = "a number from 0 to 1", "a number above 0, at most 1"
RANGES = {  # by setting, and by model where it has a range of its own
    **dict.fromkeys(
        ("n_neighbours", "n_epochs", "n_factors", "n_negatives", "n_layers", "n_beams"), COUNT
    ),
    **dict.fromkeys(("d_hidden", "d_model"), COUNT),
    **dict.fromkeys(("shrinkage", "text_weight", "constant", "word_weight"), FROM_0),
    **dict.fromkeys(("alignment", "smoothing", "LightGCN regularization"), FROM_0),
    **dict.fromkeys(("regularization", "alpha", "patience"), ABOVE_0),
    **dict.fromkeys(("share", "decay"), PART),
    "weight": SHARE,
    "popularity": "a number",
    "dropout": "a number, 0 or larger and below 1",
    "seed": "an integer from 0 to 2\\*\\*63 - 1",
    "max_length": "an integer, 3 or larger",
    "LightGCN n_layers": "an integer, 0 or larger",
}


@pytest.mark.parametrize("case", [(kind, 0) for kind in EXAMPLES], ids=named)
def test_what_is_no_number_is_refused_by_name_and_told_the_range(case):
    model = example(*case, N_USERS, N_ITEMS)
    for setting, value in model.get_params(deep=False).items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            changed = clone(model).set_params(**{setting: np.nan})
            words = RANGES.get(f"{type(model).__name__} {setting}") or RANGES[setting]
            with pytest.raises(ValueError, match=f"^{setting}=nan: give {words}$"):
                changed.fit(some_log(), vectors(N_ITEMS))


@pytest.mark.parametrize("case", [(kind, 0) for kind in EXAMPLES], ids=named)
@pytest.mark.parametrize("seed", [-1, 0.5, "7", True])
def test_a_bad_seed_is_refused_by_the_one_checker(case, seed):
    model = example(*case, N_USERS, N_ITEMS)
    message = re.escape(f"seed={seed!r}: give an integer from 0 to ")
    settings = model.get_params(deep=False)
    if "seed" in settings:
        with pytest.raises(ValueError, match=message):
            clone(model).set_params(seed=seed).fit(some_log(), vectors(N_ITEMS))
    for value in settings.values():
        if isinstance(value, Training):
            with pytest.raises(ValueError, match=message):
                replace(value, seed=seed)


@every_model
def test_a_constructor_stores_its_settings_and_nothing_else(case):
    model = example(*case)
    assert vars(model).keys() <= model.get_params(deep=False).keys()
    again = type(model)(**model.get_params(deep=False))
    assert again.get_params(deep=False) == model.get_params(deep=False)
    assert repr(model).startswith(type(model).__name__ + "(")


@every_model
def test_a_clone_is_unfitted_and_learns_the_same(case):
    model = fitted(case)
    for name in (None, "mine"):
        if name:
            model.name = name
        twin = clone(model)
        assert twin.name == model.name
        with pytest.raises(NotFittedError):
            twin.score([0])
        twin.fit(some_log(), vectors(N_ITEMS))
        assert (twin.score(USERS) == model.score(USERS)).all()


@every_model
def test_saved_and_loaded_it_is_the_same(case, tmp_path):
    model = fitted(case)
    for name in (model.name, "mine"):
        model.name = name
        model.save(tmp_path / "new" / "model")  # the second time in place of the first
        served = type(model).load(str(tmp_path / "new" / "model"))
        assert served.name == name
        assert (served.score(USERS) == model.score(USERS)).all()
        assert (served.recommend(USERS, k=N_ITEMS) == model.recommend(USERS, k=N_ITEMS)).all()
        assert (served.seen_ != model.seen_).nnz == 0
        assert (served.popularity_ == model.popularity_).all()
    served.fit(some_log(), vectors(N_ITEMS))  # its settings came along
    assert (served.score(USERS) == model.score(USERS)).all()
    assert os.listdir(tmp_path / "new") == ["model"]


@every_model
def test_an_unfitted_model_is_not_saved(case, tmp_path):
    with pytest.raises(NotFittedError):
        example(*case).save(tmp_path / "model")
    assert not any(tmp_path.iterdir())


@every_model
def test_a_damaged_folder_is_refused(case, tmp_path):
    model = fitted(case)
    model.save(tmp_path / "model")
    for path in sorted((tmp_path / "model").rglob("*")):
        if path.is_dir():
            continue
        whole = path.read_bytes()
        half = len(whole) // 2
        for damaged in (whole[:half], _flipped(whole, half), _flipped(whole, -9), None):
            path.unlink() if damaged is None else path.write_bytes(damaged)
            with pytest.raises((ValueError, FileNotFoundError), match=str(tmp_path / "model")):
                type(model).load(tmp_path / "model")
            path.write_bytes(whole)
    type(model).load(tmp_path / "model")


def _flipped(whole, place):
    damaged = bytearray(whole)
    damaged[place] ^= 1
    return bytes(damaged)


@st.composite
def logs(draw):
    n_users, n_items = draw(st.integers(1, 5)), draw(st.integers(1, 7))
    met = np.array(draw(st.lists(st.booleans(), min_size=35, max_size=35))).reshape(5, 7)
    users, items = np.nonzero(met[:n_users, :n_items])
    return Interactions(users, items, np.ones(len(users)), range(len(users)), n_users, n_items)


@every_model
@thorough
@given(log=logs(), data=st.data())
def test_lists_hold_unseen_items_once_in_order(case, log, data):
    model = fitted(case, log)
    k = data.draw(st.integers(1, log.n_items))
    users = np.arange(log.n_users)
    scores, lists = model.score(users), model.recommend(users, k)
    assert scores.shape == (log.n_users, log.n_items)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert lists.shape == (log.n_users, k)
    for user in users:
        unseen = np.setdiff1d(np.arange(log.n_items), log.items[log.users == user])
        best = sorted(unseen, key=lambda item: (-scores[user, item], item))
        assert lists[user].tolist() == [*best, *[-1] * k][:k]


@every_model
def test_two_fits_are_equal(case):
    once, again = fitted(case), fitted(case)
    users = np.arange(N_USERS)
    assert (once.score(users) == again.score(users)).all()
    model = once.fit(some_log(), vectors(N_ITEMS))  # a second fit starts afresh
    assert model is once
    assert (model.score(users) == again.score(users)).all()


@every_model
def test_a_user_is_scored_alike_in_any_company(case):
    model = fitted(case)
    together = model.score(np.arange(N_USERS))
    users = np.random.default_rng(2).permutation(N_USERS)
    np.testing.assert_allclose(model.score(users), together[users], rtol=2e-6, atol=1e-7)
    for user in (0, NEW_USER, FULL_USER):
        np.testing.assert_allclose(model.score([user])[0], together[user], rtol=2e-6, atol=1e-7)
    assert (model.recommend(users) == model.recommend(np.arange(N_USERS))[users]).all()


@every_model
def test_scores_can_be_changed_without_harm(case):
    model = fitted(case)
    before = model.score([3]).copy()
    model.score([3])[:] = 0
    assert (model.score([3]) == before).all()


@every_model
def test_fit_leaves_its_input_alone(case):
    log, items = some_log(), vectors(N_ITEMS)
    columns = {key: getattr(log, key).copy() for key in ("users", "items", "ratings", "timestamps")}
    before = items.copy()
    example(*case).fit(log, items).recommend(range(N_USERS))
    assert (items == before).all()
    for key, column in columns.items():
        assert (getattr(log, key) == column).all()


@every_model_but(*USES_TIME)
def test_the_order_of_the_log_does_not_matter(case):
    log = some_log()
    order = np.random.default_rng(3).permutation(len(log))
    columns = (log.users, log.items, log.ratings, log.timestamps)
    shuffled = Interactions(*(column[order] for column in columns), N_USERS, N_ITEMS)
    users = np.arange(N_USERS)
    assert (fitted(case, shuffled).recommend(users) == fitted(case, log).recommend(users)).all()


@pytest.mark.parametrize(
    "case", [case for case in MODELS if not case[0].knows_newcomers], ids=named
)
def test_a_user_without_a_history_gets_the_popular_items(case):
    log = some_log()
    best = np.argsort(-log.popularity(), kind="stable")
    assert fitted(case, log).recommend([NEW_USER], k=7)[0].tolist() == best[:7].tolist()


@every_model
def test_users_and_items_without_an_event_may_be_the_last(case):
    """Who is counted by the largest id that has an event forgets them."""
    log = replace(some_log(), n_users=N_USERS + 2, n_items=N_ITEMS + 2)
    model = fitted(case, log)
    scores = model.score(range(N_USERS + 2))
    assert scores.shape == (N_USERS + 2, N_ITEMS + 2)
    lists = model.recommend([N_USERS, N_USERS + 1], k=N_ITEMS)
    assert [len(set(row) - {-1}) for row in lists.tolist()] == [N_ITEMS, N_ITEMS]


@every_model
def test_a_user_who_has_seen_everything_gets_nothing(case):
    assert fitted(case).recommend([FULL_USER], k=3).tolist() == [[-1, -1, -1]]


@every_model_but("ColdStartPolicy-1")  # there everybody said something
def test_nobody_met_anything(case):
    empty = Interactions([], [], [], [], n_users=2, n_items=3)
    assert fitted(case, empty).recommend([1, 0], k=2).tolist() == [[0, 1], [0, 1]]


@every_model
def test_no_users_give_no_lists(case):
    model = fitted(case)
    assert model.score([]).shape == (0, N_ITEMS)
    assert model.recommend([], k=4).shape == (0, 4)


@every_model
@pytest.mark.parametrize("k", [0, -1, N_ITEMS + 1, 2.0, True])
def test_an_impossible_k_is_named(case, k):
    with pytest.raises(ValueError, match=rf"k={k} with {N_ITEMS} items"):
        fitted(case).recommend([0], k=k)


@every_model
@pytest.mark.parametrize(
    ("users", "words"),
    [
        ([0, N_USERS], rf"unknown user {N_USERS}: .* users 0 to {N_USERS - 1}"),
        ([-1], r"unknown user -1"),
        ([0.0], r"users is float64"),
        (3, r"shape \(\)"),
        ([[0, 1]], r"shape \(1, 2\)"),
    ],
)
def test_an_unknown_user_is_named(case, users, words):
    model = fitted(case)
    for ask in (model.score, model.recommend):
        with pytest.raises(ValueError, match=words):
            ask(users)


@every_model
def test_an_unfitted_model_says_so(case):
    model = example(*case)
    for ask in (model.score, model.recommend):
        with pytest.raises(NotFittedError, match=r"not fitted: call fit\(train\)"):
            ask([0])


@every_model
@pytest.mark.parametrize(
    ("train", "items", "words"),
    [
        ([[0, 1]], None, "train is a list: build Interactions"),
        (Interactions([], [], [], [], 2, 0), None, "n_items=0"),
        (some_log(), np.zeros((3, 2)), rf"shape \(3, 2\).*{N_ITEMS} items"),
        (some_log(), np.zeros(N_ITEMS), rf"shape \({N_ITEMS},\)"),
        (some_log(), np.full((N_ITEMS, 2), np.nan), rf"{N_ITEMS} rows hold NaN.*item 0"),
    ],
)
def test_bad_training_data_is_named(case, train, items, words):
    with pytest.raises(ValueError, match=words):
        example(*case).fit(train, items)


@every_model
def test_a_model_has_a_name_for_tables(case):
    model = example(*case)
    assert model.name and isinstance(model.name, str)
    model.name = "mine"
    assert model.name == "mine"
