"""The figures of vectors (steps, time decay, sentences) say what the library computes."""

import pytest
import torch
from make_hand import read
from test_site_hand import bars, open_figure, pages, press, says  # noqa: F401 - fixtures

from plmrec_lite.nn.skip_gram import SkipGram

MINUS = "\N{MINUS SIGN}"


def robot_after(n_steps, rate):
    """Where robot is after some steps of gradient descent, the two probabilities, the loss."""
    tiny = SkipGram(["robot", "future", "wedding"], d_model=2)
    robot, future, wedding = torch.arange(3)[:, None]
    with torch.no_grad():
        tiny.vectors[0] = torch.tensor([1.0, 0.0])
        tiny.contexts[1:] = torch.tensor([[1.0, 2.0], [1.0, -1.0]])
    for _ in range(n_steps):
        (gradient,) = torch.autograd.grad(
            tiny.loss(robot, future, wedding[:, None]), [tiny.vectors]
        )
        with torch.no_grad():
            tiny.vectors[0] -= rate * gradient[0]
    with torch.no_grad():
        shares = torch.sigmoid(tiny.vectors[0] @ tiny.contexts[1:].T)
        return tiny.vectors[0], shares, tiny.loss(robot, future, wedding[:, None]).item()


def told(place, loss):
    x, y = (f"{value:.3f}".replace("-", MINUS) for value in place.tolist())
    return f"Robot is at ({x}, {y}); the loss is {loss:.3f}."


def test_the_first_step_is_the_one_of_the_page(open_figure):  # noqa: F811
    page = open_figure("skip-gram-step")
    assert says(page) == "Robot is at (0.769, 0.634); the loss is 0.885."


@pytest.mark.parametrize(("keys", "n_steps"), [(["Home"], 0), (["End"], 20)])
def test_steps_are_those_of_the_library(open_figure, keys, n_steps):  # noqa: F811
    page = open_figure("skip-gram-step")
    press(page, "slider", "learning rate η", "End")  # 2
    press(page, "slider", "steps", *keys)
    place, shares, loss = robot_after(n_steps, 2.0)
    assert says(page) == told(place, loss)
    assert [value for _, value in bars(page)] == [f"{100 * p:.1f} %" for p in shares]


def test_decay_ranks_as_by_hand(open_figure):  # noqa: F811
    page = open_figure("time-decay")
    assert says(page) == "Aliens comes first, with a cosine of 0.984 against 0.894."
    press(page, "slider", "decay δ", "End")  # 1: the plain mean
    assert says(page) == "Both candidates have the cosine 0.990."
    press(page, "radio", "Emma, Alien", "ArrowDown", "ArrowDown")
    assert says(page).startswith("Clueless comes first")
    press(page, "slider", "decay δ", "Home", *["ArrowRight"] * 8)  # 0.5
    assert says(page).startswith("Aliens comes first")
    powers = 0.5 ** torch.arange(6.0)
    shares = [f"{100 * share:.0f} %" for share in powers / powers.sum()]
    assert [value for _, value in bars(page)][:6] == shares


def test_sentences_come_in_the_order_of_their_cosines_or_of_their_words(open_figure):  # noqa: F811
    page, data = open_figure("sentence-cosine"), read("sentence-cosine")
    sentences, cosines = data["sentences"], data["cosines"]

    def expected(chosen, value, digits):
        others = [i for i in range(len(sentences)) if i != chosen]
        others.sort(key=lambda i: -value(i))  # stable, like the figure
        return [[sentences[i], f"{value(i):.{digits}f}".replace("-", MINUS)] for i in others]

    assert bars(page) == expected(0, lambda i: cosines[0][i], 2)
    assert says(page) == (
        f"First comes “two people get married”: cosine {cosines[0][1]:.2f}, no word in common."
    )
    page.get_by_role("combobox", name="Sentence").focus()
    page.keyboard.press("End")
    last = len(sentences) - 1
    assert bars(page) == expected(last, lambda i: cosines[last][i], 2)
    page.keyboard.press("Home")
    press(page, "radio", "MiniLM", "ArrowDown")
    words = [set(one.split()) for one in sentences]
    assert bars(page) == expected(0, lambda i: len(words[0] & words[i]), 0)
    assert says(page).startswith("First comes “a war in the country”")
    assert says(page).endswith("4 words in common.")
