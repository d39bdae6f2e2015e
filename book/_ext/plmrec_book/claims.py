"""The claims tables, built from the outputs that the pages carry, so that they cannot drift.

``{page-claims}`` shows the claims of its own page. ``{all-claims}`` shows those of every page and
what they say of the source article. Both read the records that ``claim(...)`` leaves in a cell.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

CLAIM_MIME = "application/vnd.plmrec.claim+json"
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


def claims_of(path):
    """Collect the claims that the last run of a notebook left in its outputs.

    Parameters
    ----------
    path : pathlib.Path or str
        An ``.ipynb`` file.

    Returns
    -------
    list of dict
        The records in page order: key, text, holds, measured, and article and verdict where the
        claim judges the article.
    """
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    return [
        output["data"][CLAIM_MIME]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if CLAIM_MIME in output.get("data", {})
    ]


def title_of(path):
    """Read the title of a notebook page.

    Parameters
    ----------
    path : pathlib.Path or str
        An ``.ipynb`` file whose first cell begins with ``# Title``.

    Returns
    -------
    str
        The title, without its mark.
    """
    first = json.loads(Path(path).read_text(encoding="utf-8"))["cells"][0]["source"]
    return "".join(first).lstrip().splitlines()[0].lstrip("# ")


def _table(head, rows, widths, name):
    """Build a table from a row of strings and rows of cells: inline nodes, or one list."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=width) for width in widths]

    def cell(inside):
        block = isinstance(inside, nodes.bullet_list)
        return nodes.entry("", inside if block else nodes.paragraph("", "", *inside))

    def row(cells):
        return nodes.row("", *map(cell, cells))

    group += nodes.thead("", row([[nodes.Text(title)] for title in head]))
    group += nodes.tbody("", *(row(entries) for entries in rows))
    return nodes.table("", group, classes=[name])


def _section(title, table):
    """Put a table under a heading of its own."""
    return nodes.section("", nodes.title("", title), table, ids=[nodes.make_id(title)])


def _mark(record):
    """Say in a sign and a word whether a claim held in the last run."""
    word, sign = ("holds", "✓") if record["holds"] else ("fails", "✗")
    return [nodes.inline("", f"{sign} {word}", classes=["claim-mark", f"claim-{word}"])]


def overall(verdicts):
    """Say what the verdicts of several pages come to.

    Parameters
    ----------
    verdicts : list of str
        ``"holds"``, ``"holds in part"`` or ``"does not hold"``, one a finding.

    Returns
    -------
    str
        The one verdict that all agree on; ``"holds in part"`` where they differ; ``"not yet
        tested"`` where there is none.
    """
    if not verdicts:
        return "not yet tested"
    return verdicts[0] if len(set(verdicts)) == 1 else "holds in part"


def _verdict(verdict):
    """Show a verdict on the article in words, with a sign beside."""
    if verdict == "not yet tested":
        return [nodes.inline("", verdict, classes=["claim-mark"])]
    sign = {"holds": "✓", "holds in part": "◐", "does not hold": "✗"}[verdict]
    name = "verdict-" + verdict.replace(" ", "-")
    return [nodes.inline("", f"{sign} {verdict}", classes=["claim-mark", name])]


class PageClaims(SphinxDirective):
    """``{page-claims}``: the claims of this page, each with an anchor of its own."""

    def run(self):
        """Return the table, or an error when the page makes no claim."""
        path = self.env.doc2path(self.env.docname)
        records = claims_of(path) if path.endswith(".ipynb") else []
        if not records:
            raise self.error(f"{path} has no claims: call claim(...) in a cell and run the page")
        rows = []
        for record in records:
            anchor = nodes.target("", "", ids=[f"claim-{record['key']}"])
            std = self.env.get_domain("std")
            std.note_hyperlink_target(
                anchor["ids"][0], self.env.docname, anchor["ids"][0], record["text"]
            )
            measured = nodes.literal("", record["measured"])
            rows.append([[anchor, *_mark(record)], [nodes.Text(record["text"])], [measured]])
        return [_table(["In the last run", "Claim", "Measured"], rows, [18, 57, 25], "claims")]


class AllClaims(SphinxDirective):
    """``{all-claims}``: the article's claims with verdicts, then every page's claims."""

    def run(self):
        """Return one table on the article, then one for each page, in the book's order."""
        self.env.metadata[self.env.docname]["all-claims"] = True
        docs = [name for name in self.config.external_site_map if name in self.env.found_docs]
        paths = {name: self.env.doc2path(name) for name in docs}
        pages = {n: claims_of(p) for n, p in paths.items() if p.endswith(".ipynb")}
        result = [_section("What the article asserts", self._article(pages))]
        for page, records in pages.items():
            if records:
                rows = [
                    [_mark(r), [self._to_claim(r, r["text"])], [nodes.literal("", r["measured"])]]
                    for r in records
                ]
                head = ["In the last run", "Claim", "Measured"]
                table = _table(head, rows, [18, 57, 25], "claims")
                result.append(_section(title_of(paths[page]), table))
        return result

    def _article(self, pages):
        """Set each claim of the article beside what the pages found, and what it comes to."""
        rows = []
        for key, text in ARTICLE.items():
            judged = [
                (page, record)
                for page, records in pages.items()
                for record in records
                if record.get("article") == key
            ]
            findings = [self._finding(*found) for found in judged]
            evidence = nodes.bullet_list("", *findings) if judged else [nodes.Text("—")]
            verdict = overall([record["verdict"] for _, record in judged])
            rows.append([[nodes.Text(f"{key} {text}")], _verdict(verdict), evidence])
        return _table(
            ["The article asserts", "Verdict", "Evidence"], rows, [30, 17, 53], "verdicts"
        )

    def _finding(self, page, record):
        """Say what one page found: its verdict, sentence, figure, and where it is proven."""
        link = addnodes.pending_xref(
            "",
            nodes.inline("", title_of(self.env.doc2path(page))),
            refdomain="std",
            reftype="doc",
            reftarget=f"/{page}",
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )
        words = nodes.paragraph("", "", *_verdict(record["verdict"]), nodes.Text(" "))
        words += [self._to_claim(record, record["text"]), nodes.Text(" ")]
        words += [nodes.literal("", record["measured"]), nodes.Text(" — "), link]
        return nodes.list_item("", words)

    def _to_claim(self, record, text):
        """Link to the anchor that {page-claims} sets; Sphinx reports a link that leads nowhere."""
        return addnodes.pending_xref(
            "",
            nodes.inline("", text, classes=["std", "std-ref"]),
            refdomain="std",
            reftype="ref",
            reftarget=f"claim-{record['key']}",
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )


def _read_again(app, env, added, changed, removed):
    """Read pages with {all-claims} afresh in every build: they depend on all the others."""
    return [name for name in env.found_docs if "all-claims" in env.metadata[name]]


def _hide_records(app, docname, source):
    """Drop the records from what myst-nb reads: it would warn of a kind it cannot show."""
    if CLAIM_MIME in source[0] and app.env.doc2path(docname).endswith(".ipynb"):
        notebook = json.loads(source[0])
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                output.get("data", {}).pop(CLAIM_MIME, None)
        source[0] = json.dumps(notebook)


def setup(app):
    """Add the two directives.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("page-claims", PageClaims)
    app.add_directive("all-claims", AllClaims)
    app.connect("source-read", _hide_records)
    app.connect("env-get-outdated", _read_again)
