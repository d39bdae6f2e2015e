"""Questions that answer at once: a choice of options, each with the reason for or against it.

    :::{quiz} What is the cross-entropy of the best possible model?
    - [ ] Zero.
      Only if the data holds no chance at all.
    - [x] The entropy of the data.
      No model can do better than the truth itself.
    - [ ] One.
      It has no upper bound, and one is no special value of it.
    :::

An option is one line; the indented lines below it are the reason, and may hold formulas and code.
Three to five options, exactly one of them right. In the browser ``quiz.js`` shows the reason for
the chosen option; without JavaScript the reasons stand in a fold, and on paper in a list.
"""

import re
from typing import NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

FEWEST, MOST = 3, 5  # options
LETTERS = "abcde"
OPTION = re.compile(r"^- \[(?P<mark>[ xX])\]\s*(?P<text>.*)$")


class Option(NamedTuple):
    """One option: is it right, what it says, why, and the line that it stands on."""

    right: bool
    text: str
    reason: list
    line: int


def options_of(lines):
    """Read the options of a quiz.

    Parameters
    ----------
    lines : sequence of str
        What stands inside the directive.

    Returns
    -------
    options : list of Option
    complaints : list of str
        What is wrong with the mark-up; empty if nothing is.

    Examples
    --------
    >>> options, complaints = options_of(["- [x] Two.", "  One and one.", "- [ ] Three."])
    >>> [(o.right, o.text, o.reason) for o in options]
    [(True, 'Two.', ['One and one.']), (False, 'Three.', [])]
    >>> complaints
    ['has 2 options, not 3 to 5', "option 'Three.' has no reason in indented lines below it"]
    """
    options, complaints = [], []
    for number, line in enumerate(lines):
        if found := OPTION.match(line):
            options.append(Option(found["mark"] != " ", found["text"].strip(), [], number))
        elif options and (not line.strip() or line.startswith("  ")):
            options[-1].reason.append(line[2:])
        elif line.strip():
            complaints.append(f"has a line that is no option and no reason: {line!r}")
    if not FEWEST <= len(options) <= MOST:
        complaints.append(f"has {len(options)} options, not {FEWEST} to {MOST}")
    rights = sum(option.right for option in options)
    if rights != 1:
        complaints.append(f"has {rights} right options, marked [x], not one")
    for option in options:
        if not option.text:
            complaints.append("has an option without words")
        elif not any(line.strip() for line in option.reason):
            complaints.append(f"option {option.text!r} has no reason in indented lines below it")
    return options, complaints


class QuizNode(nodes.General, nodes.Element):
    """A question; its children are the question, the options and the answers."""


class QuestionNode(nodes.Part, nodes.TextElement):
    """The words of the question."""


class OptionNode(nodes.Part, nodes.TextElement):
    """The words of one option."""


class AnswersNode(nodes.Part, nodes.Element):
    """The answers, one for each option."""


class AnswerNode(nodes.Part, nodes.Element):
    """The reason for or against one option."""


class Quiz(SphinxDirective):
    """``{quiz} question``: a question with options."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self):
        """Return the question as a node, and warn of broken mark-up."""
        options, complaints = options_of(list(self.content))
        for complaint in complaints:
            logger.warning("a quiz %s", complaint, location=self.get_location())
        number = self.env.temp_data["quizzes"] = self.env.temp_data.get("quizzes", 0) + 1
        answers = AnswersNode()
        node = QuizNode("", number=number)
        node += QuestionNode("", "", *self._inline(self.arguments[0]))
        for letter, option in zip(LETTERS, options, strict=False):
            named = {"letter": letter, "right": option.right, "number": number}
            node += OptionNode("", "", *self._inline(option.text), **named)
            answer = AnswerNode("", **named)
            answer += self._blocks(option)
            answers += answer
        node += answers
        self.set_source_info(node)
        return [node]

    def _inline(self, text):
        """Read words with formulas, code and references."""
        found, messages = self.state.inline_text(text, self.lineno)
        return [*found, *messages]

    def _blocks(self, option):
        """Read a reason: paragraphs, formulas, code."""
        box = nodes.container()
        offset = self.content_offset + option.line + 1
        self.state.nested_parse(StringList(option.reason, source=""), offset, box)
        return box.children


def _visit_quiz(self, node):
    self.body.append(f'<fieldset class="quiz" id="quiz-{node["number"]}">\n')


def _depart_quiz(self, node):
    self.body.append("</fieldset>\n")


def _visit_question(self, node):
    number = node.parent["number"]
    self.body.append(f'<legend><span class="quiz-number">Question {number}</span> ')


def _depart_question(self, node):
    self.body.append("</legend>\n")


def _visit_option(self, node):
    self.body.append(
        f'<label class="quiz-option"><input type="radio" name="quiz-{node["number"]}" '
        f'value="{node["letter"]}" autocomplete="off"> '
        f'<span class="quiz-letter">{node["letter"]}</span> <span class="quiz-text">'
    )


def _depart_option(self, node):
    self.body.append("</span></label>\n")


def _visit_answers(self, node):
    self.body.append(
        '<div class="quiz-said" role="status"></div>\n'
        '<details class="quiz-answers"><summary>The answer and the reasons</summary>\n'
    )


def _depart_answers(self, node):
    self.body.append("</details>\n")


def _visit_answer(self, node):
    right = node["right"]
    self.body.append(
        f'<div class="quiz-answer" data-letter="{node["letter"]}" data-right="{int(right)}">'
        f'<p class="quiz-verdict">{_verdict(node)}</p>\n<div class="quiz-reason">'
    )


def _depart_answer(self, node):
    self.body.append("</div></div>\n")


def _verdict(node):
    """Say in a sign and in words whether an option is right."""
    return f"{node['letter']} is right." if node["right"] else f"{node['letter']} is not right."


class PlainQuiz(SphinxPostTransform):
    """For paper and plain text: the question, its options, the answer, and the reasons."""

    default_priority = 5

    def run(self, **_):
        """Replace each quiz, unless it goes to a browser."""
        if self.app.builder.format == "html":
            return
        for node in list(self.document.findall(QuizNode)):
            node.replace_self(_plain(node))


def _plain(node):
    """Write a quiz with the nodes that every builder knows."""
    question, *options, answers = node.children
    head = nodes.paragraph("", "", nodes.strong("", f"Question {node['number']}. "))
    head += question.children
    choices, reasons = nodes.bullet_list(), nodes.bullet_list()
    for option, answer in zip(options, answers.children, strict=True):
        line = nodes.paragraph("", f"{option['letter']}: ", *option.children)
        choices += nodes.list_item("", line)
        verdict = nodes.paragraph("", "", nodes.strong("", _verdict(answer)))
        reasons += nodes.list_item("", verdict, *answer.children)
    return [head, choices, reasons]


def _load_files(app, pagename, templatename, context, doctree):
    """Load the script and the looks on pages that have a quiz."""
    if doctree is not None and next(doctree.findall(QuizNode), None):
        app.add_js_file("quiz.js", loading_method="defer")
        app.add_css_file("quiz.css")


def setup(app):
    """Add the directive, its nodes, and its script.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("quiz", Quiz)
    app.add_node(QuizNode, html=(_visit_quiz, _depart_quiz))
    app.add_node(QuestionNode, html=(_visit_question, _depart_question))
    app.add_node(OptionNode, html=(_visit_option, _depart_option))
    app.add_node(AnswersNode, html=(_visit_answers, _depart_answers))
    app.add_node(AnswerNode, html=(_visit_answer, _depart_answer))
    app.add_post_transform(PlainQuiz)
    app.connect("html-page-context", _load_files)
