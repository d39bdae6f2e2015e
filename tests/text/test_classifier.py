"""The classifier: its formula, which weights move, and what is saved."""

import json
import shutil

import pytest
import torch
from transformers import AutoModelForSequenceClassification

from plmrec_lite.text import TextEncoder
from plmrec_lite.text.classifier import TextClassifier
from plmrec_lite.text.finetuning import preprocess_data
from plmrec_lite.text.pretrained import ModelError

TEXTS = ["a war film", "a love story a love story", "war"]


@pytest.fixture
def classifier(tiny_bert):
    return TextClassifier(["war", "love", "other"], str(tiny_bert), seed=1).eval()


@pytest.fixture
def batch(classifier):
    return preprocess_data(TEXTS, classifier.tokenizer)


def test_logits_are_a_linear_layer_on_the_mean_of_the_tokens(classifier, batch, tiny_bert):
    vectors = TextEncoder(str(tiny_bert), "cpu").encode(TEXTS, normalize=False)
    wanted = torch.tensor(vectors) @ classifier.head.weight.T + classifier.head.bias
    torch.testing.assert_close(classifier(**batch)["logits"], wanted, atol=1e-6, rtol=0)


def test_filling_changes_nothing(classifier, batch):
    alone = preprocess_data(TEXTS[:1], classifier.tokenizer)
    torch.testing.assert_close(
        classifier(**batch)["logits"][:1], classifier(**alone)["logits"], atol=1e-6, rtol=0
    )


def test_loss_is_the_mean_and_the_losses_of_the_parts_of_a_step_add_up_to_it(classifier, batch):
    labels = torch.tensor([0, 1, 2])
    whole = classifier(**batch, labels=labels)
    wanted = torch.nn.functional.cross_entropy(whole["logits"], labels)
    torch.testing.assert_close(whole["loss"], wanted)
    parts = [
        classifier(
            **{key: value[rows] for key, value in batch.items()},
            labels=labels[rows],
            num_items_in_batch=3,
        )["loss"]
        for rows in (slice(0, 2), slice(2, 3))
    ]
    torch.testing.assert_close(sum(parts), wanted)


def moved(classifier):
    return {key for key, weight in classifier.named_parameters() if weight.requires_grad}


def test_all_layers_move_but_the_pooler(classifier):
    n = classifier.choose_weights("all layers")
    still = {key for key, _ in classifier.named_parameters()} - moved(classifier)
    assert still == {"encoder.pooler.dense.weight", "encoder.pooler.dense.bias"}
    total = sum(weight.numel() for weight in classifier.parameters())
    assert n == total - 8 * 9


def test_last_layers(tiny_bert, tmp_path):
    deep = shutil.copytree(tiny_bert, tmp_path / "deep")
    config = json.loads((deep / "config.json").read_text())
    config["num_hidden_layers"] = 4
    (deep / "config.json").write_text(json.dumps(config))
    classifier = TextClassifier(["a", "b"], str(deep))
    classifier.choose_weights("last layers")
    assert {".".join(key.split(".")[:4]) for key in moved(classifier)} == {
        "encoder.encoder.layer.2",
        "encoder.encoder.layer.3",
        "head.weight",
        "head.bias",
    }


def test_lora_moves_a_correction_and_the_head(classifier, batch):
    before = classifier(**batch)["logits"]
    n = classifier.choose_weights("LoRA")
    assert all("lora_" in key or key.startswith("head.") for key in moved(classifier))
    assert not any("pooler" in key for key in moved(classifier))
    # rank 8 into query, key, value, output (8 + 8) and the two of the MLP (8 + 16), two layers
    assert n == 2 * 8 * (4 * 16 + 2 * 24) + 3 * 9
    torch.testing.assert_close(classifier(**batch)["logits"], before)  # it begins at zero


def test_a_merged_lora_model_is_a_plain_one_with_the_same_logits(classifier, batch, tmp_path):
    classifier.choose_weights("LoRA")
    with torch.no_grad():
        for key, weight in classifier.named_parameters():
            if "lora_B" in key:
                weight.normal_(std=0.3)
    before = classifier.eval()(**batch)["logits"]
    classifier.merge()
    torch.testing.assert_close(classifier(**batch)["logits"], before, atol=1e-5, rtol=0)
    assert type(classifier.encoder).__name__ == "BertModel"
    classifier.save(tmp_path / "merged")
    again = TextClassifier.load(tmp_path / "merged")
    torch.testing.assert_close(again(**batch)["logits"], before, atol=1e-5, rtol=0)


def test_save_and_load(classifier, batch, tmp_path):
    classifier.save(tmp_path / "saved")
    again = TextClassifier.load(tmp_path / "saved")
    assert again.classes == ("war", "love", "other")
    assert not again.training
    assert torch.equal(again(**batch)["logits"], classifier(**batch)["logits"])
    kinds = {path.suffix for path in (tmp_path / "saved").iterdir()}
    assert kinds <= {".json", ".txt", ".safetensors"}


def test_the_encoder_of_a_saved_model_encodes(classifier, tmp_path, tiny_bert):
    with torch.no_grad():
        classifier.encoder.embeddings.word_embeddings.weight *= 3
    classifier.save(tmp_path)
    tuned, plain = (TextEncoder(str(f), "cpu").encode(TEXTS) for f in (tmp_path, tiny_bert))
    assert abs(tuned - plain).max() > 1e-3


def test_a_folder_without_a_classifier(tiny_bert):
    with pytest.raises(ModelError, match=r"head\.safetensors holds no classifier.*save wrote"):
        TextClassifier.load(tiny_bert)


def test_a_truncated_head(classifier, tmp_path):
    classifier.save(tmp_path)
    path = tmp_path / "head.safetensors"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ModelError, match="holds no classifier"):
        TextClassifier.load(tmp_path)


def test_the_seed_of_head_and_correction(tiny_bert):
    def drawn(seed):
        classifier = TextClassifier(["war", "love"], str(tiny_bert), seed=seed)
        classifier.choose_weights("LoRA")
        return [w for key, w in classifier.named_parameters() if "lora_A" in key or "head.w" in key]

    state = torch.get_rng_state()
    one, same, other = drawn(0), drawn(0), drawn(1)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip(one, same, strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_dropout_in_training_only(classifier, batch):
    still = [classifier.eval()(**batch)["logits"] for _ in range(2)]
    torn = [classifier.train()(**batch)["logits"] for _ in range(2)]
    assert torch.equal(*still) and not torch.equal(*torn)
    classifier.encoder.eval()  # what is left is the dropout before the head
    torn = [classifier(**batch)["logits"] for _ in range(2)]
    assert not torch.equal(*torn)


def test_bad_classes_and_method(tiny_bert, classifier):
    with pytest.raises(ValueError, match="needs at least two"):
        TextClassifier(["one", "one"], str(tiny_bert))
    with pytest.raises(ValueError, match=r"method='some layers'.*'LoRA'"):
        classifier.choose_weights("some layers")


def test_the_way_without_a_class_of_its_own_has_as_many_weights_to_move(tiny_bert, classifier):
    """transformers' own classifier differs in the pooler only: [CLS] where we take the mean."""
    peer = AutoModelForSequenceClassification.from_pretrained(tiny_bert, num_labels=3)
    n = sum(w.numel() for key, w in peer.named_parameters() if "pooler" not in key)
    assert classifier.choose_weights("all layers") == n
