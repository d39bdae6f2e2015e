"""Transformers' Trainer, as in industry; a test shows that it takes the steps of ``train``."""

from __future__ import annotations

import math
import tempfile

import pandas as pd
from transformers import Trainer, TrainingArguments
from transformers.trainer_callback import PrinterCallback

from plmrec_lite.runtime import device as pick_device
from plmrec_lite.text.batches import SimilarLengths, collate


class _Trainer(Trainer):
    """The Trainer, with the order of texts that ``TextBatches`` has."""

    def _get_train_sampler(self, train_dataset=None):
        lengths = [len(example["input_ids"]) for example in train_dataset or self.train_dataset]
        a_step = self.args.train_batch_size * self.args.gradient_accumulation_steps
        return SimilarLengths(lengths, a_step, self.args.seed)


def run_trainer(model, examples, settings, device=None):
    """Train a classifier of texts in one process, in place.

    Parameters
    ----------
    model : TextClassifier; it ends on the device where it was trained
    examples : list of dict; see ``collate``
    settings : Training; ``accumulation`` has to divide ``batch_size``
    device : str, torch.device or None; see ``plmrec_lite.runtime.device``

    Returns
    -------
    pandas.DataFrame; a row a step: ``step``, ``learning_rate``, ``gradient_norm`` (before
        clipping), ``loss``

    Raises
    ------
    ValueError: the texts of a step cannot be cut evenly, or ``precision`` is not float32
    RuntimeError: the device is not there

    Source: Wolf et al. 2020 (Trainer).
    """
    if settings.batch_size % settings.accumulation or settings.precision != "float32":
        raise ValueError(
            f"batch_size={settings.batch_size}, accumulation={settings.accumulation}, "
            f"precision={settings.precision!r}: the Trainer is used with even parts and float32"
        )
    where = pick_device(device)
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            output_dir=folder,
            num_train_epochs=settings.n_epochs or 1,
            max_steps=-1 if settings.n_steps is None else settings.n_steps,
            learning_rate=settings.learning_rate,
            per_device_train_batch_size=settings.batch_size // settings.accumulation,
            gradient_accumulation_steps=settings.accumulation,
            warmup_steps=settings.warmup,  # below 1: a share of the steps
            weight_decay=settings.weight_decay,
            max_grad_norm=0.0 if math.isinf(settings.clip) else settings.clip,
            seed=settings.seed,
            use_cpu=where.type == "cpu",
            dataloader_pin_memory=where.type == "cuda",
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        arguments._n_gpu = min(arguments.n_gpu, 1)  # several GPUs are several processes
        trainer = _Trainer(
            model=model,
            args=arguments,
            train_dataset=examples,
            data_collator=lambda chosen: collate(model.tokenizer, chosen),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    model.eval()
    rows = [entry for entry in trainer.state.log_history if "loss" in entry]
    columns = ["step", "learning_rate", "grad_norm", "loss"]
    return pd.DataFrame(rows)[columns].rename(columns={"grad_norm": "gradient_norm"})
