"""Vectors that travel along the edges between users and items."""
