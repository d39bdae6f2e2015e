"""The library's own code as a page shows it: the very lines that run, without the docstring."""

from __future__ import annotations

import ast
import inspect
import textwrap


def code_of(*functions):
    """Return the source of functions or classes without their docstrings.

    Parameters
    ----------
    *functions : callable

    Returns
    -------
    str; comments stay; two empty lines stand between two functions

    Examples
    --------
    >>> from plmrec_lite.nn.softmax import log_sigmoid
    >>> print(code_of(log_sigmoid))
    def log_sigmoid(logits):
        return -torch.logaddexp(-logits, torch.zeros_like(logits))
    """
    return "\n\n\n".join(_without_docstrings(function) for function in functions)


def code_lines(*functions):
    """Count the lines of code of functions, without comments and docstrings.

    Parameters
    ----------
    *functions : callable

    Returns
    -------
    int; lines, as ``ast.unparse`` lays them out
    """
    laid_out = (ast.unparse(ast.parse(_without_docstrings(function))) for function in functions)
    return sum(bool(line.strip()) for code in laid_out for line in code.splitlines())


def _without_docstrings(function):
    """The source of one function or class, and of what is inside, without any docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            first, *rest = node.body
            end = first.end_lineno
            if not rest:  # the docstring was all there was
                lines[first.lineno - 1] = " " * first.col_offset + "..."
                first.lineno += 1
            while rest and end < rest[0].lineno - 1 and not lines[end].strip():
                end += 1
            lines[first.lineno - 1 : end] = [None] * (end - first.lineno + 1)
    return "\n".join(line for line in lines if line is not None)
