"""A folder holds a whole model, or is refused; test_contract has what every model must do."""

import fractions  # noqa: F401  imported already, and still no record of the library
import json
import os
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_array, csr_array

from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import EASE, Blend, Popularity, RankFusion, Recommender, saving
from plmrec_lite.recommenders.saving import read_model, write_model
from plmrec_lite.training import Training

X = np.random.default_rng(0).random((12, 7)) < 0.4
LOG = Interactions(*X.nonzero(), np.ones(X.sum()), np.zeros(X.sum(), int), *X.shape)
USERS = np.arange(12)
FITTED = {EASE: EASE().fit(LOG), Blend: Blend(EASE(), Popularity()).fit(LOG)}


class Anything(Recommender):
    """Holds parts of every kind."""

    def __init__(self, training=None, names=(), watch=None):
        self.training = training
        self.names = names
        self.watch = watch

    def _fit(self, train, item_vectors):
        self.turned_ = np.asfortranarray(np.arange(6.0).reshape(2, 3))
        self.none_, self.text_, self.list_ = None, "words", [1, "two"]
        self.number_, self.flags_ = np.float64(0.1), np.array([True, False])
        self.sparse_ = csr_array(([0.0, 2.5], ([0, 1], [1, 0])), shape=(3, 4))
        self.empty_ = np.zeros((0, 3), dtype=np.int32)

    def _score(self, users):
        return np.zeros((len(users), 7))


def test_parts_of_every_kind_come_back(tmp_path):
    training = Training(n_steps=3, learning_rate=0.1)
    model = Anything(training, ("a", "b"), watch=print).fit(LOG)
    write_model(model, tmp_path / "model")
    found = read_model(tmp_path / "model", Anything)
    assert (found.training, found.names, found.watch) == (training, ("a", "b"), None)
    assert vars(found).keys() == vars(model).keys()
    for name in ("turned_", "flags_", "empty_"):
        one, two = getattr(model, name), getattr(found, name)
        assert (one == two).all() and one.dtype == two.dtype and one.shape == two.shape
        assert one.flags.f_contiguous == two.flags.f_contiguous
    assert (found.none_, found.text_, found.list_, found.number_) == (
        None,
        "words",
        [1, "two"],
        0.1,
    )
    assert found.sparse_.shape == (3, 4)
    assert (found.sparse_.toarray() == model.sparse_.toarray()).all()
    assert found.sparse_.nnz == 2  # a zero that is stored stays


@pytest.mark.parametrize(("saved", "other"), [(EASE, Popularity), (Blend, RankFusion)])
def test_a_model_of_another_kind_is_named(saved, other, tmp_path):
    FITTED[saved].save(tmp_path / "model")
    words = f"holds a {saved.__name__}, not a {other.__name__}: read it by {saved.__name__}.load"
    with pytest.raises(ValueError, match=words):
        other.load(tmp_path / "model")
    assert type(Recommender.load(tmp_path / "model")) is saved


def test_a_foreign_folder_is_neither_read_nor_replaced(tmp_path):
    model = EASE().fit(LOG)
    with pytest.raises(FileNotFoundError, match=r"nowhere holds no model\.json"):
        EASE.load(tmp_path / "nowhere")
    (tmp_path / "thesis.tex").write_text("three years of work")
    for path in (tmp_path, tmp_path / "thesis.tex"):
        with pytest.raises(ValueError, match="holds something else than a saved model"):
            model.save(path)
    assert (tmp_path / "thesis.tex").read_text() == "three years of work"
    (tmp_path / "empty").mkdir()
    model.save(tmp_path / "empty")
    assert (EASE.load(tmp_path / "empty").score(USERS) == model.score(USERS)).all()


def test_a_save_that_fails_leaves_the_last_one(tmp_path, monkeypatch):
    model = EASE().fit(LOG)
    model.save(tmp_path / "model")
    other = EASE(3.0).fit(LOG)
    other.extra_ = object()
    with pytest.raises(TypeError, match="cannot save extra_: it is a object"):
        other.save(tmp_path / "model")
    del other.extra_
    monkeypatch.setattr("plmrec_lite.recommenders.saving._digest", None)
    with pytest.raises(TypeError):
        other.save(tmp_path / "model")
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["model"]
    assert EASE.load(tmp_path / "model").regularization == model.regularization


@pytest.mark.parametrize("path", ["subprocess:Popen", "plmrec_lite.data.interactions:Interactions"])
def test_a_folder_cannot_name_what_is_no_recommender(path, tmp_path):
    Popularity().fit(LOG).save(tmp_path / "model")
    contents = json.loads((tmp_path / "model" / "model.json").read_text())
    contents["class"] = path
    contents["sha256"] = saving._digest(tmp_path / "model", contents)
    (tmp_path / "model" / "model.json").write_text(json.dumps(contents))
    with pytest.raises(ValueError, match=f"{path} is no recommender"):
        Recommender.load(tmp_path / "model")


class Mine(Recommender):
    """A reader's own, with a setting that cannot be written and must be."""

    def __init__(self, function):
        self.function = function

    def _fit(self, train, item_vectors):
        pass

    def _score(self, users):
        return np.zeros((len(users), 7))


def test_a_setting_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(TypeError, match="cannot save function: it is a builtin"):
        Mine(print).fit(LOG).save(tmp_path / "model")
    assert not any(tmp_path.iterdir())


@dataclass
class Foreign:
    """A record that is not the library's."""

    number: int = 1


@pytest.mark.parametrize("part", [{"a": 1}, Foreign(), [[1]], coo_array(np.eye(2)), (1, [2])])
def test_a_part_of_another_kind_is_named(part, tmp_path):
    model = EASE().fit(LOG)
    model.part_ = part
    with pytest.raises(TypeError, match=f"cannot save part_: it is a {type(part).__name__}"):
        model.save(tmp_path / "model")


def test_columns_and_tables_are_kept_as_lists_and_arrays(tmp_path):
    model = EASE().fit(LOG)
    model.words_, model.table_ = pd.Series(["a", "b"]), pd.DataFrame({"x": [1.0, 2], "y": [3.0, 4]})
    model.names_ = np.array(["c", "d"])
    model.save(tmp_path / "model")
    found = EASE.load(tmp_path / "model")
    assert (found.words_, found.names_) == (["a", "b"], ["c", "d"])
    assert found.table_.tolist() == [[1, 3], [2, 4]]


def test_a_model_inside_that_is_damaged_is_named(tmp_path):
    FITTED[Blend].save(tmp_path / "model")
    (tmp_path / "model" / "settings.first" / "arrays.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"settings\.first holds no arrays\.safetensors"):
        Blend.load(tmp_path / "model")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "pickle"}, "its format is 'pickle'"),
        ({"class": "nowhere.at_all:Model"}, "import nowhere.at_all first"),
        ({"class": "plmrec_lite.recommenders.ease:EASY"}, "EASY"),
        ({"entries": {"parts.seen_": {"pickle": "gASV"}}}, "an entry of another kind"),
        ({"entries": {"parts.seen_": {"record": "subprocess:Popen", "values": {}}}}, "an entry of"),
        ({"entries": {"parts.x_": {"record": "fractions:Fraction", "values": {}}}}, "an entry of"),
    ],
)
def test_what_a_table_of_contents_cannot_say_is_refused(change, words, tmp_path):
    FITTED[EASE].save(tmp_path / "model")
    path = tmp_path / "model" / "model.json"
    contents = json.loads(path.read_text()) | change
    contents["sha256"] = saving._digest(tmp_path / "model", contents)
    path.write_text(json.dumps(contents))
    with pytest.raises(ValueError, match=f"holds no whole saved model: .*{words}"):
        Recommender.load(tmp_path / "model")
