"""Words and pictures of the same things: one space for both, and what each adds."""
