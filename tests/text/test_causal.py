"""The decoder: no look ahead, tied, every token predicted once, and writing by seed."""

import math

import pytest
import torch
from torch.nn.functional import cross_entropy

from plmrec_lite.text.causal import Decoder, Windows, generate, next_token_losses, token_losses
from plmrec_lite.training import Objective, Training, train

LENGTH = 8


@pytest.fixture(scope="module")
def model():
    return Decoder(20, d_model=16, n_layers=2, n_heads=4, seed=0).eval()


def tokens(n, seed=0):
    return torch.randint(20, (n,), generator=torch.Generator().manual_seed(seed))


def test_it_looks_nowhere_ahead_and_everywhere_back(model):
    ids = tokens(LENGTH)[None]
    other = ids.clone()
    other[0, 3] = (other[0, 3] + 1) % 20
    with torch.inference_mode():
        moved = (model(ids) - model(other)).abs().amax(-1)[0] > 1e-6
    assert moved.tolist() == [False] * 3 + [True] * 5


def test_every_norm_adds_to_the_variance_what_gpt_2_does(model):
    norms = [m.eps for m in model.modules() if isinstance(m, torch.nn.LayerNorm)]
    assert norms == [1e-5] * 5  # two in each layer, and the last


def test_it_knows_the_order(model):
    ids = tokens(LENGTH)[None]
    assert ids[0, 0] != ids[0, 1]
    other = ids[:, [1, 0, *range(2, LENGTH)]]
    with torch.inference_mode():
        assert not torch.allclose(model(ids)[0, -1], model(other)[0, -1], atol=1e-4)


def test_the_first_head_attends_nearest(model):
    """Slopes of 2, 1/2, 1/8 and 1/32: equal scores, so the slope alone decides."""
    assert model.slopes.tolist() == [2, 0.5, 0.125, 0.03125]
    seen = []
    block = model.blocks[0]
    forward = block.attention.forward
    block.attention.forward = lambda *a: seen.append(forward(*a)) or seen[-1]
    try:
        with torch.inference_mode():
            model(torch.full((1, LENGTH), 7))
    finally:
        del block.attention.forward
    weights = seen[0][1][0, :, -1]  # (n_heads, T), of the last token
    expected = torch.softmax(model.slopes[:, None] * torch.arange(LENGTH), dim=-1)
    torch.testing.assert_close(weights, expected)


def test_its_table_is_its_last_layer_and_the_seed_decides():
    state = torch.get_rng_state()
    first, again, other = (Decoder(20, 16, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    assert sum(w.shape == (20, 16) for w in first.parameters()) == 1
    assert torch.equal(first.tokens.weight, again.tokens.weight)
    assert not torch.equal(first.tokens.weight, other.tokens.weight)


def test_loss_is_the_mean_over_predicted_tokens(model):
    batch = next(Windows(tokens(100), LENGTH, batch_size=3).epoch(0))
    assert batch["ids"].shape == (3, LENGTH + 1)
    with torch.inference_mode():
        found = next_token_losses(model, batch)["loss"]
        logits = model(batch["ids"][:, :-1])
    by_token = cross_entropy(logits.transpose(1, 2), batch["ids"][:, 1:])
    torch.testing.assert_close(found, by_token)


def test_windows_cover_the_text_once_an_epoch_and_move():
    windows = Windows(torch.arange(200), LENGTH, batch_size=4, seed=0)
    epochs = [torch.cat([b["ids"] for b in windows.epoch(number)]) for number in (0, 0, 1)]
    assert torch.equal(epochs[0], epochs[1])
    assert sorted(epochs[0][:, 0].tolist()) != sorted(epochs[2][:, 0].tolist())
    for rows in epochs:
        assert len(rows) == 4 * len(windows)
        assert torch.equal(rows, rows[:, :1] + torch.arange(LENGTH + 1))
        asked = rows[:, 1:].flatten()
        assert len(asked.unique()) == len(asked)
    with pytest.raises(ValueError, match="20 tokens make no batch of 3 windows of 8"):
        Windows(torch.arange(20), LENGTH, batch_size=3)


@pytest.mark.parametrize("n", [2, 5, 9, 13, 30, 33])
def test_each_token_is_predicted_once_with_half_a_window_before_it(model, n):
    ids = tokens(n)
    found = token_losses(model, ids, LENGTH)
    assert len(found) == n - 1
    for place in range(1, n):
        start = (place - 1) // (LENGTH // 2) * (LENGTH // 2)
        history = ids[max(0, start - LENGTH // 2) : place]
        with torch.inference_mode():
            alone = cross_entropy(model(history[None])[0, -1:], ids[place : place + 1])
        torch.testing.assert_close(found[place - 1], alone, atol=1e-5, rtol=1e-5)


def test_it_writes_by_seed_stops_and_cools(model):
    hot = [generate(model, [3], 30, LENGTH, seed=seed) for seed in (0, 0, 1)]
    assert hot[0] == hot[1] != hot[2]
    assert hot[0][0] == 3
    assert len(hot[0]) == 31
    stopped = generate(model, [3], 30, LENGTH, stop=hot[0][5], seed=0)
    assert stopped == hot[0][: hot[0].index(hot[0][5], 1)]
    greedy = generate(model, [3], 30, LENGTH, temperature=0)
    with torch.inference_mode():
        assert greedy[9] == int(model(torch.tensor([greedy[1:9]]))[0, -1].argmax())
    assert generate(model, [3], 30, LENGTH, temperature=1e-4, seed=5) == greedy


def test_it_reads_the_last_tokens_only(model):
    ids, read = tokens(12).tolist(), []

    def spied(rows):
        read.append(rows.tolist())
        return model(rows)

    written = generate(spied, ids, 2, LENGTH, temperature=0)
    assert read == [[written[4:12]], [written[5:13]]]
    with torch.inference_mode():
        assert written[12:] == [int(model(torch.tensor(r))[0, -1].argmax()) for r in read]


@pytest.mark.parametrize(("ids", "temperature"), [([], 1.0), ([3], -0.1)])
def test_wrong_input_is_named(model, ids, temperature):
    with pytest.raises(ValueError, match=f"temperature={temperature}"):
        generate(model, ids, 5, LENGTH, temperature=temperature)


def test_it_learns_what_two_tokens_decide_and_one_does_not():
    ids = torch.tensor([0, 1, 2, 0, 2, 1] * 40)
    model = Decoder(3, d_model=16, n_layers=1, n_heads=4)
    settings = Training(n_steps=60, learning_rate=0.03)
    train(Objective(model, next_token_losses), Windows(ids, LENGTH, 4), settings, device="cpu")
    model.eval()
    losses = token_losses(model, ids, LENGTH)[LENGTH:]
    assert losses.max() < 0.1 < math.log(2)  # what one token before leaves open
    assert generate(model, [0, 1], 10, LENGTH, temperature=0) == ids[:12].tolist()
