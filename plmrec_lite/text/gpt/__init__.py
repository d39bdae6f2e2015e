"""A pre-trained GPT: loading, scoring what could follow a prompt, and writing."""
