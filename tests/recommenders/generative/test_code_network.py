"""The parts under the writer of codes."""

import pytest
import torch

from plmrec_lite.recommenders.generative.code_network import CodeEmbedding, DigitWriter

TOKENS = [[0, 3], [1, 3], [2, 4]]


def test_an_item_is_the_sum_of_its_digits_and_learns_through_them():
    embedding = CodeEmbedding(TOKENS, d_model=6)
    vectors = embedding.digits.detach()
    assert vectors.shape == (5, 6)
    torch.testing.assert_close(embedding()[1].detach(), vectors[1] + vectors[3])
    embedding()[0].sum().backward()
    assert embedding.digits.grad[:, 0].tolist() == [1, 0, 0, 1, 0]  # the digits of item 0


def test_only_the_digits_are_weights():
    assert list(CodeEmbedding(TOKENS, 6).state_dict()) == ["digits"]


@pytest.mark.parametrize("level", [0, 2])
def test_the_writer_is_a_feed_forward_layer_beside_its_input(level):
    writer = DigitWriter(n_levels=3, d_model=9, dropout=0.5).eval()
    hidden, said = torch.randn(2, 4, 9, generator=torch.Generator().manual_seed(0))
    x = hidden + 3 * (said + writer.levels[level])
    first, gelu, second, _ = writer.feed_forward
    expected = x + second(gelu(first(writer.norm(x))))
    torch.testing.assert_close(writer(hidden, said, level), expected)
    assert first.weight.shape == (36, 9)


def test_the_writer_drops_numbers_only_while_it_learns():
    writer, x = DigitWriter(3, 64, dropout=0.5), torch.ones(1, 64)
    with torch.no_grad():
        drawn = [writer(x, 0 * x, 1) for _ in range(2)]
        assert not torch.equal(*drawn)
        writer.eval()
        torch.testing.assert_close(writer(x, 0 * x, 1), writer(x, 0 * x, 1), rtol=0, atol=0)
