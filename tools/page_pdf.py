"""A page of the browser as a PDF with bookmarks, and what pypdf reads in it."""

from pypdf import PdfReader


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
