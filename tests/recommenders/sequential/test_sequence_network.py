import pytest
import torch

from plmrec_lite.recommenders.sequential.items import ItemEmbedding
from plmrec_lite.recommenders.sequential.network import NetworkSettings, SequenceNetwork
from plmrec_lite.recommenders.sequential.windows import MASK, PADDING

IDS = torch.tensor([[3, 1, 4, 2, 5, 0]])


def network(causal=True, positions="recency", n_blocks=2):
    torch.manual_seed(0)
    embedding = ItemEmbedding(6, 8)
    with torch.no_grad():
        embedding.ids.mul_(20)
    size = NetworkSettings(8, 2, n_blocks, length=6, dropout=0.1, positions=positions)
    return SequenceNetwork(embedding, size, causal).eval()


@pytest.mark.parametrize("positions", ["recency", "learned"])
def test_a_causal_network_does_not_see_the_future(positions):
    net = network(positions=positions)
    changed = IDS.clone()
    changed[0, 3:] = 1
    before, after = net(IDS)[0], net(changed)[0]
    torch.testing.assert_close(before[:, :3], after[:, :3])
    assert (before[:, 3:] - after[:, 3:]).abs().max() > 1e-3


def test_a_network_that_is_not_causal_does():
    changed = IDS.clone()
    changed[0, 5] = 1
    net = network(causal=False)
    assert (net(IDS)[0][:, :3] - net(changed)[0][:, :3]).abs().max() > 1e-4


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("positions", ["recency", "learned"])
def test_padding_changes_nothing(causal, positions):
    net = network(causal, positions)
    alone = net(IDS[:, :4])[0]
    beside = torch.cat([IDS[:, :4], torch.full((1, 2), PADDING)], dim=1)
    torch.testing.assert_close(net(beside)[0][:, :4], alone)


@pytest.mark.parametrize("positions", ["recency", "learned"])
def test_the_order_of_the_past_is_seen(positions):
    net = network(positions=positions)
    swapped = IDS[:, [1, 0, 2, 3, 4, 5]]
    assert (net(IDS)[0][:, -1] - net(swapped)[0][:, -1]).abs().max() > 1e-4


def test_the_score_falls_with_distance_by_a_slope_a_head():
    bias = network().attention_bias(IDS)
    assert bias.shape == (1, 2, 6, 6)
    torch.testing.assert_close(bias[0, 0, 5], -torch.tensor([5.0, 4, 3, 2, 1, 0]) / 4)
    torch.testing.assert_close(bias[0, 1, 2], -torch.tensor([2.0, 1, 0, 1, 2, 3]) / 8)


@pytest.mark.parametrize("positions", ["recency", "learned"])
def test_items_and_places_are_read_times_the_root_of_the_width(positions):
    net, read = network(positions=positions), []
    net.blocks[0].register_forward_pre_hook(lambda _, inputs: read.append(inputs[0]))
    net(IDS)
    rows = net.embedding()[IDS]
    if positions == "learned":
        rows = rows + net.places
    torch.testing.assert_close(read[0], rows * 8**0.5)


def test_a_hidden_event_is_not_read():
    net = network(causal=False)
    hidden = IDS.clone()
    hidden[0, 2] = MASK
    assert (net(IDS)[0] - net(hidden)[0]).abs().max() > 1e-3
    with torch.no_grad():
        net.embedding.ids[4] += 1  # the item under the mask
    torch.testing.assert_close(net(hidden)[0], network(causal=False)(hidden)[0])


def test_a_masked_place_is_attended_to_and_padding_is_not():
    net, ids = network(causal=False), torch.tensor([[3, MASK, 4, PADDING]])
    bias = net.attention_bias(ids)  # (1, n_heads, T, T)
    assert (bias == -torch.inf).all(2).tolist() == [[[False, False, False, True]] * 2]
    assert bias[..., :3].isfinite().all()
    before = net(ids)[0]
    with torch.no_grad():
        net.mask += torch.randn(8)
    assert (net(ids)[0] - before)[0, [0, 2]].abs().amax(-1).min() > 1e-4


def test_every_parameter_learns():
    for causal in (True, False):
        for positions in ("recency", "learned"):
            net = network(causal, positions)
            ids = IDS if causal else IDS.clone().index_fill_(1, torch.tensor([2]), MASK)
            hidden, items = net(ids)
            torch.nn.functional.cross_entropy(hidden[0] @ items.T, IDS[0].roll(-1)).backward()
            for name, parameter in net.named_parameters():
                assert parameter.grad is not None, name
                if not name.endswith("key.bias"):  # softmax ignores what is the same for all keys
                    assert parameter.grad.abs().max() > 0, name


def test_dropout_falls_on_what_is_read_and_inside_the_blocks():
    net = network(n_blocks=1)
    torch.manual_seed(0)
    assert torch.equal(net(IDS)[0], net(IDS)[0])
    net.train()
    assert not torch.equal(net(IDS)[0], net(IDS)[0])
    rates = {module.p for module in net.modules() if isinstance(module, torch.nn.Dropout)}
    assert rates == {0.1}
    net.blocks[0].eval()
    assert not torch.equal(net(IDS)[0], net(IDS)[0])  # what is read


def test_blocks_stand_one_on_another():
    sizes = [NetworkSettings(8, 2, n, length=6) for n in (1, 3)]
    one, three = (
        sum(p.numel() for p in SequenceNetwork(ItemEmbedding(6, 8), s).parameters()) for s in sizes
    )
    block = sum(p.numel() for p in network().blocks[0].parameters())
    assert three - one == 2 * block
