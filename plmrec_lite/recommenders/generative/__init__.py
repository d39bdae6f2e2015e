"""Recommenders that score or write what follows a prompt."""
