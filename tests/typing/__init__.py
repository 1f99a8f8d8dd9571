"""What type checkers and editors see, and the command that writes it: `python -m tests.typing.faces`."""
