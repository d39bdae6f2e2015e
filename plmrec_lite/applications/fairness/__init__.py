"""Remedies for unequal lists, and a world of simulated clicks to try them in."""
