"""A GPU to pretend: tensors that compute on the CPU and say that they are somewhere else.

Within ``one_device()`` the device ``meta`` stands for the GPU. A tensor moved or made there is a
``There``: a tensor with its numbers, which are computed on the CPU. An operation on tensors of
two devices is refused, as a GPU refuses it (copies and single numbers aside); an index on the
other device too, which torch would let pass. So a forgotten ``.to(device)`` is found without a
GPU, in code that looks at its numbers as well.
"""

import contextlib
from unittest.mock import patch

import torch
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map_only

with torch.device("cpu"):  # torch lists what makes tensors at the first such call, and keeps
    torch.zeros(1)  # the list, which must hold its own functions and not those that replace them
DEVICE = torch.device("meta")
COPIES = {torch.ops.aten._to_copy, torch.ops.aten.copy_, torch.ops.aten.to}


class There(torch.Tensor):
    """A tensor of the pretended device; ``here`` holds its numbers."""

    @staticmethod
    def __new__(cls, here):
        return torch.Tensor._make_wrapper_subclass(
            cls,
            here.shape,
            strides=here.stride(),
            storage_offset=here.storage_offset(),
            dtype=here.dtype,
            device=DEVICE,
        )

    def __init__(self, here):
        self.here = here

    def __repr__(self):
        return f"There({self.here})"

    __torch_function__ = torch._C._disabled_torch_function_impl

    @classmethod
    def __torch_dispatch__(cls, op, types, args=(), kwargs=None):
        return run(op, args, kwargs or {})


class Mode(TorchDispatchMode):
    """Hands every operation on, so that tensors made on the pretended device are seen too."""

    def __torch_dispatch__(self, op, types, args=(), kwargs=None):
        return run(op, args, kwargs or {})


def run(op, args, kwargs):
    """Compute an operation on the CPU, on whatever side its tensors are."""
    tensors = [t for t in tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)]
    from_there = any(isinstance(t, There) for t in tensors)
    if op.overloadpacket not in COPIES and from_there:
        stayed = [tuple(t.shape) for t in tensors if not isinstance(t, There) and t.ndim]
        if stayed:
            raise RuntimeError(f"{op} takes tensors of two devices: {stayed} stayed on the CPU")
    devices = [d for d in (*args, *kwargs.values()) if isinstance(d, torch.device)]
    to_there = from_there
    if devices:
        to_there = devices[0] == DEVICE
    elif op.overloadpacket is torch.ops.aten.copy_:
        to_there = isinstance(args[0], There)
    elif op.overloadpacket is torch.ops.aten.to and isinstance(args[1], torch.Tensor):
        to_there = isinstance(args[1], There)

    def here(leaf):
        if isinstance(leaf, There):
            return leaf.here
        if isinstance(leaf, torch.device):
            return torch.device("cpu")
        return leaf

    out = op(
        *tree_map_only((torch.Tensor, torch.device), here, args),
        **{
            key: tree_map_only((torch.Tensor, torch.device), here, value)
            for key, value in kwargs.items()
        },
    )
    crossing = op.overloadpacket in COPIES and op.overloadpacket is not torch.ops.aten.copy_
    if crossing and from_there != to_there:
        return There(out.clone()) if to_there else out.clone()
    if not to_there:
        return out
    return return_and_correct_aliasing(op, args, kwargs, tree_map_only(torch.Tensor, There, out))


@contextlib.contextmanager
def one_device():
    """Let ``meta`` stand for a GPU, and refuse what a GPU refuses.

    What knows the devices that there are, or does not ask the mode, is replaced: autocast,
    modules that change device, inference mode (in which a ``There`` cannot be viewed), tensors
    made of lists, and generators: that of the pretended device draws what the CPU's would.
    """
    made = {name: getattr(torch, name) for name in ("tensor", "as_tensor")}

    def maker(name):
        def make(data, *, device=None, **options):
            if device is None or isinstance(data, torch.Tensor):
                return made[name](data, device=device, **options)
            return made[name](data, **options).to(device)

        return make

    generator = torch.Generator

    def generator_of(device="cpu"):
        return generator("cpu" if torch.device(device) == DEVICE else device)

    swap = torch.__future__.get_swap_module_params_on_conversion()
    torch.__future__.set_swap_module_params_on_conversion(True)
    autocast = patch("torch.autocast", lambda *arguments: contextlib.nullcontext())
    inference = patch("torch._C._InferenceMode", lambda on: torch.set_grad_enabled(not on))
    try:
        with contextlib.ExitStack() as stack:
            for name in made:
                stack.enter_context(patch(f"torch.{name}", maker(name)))
            stack.enter_context(patch("torch.Generator", generator_of))
            for changed in (autocast, inference, Mode()):
                stack.enter_context(changed)
            yield DEVICE
    finally:
        torch.__future__.set_swap_module_params_on_conversion(swap)
