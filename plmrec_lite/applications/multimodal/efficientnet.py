"""EfficientNet-Lite0: a small network that sees, pre-trained on photographs of 1,000 kinds."""

from __future__ import annotations

import re

import torch
from torch import nn

from plmrec_lite.data.sources.fetch import fetch
from plmrec_lite.data.sources.registry import dataset

NAME = "efficientnet-lite0"
N_CLASSES = 1000
CHANNELS = 1280  # of the last layer: the length of a picture's vector
# Of each stage: widening, kernel, stride of its first block, channels, blocks.
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
STEM = 32
EPSILON = 1e-3  # of the batch norms, as in TensorFlow, where the weights come from


class SamePadding(nn.Conv2d):
    """A convolution without bias whose output has size / stride pixels, padded as in TensorFlow.

    Parameters
    ----------
    n_in, n_out, kernel, stride, groups : int; as of ``torch.nn.Conv2d``
    """

    def __init__(self, n_in, n_out, kernel=1, stride=1, groups=1):
        super().__init__(n_in, n_out, kernel, stride, groups=groups, bias=False)

    def forward(self, pictures):
        """Convolve, with what is missing at the edges as zeros, the odd one right and below.

        Parameters
        ----------
        pictures : float tensor (B, n_in, H, W)

        Returns
        -------
        float tensor (B, n_out, ceil(H / stride), ceil(W / stride))
        """
        (kernel, _), (stride, _) = self.kernel_size, self.stride
        pads = []
        for size in (pictures.shape[3], pictures.shape[2]):
            missing = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads += [missing // 2, missing - missing // 2]
        return super().forward(nn.functional.pad(pictures, pads))


def _layer(n_in, n_out, kernel=1, stride=1, groups=1):
    return nn.Sequential(
        SamePadding(n_in, n_out, kernel, stride, groups), nn.BatchNorm2d(n_out, eps=EPSILON)
    )


class MBConv(nn.Module):
    """An inverted bottleneck: widen, look at each channel alone, narrow; add the input back.

    Parameters
    ----------
    n_in, n_out : int; channels
    widening : int; 1 leaves the first step out
    kernel, stride : int; of the step that looks

    Source: Sandler et al. 2018; without squeeze-and-excitation, which Lite leaves out.
    """

    def __init__(self, n_in, n_out, widening, kernel, stride):
        super().__init__()
        wide = n_in * widening
        self.widen = _layer(n_in, wide) if widening > 1 else None
        self.look = _layer(wide, wide, kernel, stride, groups=wide)
        self.narrow = _layer(wide, n_out)
        self.is_added = stride == 1 and n_in == n_out

    def forward(self, x):
        """Return the block's output.

        Parameters
        ----------
        x : float tensor (B, n_in, H, W)

        Returns
        -------
        float tensor (B, n_out, H / stride, W / stride)
        """
        wide = x if self.widen is None else nn.functional.relu6(self.widen(x))
        seen = self.narrow(nn.functional.relu6(self.look(wide)))
        return x + seen if self.is_added else seen


class EfficientNetLite0(nn.Module):
    """The network without its weights; ``load_lite0`` gives it those of ImageNet.

    Source: Tan and Le 2019, table 1.
    """

    def __init__(self):
        super().__init__()
        self.stem = _layer(3, STEM, 3, 2)
        blocks, n_in = [], STEM
        for widening, kernel, stride, n_out, n_blocks in STAGES:
            for number in range(n_blocks):
                blocks.append(MBConv(n_in, n_out, widening, kernel, 1 if number else stride))
                n_in = n_out
        self.blocks = nn.Sequential(*blocks)
        self.head = _layer(n_in, CHANNELS)
        self.classes = nn.Linear(CHANNELS, N_CLASSES)

    def vectors(self, pictures):
        """Return what the last layer sees, the mean over all places.

        Parameters
        ----------
        pictures : float tensor (B, 3, H, W); red, green, blue, each from -1 to 1: 0 to 255, less
            127 and over 128

        Returns
        -------
        float tensor (B, 1280)
        """
        x = nn.functional.relu6(self.stem(pictures))  # (B, 32, H / 2, W / 2)
        x = nn.functional.relu6(self.head(self.blocks(x)))  # (B, 1280, H / 32, W / 32)
        return x.mean((2, 3))

    def forward(self, pictures):
        """Return the scores of the 1,000 kinds.

        Parameters
        ----------
        pictures : float tensor (B, 3, H, W); as of ``vectors``

        Returns
        -------
        float tensor (B, 1000)
        """
        return self.classes(self.vectors(pictures))


def load_lite0():
    """Return the network with its published weights.

    Returns
    -------
    EfficientNetLite0; in evaluation mode, on the CPU

    Raises
    ------
    FetchError: the weights are neither here nor to be had
    ValueError: they do not fit the network
    """
    (path,) = fetch(NAME).values()
    published = torch.load(path, map_location="cpu", weights_only=True)
    weights = {_our_name(name): value for name, value in published.items()}
    network = EfficientNetLite0()
    dataset(NAME).check_counts(weights=sum(p.numel() for p in network.parameters()))
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(f"the weights in {path} are not those of {NAME}: {error}") from error
    return network.eval()


OURS = {
    "_conv_stem": "stem.0",
    "_conv_head": "head.0",
    "_fc": "classes",
    "_expand_conv": "widen.0",
    "_depthwise_conv": "look.0",
    "_project_conv": "narrow.0",
}


def _our_name(published):
    """The name of a weight in ``EfficientNetLite0``, by that in the file."""
    block = re.match(r"_blocks\.(\d+)\.", published)
    part, _, which = published[block.end() if block else 0 :].partition(".")
    norms = ("widen.1", "look.1", "narrow.1") if block else ("stem.1", "head.1")
    ours = OURS | {f"_bn{number}": norm for number, norm in enumerate(norms)}
    return f"blocks.{block[1]}.{ours[part]}.{which}" if block else f"{ours[part]}.{which}"
