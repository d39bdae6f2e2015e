"""A served folder: what goes in comes out, and what was altered does not."""

import numpy as np
import pandas as pd
import pytest
from small_shop import N_ITEMS, make_folder, shop_log, texts

from plmrec_lite.applications.serving.served_folder import ABOUT, load_service, save_service
from plmrec_lite.data import Interactions, Items
from plmrec_lite.recommenders import EASE, ItemKNN, Popularity


def test_what_is_saved_is_loaded(shop):
    log, served = shop_log(), load_service(shop)
    assert served.item_ids == log.item_ids.tolist() == list(range(100, 124))
    assert served.texts == texts()
    assert served.users == {own: row for row, own in enumerate(log.user_ids)}
    assert served.items["101"] == 1
    expected = EASE(20).fit(log).score([3])[0]
    np.testing.assert_array_equal(served.folding.score(served.folding.profile(3, [])), expected)


def test_items_are_taken_as_the_door_makes_them(tmp_path):
    table = pd.DataFrame({"item": range(100, 124), "title": texts()})
    log = shop_log()
    items = Items.from_frame(table, "item", ["title"], interactions=log, tell=lambda line: None)
    save_service(tmp_path / "served", EASE().fit(log), log, items)
    assert load_service(tmp_path / "served").texts == items.texts


def test_without_own_ids_numbers_are_the_ids(tmp_path):
    log = Interactions([0, 0, 1], [0, 1, 1], None, None, 2, 3)
    save_service(tmp_path / "served", ItemKNN().fit(log), log, ["a", "b", "c"])
    served = load_service(tmp_path / "served")
    assert (served.item_ids, served.users) == ([0, 1, 2], {"0": 0, "1": 1})


def test_saving_again_replaces_the_model_and_keeps_the_events(folder):
    (folder / "events.sqlite").write_text("kept")
    make_folder(folder, ItemKNN(7))
    assert load_service(folder).folding.model.n_neighbours == 7
    assert (folder / "events.sqlite").read_text() == "kept"
    assert len(list(folder.iterdir())) == 3


def test_a_save_that_is_cut_short_leaves_the_old_service(folder, monkeypatch):
    monkeypatch.setattr("os.replace", lambda *paths: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        make_folder(folder, ItemKNN(7))
    assert load_service(folder).folding.model.name == "EASE"


def change(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def test_an_altered_text_or_id_is_refused(folder):
    change(folder / ABOUT, b"Film 3", b"Film 8")
    with pytest.raises(ValueError, match=r"altered or damaged.*checksum.*save it again"):
        load_service(folder)


def test_altered_weights_are_refused(folder):
    path = next(folder.glob("model-*")) / "arrays.safetensors"
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"altered or damaged.*checksum"):
        load_service(folder)


def test_another_model_in_its_place_is_refused(folder, tmp_path):
    other = make_folder(tmp_path / "other", EASE(33))
    mine = next(folder.glob("model-*"))
    for path in next(other.glob("model-*")).iterdir():
        path.replace(mine / path.name)
    with pytest.raises(ValueError, match="is not the model that was saved with it"):
        load_service(folder)


@pytest.mark.parametrize("name", [ABOUT, "model.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff\xfe", b'{"format": "x"}'])
def test_a_damaged_file_is_refused(folder, name, content):
    path = folder / name if name == ABOUT else next(folder.glob("model-*")) / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match="altered or damaged"):
        load_service(folder)


def test_a_missing_file_is_named(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match=rf"{ABOUT}.*plmrec-lite serve .*--ratings FILE"):
        load_service(tmp_path / "nowhere")
    (next(folder.glob("model-*")) / "arrays.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match="arrays"):
        load_service(folder)


def log_of(users, items):
    table = pd.DataFrame({"u": pd.Series(users, dtype=object), "i": pd.Series(items, dtype=object)})
    return Interactions.from_frame(table, "u", "i", tell=lambda line: None)


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (log_of([("a", 1), ("b", 2)], ["x", "y"]), r"user_ids holds \('a', 1\).*astype\(str\)"),
        (log_of(["a", "b"], [True, False]), "item_ids holds"),
        (log_of(["a", "b"], [7, "7"]), "item_ids holds a number and a text that read the same"),
    ],
)
def test_ids_that_json_cannot_tell_apart_are_refused(tmp_path, log, says):
    with pytest.raises(ValueError, match=says):
        save_service(tmp_path / "served", EASE().fit(log), log, ["one", "two"])
    assert not (tmp_path / "served").exists()


def test_what_does_not_fit_together_is_refused(tmp_path):
    log, path = shop_log(), tmp_path / "served"
    model = EASE().fit(log)
    with pytest.raises(ValueError, match="23 texts"):
        save_service(path, model, log, texts()[1:])
    with pytest.raises(ValueError, match="not fitted"):
        save_service(path, EASE(), log, texts())
    with pytest.raises(ValueError, match=rf"fitted on \(40, {N_ITEMS}\)"):
        save_service(path, model, log_of(["a", "b"], ["x", "y"]), ["one", "two"])
    with pytest.raises(ValueError, match="popularity cannot"):
        save_service(path, Popularity().fit(log), log, texts())
    with pytest.raises(ValueError, match="text 0"):
        save_service(path, model, log, [" ", *texts()[1:]])
    path.mkdir()
    (path / "thesis.txt").touch()
    with pytest.raises(ValueError, match="something else"):
        save_service(path, model, log, texts())
