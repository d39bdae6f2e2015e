"""``{surprise}``: a prediction that did not come out, with date, words, figures and page."""

import datetime
from types import MappingProxyType

from docutils import nodes
from docutils.parsers.rst import directives

from plmrec_book.records import AllPages, show_interval, show_verdict


class Surprise(AllPages):
    """``{surprise} key ...``: a prediction that did not come out, with what was measured.

    The arguments are the keys of the findings or checks that show it; the content says in the
    past tense what was predicted, and what it taught.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = MappingProxyType({"date": directives.unchanged_required})

    def run(self):
        """Return the date and page, the words, and each record's sentence and figures."""
        try:
            date = datetime.date.fromisoformat(self.options.get("date", ""))
        except ValueError as error:
            raise self.error(f"surprise: give :date: as 2026-11-24 ({error})") from error
        by_key = {
            record["key"]: (page, record)
            for kind in ("finding", "check")
            for page, records in self.records(kind).items()
            for record in records
        }
        keys = self.arguments[0].split()
        if missing := [key for key in keys if key not in by_key]:
            raise self.error(f"surprise: no finding or check has the key {', '.join(missing)}")
        found = [by_key[key] for key in keys]
        head = nodes.paragraph("", "", nodes.strong("", f"{date}"), nodes.Text(" · "))
        head += self.link_to_page(found[0][0])
        box = nodes.container("", head, classes=["surprise"])
        self.state.nested_parse(self.content, self.content_offset, box)
        for _, record in found:
            line = nodes.paragraph("", "", classes=["surprise-measured"])
            if record["kind"] == "finding":
                line += [*show_verdict(record["verdict"]), nodes.Text(" ")]
                line += [self.sentence(record), nodes.Text(" "), *show_interval(record)]
            else:
                line += [self.sentence(record), nodes.Text(" ")]
                line += nodes.literal("", record["measured"])
            box += line
        return [box]


def setup(app):
    """Add the directive.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_directive("surprise", Surprise)
