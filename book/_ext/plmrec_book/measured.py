"""``{measured}`key` ``: the figures of a finding inside a sentence, as the last run left them."""

from docutils import nodes
from plmrec_lite.evaluation.estimate import Estimate
from sphinx.util.docutils import SphinxRole

from plmrec_book.records import ReadsRecords


class Measured(ReadsRecords, SphinxRole):
    """A value with its interval; ``key: name`` takes one of several values of a finding."""

    def run(self):
        """Return the figures; the build fails where they are not there."""
        key, _, name = (part.strip() for part in self.text.partition(":"))
        found = [r for records in self.records("finding").values() for r in records]
        record = next((r for r in found if r["key"] == key), None)
        if record is None:
            return self._wrong(f"no finding has the key {key}")
        values = {one["name"]: one for one in record["estimates"]}
        if name not in values:
            names = ", ".join(filter(None, values)) or "one value without a name"
            return self._wrong(f"{key} has no value {name!r}, but {names}")
        one = values[name]
        estimate = Estimate(one["value"], one["low"], one["high"])
        return [nodes.literal("", f"{estimate:+.3f}")], []

    def _wrong(self, words):
        message = self.inliner.reporter.error(f"measured: {words}", line=self.lineno)
        return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]


def setup(app):
    """Add the role.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_role("measured", Measured())
