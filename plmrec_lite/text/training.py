"""Training a classifier of texts through transformers' Trainer, in one process or in many.

The Trainer goes through accelerate: the same code runs in one process, in several started by
``accelerate launch``, and on several machines. A step reads the same texts in each case.

Source: Wolf et al. 2020 (Trainer).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pandas as pd
import torch
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from plmrec_lite.evaluation.classification import macro_f1
from plmrec_lite.runtime import device as pick_device
from plmrec_lite.runtime import progress
from plmrec_lite.text.batches import SimilarLengths, collate

PRECISIONS = ("float32", "bfloat16", "float16")
OUT_OF_MEMORY = (
    "Less memory, in the order in which to try: fewer texts at once for the same step "
    "(accumulation=4), shorter texts (max_length=64), half the bytes on a GPU "
    "(precision='bfloat16'), fewer weights that move (method='LoRA' or 'last layers')."
)


class _Trainer(Trainer):
    """The Trainer, with an order of texts that no number of processes changes."""

    def _get_train_sampler(self, train_dataset=None):
        lengths = [len(example["input_ids"]) for example in train_dataset or self.train_dataset]
        a_step = self.args.gradient_accumulation_steps * self.args.world_size
        return SimilarLengths(lengths, self.args.train_batch_size * a_step, self.args.seed)


class _Bar(TrainerCallback):
    """A progress bar of the house, in the main process."""

    def on_train_begin(self, args, state, control, **kwargs):
        if state.is_world_process_zero:
            self.bar = progress(None, "fine-tuning", total=state.max_steps)

    def on_step_end(self, args, state, control, **kwargs):
        if state.is_world_process_zero:
            self.bar.update(1)

    def on_train_end(self, args, state, control, **kwargs):
        if state.is_world_process_zero:
            self.bar.close()


def run_trainer(model, train, validation, settings, folder=None, resume=False):
    """Train a model, keep the state that did best on validation, and return the history.

    Parameters
    ----------
    model : TextClassifier
        Changed in place; it ends on the device where it was trained.
    train, validation : list of dict
        Examples with ``input_ids``, ``attention_mask`` and ``labels``.
    settings : dict
        What ``training_arguments`` takes, and ``patience``: evaluations without a better
        macro-F1 on validation after which training ends.
    folder : str, pathlib.Path or None
        Where checkpoints go; None for a temporary folder.
    resume : bool, default False
        Go on from the last checkpoint in ``folder``.

    Returns
    -------
    pandas.DataFrame
        A row a step: step, epoch, loss (of the step's texts, dropout on), learning_rate,
        grad_norm (before clipping); and where validation was looked at, validation_loss and
        validation_macro_f1.

    Raises
    ------
    ValueError
        If ``folder`` holds checkpoints that are not to be resumed, there is none to resume, or
        several processes share no folder.
    torch.OutOfMemoryError
        If the device is too small, with what to try.

    Source: Wolf et al. 2020.
    """
    if folder is None:
        if _n_processes() > 1:
            raise ValueError("folder=None: several processes need one folder that all can write")
        if resume:
            raise ValueError("resume=True: name the folder of the run to go on with")
        with tempfile.TemporaryDirectory() as temporary:
            settings = {**settings, "keep_optimizer": False}
            return run_trainer(model, train, validation, settings, temporary)
    last = _last_checkpoint(folder)
    if (last is not None) != resume:
        cure = "another folder, or resume=True to go on" if last else "resume=False to begin"
        there = "holds checkpoints of an earlier run" if last else "holds no checkpoint"
        raise ValueError(f"{folder} {there}: give {cure}")
    settings = dict(settings)
    patience = settings.pop("patience")
    trainer = _Trainer(
        model=model,
        args=training_arguments(folder, **settings),
        train_dataset=train,
        eval_dataset=validation,
        data_collator=lambda examples: collate(model.tokenizer, examples),
        compute_metrics=lambda made: {
            "macro_f1": macro_f1(made.label_ids, made.predictions.argmax(1))
        },
        callbacks=[EarlyStoppingCallback(patience), _Bar()],
    )
    trainer.remove_callback(PrinterCallback)
    try:
        trainer.train(resume_from_checkpoint=last)
    except torch.OutOfMemoryError as error:
        raise torch.OutOfMemoryError(f"{error} {OUT_OF_MEMORY}") from error
    return _history(trainer.state.log_history)


def training_arguments(
    folder,
    epochs=3,
    learning_rate=1e-4,
    batch_size=32,
    accumulation=1,
    warmup=0.1,
    clip=1.0,
    weight_decay=0.01,
    precision=None,
    checkpoint_every=None,
    keep_optimizer=True,
    seed=0,
    device=None,
):
    """Translate the settings of a run into those of transformers' Trainer.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where checkpoints go.
    epochs : float, default 3
        Passes over the training texts, at most.
    learning_rate : float, default 1e-4
        The highest, after warm-up; from there it falls in a straight line to 0.
    batch_size : int, default 32
        Texts a step, of all processes together.
    accumulation : int, default 1
        Parts into which a process cuts its texts, to save memory.
    warmup : float, default 0.1
        The share of the steps in which the learning rate rises from 0.
    clip : float, default 1.0
        A gradient longer than this is shortened to it.
    weight_decay : float, default 0.01
        The pull of the weights to 0 (AdamW); biases and layer norms are left alone.
    precision : {"float32", "bfloat16", "float16"} or None
        Of the arithmetic of training; half precision on CUDA only. None takes bfloat16
        where the GPU has it, else float32.
    checkpoint_every : int or None
        Steps between looks at validation and checkpoints; None for every epoch.
    keep_optimizer : bool, default True
        Save with each checkpoint what resuming needs: three times the size of the model.
    seed : int, default 0
        Of order and dropout.
    device : str, torch.device or None
        As in ``plmrec_lite.runtime.device``.

    Returns
    -------
    transformers.TrainingArguments
        For the Trainer.

    Raises
    ------
    ValueError
        If a value is out of range, or the texts of a step cannot be shared out evenly.
    RuntimeError
        If the device asked for is not there.

    Source: Wolf et al. 2020; Loshchilov and Hutter 2019 (AdamW).
    """
    device = pick_device(device)
    processes = _n_processes()
    parts = processes * accumulation
    if min(batch_size, accumulation) < 1 or batch_size % parts:
        raise ValueError(
            f"batch_size={batch_size}: a step's texts are shared out evenly to {processes} "
            f"process(es) in {accumulation} part(s) each; give a multiple of {parts}"
        )
    if not (epochs > 0 and learning_rate > 0 and 0 <= warmup < 1 and clip > 0):
        raise ValueError(
            f"epochs={epochs}, learning_rate={learning_rate}, warmup={warmup}, clip={clip}: "
            "give numbers above 0, and as warmup a share of the steps from 0 to below 1"
        )
    precision = precision or _best_precision(device)
    if precision not in PRECISIONS or (precision != "float32" and device.type != "cuda"):
        raise ValueError(
            f"precision={precision!r} on {device.type}: use 'float32', or on CUDA one of "
            f"{', '.join(map(repr, PRECISIONS))}"
        )
    every = "epoch" if checkpoint_every is None else "steps"
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=epochs,
        learning_rate=learning_rate,
        per_device_train_batch_size=batch_size // parts,
        per_device_eval_batch_size=64,
        gradient_accumulation_steps=accumulation,
        warmup_steps=warmup,  # below 1: a share of the steps
        weight_decay=weight_decay,
        max_grad_norm=clip,
        bf16=precision == "bfloat16",
        fp16=precision == "float16",
        eval_strategy=every,
        save_strategy=every,
        eval_steps=checkpoint_every,
        save_steps=checkpoint_every or 500,
        save_total_limit=1,
        save_only_model=not keep_optimizer,
        load_best_model_at_end=True,
        metric_for_best_model="macro_f1",
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
        seed=seed,
        use_cpu=device.type == "cpu",
        dataloader_pin_memory=device.type == "cuda",
        label_names=["labels"],
    )
    arguments._n_gpu = min(arguments.n_gpu, 1)  # several GPUs are several processes
    return arguments


def _last_checkpoint(folder):
    """The folder of the last checkpoint that was written to its end, or None."""
    states = Path(folder).glob("checkpoint-*/trainer_state.json")  # the last file to be written
    steps = {int(path.parent.name.partition("-")[2]): str(path.parent) for path in states}
    return steps[max(steps)] if steps else None


def _n_processes():
    """Processes that train together, as ``accelerate launch`` and torchrun tell them."""
    return int(os.environ.get("WORLD_SIZE", 1))


def _best_precision(device):
    """The shortest numbers that train safely on a device."""
    return "bfloat16" if device.type == "cuda" and torch.cuda.is_bf16_supported() else "float32"


def _history(logs):
    """The Trainer's log as a table, a row a step."""
    names = {"eval_loss": "validation_loss", "eval_macro_f1": "validation_macro_f1"}
    rows = {}
    for entry in logs:
        if "loss" in entry or "eval_loss" in entry:
            row = rows.setdefault(entry["step"], {"step": entry["step"]})
            row |= {names.get(key, key): value for key, value in entry.items()}
    columns = ["step", "epoch", "loss", "learning_rate", "grad_norm", *names.values()]
    return pd.DataFrame(list(rows.values())).reindex(columns=columns)
