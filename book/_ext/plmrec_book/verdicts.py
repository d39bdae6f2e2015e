"""What all pages found: the verdicts on the article, every finding, and every check."""

from docutils import nodes
from docutils.statemachine import StringList
from plmrec_lite.book.verdicts import combined

from plmrec_book.records import (
    NOTHING_YET,
    AllPages,
    build_table,
    show_check,
    show_interval,
    show_verdict,
    title_of,
)

# What the source article asserts, in the book's words.
ARTICLE = {
    "A1": "Language models ease data sparsity",
    "A2": "They lower the cost of feature engineering",
    "A3": "They improve recommendation",
    "A4": "They support several modalities",
    "A5": "They help with cold start",
    "A6": "They help product search",
    "A7": "They help build a social graph",
    "A8": "They can be made faster: distributed training, data loading, pruning, quantisation",
    "A9": "They can be explained: attention, visualisation, cases",
    "A10": "They do not suit every task",
    "A11": "They can protect privacy",
    "A12": "They can serve in real time",
}


def overall(verdicts):
    """Say what the verdicts of several pages come to.

    Parameters
    ----------
    verdicts : list of str
        One a finding.

    Returns
    -------
    str
        As ``combined`` says; "not yet tested" where there is none.
    """
    return combined(verdicts) if verdicts else NOTHING_YET


class ArticleVerdicts(AllPages):
    """``{article-verdicts}``: each claim of the article, what it comes to, and the evidence."""

    def run(self):
        """Return one table."""
        pages, rows = self.records("finding"), []
        for key, text in ARTICLE.items():
            judged = [
                (page, record)
                for page, records in pages.items()
                for record in records
                if record.get("article") == key
            ]
            evidence = nodes.bullet_list("", *(self._evidence(*found) for found in judged))
            verdict = overall([record["verdict"] for _, record in judged])
            cell = evidence if judged else [nodes.Text("—")]
            rows.append([[nodes.Text(f"{key} {text}")], show_verdict(verdict), cell])
        head = ["Promise", "Verdict", "Evidence"]
        return [build_table(head, rows, [30, 17, 53], "verdicts")]

    def _evidence(self, page, record):
        """Say what one page found: its verdict, sentence, figure, and where it is proven."""
        words = nodes.paragraph("", "", *show_verdict(record["verdict"]), nodes.Text(" "))
        words += [self.sentence(record), nodes.Text(" "), *show_interval(record)]
        words += [nodes.Text(" — "), self.link_to_page(page)]
        return nodes.list_item("", words)


class AllFindings(AllPages):
    """``{all-findings}``: each finding with verdict, interval, what it is over, and page."""

    def run(self):
        """Return one table."""
        rows = [
            [
                show_verdict(r["verdict"]),
                [self.sentence(r)],
                show_interval(r),
                [self.link_to_page(page)],
            ]
            for page, records in self.records("finding").items()
            for r in records
        ]
        if not rows:
            return []
        head = ["Verdict", "Finding", "Measured, 95 % interval", "Page"]
        return [build_table(head, rows, [14, 40, 30, 16], "claims")]


class AllChecks(AllPages):
    """``{all-checks}``: the checks of all pages, folded by page."""

    def run(self):
        """Return one fold a page."""
        folds = nodes.container()
        for page, records in self.records("check").items():
            if records:
                title = f"{title_of(self.env.doc2path(page))} ({len(records)})"
                lines = [f":::{{dropdown}} {title}", f"```{{checks-of}} {page}", "```", ":::"]
                self.state.nested_parse(StringList(lines, ""), self.content_offset, folds)
        return folds.children


class ChecksOf(AllPages):
    """``{checks-of} page``: the checks of one page; `AllChecks` folds them."""

    required_arguments = 1

    def run(self):
        """Return one table."""
        rows = [
            [show_check(r), [self.sentence(r)], [nodes.literal("", r["measured"])]]
            for r in self.records("check")[self.arguments[0]]
        ]
        head = ["In the last run", "Check", "Measured"]
        return [build_table(head, rows, [16, 57, 27], "claims")]


def _read_again(app, env, added, changed, removed):
    """Read pages that show all claims afresh in every build: they depend on all the others."""
    return [name for name in env.found_docs if "all-claims" in env.metadata[name]]


def setup(app):
    """Add the directives.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("article-verdicts", ArticleVerdicts)
    app.add_directive("all-findings", AllFindings)
    app.add_directive("all-checks", AllChecks)
    app.add_directive("checks-of", ChecksOf)
    app.connect("env-get-outdated", _read_again)
