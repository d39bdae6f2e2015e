"""Names beside the points of a map, placed so that none covers another."""

from __future__ import annotations

import numpy as np

# Where a label may stand, in points from its own: near places first, right before left.
DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
DISTANCES = (6, 14, 26, 40)


def place_labels(ax, places, others=None, **style):
    """Write a name beside each point, clear of other names, of points and of the legend.

    Call it when everything else is drawn. Names are placed in the order given, each at the first
    free place near its point; one that finds none takes the place where it covers least. A name
    that had to move away is joined to its point by a thin line.

    Parameters
    ----------
    ax : matplotlib Axes
    places : dict of str to (float, float); each name and its point, in data coordinates
    others : float array (n, 2) or None; more points that names should not cover
    **style : of matplotlib's ``annotate``, such as ``fontsize``

    Returns
    -------
    list of matplotlib Annotation, in the order of ``places``
    """
    figure = ax.figure
    figure.draw_without_rendering()  # sets the scale, and lays out the axes
    renderer = figure.canvas.get_renderer()
    own = np.array(list(places.values()), dtype=float).reshape(-1, 2)
    every = own if others is None else np.vstack([own, np.asarray(others, dtype=float)])
    points = ax.transData.transform(every)  # (n, 2), in pixels
    pixel = figure.dpi / 72
    frame = ax.get_window_extent(renderer)
    taken = [_box(legend.get_window_extent(renderer))] if (legend := ax.get_legend()) else []
    labels = []
    for name, place in places.items():
        best = None
        for distance, (across, up) in ((d, to) for d in DISTANCES for to in DIRECTIONS):
            label = ax.annotate(
                name,
                place,
                (across * distance, up * distance),
                textcoords="offset points",
                ha={1: "left", 0: "center", -1: "right"}[across],
                va={1: "bottom", 0: "center", -1: "top"}[up],
                arrowprops={"arrowstyle": "-", "lw": 0.6, "color": "0.5"}
                if distance > DISTANCES[1]
                else None,
                **style,
            )
            box = text_box(label)
            cost = _covered(box, taken, points, frame, pixel)
            if best is None or cost < best[0]:
                if best is not None:
                    best[1].remove()
                best = (cost, label, box)
            else:
                label.remove()
            if cost == 0:
                break
        taken.append(best[2])
        labels.append(best[1])
    return labels


def text_box(label):
    """Return the box of an annotation's words alone, in pixels, without its line.

    Parameters
    ----------
    label : matplotlib Annotation

    Returns
    -------
    float array (4,); left, bottom, right, top
    """
    from matplotlib.text import Text

    renderer = label.figure.canvas.get_renderer()
    label.update_positions(renderer)
    return _box(Text.get_window_extent(label, renderer))


def _box(extent):
    return np.array([extent.x0, extent.y0, extent.x1, extent.y1])


def _covered(box, taken, points, frame, pixel):
    """How much of names, points and margin a box covers; 0 where it is free."""
    cost = 0.0
    for other in taken:
        width = min(box[2], other[2]) - max(box[0], other[0])
        height = min(box[3], other[3]) - max(box[1], other[1])
        if width > 0 and height > 0:
            cost += 10 + width * height
    near = 3 * pixel  # about the radius of a point
    inside = (points > box[:2] - near).all(1) & (points < box[2:] + near).all(1)
    cost += 5 * inside.sum()
    outside = [frame.x0 - box[0], frame.y0 - box[1], box[2] - frame.x1, box[3] - frame.y1]
    return cost + sum(20 + beyond for beyond in outside if beyond > 0)
