"""Attacks on what models know of people, and remedies with their price."""
