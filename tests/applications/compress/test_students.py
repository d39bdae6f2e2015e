"""A student learns its teacher's vectors; from which layers it begins is what was asked for."""

import numpy as np
import pytest
import torch
from trainings import lines, tiny_bert

from plmrec_lite.applications.compress.networks import first_layers
from plmrec_lite.applications.compress.students import agreement, distil, draw_layers
from plmrec_lite.text import TextEncoder
from plmrec_lite.training import Training

TEXTS, OTHERS = lines(40), lines(20, seed=1)
NONE = Training(n_steps=0)
SOME = Training(n_epochs=30, batch_size=10, learning_rate=0.01)


def test_without_a_step_the_student_is_the_teachers_first_layers(encoder):
    student, _ = distil(encoder, TEXTS, 2, settings=NONE)
    assert np.array_equal(student.encode(OTHERS), first_layers(encoder, 2).encode(OTHERS))


def test_a_random_start_draws_the_layers_and_keeps_the_words(encoder):
    student, _ = distil(encoder, TEXTS, 2, "random", NONE)
    for name, weight in student.model.named_parameters():
        own = encoder.model.get_parameter(name)
        drawn = name.startswith("encoder") and name.endswith("weight") and "Norm" not in name
        assert torch.equal(weight, own) is not drawn, name
    drawn = student.model.encoder.layer[0].intermediate.dense.weight
    assert drawn.std().item() == pytest.approx(0.02, rel=0.3)
    again, _ = distil(encoder, TEXTS, 2, "random", NONE)
    assert np.array_equal(again.encode(OTHERS), student.encode(OTHERS))


def test_drawn_layers_have_plain_norms_and_no_bias(encoder):
    network = first_layers(encoder, 1).model
    for weight in network.encoder.layer.parameters():
        weight.data.fill_(3.0)
    draw_layers(network, seed=1)
    for name, weight in network.encoder.layer.named_parameters():
        if weight.dim() == 1:
            assert (weight == float("LayerNorm.weight" in name)).all(), name


@pytest.mark.parametrize("start", ["teacher", "random"])
def test_it_learns_what_the_teacher_says_of_texts_it_has_not_read(encoder, start):
    before = {name: weight.clone() for name, weight in encoder.model.named_parameters()}
    student, history = distil(encoder, TEXTS, 1, start, SOME, held_out=OTHERS)
    cosine = history["cosine"].dropna()
    assert cosine.iloc[-1] > cosine.iloc[0]
    assert agreement(student, encoder, OTHERS).mean() == pytest.approx(cosine.iloc[-1], abs=1e-5)
    for name, weight in encoder.model.named_parameters():
        assert torch.equal(weight, before[name])
        assert weight.requires_grad
    words = student.model.embeddings.word_embeddings.weight
    assert torch.equal(words, encoder.model.embeddings.word_embeddings.weight)
    assert all(weight.requires_grad for weight in student.model.parameters())


def test_the_loss_is_one_minus_the_cosine(encoder):
    settings = Training(n_steps=1, batch_size=40, learning_rate=1e-9)
    _, history = distil(encoder, TEXTS, 2, settings=settings)
    apart = 1 - agreement(first_layers(encoder, 2), encoder, TEXTS).mean()
    assert history["loss"].iloc[-1] == pytest.approx(apart, rel=0.02)


def test_agreement_does_not_ask_for_vectors_of_length_one():
    class Fixed:
        def __init__(self, rows):
            self.rows = rows

        def encode(self, texts):
            return np.array(self.rows)

    found = agreement(Fixed([[2.0, 0.0], [0.0, 3.0]]), Fixed([[5.0, 0.0], [1.0, 1.0]]), "ab")
    assert found == pytest.approx([1, 0.5**0.5])


def test_texts_longer_than_the_model_reads_are_cut_alike():
    teacher = TextEncoder(tiny_bert(0.0, 2), device="cpu")
    long = ["war " * 40, "love " * 40]
    student, _ = distil(teacher, long, 2, settings=NONE)
    assert np.allclose(
        student.encode(long, truncate=True), teacher.encode(long, truncate=True), atol=1e-6
    )


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        ([], {}, "no texts"),
        (["a", " "], {}, "text 1 of texts is empty"),
        (["a"], {"start": "nothing"}, "start='nothing'.*'teacher', 'random'"),
        (["a"], {"n_layers": 4}, "n_layers=4.*1 to 3"),
    ],
)
def test_what_cannot_be_distilled_is_refused(encoder, texts, options, message):
    with pytest.raises(ValueError, match=message):
        distil(encoder, texts, **options)
