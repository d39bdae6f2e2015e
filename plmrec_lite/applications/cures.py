"""The cures of the library's errors in the words of the command line."""

from __future__ import annotations

import re


def as_options(message):
    """Return an error of the library with its cures in the words of the command line.

    Parameters
    ----------
    message : str

    Returns
    -------
    str

    Examples
    --------
    >>> as_options('row 2 is bad: correct it, or pass on_bad="drop"')
    'row 2 is bad: correct it, or pass --on-bad drop'
    """
    message = re.sub(
        r"convert the column, such as table\[.*format=(.*)\)\Z",
        r"say how it is written, such as --time-format \1",
        message,
    )
    message = re.sub(
        r"written: pandas\.to_datetime\(.*format=(.*)\)", r"written: --time-format \1", message
    )
    message = re.sub(r"convert the column, table\[.*\Z", "name other columns with --text", message)
    message = message.replace("; name the column whose values are the same", "; use --item-id")
    message = re.sub(
        r"names=\[(.*)\]", lambda found: "--names " + re.sub(r"[' ]", "", found[1]), message
    )
    message = message.replace(
        "ids of the items: name it, item=", "ids of the items: name it, --item-id "
    )
    message = re.sub(r"from_frame\(\.\.\., (.*)\)", r"\1", message)
    message = re.sub(r'\bduplicates="first" or "last"', "--duplicates first or last", message)
    option = (
        r"\b(user|item|rating|time|text|on_bad|placeholder|separator|encoding|decimal|split)=(\S)"
    )

    def written(found):
        return f"--{found[1].replace('_', '-')} {found[2]}"

    message = re.sub(r'pass (\w+)="(\w[\w-]*)"', r"pass \1=\2", message)
    head, colon, cure = message.rpartition(": ")
    head = re.sub(r"\A" + option, written, head)
    return head + colon + re.sub(option, written, cure).replace("', --", "' --")
