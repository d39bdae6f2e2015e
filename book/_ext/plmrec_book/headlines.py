"""``{headline}``: one finding in plain words, with its verdict and interval from the last run."""

from types import MappingProxyType

from docutils import nodes
from docutils.parsers.rst import directives

from plmrec_book.records import AllPages, link_to_claim, show_interval, show_verdict


class Headline(AllPages):
    """``{headline} key``: what a finding says to somebody who has read nothing yet.

    ``:verdict:`` is the verdict for which the words were written; the build fails when the
    finding has another.
    """

    required_arguments = 1
    has_content = True
    option_spec = MappingProxyType({"verdict": directives.unchanged_required})

    def run(self):
        """Return the verdict, the words, and the figures as a link to the proof."""
        key, expected = self.arguments[0], self.options.get("verdict")
        found = [r for records in self.records("finding").values() for r in records]
        record = next((r for r in found if r["key"] == key), None)
        if record is None:
            raise self.error(f"headline: no finding has the key {key}")
        if record["verdict"] != expected:
            raise self.error(
                f"headline: {key} is {record['verdict']!r}, and its words were written for "
                f"{expected!r}: write them again, and give :verdict:"
            )
        head = nodes.paragraph("", "", *show_verdict(record["verdict"]), classes=["headline-mark"])
        box = nodes.container("", head, classes=["headline"])
        self.state.nested_parse(self.content, self.content_offset, box)
        proof = link_to_claim({**record, "text": "where it is proven"}, self.env.docname)
        figures = [*show_interval(record), nodes.Text(" · "), proof]
        box += nodes.paragraph("", "", *figures, classes=["headline-measured"])
        return [box]


def setup(app):
    """Add the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("headline", Headline)
