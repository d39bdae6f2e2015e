"""Figures that keep their text legible on a phone, and that are empty on no page.

A picture is drawn once. ``book.css`` turns its paper and ink round on dark pages and keeps its
hues; here a picture gets its measures, so that it never shrinks below the size at which its
labels can be read, and the frame in which it then scrolls.
"""

from pathlib import Path

from docutils import nodes
from PIL import Image

DRAWN_AT = 110  # pixels per inch on the screen, whatever a picture was saved at
SMALLEST = 54  # pixels per inch at which letters of 11 points are still 8 pixels high


def measures(path):
    """Measure a picture.

    Parameters
    ----------
    path : pathlib.Path or str
        A file that Pillow can open.

    Returns
    -------
    tuple of int
        Its width and height as it is drawn on a wide screen, and its smallest legible width, in
        CSS pixels.
    """
    with Image.open(path) as picture:
        width, height = picture.size
        dpi = picture.info.get("dpi", (DRAWN_AT, DRAWN_AT))[0]
    inches = width / dpi
    drawn = round(inches * DRAWN_AT)
    return drawn, round(drawn * height / width), round(inches * SMALLEST)


def _visit_image(translator, node):
    """Write an image as Sphinx does, and put an output of a cell into its frame."""
    start = len(translator.body)
    path = Path(translator.builder.srcdir) / node["uri"]
    type(translator).visit_image(translator, node)
    if not _is_output(node) or not path.is_file():
        return
    width, height, least = measures(path)
    sizes = f'width="{width}" height="{height}" style="--least: {least}px"'
    picture = "".join(translator.body[start:]).replace("<img ", f"<img {sizes} ", 1)
    translator.body[start:] = [f'<div class="figure-scroll scrolls">{picture}</div>']


def _is_output(node):
    """Tell a picture that a cell drew from one that stands in the text."""
    while node is not None:
        if "cell_output" in node.get("classes", []):
            return True
        node = node.parent
    return False


def _drop_empty_figures(app, doctree):
    """Drop the figures that myst-nb makes of what a cell hands over without showing it."""
    for figure in list(doctree.findall(nodes.figure)):
        if all(isinstance(child, nodes.caption | nodes.legend) for child in figure.children):
            figure.parent.remove(figure)


def setup(app):
    """Take over how images are written.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.add_node(nodes.image, override=True, html=(_visit_image, None))
    app.connect("doctree-read", _drop_empty_figures)
