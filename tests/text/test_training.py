"""Training: the loop beneath it, the same steps however shared out, killed and resumed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch

from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.runtime import seed_everything
from plmrec_lite.text import training
from plmrec_lite.text.batches import SimilarLengths, collate
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.finetuning import train_model
from plmrec_lite.text.loop import take_steps
from plmrec_lite.text.pretrained import load_pretrained
from plmrec_lite.text.training import training_arguments

WORDS = ("a", "war", "film", "love", "story")
SCRIPT = """
import json, sys
import numpy as np
from plmrec_lite.data.labelled_texts import LabelledTexts
from plmrec_lite.text.finetuning import probabilities, train_model

job = json.loads(sys.argv[1])
texts = LabelledTexts(job["texts"], job["labels"], ("war", "love"), range(len(job["texts"])))
model = train_model(texts, texts.take(range(16)), name=job["name"], device="cpu",
                    folder=job["folder"], resume=job["resume"], **job["settings"])
print(json.dumps({"loss": model.history.loss.tolist(),
                  "validation": model.history.validation_loss.dropna().tolist(),
                  "likely": probabilities(model, texts.texts[:8]).ravel().tolist()}))
"""
KILLED = """
import os, signal
from plmrec_lite.text import training

def kill(bar, args, state, control, **kwargs):
    if state.global_step == 21:
        os.kill(os.getpid(), signal.SIGKILL)

training._Bar.on_step_end = kill
"""
SETTINGS = {"epochs": 3, "batch_size": 8, "learning_rate": 0.01, "patience": 9}


@pytest.fixture(scope="module")
def still_bert(tiny_bert, tmp_path_factory):
    """The tiny BERT without dropout, whose draws differ between processes."""
    folder = shutil.copytree(tiny_bert, tmp_path_factory.mktemp("still") / "bert")
    config = json.loads((folder / "config.json").read_text())
    config |= {"hidden_dropout_prob": 0, "attention_probs_dropout_prob": 0}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="module")
def texts():
    rng = np.random.default_rng(0)
    lines = [" ".join(rng.choice(WORDS, size=rng.integers(1, 9))) for _ in range(64)]
    labels = [int(line.count("love") > line.count("war")) for line in lines]
    return LabelledTexts(lines, labels, ("war", "love"), range(64))


def train(texts, name, **settings):
    settings = SETTINGS | settings
    return train_model(texts, texts.take(range(16)), name=str(name), device="cpu", **settings)


def as_job(texts, name, folder, resume=False, **settings):
    job = {"texts": texts.texts, "labels": texts.labels.tolist(), "name": str(name)}
    job |= {"folder": str(folder), "resume": resume, "settings": SETTINGS | settings}
    return json.dumps(job)


def in_processes(n, folder, job):
    """What a script prints that accelerate starts in n processes, which meet through gloo.

    Without ``--multi_gpu`` accelerate starts one process where it sees no GPU.
    """
    script = folder / "train.py"
    script.write_text(SCRIPT)
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu"]
    launch += [f"--num_processes={n}", "--num_machines=1", "--main_process_port=0"]
    launch += ["--mixed_precision=no", "--dynamo_backend=no"]
    done = subprocess.run(
        [*launch, str(script), job],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PLMREC_PROGRESS": "0", "OMP_NUM_THREADS": "1"},
    )
    printed = re.findall(r"^\{.*\}$", done.stdout, re.MULTILINE)
    assert len(printed) == n, done.stderr[-3000:]
    return [json.loads(line) for line in printed]


def test_it_learns_and_tells_how(texts, still_bert):
    model = train(texts, still_bert, epochs=10)
    history = model.history
    assert not model.training
    assert history.step.tolist() == list(range(1, 81))
    assert history.loss[:8].mean() > 2 * history.loss[-8:].mean()
    assert history.validation_macro_f1.max() > 0.9
    assert history.validation_loss.notna().sum() == 10


def test_the_first_steps_are_those_of_the_loop_written_out(texts, still_bert):
    trained = train(texts, still_bert, weight_decay=0.1, warmup=0.25, clip=0.3).history
    seed_everything(0)
    model = TextClassifier(texts.classes, str(still_bert))
    model.choose_weights("all layers")
    examples = examples_of(model, texts)
    order = list(SimilarLengths([len(e["input_ids"]) for e in examples], 8, seed=0))
    batches = [
        collate(model.tokenizer, [examples[row] for row in order[start : start + 8]])
        for start in range(0, 64, 8)
    ]
    rates = [0.01 * min(step / 6, (24 - step) / 18) for step in range(8)]  # a quarter of 24 steps
    losses = take_steps(model, batches, rates, weight_decay=0.1, clip=0.3)
    np.testing.assert_allclose(trained.learning_rate[:8], rates, rtol=1e-9)
    np.testing.assert_allclose(trained.loss[:8], losses, atol=1e-5)


def test_accumulation_takes_the_same_steps(texts, still_bert):
    whole, parts = (train(texts, still_bert, accumulation=n).history for n in (1, 4))
    np.testing.assert_allclose(whole.loss, parts.loss, atol=1e-5)
    np.testing.assert_allclose(whole.grad_norm, parts.grad_norm, rtol=1e-3)


def test_two_processes_reach_the_loss_of_one(texts, still_bert, tmp_path):
    alone = train(texts, still_bert)
    first, second = in_processes(2, tmp_path, as_job(texts, still_bert, tmp_path / "run"))
    np.testing.assert_allclose(first["loss"], alone.history.loss, atol=1e-4)
    np.testing.assert_allclose(
        first["validation"], alone.history.validation_loss.dropna(), atol=1e-4
    )
    assert first["likely"] == pytest.approx(second["likely"], abs=1e-6)


def test_killed_and_resumed_it_ends_where_it_would_have(texts, tiny_bert, tmp_path):
    """With dropout on, so that the random state has to be resumed too."""
    settings = {"epochs": 6, "checkpoint_every": 6}  # 48 steps, checkpoints within epochs
    undisturbed = train(texts, tiny_bert, folder=tmp_path / "undisturbed", **settings)
    script, run = tmp_path / "train.py", tmp_path / "killed"
    script.write_text(KILLED + SCRIPT)
    job = as_job(texts, tiny_bert, run, **settings)
    done = subprocess.run(
        [sys.executable, str(script), job],
        capture_output=True,
        timeout=300,
        env={**os.environ, "PLMREC_PROGRESS": "0"},
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-3000:]
    (run / "checkpoint-24").mkdir()  # a checkpoint whose writing had begun
    resumed = train(texts, tiny_bert, folder=run, resume=True, **settings)
    assert resumed.history.step.tolist() == list(range(1, 49))
    np.testing.assert_allclose(resumed.history.loss, undisturbed.history.loss, atol=1e-5)
    for one, other in zip(resumed.parameters(), undisturbed.parameters(), strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0)


def test_patience_ends_training_and_the_best_state_is_kept(texts, still_bert, monkeypatch):
    scores = iter([0.5, 0.9, 0.4, 0.3, 0.2, 0.1])
    monkeypatch.setattr(training, "macro_f1", lambda *_: next(scores))
    model = train(texts, still_bert, epochs=6, patience=2)
    assert model.history.epoch.max() == 4
    monkeypatch.setattr(training, "macro_f1", lambda *_: 0.5)
    # The same run up to its second epoch, whose learning rate falls over six epochs too.
    again = train(texts, still_bert, epochs=6, patience=1)
    first = again.history.dropna(subset="validation_loss")
    assert first.epoch.tolist() == [1, 2]
    best = model.history.dropna(subset="validation_loss").validation_loss.iloc[1]
    batch = collate(model.tokenizer, examples_of(model, texts.take(range(16))))
    with torch.inference_mode():
        assert model(**batch)["loss"].item() == pytest.approx(best, abs=1e-5)


def examples_of(model, labelled):
    ids = model.tokenizer(labelled.texts)["input_ids"]
    return [
        {"input_ids": row, "attention_mask": [1] * len(row), "labels": int(label)}
        for row, label in zip(ids, labelled.labels, strict=True)
    ]


def test_out_of_memory_says_what_to_try(texts, still_bert, monkeypatch):
    def too_small(*arguments, **named):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr("plmrec_lite.text.classifier.cross_entropy", too_small)
    with pytest.raises(torch.OutOfMemoryError, match=r"2\.00 GiB.*accumulation=4.*'LoRA'"):
        train(texts, still_bert)


def test_old_checkpoints_are_neither_overwritten_nor_mixed_up(texts, still_bert, tmp_path):
    train(texts, still_bert, epochs=1, folder=tmp_path)
    with pytest.raises(ValueError, match=r"earlier run: give another folder, or resume=True"):
        train(texts, still_bert, epochs=1, folder=tmp_path)
    with pytest.raises(ValueError, match=r"holds no checkpoint: give resume=False"):
        train(texts, still_bert, folder=tmp_path / "empty", resume=True)
    with pytest.raises(ValueError, match="name the folder"):
        train(texts, still_bert, resume=True)


def test_checkpoints_hold_weights_as_safetensors(texts, still_bert, tmp_path):
    train(texts, still_bert, epochs=1, folder=tmp_path)
    (checkpoint,) = tmp_path.glob("checkpoint-*")
    assert (checkpoint / "model.safetensors").is_file()
    assert not list(checkpoint.glob("pytorch_model*"))


def test_several_processes_need_a_folder(texts, still_bert, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="one folder that all can write"):
        train(texts, still_bert)
    with pytest.raises(ValueError, match=r"batch_size=6: .*2 process\(es\).*multiple of 4"):
        training_arguments("unused", batch_size=6, accumulation=2, device="cpu")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs=0"),
        ({"learning_rate": 0}, "learning_rate=0"),
        ({"warmup": 500}, "warmup=500.*a share of the steps"),
        ({"clip": 0}, "clip=0"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"batch_size": 10, "accumulation": 4}, "multiple of 4"),
        ({"precision": "bfloat16"}, "precision='bfloat16' on cpu"),
        ({"precision": "int8"}, "precision='int8'"),
    ],
)
def test_bad_settings(settings, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        training_arguments(tmp_path, device="cpu", **settings)


def test_a_device_that_is_not_there(tmp_path):
    with pytest.raises(RuntimeError, match="'cuda:99' was asked for"):
        training_arguments(tmp_path, device="cuda:99")


def test_half_precision_on_a_gpu(monkeypatch, tmp_path):
    """What would be asked of a GPU, which no test machine needs to have."""
    monkeypatch.setattr(training, "pick_device", lambda device: torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    asked = {}

    def keep(**settings):
        asked.update(settings)
        return type("Arguments", (), {"n_gpu": 4})()

    monkeypatch.setattr(training, "TrainingArguments", keep)
    assert training_arguments(tmp_path)._n_gpu == 1
    assert asked["bf16"] and not asked["fp16"] and not asked["use_cpu"]
    training_arguments(tmp_path, precision="float16")
    assert asked["fp16"] and not asked["bf16"]
    training_arguments(tmp_path, precision="float32")
    assert not asked["fp16"] and not asked["bf16"]


def test_warm_up_is_a_share_of_the_steps(texts, still_bert):
    rates = train(texts, still_bert, warmup=0.25).history.learning_rate
    assert rates.argmax() == 6
    assert rates[0] == 0
    assert rates.max() == pytest.approx(0.01)


def test_the_tokenizer_of_the_tests_knows_all_words(tiny_bert):
    tokenizer, _ = load_pretrained(str(tiny_bert))
    assert tokenizer.unk_token_id not in tokenizer(" ".join(WORDS))["input_ids"]
