"""LoRA steps raise what they are trained on, count answers alone, and leave the rest."""

import copy

import numpy as np
import pytest
import torch
from tiny_gpt import tiny_gpt

from plmrec_lite.text.gpt.model import GPT
from plmrec_lite.text.gpt.scoring import log_probabilities, plain_pass
from plmrec_lite.text.gpt.tuning import NOT_ASKED, answer_losses, answer_rows, tune_answers
from plmrec_lite.training import Training

PROMPTS = ["A viewer liked Alien. Next is", "A viewer liked Emma, Alien. Next is"] * 2
ANSWERS = [" Aliens (", " Emma (", " Star Trek (", " Emma ("]


@pytest.fixture
def gpt():
    tiny = tiny_gpt()
    return GPT(tiny.tokenizer, copy.deepcopy(tiny.model), device="cpu")


def test_the_loss_is_minus_the_score_of_the_answers(gpt):
    rows = answer_rows(gpt, PROMPTS, ANSWERS)
    batch = {name: torch.from_numpy(row) for name, row in rows.items()}
    with torch.no_grad():
        loss = answer_losses(gpt.model, batch | {"n": len(PROMPTS)})["loss"].item()
    scores = [plain_pass(gpt, p, a).sum() for p, a in zip(PROMPTS, ANSWERS, strict=True)]
    assert loss == pytest.approx(-np.mean(scores), rel=1e-4)


def test_only_the_answer_is_asked_and_padding_stands_behind(gpt):
    rows = answer_rows(gpt, PROMPTS[:2], ANSWERS[:2])
    for row, answer in enumerate(ANSWERS[:2]):
        asked = rows["wanted"][row] != NOT_ASKED
        assert rows["wanted"][row][asked].tolist() == gpt.ids(answer)
        assert (rows["ids"][row][asked] == rows["wanted"][row][asked]).all()
        n = len(gpt.ids(PROMPTS[row] + answer))
        assert not rows["ids"][row][n:].any()


def test_a_few_steps_raise_the_answers_and_change_only_lora(gpt):
    before = {name: value.clone() for name, value in gpt.model.named_parameters()}
    was = [one.sum() for one in log_probabilities(gpt, PROMPTS[1], [" Emma ("])]
    settings = Training(n_steps=20, batch_size=4, learning_rate=0.02)
    history = tune_answers(gpt, PROMPTS, ANSWERS, settings, rank=2)
    now = [one.sum() for one in log_probabilities(gpt, PROMPTS[1], [" Emma ("])]
    assert now[0] > was[0] + 1
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]
    after = dict(gpt.model.named_parameters())
    trained = {name for name, value in after.items() if value.requires_grad}
    assert trained
    assert all("lora_" in name for name in trained)
    for name, value in after.items():
        if name not in trained:
            assert torch.equal(value, before[name.replace(".linear.", ".")])


def test_a_token_that_spans_the_joint_is_refused(gpt):
    with pytest.raises(ValueError, match="spans the joint"):
        answer_rows(gpt, ["A viewer liked "], ["Alien"])
