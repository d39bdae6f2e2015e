import numpy as np
import pytest
import torch

from plmrec_lite.applications.multimodal.shelves import (
    ShelfBatches,
    ShelfNet,
    late_fusion,
    right,
    shelf_codes,
    tune_shelves,
)
from plmrec_lite.training import Training

RNG = np.random.default_rng(0)
CODES = np.arange(160) % 4
# Words tell the first bit of the shelf, pictures the second.
WORDS = (np.eye(2)[CODES // 2] + 0.1 * RNG.normal(size=(160, 2)) - 0.5).astype(np.float32)
PICTURES = (np.eye(2)[CODES % 2] + 0.1 * RNG.normal(size=(160, 2)) - 0.5).astype(np.float32)
TRAIN, TEST = slice(0, 120), slice(120, 160)
SETTINGS = Training(n_epochs=40, batch_size=40, learning_rate=2e-2)


def tuned(fusion, **options):
    held_out = (WORDS[TEST], PICTURES[TEST], CODES[TEST])
    return tune_shelves(
        WORDS[TRAIN],
        PICTURES[TRAIN],
        CODES[TRAIN].astype(np.int8),  # as pandas keeps the codes of few categories
        held_out,
        fusion,
        SETTINGS,
        device="cpu",
        **options,
    )


def share_right(net, words=WORDS, pictures=PICTURES):
    shares = net.log_shares(words[TEST], pictures[TEST])
    np.testing.assert_allclose(np.exp(shares).sum(axis=1), 1, rtol=1e-5)
    return right(shares, CODES[TEST]).mean()


@pytest.mark.parametrize(
    ("fusion", "least", "most"),
    [("words", 0.4, 0.65), ("pictures", 0.4, 0.65), ("early", 0.95, 1), ("gated", 0.95, 1)],
)
def test_one_kind_tells_half_and_both_tell_all(fusion, least, most):
    net, history = tuned(fusion)
    assert least <= share_right(net) <= most
    likelihood = history.likelihood.dropna()
    shares = net.log_shares(WORDS[TEST], PICTURES[TEST])
    kept = shares[np.arange(40), CODES[TEST]].mean()
    assert likelihood.max() == pytest.approx(kept, rel=1e-4)


@pytest.mark.parametrize("fusion", ["words", "pictures"])
def test_a_network_of_one_kind_ignores_the_other(fusion):
    net = ShelfNet(2, 2, 4, fusion).eval()
    whole = net.log_shares(WORDS, PICTURES)
    other = {"words": (WORDS, 9 * PICTURES), "pictures": (9 * WORDS, PICTURES)}[fusion]
    assert np.array_equal(net.log_shares(*other), whole)


def test_late_fusion_of_both_tells_all():
    shares = [
        tuned(kind)[0].log_shares(WORDS[TEST], PICTURES[TEST]) for kind in ("words", "pictures")
    ]
    assert right(late_fusion(*shares, 0.5), CODES[TEST]).mean() > 0.9
    assert np.array_equal(late_fusion(*shares, 0), shares[0])
    assert np.array_equal(late_fusion(*shares, 1), shares[1])
    with pytest.raises(ValueError, match=r"weight=1\.5: give a number from 0 to 1"):
        late_fusion(*shares, 1.5)


def test_rows_lose_words_or_picture_and_never_both():
    net = ShelfNet(2, 2, 4, "early", missing=0.25, dropout=0.0)
    seen = []
    net.hidden = lambda words, pictures: seen.append((words, pictures)) or torch.zeros(4, 128)
    ones = torch.ones(4, 2)
    lost = torch.tensor([0.1, 0.25, 0.74, 0.8])
    net({"words": ones, "pictures": ones, "shelf": torch.zeros(4).long(), "lost": lost, "n": 4})
    words, pictures = (some[:, 0].tolist() for some in seen[0])
    assert words == [0, 1, 1, 1] and pictures == [1, 1, 1, 0]


def test_as_many_rows_are_lost_as_asked():
    batches = ShelfBatches({"words": np.zeros((4000, 1))}, 1000)
    lost = torch.cat([batch["lost"] for batch in batches.epoch(0)]).numpy()
    assert abs((lost < 0.2).mean() - 0.2) < 0.03 and abs((lost >= 0.8).mean() - 0.2) < 0.03
    again = torch.cat([batch["lost"] for batch in batches.epoch(0)]).numpy()
    assert np.array_equal(lost, again)
    assert {batch["n"] for batch in batches.epoch(1)} == {1000}


def test_without_missing_nothing_is_lost():
    net = ShelfNet(2, 2, 4, "early", dropout=0.0)
    given = {"words": torch.from_numpy(WORDS), "pictures": torch.from_numpy(PICTURES)}
    given |= {"shelf": torch.from_numpy(CODES), "n": 160}
    losses = [net(given | {"lost": torch.full((160,), x)})["loss"] for x in (0.0, 0.5, 0.999)]
    shares = net.log_shares(WORDS, PICTURES)
    expected = -shares[np.arange(160), CODES].mean()
    np.testing.assert_allclose([loss.item() for loss in losses], expected, rtol=1e-5)


def test_training_to_miss_helps_where_a_kind_is_missing():
    none = np.zeros_like(WORDS)
    plain, trained = (tuned("early", missing=missing)[0] for missing in (0.0, 0.3))
    losses = []
    for net in (plain, trained):
        shares = net.log_shares(none[TEST], PICTURES[TEST])
        losses.append(-shares[np.arange(40), CODES[TEST]].mean())
    assert losses[1] < losses[0]


def test_a_gate_tells_its_share_and_other_networks_have_none():
    net = ShelfNet(2, 2, 4, "gated").eval()
    share = net.words_share(WORDS, PICTURES)
    assert share.shape == (160,) and ((share > 0) & (share < 1)).all()
    with torch.no_grad():
        net.gate.bias += 50.0  # all of it from the words
    assert net.words_share(WORDS, PICTURES) == pytest.approx(1)
    moved = net.log_shares(WORDS, 9 * PICTURES)
    np.testing.assert_allclose(moved, net.log_shares(WORDS, PICTURES), atol=1e-5)
    with pytest.raises(ValueError, match="fusion='early' has no gate"):
        ShelfNet(2, 2, 4, "early").words_share(WORDS, PICTURES)


def test_shelves_with_few_families_are_left_out():
    subgroups = ["b", "b", "b", "a", "a", "c"]
    assert shelf_codes(subgroups, [0, 1, 1, 2, 3, 4], least=2).tolist() == [1, 1, 1, 0, 0, -1]
    with pytest.raises(ValueError, match="least=9: no shelf has so many families"):
        shelf_codes(subgroups, range(6), least=9)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fusion": "middle"}, "fusion='middle': use one of 'words', 'pictures', 'early', 'gated'"),
        ({"fusion": "early", "missing": 0.6}, r"missing=0\.6: give a number from 0 to 0\.5"),
    ],
)
def test_wrong_settings_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        ShelfNet(2, 2, 4, **wrong)
