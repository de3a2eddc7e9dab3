"""Writing to terminals and pipes: what comes from a model or a file must not control the terminal."""

from __future__ import annotations

import sys
from typing import TextIO

from desktop_helper.core.errors import HelperError

DIM, PLAIN, CLEAR_LINE = "\x1b[2m", "\x1b[0m", "\r\x1b[K"

# C0 and C1 controls except tab and line feed, and the marks that reverse the reading direction of file names.
_HARMFUL = [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_VISIBLE = {code: "\N{REPLACEMENT CHARACTER}" for code in _HARMFUL if chr(code) not in "\t\n"} | {0x0D: ""}


def harmless(text: str) -> str:
    """`text` with control characters replaced, so that it cannot move the cursor or change the window's title."""
    return text.translate(_VISIBLE)


def one_line(text: str) -> str:
    """`text` as one harmless line."""
    return harmless(" ".join(text.split()))


def prepare() -> None:
    """Let every character be printed, if need be as an escape; a console's code page must not end an answer."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def tell_error(error: HelperError) -> None:
    """One line on standard error. It may quote a file or a server."""
    print(one_line(f"desktop-helper: {error.for_command_line}"), file=sys.stderr, flush=True)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person looks at `stream`."""
    return stream.isatty()
