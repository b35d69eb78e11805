"""Where the bench is, for those who wait."""

import sys


def progress(text: str) -> None:
    """One line that is written over on a terminal; elsewhere a line each."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)
