"""Attacks on what is recommended: profiles and texts that push an item, and defences."""
