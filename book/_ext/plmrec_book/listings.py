"""The library's code that a cell prints, shown as code: in colours, and never wrapped."""

import re
import textwrap

from docutils import nodes

PRINTS_CODE = re.compile(r"print\((?:code_of|inspect\.getsource)\(.*\)")
WIDEST = 84  # letters of code that fit into the column


def prints_code(source):
    r"""Tell whether a cell prints code of the library and nothing else.

    Parameters
    ----------
    source : str

    Returns
    -------
    bool

    Examples
    --------
    >>> prints_code("# how it learns\nprint(code_of(train))"), prints_code("print(loss)")
    (True, False)
    """
    lines = [line for line in source.splitlines() if line and not line.startswith("#")]
    return bool(lines) and all(PRINTS_CODE.fullmatch(line) for line in lines)


def laid_out(code):
    r"""Move code to the left, and a comment that does not fit beside its line above it.

    Parameters
    ----------
    code : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(laid_out("\n    x = read(" + "a" * 70 + ")  # (B, T)\n"))
    # (B, T)
    x = read(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)
    """
    lines = []
    for line in textwrap.dedent(code).strip("\n").splitlines():
        statement, mark, comment = line.rpartition("  # ")
        if mark and len(line) > WIDEST:
            indent = line[: len(line) - len(line.lstrip())]
            lines += [f"{indent}# {comment}", statement]
        else:
            lines.append(line)
    return "\n".join(lines)


def _show_as_code(app, doctree):
    """Give what such a cell printed the language of code."""
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") != "cell_code":
            continue
        blocks = list(cell.findall(nodes.literal_block))
        if not (blocks and prints_code(blocks[0].astext())):
            continue
        for printed in blocks[1:]:
            text = laid_out(printed.astext())
            printed.rawsource = text
            printed.children = []
            printed += nodes.Text(text)
            printed["language"] = "python"


def setup(app):
    """Work on every page when it is read.

    Parameters
    ----------
    app : sphinx.application.Sphinx
        The build in progress.
    """
    app.connect("doctree-read", _show_as_code)
