"""The one training loop: batches in, a trained module and its history out.

It runs on accelerate, so that one process, several, and several machines run the same code: every
process draws the whole batch and takes its part.
"""

from __future__ import annotations

import contextlib
import math
from dataclasses import asdict
from itertools import count, islice
from numbers import Integral

import numpy as np
import torch

from plmrec_lite.checkpoints import TrainingState
from plmrec_lite.runtime import device as pick_device
from plmrec_lite.runtime import progress
from plmrec_lite.training.parts import cut
from plmrec_lite.training.settings import rate_factor

OUT_OF_MEMORY = (
    "Less memory, in the order in which to try: a smaller part of each batch at a time "
    "(accumulation=4), shorter texts or histories (max_length=64), half the bytes "
    "(precision='bfloat16'), fewer weights that are trained (method='LoRA' or 'last layers')."
)


def train(
    module,
    batches,
    settings,
    *,
    watch=None,
    watch_every=None,
    choose=None,
    patience=None,
    folder=None,
    resume=False,
    device=None,
    title="training",
):
    """Train a module in place; it ends in evaluation mode, on the device where it was trained.

    Parameters
    ----------
    module : torch.nn.Module; ``module(batch)`` returns a dict of scalar tensors: ``"loss"``, which
        is minimised, and what else is to be recorded. Of a part of a batch it returns that part's
        share, so that the parts add up; one with ``whole = True`` compares the rows of a batch and
        is never given a part. Parameters that require no gradient stay as they are. A method
        ``rate_factors()``, where there is one, gives by parameter name a factor of the rate.
    batches : object; ``len(batches)`` is the number of steps of an epoch; ``batches.epoch(number)``
        yields its batches on the CPU, by seed and number alone. A batch is a dict: tensors are cut
        by rows where it is shared out; numbers, and the dict of tensors under ``"shared"``, go to
        each part whole.
    settings : Training
    watch : callable or None; ``watch(step, module)`` is called in evaluation mode and without
        gradients, before the first step, now and then, and after the last. It returns a dict of
        numbers for the history, or None. Of several processes, the first one's counts.
    watch_every : int or None; steps between two looks, None: at the end of each epoch
    choose : str or None; a key of what ``watch`` returns: the weights with its highest value stay
    patience : int or None; looks in a row without a new highest value after which training ends
    folder : str, pathlib.Path or None; where a checkpoint is written at each look
    resume : bool; go on from the checkpoint in ``folder``, with the same settings;
        ``accumulation`` and ``precision`` may differ
    device : str, torch.device or None; see ``plmrec_lite.runtime.device``; several processes have
        theirs from accelerate
    title : str; what the progress bar says

    Returns
    -------
    pandas.DataFrame; a row a step: ``step`` (from 1), ``learning_rate``, ``gradient_norm`` (before
        clipping), what the module returned, and what ``watch`` returned after it; what that
        returned before the first step stands in a row of step 0

    Raises
    ------
    ValueError: no batches, a batch that cannot be cut, an argument out of range, or ``folder`` and
        ``resume`` do not fit what is there
    FloatingPointError: a gradient is infinite or not a number
    torch.OutOfMemoryError: the device is too small; the message says what to try

    Source: Loshchilov and Hutter 2019 (AdamW); Pascanu et al. 2013 (clipping).
    """
    from accelerate import Accelerator

    accelerator = Accelerator(device_placement=False, mixed_precision="no")
    where = accelerator.device if accelerator.num_processes > 1 else pick_device(device)
    n_steps = _n_steps(settings, batches)
    looks = _looks(n_steps, len(batches), watch, watch_every, choose, patience)
    with _own_randomness(where) as generators, _memory_advice():
        module.to(where)
        optimizer = torch.optim.AdamW(_groups(module, settings))
        trained, optimizer = accelerator.prepare(module, optimizer)
        run = TrainingState(module, optimizer, watch, choose, folder, resume, asdict(settings))
        for step, batch in _steps(run.step, n_steps, batches, title):
            if patience is not None and run.looks_without_gain >= patience:
                break
            rate = settings.learning_rate * rate_factor(step, n_steps, settings.warmup)
            for group in optimizer.param_groups:
                group["lr"] = rate * group["factor"]
            _draw_from(generators, settings.seed, step, accelerator.process_index)
            module.train()
            optimizer.zero_grad()
            values = _backward(accelerator, trained, batch, settings, where)
            norm = float(accelerator.clip_grad_norm_(_trained(module), settings.clip))
            _check_finite(norm, step, values, settings)
            optimizer.step()
            run.took(learning_rate=rate, gradient_norm=norm, **values)
            if run.step in looks:
                run.look(keep=accelerator.is_main_process)
        optimizer.zero_grad()
        return run.end()


def _n_steps(settings, batches):
    n = settings.n_steps
    n = math.ceil(settings.n_epochs * len(batches)) if n is None else int(n)
    if n and not len(batches):
        raise ValueError(f"no batches for {n} steps: give some examples")
    return n


def _looks(n_steps, steps_an_epoch, watch, watch_every, choose, patience):
    for name, value in (("watch_every", watch_every), ("patience", patience)):
        if value is not None and not (isinstance(value, Integral) and value >= 1):
            raise ValueError(f"{name}={value!r}: give an integer, 1 or more, or None")
    if (choose is not None and watch is None) or (patience is not None and choose is None):
        raise ValueError(
            f"choose={choose!r}, patience={patience!r}: patience needs a value to choose by, and "
            "choose a watch that returns it"
        )
    return {*range(0, n_steps, watch_every or max(1, steps_an_epoch)), n_steps}


def _backward(accelerator, trained, batch, settings, where):
    """Run this process's parts of a batch forward and backward; return what all of them sum to."""
    n_sharing, mine = accelerator.num_processes, accelerator.process_index
    if getattr(accelerator.unwrap_model(trained), "whole", False):
        parts, weight = [batch], 1 / n_sharing  # each process has the same whole batch
    else:
        shares = cut(batch, n_sharing)
        weight = float(mine < len(shares))  # without a row left, walk along and count for nothing
        parts = cut(shares[mine] if weight else shares[0], settings.accumulation)
    totals = {}
    for number, part in enumerate(parts, start=1):
        last = number == len(parts)
        with contextlib.nullcontext() if last else accelerator.no_sync(trained):
            with torch.autocast(where.type, torch.bfloat16, settings.precision == "bfloat16"):
                values = trained(_moved(part, where))
            # Of the processes' gradients the mean is taken: it has to be the sum.
            accelerator.backward(values["loss"] * (weight * n_sharing))
        for key, value in values.items():
            totals[key] = totals.get(key, 0.0) + value.detach() * weight
    return {key: float(accelerator.reduce(value, "sum")) for key, value in totals.items()}


def _check_finite(norm, step, values, settings):
    if not math.isfinite(norm):
        raise FloatingPointError(
            f"step {step + 1}: a gradient of norm {norm}, losses {values}: lower "
            f"learning_rate={settings.learning_rate}, or look for 0 / 0 in the loss"
        )


def _steps(first, n_steps, batches, title):
    """Yield the steps that are left, each with its batch."""
    n = len(batches)
    rest = (
        islice(batches.epoch(epoch), first % n if epoch == first // n else 0, None)
        for epoch in count(first // n)
    )
    walk = (batch for epoch in rest for batch in epoch)
    yield from zip(progress(range(first, n_steps), title), walk, strict=False)


def _trained(module):
    return [weight for weight in module.parameters() if weight.requires_grad]


def _groups(module, settings):
    """Matrices, which decay, and vectors, which do not; each by the factor of its rate."""
    factors = dict(module.rate_factors()) if hasattr(module, "rate_factors") else {}
    groups = {}
    names = {key.removeprefix("_orig_mod.") for key, _ in module.named_parameters()}
    if unknown := sorted(set(factors) - names):
        raise ValueError(f"rate_factors name {unknown}: the parameters are {sorted(names)}")
    for name, weight in module.named_parameters():
        if weight.requires_grad:
            name = name.removeprefix("_orig_mod.")  # which torch.compile puts before it
            key = (factors.get(name, 1.0), settings.weight_decay if weight.ndim > 1 else 0.0)
            groups.setdefault(key, []).append(weight)
    if not groups:
        raise ValueError(f"{type(module).__name__} has no parameter that requires a gradient")
    return [
        {"params": weights, "factor": factor, "weight_decay": decay, "lr": settings.learning_rate}
        for (factor, decay), weights in groups.items()
    ]


def _moved(value, where):
    if isinstance(value, dict):
        return {key: _moved(inner, where) for key, inner in value.items()}
    return value.to(where) if isinstance(value, torch.Tensor) else value


@contextlib.contextmanager
def _own_randomness(where):
    """Lend the generators that modules draw from, and leave them as they were."""
    generators = [torch.default_generator]
    if where.type == "cuda":
        torch.cuda.init()
        index = torch.cuda.current_device() if where.index is None else where.index
        generators.append(torch.cuda.default_generators[index])
    if where.type == "mps":
        generators.append(torch.mps._get_default_mps_generator())
    states = [generator.get_state() for generator in generators]
    try:
        yield generators
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)


def _draw_from(generators, *numbers):
    """Seed a step by its number: what it draws depends on nothing that was drawn before."""
    seed = int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0])
    for generator in generators:
        generator.manual_seed(seed)


@contextlib.contextmanager
def _memory_advice():
    try:
        yield
    except RuntimeError as error:  # torch has a class of its own for CUDA only
        short = ("out of memory", "can't allocate memory", "not enough memory")
        if isinstance(error, torch.OutOfMemoryError) or any(part in str(error) for part in short):
            raise torch.OutOfMemoryError(f"{error} {OUT_OF_MEMORY}") from error
        raise
