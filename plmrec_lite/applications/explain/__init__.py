"""Explanations: what a score consists of, what it depends on, and whether a reason is faithful."""
