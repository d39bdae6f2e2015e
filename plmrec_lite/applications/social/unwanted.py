"""A filter of unwanted messages: where it cuts, what it catches, and what it loses."""

from __future__ import annotations

import numpy as np

from plmrec_lite.checks import check_number


def threshold_that_loses(scores, unwanted, share):
    """Return the lowest threshold that filters at most a share of the wanted messages out.

    A message is filtered out when its score is above the threshold.

    Parameters
    ----------
    scores : float array (n,); the higher, the more likely unwanted
    unwanted : bool array (n,)
    share : float; of the wanted messages, from 0 to 1

    Returns
    -------
    float

    Raises
    ------
    ValueError: no wanted message, or a share out of range

    Examples
    --------
    >>> threshold_that_loses([0.1, 0.2, 0.6, 0.9], [False, False, False, True], share=0)
    0.6
    """
    check_number("share", share, least=0, most=1)
    wanted = np.sort(np.asarray(scores, dtype=float)[~np.asarray(unwanted, dtype=bool)])[::-1]
    if not len(wanted):
        raise ValueError("no message is wanted: give some that are, to count those that are lost")
    n_lost = int(share * len(wanted) + 1e-9)
    return float(wanted[n_lost]) if n_lost < len(wanted) else -np.inf


def filtered_out(scores, kinds, threshold):
    """Return the share of each kind of messages whose score is above a threshold.

    Parameters
    ----------
    scores : float array (n,)
    kinds : array (n,)
    threshold : float

    Returns
    -------
    dict of float, by kind

    Examples
    --------
    >>> filtered_out([0.1, 0.7, 0.9], ["list", "list", "spam"], threshold=0.5)
    {'list': 0.5, 'spam': 1.0}
    """
    out = np.asarray(scores, dtype=float) > threshold
    kinds = np.asarray(kinds)
    return {str(kind): float(out[kinds == kind].mean()) for kind in np.unique(kinds)}
