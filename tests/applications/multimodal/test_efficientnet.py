"""The network against its publication, and against what its weights know."""

import numpy as np
import pytest
import torch

from plmrec_lite.applications.multimodal import efficientnet
from plmrec_lite.applications.multimodal.efficientnet import (
    EfficientNetLite0,
    MBConv,
    SamePadding,
    load_lite0,
)
from plmrec_lite.data.sources.emoji import draw_emoji


@pytest.fixture(scope="module")
def network():
    return load_lite0()


def test_it_has_the_published_size(network):
    assert sum(p.numel() for p in network.parameters()) == 4_652_008  # 4.7 M
    assert not network.training
    assert len(network.blocks) == 16


@pytest.mark.parametrize(("size", "places"), [(224, 7), (128, 4), (100, 4)])
def test_each_stage_has_the_published_shape(network, size, places):
    seen = {}
    hooks = [
        block.register_forward_hook(lambda m, i, o, n=n: seen.update({n: tuple(o.shape[1:])}))
        for n, block in enumerate(network.blocks)
    ]
    with torch.inference_mode():
        assert network(torch.zeros(1, 3, size, size)).shape == (1, 1000)
    for hook in hooks:
        hook.remove()
    ends = [seen[n][0] for n in (0, 2, 4, 7, 10, 14, 15)]
    assert ends == [16, 24, 40, 80, 112, 192, 320]  # table 1 of Tan and Le 2019
    assert seen[15][1:] == (places, places)
    if size == 224:
        assert [seen[n][1] for n in (0, 2, 4, 7, 10, 14, 15)] == [112, 56, 28, 14, 14, 7, 7]


@pytest.mark.parametrize(
    ("size", "stride", "expected"),
    [
        # a kernel of ones over ones counts the pixels that it covers
        (4, 1, [[4, 6, 6, 4], [6, 9, 9, 6], [6, 9, 9, 6], [4, 6, 6, 4]]),
        (4, 2, [[9, 6], [6, 4]]),  # even and stride 2: what is missing is right and below
        (5, 2, [[4, 6, 4], [6, 9, 6], [4, 6, 4]]),
    ],
)
def test_padding_is_that_of_tensorflow(size, stride, expected):
    layer = SamePadding(1, 1, 3, stride)
    torch.nn.init.ones_(layer.weight)
    found = layer(torch.ones(1, 1, size, size))[0, 0]
    assert found.detach().tolist() == expected


def test_a_wide_picture_is_padded_on_its_own_sides():
    layer = SamePadding(1, 1, 3, 2)
    torch.nn.init.ones_(layer.weight)
    found = layer(torch.ones(1, 1, 5, 4))[0, 0]
    assert found.detach().tolist() == [[6, 4], [9, 6], [6, 4]]


def test_it_knows_kinds_of_things_that_it_was_trained_on(network):
    """Drawings are no photographs: some of them are found among the first ten of 1,000 kinds."""
    kinds = {  # of ImageNet, in its order
        "\N{BANANA}": 954,
        "\N{UMBRELLA}": 879,
        "\N{VIOLIN}": 889,
        "\N{ACCORDION}": 401,
        "\N{SOCCER BALL}": 805,
        "\N{HAMMER}": 587,
        "\N{FLAMINGO}": 130,
        "\N{ELEPHANT}": 386,
        "\N{PEACOCK}": 84,
    }
    pictures = (draw_emoji(list(kinds), size=224).astype(np.float32) - 127) / 128
    with torch.inference_mode():
        scores = network(torch.from_numpy(pictures).permute(0, 3, 1, 2))
    top = scores.topk(10).indices.tolist()
    found = [kind in row for kind, row in zip(kinds.values(), top, strict=True)]
    assert 6 <= sum(found) < 9, found  # by chance one in a hundred


@pytest.mark.parametrize(
    ("n_out", "stride", "is_added"), [(8, 1, True), (8, 2, False), (16, 1, False)]
)
def test_the_input_is_added_where_the_shape_stays(n_out, stride, is_added):
    block = MBConv(8, n_out, 6, 3, stride).eval()
    torch.nn.init.zeros_(block.narrow[0].weight)  # what the block itself sees is nothing
    given = torch.rand(1, 8, 4, 4)
    with torch.inference_mode():
        found = block(given)
    assert torch.equal(found, given) if is_added else not found.any()
    assert block.look[0].weight.shape == (48, 1, 3, 3)
    assert MBConv(8, 8, 1, 3, 1).widen is None


def test_the_vector_is_what_the_classes_are_read_from(network):
    pictures = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        vectors = network.vectors(pictures)
        assert vectors.shape == (2, 1280) and (vectors >= 0).all() and (vectors <= 6).all()
        assert torch.allclose(network.classes(vectors), network(pictures))


def test_weights_that_do_not_fit_are_refused(tmp_path, monkeypatch):
    weights = EfficientNetLite0().state_dict()
    path = tmp_path / "weights.pth"
    torch.save({"_fc.weight": weights["classes.weight"]}, path)
    monkeypatch.setattr(efficientnet, "fetch", lambda name: {"weights.pth": path})
    with pytest.raises(ValueError, match=r"weights\.pth are not those of efficientnet-lite0"):
        load_lite0()
