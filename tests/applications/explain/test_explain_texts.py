"""The four methods on the default model: what they say of words, and what they must add up to."""

import copy

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients

from plmrec_lite.applications.explain.faithfulness import (
    curves,
    faithfulness,
    random_importance,
)
from plmrec_lite.applications.explain.texts import (
    ExplainedText,
    class_head,
    randomized,
    taste_head,
    tower_encoder,
)
from plmrec_lite.data.interactions import Interactions
from plmrec_lite.recommenders import TextTower
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.finetuning import probabilities
from plmrec_lite.training import Training

TEXT = "The soundtrack isn't unbelievably good, but watchable."


@pytest.fixture(scope="module")
def classifier():
    return TextClassifier(("bad", "good"), seed=3).eval()


@pytest.fixture
def explained(classifier):
    return ExplainedText(classifier.encoder, classifier.tokenizer, TEXT, class_head(classifier, 1))


def test_the_whole_text_has_the_classifier_s_own_probability(explained, classifier):
    assert explained.words == TEXT.split()
    whole = explained.score(np.ones((1, len(explained)), bool))
    np.testing.assert_allclose(whole, probabilities(classifier, [TEXT])[:, 1], atol=1e-5)


def test_some_of_the_words_are_scored_as_a_text_of_these(explained, classifier):
    kept = np.zeros((3, len(explained)), bool)
    kept[0, 2:] = True  # the longest first, then the shortest
    kept[2, [0, 3]] = True
    texts = [" ".join(TEXT.split()[2:]), "The unbelievably"]
    found = explained.score(kept)
    np.testing.assert_allclose(found[[0, 2]], probabilities(classifier, texts)[:, 1], atol=1e-5)
    assert len({*found.round(6)}) == 3


def test_attention_is_what_the_model_returns(explained, classifier):
    encoder, tokens = classifier.encoder, explained.ids[None]
    before = encoder.config._attn_implementation
    found = explained.attention(), explained.rollout()
    assert encoder.config._attn_implementation == before
    encoder.set_attn_implementation("eager")
    with torch.no_grad():
        layers = [a[0].mean(0) for a in encoder(tokens, output_attentions=True).attentions]
    encoder.set_attn_implementation(before)
    through = torch.eye(tokens.size(1))
    for layer in layers:
        through = (layer + torch.eye(len(layer))) / 2 @ through
    for one, table in zip(found, (layers[-1], through), strict=True):
        column = table.mean(0)
        assert one[0] == pytest.approx(column[1].item(), abs=1e-6)  # one token
        place = [i for i, word in enumerate(explained.word_of) if word == 2]  # isn't
        assert len(place) > 1
        assert one[2] == pytest.approx(column[place].sum().item(), abs=1e-6)
        assert one.sum() == pytest.approx(1 - column[[0, -1]].sum().item(), abs=1e-5)


def test_integrated_gradients_are_captum_s_and_add_up(explained, classifier):
    table = classifier.encoder.embeddings.word_embeddings
    masks = explained.ids.clone()
    masks[1:-1] = classifier.tokenizer.mask_token_id
    x, nothing = (table(ids).detach()[None] for ids in (explained.ids, masks))
    wanted = IntegratedGradients(explained.from_embeddings).attribute(
        x, nothing, n_steps=8, method="riemann_middle"
    )
    wanted = wanted[0].sum(1).double().numpy()
    found = explained.integrated_gradients(8)
    assert found[0] == pytest.approx(wanted[1], abs=1e-6)
    assert found.sum() == pytest.approx(wanted[1:-1].sum(), abs=1e-6)
    with torch.no_grad():
        gap = (explained.from_embeddings(x) - explained.from_embeddings(nothing)).item()
    assert explained.integrated_gradients(60).sum() == pytest.approx(gap, abs=2e-3)


def test_occlusion_masks_all_tokens_of_one_word(explained, classifier):
    masked = explained.ids.clone()
    places = [i for i, word in enumerate(explained.word_of) if word == 2]
    masked[places] = classifier.tokenizer.mask_token_id
    with torch.no_grad():
        embed = classifier.encoder.embeddings.word_embeddings
        fall = explained.from_embeddings(embed(torch.stack([explained.ids, masked])))
    assert explained.occlusion()[2] == pytest.approx((fall[0] - fall[1]).item(), abs=1e-6)


def test_a_text_that_is_too_long_is_explained_as_far_as_it_is_read(classifier):
    text = "good " * 50
    head = class_head(classifier, 0)
    explained = ExplainedText(classifier.encoder, classifier.tokenizer, text, head, max_length=12)
    assert len(explained) == len(explained.occlusion()) == 10


def test_random_weights_leave_the_lower_layers_and_the_model_alone(classifier):
    encoder = classifier.encoder
    top = randomized(encoder, 2, seed=1)
    same = [
        all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
        for one, two in zip(encoder.encoder.layer, top.encoder.layer, strict=True)
    ]
    assert same == [True] * 4 + [False] * 2
    everything = randomized(encoder, seed=1)
    words = everything.embeddings.word_embeddings.weight
    assert words.std().item() == pytest.approx(0.02, rel=0.05)
    assert everything.embeddings.LayerNorm.weight.eq(1).all()
    assert torch.equal(randomized(encoder, seed=1).embeddings.word_embeddings.weight, words)
    with pytest.raises(ValueError, match="n_layers=7: the model has 6"):
        randomized(encoder, 7)


class Sum:
    """A score that is the sum of what its units are worth."""

    def __init__(self, worth):
        self.worth = np.array(worth, float)

    def __len__(self):
        return len(self.worth)

    def score(self, kept):
        return kept @ self.worth


def test_curves_by_hand():
    explained = Sum([0, 4, 1, 3, 2])
    deletion, insertion = curves(explained, explained.worth)
    assert deletion.tolist() == [10, 6, 3, 1, 0, 0]
    assert insertion.tolist() == [0, 4, 7, 9, 10, 10]
    assert faithfulness(deletion, insertion) == pytest.approx(4)
    worst = curves(explained, -explained.worth)
    assert faithfulness(*worst) == pytest.approx(-4)
    two = curves(explained, [explained.worth, -explained.worth])
    np.testing.assert_array_equal(np.array(two), np.stack([(deletion, insertion), worst], axis=1))


def test_the_last_first_are_the_first_first_with_a_minus():
    explained = Sum([9, 2, 7, 1, 3, 3, 0, 1])
    order = np.arange(8)
    last, first = (faithfulness(*curves(explained, one)) for one in (order, -order))
    assert last == pytest.approx(-first)
    assert abs(last) > 0.1


def test_random_reasons_reach_nothing_on_average():
    explained = Sum([0, 4, 1, 3, 2, 9, -3])
    rng = np.random.default_rng(0)
    found = [faithfulness(*curves(explained, rng.random(7))) for _ in range(2000)]
    assert abs(np.mean(found)) < 0.25
    assert np.std(found) > 1


def test_bad_importances_and_shares_are_refused():
    with pytest.raises(ValueError, match=r"shape \(2,\): give one number a unit, 3"):
        curves(Sum([1, 2, 3]), [1, 2])
    with pytest.raises(ValueError, match="finite"):
        curves(Sum([1, 2, 3]), [1, 2, np.nan])
    with pytest.raises(ValueError, match="ascend"):
        curves(Sum([1, 2, 3]), [1, 2, 3], shares=(0.5, 0.5))


def test_a_tower_is_explained_as_it_scores():
    texts = [f"{word} film of the year" for word in ("war", "love", "space", "crime", "night")]
    users = np.array([0, 0, 1, 1, 2, 2, 2])
    items = np.array([0, 1, 1, 2, 0, 3, 4])
    log = Interactions(users, items, np.full(7, 5), np.arange(7), 3, 5)
    tower = TextTower(texts, training=Training(n_steps=2, batch_size=4, learning_rate=1e-3))
    tower.fit(log)
    scores = tower.score([1])[0]
    encoder = tower_encoder(tower)
    tokenizer, head = tower.encoder_.tokenizer, taste_head(tower, 1)
    for text, score in zip(texts, scores, strict=True):
        explained = ExplainedText(encoder, tokenizer, text, head, tower.max_length)
        found = explained.score(np.ones((1, len(explained)), bool))[0]
        assert found == pytest.approx((score - scores.mean()) / scores.std(), abs=2e-3)
    encoder.set_attn_implementation("eager")
    with torch.no_grad():
        weights = encoder(explained.ids[None], output_attentions=True).attentions
    encoder.set_attn_implementation("sdpa")
    assert len(weights) == 6  # the tuned layer is among them
    last = weights[-1][0].mean((0, 1))[1:-1]  # (T - 2,), each word is one token
    np.testing.assert_allclose(explained.attention(), last.numpy(), atol=1e-6)
    frozen = tower.encoder_.model.encoder.layer[-1].output.dense.weight
    assert not torch.equal(encoder.encoder.layer[-1].output.dense.weight, frozen)
    assert len(encoder.encoder.layer) == 6


def test_a_random_order_is_the_seed_s():
    one, again, other = (random_importance(9, [seed, 4]) for seed in (0, 0, 1))
    assert sorted(one) == list(range(9))
    assert one.tolist() == again.tolist() != other.tolist()
    with pytest.raises(ValueError, match="n=0"):
        random_importance(0, 1)


def test_a_layer_without_attention_weights_is_no_silent_loss(classifier):
    encoder = copy.deepcopy(classifier.encoder)
    encoder.encoder.layer[-1] = copy.deepcopy(encoder.encoder.layer[-1])  # a config of its own
    explained = ExplainedText(encoder, classifier.tokenizer, TEXT, class_head(classifier, 1))
    with pytest.raises(ValueError, match="5 of 6 layers return attention"):
        explained.attention()
