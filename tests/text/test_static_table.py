"""A table of one vector a token: model2vec's numbers, and files that are whole or refused."""

import os

import numpy as np
import pytest
import torch
from model2vec import StaticModel
from sklearn.decomposition import PCA
from tokenizers import Tokenizer, models, pre_tokenizers

from plmrec_lite.text import TextEncoder
from plmrec_lite.text.static_table import StaticTable, distill_table

TEXTS = ["a war film", "war", "a love story", "a war film a war film", "war , 霸王别姬 film"]


@pytest.fixture(scope="module")
def encoder(tiny_bert):
    return TextEncoder(str(tiny_bert), device="cpu")


@pytest.fixture(scope="module")
def table(encoder):
    return distill_table(encoder, n_components=4, batch_size=3)


def test_looked_up_as_model2vec_looks_up(table):
    copy = Tokenizer.from_str(table.tokenizer.to_str())
    for normalize in (True, False):
        peer = StaticModel(table.vectors, copy, config={}, normalize=normalize)
        found = table.encode(TEXTS, normalize=normalize)
        np.testing.assert_allclose(found, peer.encode(TEXTS), atol=1e-6)
        assert found.dtype == np.float32


def test_distilled_as_model2vec_distils(table, encoder):
    """Each token alone between [CLS] and [SEP], the main directions, and weights by rank."""
    names = encoder.tokenizer.convert_ids_to_tokens(range(table.tokenizer.get_vocab_size()))
    read = []
    for number in range(len(names)):
        ids = [encoder.tokenizer.cls_token_id, number, encoder.tokenizer.sep_token_id]
        with torch.no_grad():
            read.append(encoder.model(torch.tensor([ids])).last_hidden_state[0].mean(0).numpy())
    main = PCA(4, svd_solver="full").fit_transform(np.stack(read))
    share = 1 / np.arange(2, len(names) + 2)
    expected = main * (1e-4 / (1e-4 + share / share.sum()))[:, None]
    signs = np.sign((expected * table.vectors).sum(0))
    np.testing.assert_allclose(table.vectors, expected * signs, atol=1e-5)
    assert table.dimension == 4


def test_by_hand():
    words = {"[UNK]": 0, "war": 1, "film": 2}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = StaticTable(tokenizer, [[9, 9], [1, 0], [0, 2]])
    found = table.encode(["war film", "war nothing", "film film war"], normalize=False)
    np.testing.assert_allclose(found, [[0.5, 1], [1, 0], [1 / 3, 4 / 3]], rtol=1e-6)
    unit = table.encode(["war film"])[0]
    np.testing.assert_allclose(unit, np.array([1, 2]) / np.sqrt(5), rtol=1e-6)
    with pytest.raises(ValueError, match="text 1, 'peace', has no token"):
        table.encode(["war", "peace"])
    zero = table.encode(["war", "peace"], unknown="zero")
    np.testing.assert_array_equal(zero, [[1, 0], [0, 0]])
    with pytest.raises(ValueError, match="unknown='skip'"):
        table.encode(["war"], unknown="skip")


def test_a_text_does_not_depend_on_its_company(table):
    together = table.encode(TEXTS)
    alone = np.concatenate([table.encode([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)
    assert table.encode([]).shape == (0, 4)


def test_the_encoders_own_tokenizer_stays_as_it_was(encoder, table):
    before = encoder.encode(TEXTS[:4])
    table.encode(TEXTS)
    np.testing.assert_array_equal(encoder.encode(TEXTS[:4]), before)
    assert table.tokenizer is not encoder.tokenizer.backend_tokenizer


def test_a_tokenizer_that_cuts_and_pads_does_neither(table):
    copy = Tokenizer.from_str(table.tokenizer.to_str())
    copy.enable_truncation(3)
    copy.enable_padding(length=9)
    other = StaticTable(copy, table.vectors)
    np.testing.assert_array_equal(other.encode(TEXTS), table.encode(TEXTS))


def test_what_is_saved_is_read_again(table, tmp_path):
    path = tmp_path / "table.safetensors"
    table.save(path)
    table.save(path)
    again = StaticTable.load(path)
    np.testing.assert_array_equal(again.vectors, table.vectors)
    np.testing.assert_array_equal(again.encode(TEXTS), table.encode(TEXTS))
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_files_that_are_no_whole_table_are_refused(table, tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "table.safetensors"
    table.save(path)
    os.truncate(path, path.stat().st_size - 8)
    with pytest.raises(ValueError, match=r"no whole table.*save the table again"):
        StaticTable.load(path)
    path.write_bytes(b"no table")
    with pytest.raises(ValueError, match="no whole table"):
        StaticTable.load(path)
    save_file({"vectors": table.vectors}, path)
    with pytest.raises(ValueError, match="has the format None"):
        StaticTable.load(path)
    save_file({"other": table.vectors}, path)
    with pytest.raises(ValueError, match="no whole table"):
        StaticTable.load(path)
    with pytest.raises(FileNotFoundError):
        StaticTable.load(tmp_path / "not there")


def test_bad_input(table, encoder):
    with pytest.raises(ValueError, match="give one row a token"):
        StaticTable(table.tokenizer, table.vectors[:-1])
    with pytest.raises(ValueError, match="NaN or infinity"):
        StaticTable(table.tokenizer, np.full_like(table.vectors, np.nan))
    with pytest.raises(ValueError, match="n_components=9: give 1 to 8"):
        distill_table(encoder, n_components=9)
    with pytest.raises(ValueError, match="n_components=0"):
        distill_table(encoder, n_components=0)
    with pytest.raises(ValueError, match="a=0: give a number above 0"):
        distill_table(encoder, n_components=2, a=0)
    with pytest.raises(TypeError, match="pass a list"):
        table.encode("one text")
    with pytest.raises(ValueError, match="text 1 of texts is empty"):
        table.encode(["war", " "])
