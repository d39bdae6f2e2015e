"""Attacks on what models know of people, and remedies with their price."""
"""Privacy: what models give away, what protects people, and what it costs."""
