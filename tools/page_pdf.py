"""A page of the browser as a PDF with bookmarks, and what pypdf reads in it."""

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, TextStringObject


def write_pdf(page, path):
    """Print a page: colours as on the screen, headings as bookmarks, tags for screen readers."""
    page.pdf(
        path=str(path), prefer_css_page_size=True, print_background=True, outline=True, tagged=True
    )


def pages_of_places(path):
    """Return the number of the page of each place that a link leads to."""
    reader = PdfReader(str(path))
    numbers = {page.indirect_reference.idnum: i for i, page in enumerate(reader.pages, start=1)}
    found = {}
    for name, place in reader.named_destinations.items():
        number = numbers.get(place.page.idnum)
        if number:
            found[name.lstrip("/")] = number
    return found


def name_bookmarks(path, names):
    """Give the bookmarks of a PDF, in their order, the names of the headings.

    Raises ValueError if there are not as many of both.
    """
    writer = PdfWriter(str(path), incremental=True)
    marks = list(_bookmarks(writer.root_object["/Outlines"]))
    if len(marks) != len(names):
        raise ValueError(f"{path} has {len(marks)} bookmarks and {len(names)} headings")
    for mark, name in zip(marks, names, strict=True):
        mark[NameObject("/Title")] = TextStringObject(name)
    writer.write(str(path))


def _bookmarks(parent):
    """Walk through the bookmarks below one, in the order of the pages."""
    found = parent.get("/First")
    while found is not None:
        mark = found.get_object()
        yield mark
        yield from _bookmarks(mark)
        found = mark.get("/Next")
