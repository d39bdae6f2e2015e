"""The records that findings and checks leave on the pages, and how tables show them."""

import json
from pathlib import Path

from docutils import nodes
from plmrec_lite.book.claim_line import CLAIM_MIME, SIGNS
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

NOTHING_YET = "not yet tested"


def claims_of(path):
    """Collect what the last run of a notebook left of its findings and checks.

    Parameters
    ----------
    path : pathlib.Path or str
        An ``.ipynb`` file.

    Returns
    -------
    list of dict
        The records in page order, as ``plmrec_lite.book.claims`` makes them.
    """
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    return [
        output["data"][CLAIM_MIME]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if CLAIM_MIME in output.get("data", {})
    ]


def first_cell(path):
    """Read the text in which a page has its title and its card.

    Parameters
    ----------
    path : pathlib.Path or str
        An ``.ipynb`` file, or a page without code.

    Returns
    -------
    str
        The first cell of a notebook, or the whole page.
    """
    text = Path(path).read_text(encoding="utf-8")
    if Path(path).suffix != ".ipynb":
        return text
    return "".join(json.loads(text)["cells"][0]["source"])


def title_of(path):
    """Read the title of a page.

    Parameters
    ----------
    path : pathlib.Path or str
        A file whose first line that begins with ``# `` is the title.

    Returns
    -------
    str
        The title, without its mark.
    """
    lines = first_cell(path).splitlines()
    return next(line for line in lines if line.startswith("# ")).lstrip("# ")


def build_table(head, rows, widths, name):
    """Build a table.

    Parameters
    ----------
    head : list of str
        The titles of the columns.
    rows : list of list
        Cells: a list of inline nodes, or one node that is a block.
    widths : list of int
        The shares of the columns.
    name : str
        The class of the table.

    Returns
    -------
    docutils.nodes.table
        The table.
    """
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


def show_verdict(verdict):
    """Show a verdict in words, with a sign beside.

    Parameters
    ----------
    verdict : str
        One of the four, or "not yet tested".

    Returns
    -------
    list of docutils.nodes.inline
        One node.
    """
    if verdict == NOTHING_YET:
        return [nodes.inline("", verdict, classes=["claim-mark"])]
    name = "verdict-" + verdict.replace(" ", "-")
    return [nodes.inline("", f"{SIGNS[verdict]} {verdict}", classes=["claim-mark", name])]


def show_check(record):
    """Say in a sign and a word whether a check held in the last run.

    Parameters
    ----------
    record : dict
        A check.

    Returns
    -------
    list of docutils.nodes.inline
        One node.
    """
    word, sign = ("holds", "✓") if record["holds"] else ("fails", "✗")
    return [nodes.inline("", f"{sign} {word}", classes=["claim-mark", f"claim-{word}"])]


def show_interval(record):
    """Show what a finding measured and what its interval is over.

    Parameters
    ----------
    record : dict
        A finding.

    Returns
    -------
    list of docutils.nodes.Node
        The figures, and the words on them.
    """
    over = record["over"].replace("persons", "people")
    words = f" over {over}; smallest effect {record['smallest_effect']:g}"
    return [nodes.literal("", record["measured"]), nodes.Text(words)]


def link_to_claim(record, docname):
    """Link a sentence to the anchor that {page-claims} sets for it.

    Parameters
    ----------
    record : dict
        A finding or a check.
    docname : str
        The page with the link; Sphinx reports a link that leads nowhere.

    Returns
    -------
    sphinx.addnodes.pending_xref
        The sentence, as a link.
    """
    return addnodes.pending_xref(
        "",
        nodes.inline("", record["text"], classes=["std", "std-ref"]),
        refdomain="std",
        reftype="ref",
        reftarget=f"claim-{record['key']}",
        refdoc=docname,
        refexplicit=True,
        refwarn=True,
    )


class ReadsRecords:
    """What directives and roles on the records of all pages share; Sphinx gives them ``env``."""

    def records(self, kind):
        """List the records of one kind by page.

        Parameters
        ----------
        kind : str
            "finding" or "check".

        Returns
        -------
        dict of str to list of dict
            By the pages' names, in the book's order.
        """
        self.env.metadata[self.env.docname]["all-claims"] = True
        docs = [name for name in self.config.external_site_map if name in self.env.found_docs]
        paths = {name: self.env.doc2path(name) for name in docs}
        return {
            name: [record for record in claims_of(path) if record["kind"] == kind]
            for name, path in paths.items()
            if path.endswith(".ipynb")
        }


class AllPages(ReadsRecords, SphinxDirective):
    """A directive on the records of all pages; its own page is read afresh in every build."""

    def link_to_page(self, page):
        """Link to a page by its title.

        Parameters
        ----------
        page : str
            Its name.

        Returns
        -------
        sphinx.addnodes.pending_xref
            The title, as a link.
        """
        return addnodes.pending_xref(
            "",
            nodes.inline("", title_of(self.env.doc2path(page))),
            refdomain="std",
            reftype="doc",
            reftarget=f"/{page}",
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )

    def sentence(self, record):
        """Show the sentence of a record, as a link to the place that proves it.

        Parameters
        ----------
        record : dict
            A finding or a check.

        Returns
        -------
        sphinx.addnodes.pending_xref
            The sentence.
        """
        return link_to_claim(record, self.env.docname)
