"""A GPT as a recommender: a person's films become a prompt, and each candidate gets a score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plmrec_lite.checks import check_choice, check_number, check_texts
from plmrec_lite.text.gpt.scoring import answer_probabilities, log_probabilities

MODES = ("title", "answer", "list")


@dataclass(frozen=True)
class Wording:
    """What a prompt says around a person's films and the candidates.

    Parameters
    ----------
    name : str
    history : str; with ``{films}``, which are joined by ``between``
    question : str; what the candidate follows; alone it is the prompt without a person
    between, end : str; between two films, and after a candidate
    shown : str; with ``{candidates}``, between history and question, where they are listed
    answer : str; after a candidate that is judged by yes or no
    """

    name: str
    history: str
    question: str
    between: str = ", "
    end: str = "\n"
    shown: str = " They can choose from these films: {candidates}."
    answer: str = ". Do they like it? Answer yes or no:"


LIKED = Wording(
    "liked", "A viewer liked these films: {films}.", " The next film that they will like is"
)
WORDINGS = (
    LIKED,
    Wording("watched", "Films that I watched, in order: {films}.", " Then I watched"),
    Wording("fans", "People who love {films}", " also love", " and "),
    Wording("list", "My favourite films:\n{films}", "\n*", "\n* "),
    Wording(
        "chat",
        "<|im_start|>user\nI like these films: {films}. Recommend one film.<|im_end|>\n",
        "<|im_start|>assistant\nI recommend",
    ),
)


class PromptReranker:
    """Order candidates for a person by what a GPT expects after a prompt of the person's films.

    Parameters
    ----------
    gpt : plmrec_lite.text.gpt.model.GPT
    wording : Wording
    mode : {"title", "answer", "list"}
        "title": the log-probability of the candidate's text after the prompt. "list": the same,
        after a prompt that lists all candidates in the order given, so that the order counts.
        "answer": the candidate is shown, and the log-probability of " yes" is compared with that
        of " no".
    per_token : bool; the mean over a text's tokens in place of the sum; not for "answer"
    minus_own : bool; subtract what the text has without the person: how famous it is is then
        likely to count less
    n_films : int; the last films of a person that the prompt names
    batch_size : int; texts read at once

    Raises
    ------
    ValueError: a setting out of range, or one that does not fit the mode

    Source: Sileo et al. 2022 (titles after a prompt); Holtzman et al. 2021 (``minus_own``).
    """

    def __init__(
        self,
        gpt,
        wording=LIKED,
        mode="title",
        per_token=False,
        minus_own=False,
        n_films=10,
        batch_size=32,
    ):
        check_choice("mode", mode, MODES)
        check_number("n_films", n_films, least=1, whole=True)
        if mode == "answer" and per_token:
            raise ValueError("per_token=True: an answer is one token; leave it out")
        self.gpt, self.wording, self.mode = gpt, wording, mode
        self.per_token, self.minus_own = per_token, minus_own
        self.n_films, self.batch_size = n_films, batch_size
        self._own = {}

    def prompt(self, history_titles, candidate_texts=()):
        """Write the prompt of a person.

        Parameters
        ----------
        history_titles : sequence of str; the person's films, the latest last
        candidate_texts : sequence of str; named in mode "list" alone

        Returns
        -------
        str

        Raises
        ------
        TypeError, ValueError: no films, or a title that is none
        """
        films = check_texts(history_titles, "history_titles")[-self.n_films :]
        if not films:
            raise ValueError("history_titles is empty: a prompt needs at least one film")
        said = self.wording.history.format(films=self.wording.between.join(films))
        if self.mode == "list":
            listed = self.wording.between.join(candidate_texts)
            said += self.wording.shown.format(candidates=listed)
        return said + self.wording.question

    def score(self, history_titles, candidate_texts):
        """Score candidates for one person; higher is better.

        Parameters
        ----------
        history_titles : sequence of str; the person's films, the latest last
        candidate_texts : sequence of n str; titles, or longer texts

        Returns
        -------
        float64 array (n,); in nats

        Raises
        ------
        TypeError, ValueError: as ``prompt``; or the texts are longer than the model reads
        """
        texts = check_texts(candidate_texts, "candidate_texts")
        scores = self._scores(self.prompt(history_titles, texts), texts)
        if self.minus_own:
            new = [text for text in dict.fromkeys(texts) if text not in self._own]
            alone = self._scores(self.wording.question.strip(), new)
            self._own.update(zip(new, alone.tolist(), strict=True))
            scores -= np.array([self._own[text] for text in texts])
        return scores

    def _scores(self, prompt, texts):
        if self.mode == "answer":
            asked = [f" {text}{self.wording.answer}" for text in texts]
            said = answer_probabilities(self.gpt, prompt, asked, (" yes", " no"), self.batch_size)
            return said[:, 0] - said[:, 1]
        asked = [f" {text}{self.wording.end}" for text in texts]
        said = log_probabilities(self.gpt, prompt, asked, self.batch_size)
        summed = np.array([tokens.sum() for tokens in said])
        return summed / [len(tokens) for tokens in said] if self.per_token else summed
