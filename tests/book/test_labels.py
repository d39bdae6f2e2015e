"""Names on a map cover neither each other nor a point, and stay inside the axes."""

import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.transforms import Bbox

from plmrec_lite.book.labels import place_labels, text_box

mpl.use("Agg")
NAMES = ("January", "February", "grossed", "worldwide", "soundtrack", "mother", "six", "ten")


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.6))
    yield axes
    plt.close(figure)


def crowd():
    """Eight points in a small heap, in the middle of a larger picture."""
    return np.random.default_rng(0).normal(0.5, 0.04, (len(NAMES), 2))


def extents(labels):
    return [Bbox.from_extents(text_box(label)) for label in labels]


def draw(ax, points):
    ax.scatter(*points.T, s=25)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    return place_labels(ax, dict(zip(NAMES, points, strict=True)))


def test_no_name_covers_another(ax):
    labels = draw(ax, crowd())
    assert [label.get_text() for label in labels] == list(NAMES)
    for one, other in itertools.combinations(extents(labels), 2):
        assert not one.overlaps(other)


def test_no_name_covers_a_point(ax):
    points = crowd()
    boxes = extents(draw(ax, points))
    for x, y in ax.transData.transform(points):
        assert not any(box.contains(x, y) for box in boxes)


def test_a_name_at_the_edge_stays_inside(ax):
    points = np.array([[0.99, 0.5], [0.01, 0.5], [0.5, 0.99], [0.5, 0.01]])
    points = np.vstack([points, points[::-1]])[: len(NAMES)]
    frame = ax.get_window_extent()
    for box in extents(draw(ax, points)):
        assert frame.x0 <= box.x0 and box.x1 <= frame.x1
        assert frame.y0 <= box.y0 and box.y1 <= frame.y1


def test_a_name_keeps_clear_of_the_legend(ax):
    ax.scatter([0.7], [0.5], label="films")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    legend = ax.legend(loc="center right")
    (box,) = extents(place_labels(ax, {"Casablanca": (0.7, 0.5)}))
    assert not box.overlaps(legend.get_window_extent())


def test_a_name_keeps_clear_of_points_without_a_name(ax):
    ax.set(xlim=(0, 1), ylim=(0, 1))
    others = np.array([[0.56, 0.5], [0.6, 0.5]])
    (box,) = extents(place_labels(ax, {"Casablanca": (0.5, 0.5)}, others))
    assert not any(box.contains(x, y) for x, y in ax.transData.transform(others))


def test_only_a_name_that_moved_away_has_a_line(ax):
    alone = draw(ax, np.linspace(0.1, 0.9, len(NAMES))[:, None].repeat(2, 1))
    assert all(label.arrow_patch is None for label in alone)
    ax.clear()
    heap = draw(ax, np.full((len(NAMES), 2), 0.5) + np.arange(len(NAMES))[:, None] * 1e-3)
    assert any(label.arrow_patch is not None for label in heap)
