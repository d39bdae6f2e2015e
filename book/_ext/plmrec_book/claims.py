"""``{page-claims}``: the findings and checks of a page, built from the outputs that it carries.

So they cannot drift. They are the records that ``finding(...)`` and ``check(...)`` leave in a cell.
"""

import json

from docutils import nodes
from plmrec_lite.book.claim_line import CLAIM_MIME
from sphinx.util.docutils import SphinxDirective

from plmrec_book.records import build_table, claims_of, show_check, show_interval, show_verdict


class PageClaims(SphinxDirective):
    """``{page-claims}``: the findings and the checks of this page, each with an anchor."""

    def run(self):
        """Return one table of each kind that there is, or an error when there is none."""
        path = self.env.doc2path(self.env.docname)
        records = claims_of(path) if path.endswith(".ipynb") else []
        if not records:
            raise self.error(
                f"{path} has no claims: call finding(...) or check(...) in a cell and run the page"
            )
        findings = [r for r in records if r["kind"] == "finding"]
        checks = [r for r in records if r["kind"] == "check"]
        tables = []
        if findings:
            rows = [
                [
                    [self._anchor(r), *show_verdict(r["verdict"])],
                    [nodes.Text(r["text"])],
                    show_interval(r),
                ]
                for r in findings
            ]
            head = ["Verdict", "Finding", "Measured, 95 % interval"]
            tables.append(build_table(head, rows, [16, 49, 35], "claims"))
        if checks:
            rows = [
                [
                    [self._anchor(r), *show_check(r)],
                    [nodes.Text(r["text"])],
                    [nodes.literal("", r["measured"])],
                ]
                for r in checks
            ]
            head = ["In the last run", "Check", "Measured"]
            tables.append(build_table(head, rows, [16, 57, 27], "claims"))
        return tables

    def _anchor(self, record):
        """A place to link to, known to Sphinx by the sentence that stands there."""
        anchor = nodes.target("", "", ids=[f"claim-{record['key']}"])
        name = anchor["ids"][0]
        domain = self.env.get_domain("std")
        domain.note_hyperlink_target(name, self.env.docname, name, record["text"])
        return anchor


def _hide_records(app, docname, source):
    """Drop the records from what myst-nb reads: it would warn of a kind it cannot show."""
    if CLAIM_MIME in source[0] and app.env.doc2path(docname).endswith(".ipynb"):
        notebook = json.loads(source[0])
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                output.get("data", {}).pop(CLAIM_MIME, None)
        source[0] = json.dumps(notebook)


def setup(app):
    """Add the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("page-claims", PageClaims)
    app.connect("source-read", _hide_records)
