"""Privacy: what models give away, what protects people, and what it costs."""
