"""Smaller language models: fewer layers, heads and weights, students, and what they lose."""
