import pytest
import torch

from plmrec_lite.recommenders import NetworkSettings
from plmrec_lite.recommenders.generative.branches import read_branches
from plmrec_lite.recommenders.sequential.items import ItemEmbedding
from plmrec_lite.recommenders.sequential.network import SequenceNetwork


@pytest.mark.parametrize("positions", ["recency", "learned"])
@pytest.mark.parametrize("n_tokens", [1, 3])
def test_each_branch_reads_as_if_it_alone_followed(positions, n_tokens):
    torch.manual_seed(0)
    settings = NetworkSettings(d_model=16, n_blocks=2, length=9, dropout=0.5, positions=positions)
    network = SequenceNetwork(ItemEmbedding(12, 16, "id", None), settings).eval()
    with torch.no_grad():
        for weights in network.parameters():
            weights.add_(0.3 * torch.randn_like(weights))
    history = torch.tensor([3, 1, 4, 1, 5, 9])
    branches = torch.tensor([[2, 6, 5], [3, 5, 8], [2, 6, 5], [0, 0, 0]])[:, :n_tokens]
    found = read_branches(network, history, branches)
    for row, branch in zip(found, branches, strict=True):
        plain = network(torch.cat([history, branch])[None])[0][0, -1]
        torch.testing.assert_close(row, plain, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(found[0], found[2])
    assert not torch.allclose(found[0], found[1], atol=1e-2)
