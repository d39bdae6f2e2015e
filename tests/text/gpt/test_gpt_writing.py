import pytest
import torch
from tiny_gpt import END, LENGTH, tiny_gpt

from plmrec_lite.text.gpt.writing import write

PROMPT = "A viewer liked Alien. They will like"


@pytest.fixture(scope="module")
def gpt():
    return tiny_gpt()


def test_at_temperature_0_it_takes_the_likeliest_token_each_time(gpt):
    ids = gpt.ids(PROMPT)
    for _ in range(8):
        with torch.no_grad():
            ids.append(int(gpt.model(torch.tensor([ids])).logits[0, -1].argmax()))
    wanted = gpt.text(ids[-8:]).split("\n")[0]
    assert write(gpt, PROMPT, 2, 8, temperature=0) == [wanted, wanted]
    cold = write(gpt, PROMPT, 2, 8, temperature=1e-4, seed=3)
    assert cold == [wanted, wanted]


def test_the_seed_decides_the_draws_and_the_state_of_others_does_not(gpt):
    torch.manual_seed(1)
    first = write(gpt, PROMPT, 4, 6, temperature=2.0, seed=5)
    assert write(gpt, PROMPT, 4, 6, temperature=2.0, seed=5) == first
    assert write(gpt, PROMPT, 4, 6, temperature=2.0, seed=6) != first
    assert len(set(first)) > 1


def test_draws_follow_the_probabilities(gpt):
    from plmrec_lite.text.gpt.scoring import read_prompt

    shares = read_prompt(gpt, PROMPT).log_probs.exp()
    token = int(shares.argmax())
    said = write(gpt, PROMPT, 4000, 1, stop="\0", seed=2)
    assert said.count(gpt.text([token])) / 4000 == pytest.approx(float(shares[token]), abs=0.03)


def test_a_text_ends_before_its_stop_and_before_the_end_of_text(gpt):
    (whole,) = write(gpt, PROMPT, 1, 8, temperature=0, stop="\0")
    stop = whole[3:5]
    assert write(gpt, PROMPT, 1, 8, temperature=0, stop=stop) == [whole.split(stop)[0]]
    third = gpt.ids(whole)[2] if len(gpt.ids(whole)) > 2 else None
    assert third is not None
    end = gpt.tokenizer.eos_token
    assert end == END
    try:
        gpt.tokenizer.eos_token = gpt.tokenizer.convert_ids_to_tokens(third)
        (cut,) = write(gpt, PROMPT, 1, 8, temperature=0, stop="\0")
    finally:
        gpt.tokenizer.eos_token = end
    assert whole.startswith(cut)
    assert len(cut) < len(whole)


def test_it_stops_reading_when_all_are_done(gpt, monkeypatch):
    steps = []
    forward = type(gpt.model).forward

    def spied(self, ids, **options):
        steps.append(tuple(ids.shape))
        return forward(self, ids, **options)

    (whole,) = write(gpt, PROMPT, 1, 8, temperature=0, stop="\0")
    monkeypatch.setattr(type(gpt.model), "forward", spied)
    write(gpt, PROMPT, 3, 8, temperature=0, stop=whole[0])
    assert len(steps) == 1  # the prompt; the first token holds the stop
    write(gpt, PROMPT, 3, 8, temperature=0, stop="\0")
    assert steps[1:] == [(1, steps[0][1])] + [(3, 1)] * 8


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"n_texts": 0}, "n_texts=0"),
        ({"n_tokens": 0}, "n_tokens=0"),
        ({"temperature": -1}, "temperature=-1"),
        ({"stop": ""}, "stop=''"),
        ({"n_tokens": LENGTH}, "the model reads 64"),
    ],
)
def test_wrong_input_is_named(gpt, options, said):
    with pytest.raises(ValueError, match=said):
        write(gpt, PROMPT, **options)
