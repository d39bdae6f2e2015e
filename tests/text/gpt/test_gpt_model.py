import re
import shutil

import numpy as np
import pytest
import torch
from one_device import one_device
from tiny_gpt import tiny_gpt, tiny_llama, tiny_tokenizer

from plmrec_lite.text.gpt import model
from plmrec_lite.text.gpt.catalogue import write_from_catalogue
from plmrec_lite.text.gpt.model import GPT, load_gpt
from plmrec_lite.text.gpt.scoring import (
    answer_probabilities,
    log_probabilities,
    plain_pass,
    read_prompt,
)
from plmrec_lite.text.gpt.writing import write
from plmrec_lite.text.pretrained import ModelError

PROMPT = "A viewer liked Alien. They will like"
TEXTS = [" Aliens", " Star Trek", " The", " Emma\n"]


@pytest.fixture(scope="module")
def gpt():
    return tiny_gpt()


@pytest.fixture(scope="module")
def smollm2():
    return load_gpt(device="cpu")


def test_texts_become_tokens_and_texts_again(gpt):
    text = "Star Trek: Generations\n The  Thing ."
    assert gpt.text(gpt.ids(text)) == text
    assert gpt.ids("") == []


def test_tokens_of_a_continuation_are_those_after_the_prompt(gpt):
    rows = gpt.continuations(PROMPT, TEXTS)
    for text, ids in zip(TEXTS, rows, strict=True):
        assert gpt.ids(PROMPT) + ids == gpt.ids(PROMPT + text)
    assert gpt.continuations(PROMPT, []) == []


@pytest.mark.parametrize(
    ("prompt", "text"),
    [("They like ", "Aliens"), ("They like Ali", "en")],
)
def test_a_token_that_spans_the_joint_is_refused(gpt, prompt, text):
    with pytest.raises(ValueError, match=re.escape(f"{text!r} after") + ".*spans the joint"):
        gpt.continuations(prompt, [" The", text])


def test_wrong_texts_are_named(gpt):
    with pytest.raises(TypeError, match="one string"):
        gpt.continuations(PROMPT, " The")
    with pytest.raises(ValueError, match="text 1 of texts is empty"):
        gpt.continuations(PROMPT, [" The", ""])
    for prompt in ("", " \n", None):
        with pytest.raises(ValueError, match=re.escape(f"prompt={prompt!r}")):
            gpt.continuations(prompt, TEXTS)


def everything(gpt):
    return np.concatenate(
        [
            *log_probabilities(gpt, PROMPT, TEXTS, 3),
            plain_pass(gpt, PROMPT, TEXTS[1]),
            answer_probabilities(gpt, PROMPT, TEXTS, (" The", " Star"), 3).ravel(),
            *write_from_catalogue(gpt, PROMPT, TEXTS, 3),
            [len(text) for text in write(gpt, PROMPT, 3, 5, seed=1)],
        ]
    )


def test_on_another_device_the_numbers_are_the_same(gpt):
    wanted = everything(gpt)
    with one_device() as device:
        moved = GPT(tiny_tokenizer(), tiny_llama(len(gpt.tokenizer)), device="cpu")
        moved.device = torch.device(device)
        moved.model.to(device)
        found = everything(moved)
    np.testing.assert_allclose(found, wanted, atol=1e-4)


def test_it_is_loaded_as_it_was_saved(gpt, tmp_path):
    gpt.model.save_pretrained(tmp_path)
    gpt.tokenizer.save_pretrained(tmp_path)
    again = load_gpt(str(tmp_path), device="cpu")
    np.testing.assert_allclose(everything(again), everything(gpt), rtol=1e-5)


@pytest.mark.parametrize("fault", ["no weights", "pickled", "an encoder", "no tokenizer"])
def test_what_is_no_whole_decoder_is_refused(gpt, fault, tmp_path, tiny_bert):
    gpt.model.save_pretrained(tmp_path)
    gpt.tokenizer.save_pretrained(tmp_path)
    if fault == "no weights":
        (tmp_path / "model.safetensors").unlink()
    elif fault == "pickled":
        (tmp_path / "model.safetensors").unlink()
        torch.save(gpt.model.state_dict(), tmp_path / "pytorch_model.bin")
    elif fault == "no tokenizer":
        (tmp_path / "tokenizer.json").unlink()
    else:
        shutil.copytree(tiny_bert, tmp_path, dirs_exist_ok=True)
        (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    with pytest.raises(ModelError, match=re.escape(str(tmp_path))):
        load_gpt(str(tmp_path), device="cpu")


def test_a_hub_name_goes_the_way_of_all_hub_names(monkeypatch):
    def asked(name):
        raise ModelError(f"asked for {name}")

    monkeypatch.setattr(model, "model_folder", asked)
    with pytest.raises(ModelError, match="asked for some/model"):
        load_gpt("some/model", device="cpu")


def test_smollm2_knows_a_capital(smollm2):
    ids = read_prompt(smollm2, "The capital of France is").log_probs.argsort(descending=True)
    assert smollm2.text([int(ids[0])]) == " Paris"
    assert sum(p.numel() for p in smollm2.model.parameters()) == 134_515_008


def test_smollm2_scores_films_as_the_plain_pass_does(smollm2):
    prompt = "A viewer liked these films: Alien (1979), The Terminator (1984). They will like"
    texts = [" Aliens", " Predator (1987)\n", " Sense and Sensibility (1995)\n", " Emma", " It"]
    assert min(len(ids) for ids in smollm2.continuations(prompt, texts)) == 1
    found = log_probabilities(smollm2, prompt, texts, 3)
    for one, text in zip(found, texts, strict=True):
        np.testing.assert_allclose(one, plain_pass(smollm2, prompt, text), atol=1e-3)
    assert found[0].sum() > found[3].sum()  # Aliens before Emma
    numbers, log_probs = write_from_catalogue(smollm2, prompt, texts, 5, n_beams=5)
    np.testing.assert_allclose(log_probs, [found[n].sum() for n in numbers], atol=1e-3)
    assert (np.diff(log_probs) < 0).all()


def test_smollm2_cuts_every_title_of_movielens_alike_with_and_without_its_prompt(smollm2):
    from plmrec_lite.data import load_movielens

    titles = [f" {title}\n" for title in load_movielens().items.title]
    rows = smollm2.continuations("The next film that they will like is", titles)
    assert [smollm2.text(ids) for ids in rows] == titles
