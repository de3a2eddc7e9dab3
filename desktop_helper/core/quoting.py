"""Other people's words in a question: a file's text, the same for every backend, and lines of an answer."""

from __future__ import annotations

import re

from desktop_helper.core.messages import FilePart, is_note


def quote_file(part: FilePart) -> str:
    """The text of `part` in a code fence under its name, so that the model sees where the file begins and ends.

    The fence is longer than any in the text, and the name is one line: neither can pretend to be the user's words.
    """
    if is_note(part):
        return f"({part.text})\n\n"
    longest = max((len(run) for run in re.findall(r"`{3,}", part.text)), default=2)
    fence = "`" * (longest + 1)
    name = re.sub(r"\s+", " ", part.name)
    return f"File: {name}\n{fence}\n{part.text.rstrip()}\n{fence}\n\n"


def quoted(text: str) -> str:
    """`text` as a quotation in Markdown, for a question about it."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip("\n").splitlines())
