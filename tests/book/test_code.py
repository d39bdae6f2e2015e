"""Code on a page is the library's own, without docstrings."""

from plmrec_lite.book.code import code_lines, code_of


def plain(x):
    """Add one.

    More words, and a "quoted" one.
    """

    # a comment stays
    return x + 1  # and this one


class Shape:
    r"""A raw docstring with \alpha."""

    def area(self):
        """Of the shape."""
        return 2

    def nothing(self):
        """Only words."""


def test_docstrings_go_and_comments_stay():
    assert code_of(plain) == (
        "def plain(x):\n    # a comment stays\n    return x + 1  # and this one"
    )


def test_a_class_loses_those_of_its_methods_too():
    assert code_of(Shape) == (
        "class Shape:\n    def area(self):\n        return 2\n\n    def nothing(self):\n        ..."
    )


def test_several_stand_apart():
    assert code_of(plain, plain) == f"{code_of(plain)}\n\n\n{code_of(plain)}"


def test_lines_are_counted_without_words():
    assert code_lines(plain) == 2
    assert code_lines(plain, Shape) == 7  # a function of two, a class of five
