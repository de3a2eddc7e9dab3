"""Notes about attachments: those that only say how a file goes, and those that say that something of it is missing.

A note that is not marked as one of the first kind is of the second: what is missing must not look harmless.
"""

from __future__ import annotations

import json

from desktop_helper.core.messages import CLIP_MIME, NOTE_MIME, FilePart, Part

MARK = {"fact": True}
_MARKED = json.dumps(MARK).encode()


def note(title: str, text: str, *, fact: bool = False) -> FilePart:
    """A note for the user and the model. `fact`: nothing is missing that anybody expects to be there."""
    return FilePart(_MARKED if fact else text.encode(errors="replace"), NOTE_MIME, title, text)


def is_marked(part: Part) -> bool:
    """Whether it is a note that only says how a file goes. That of a video that goes as a whole is one."""
    if not isinstance(part, FilePart) or part.mime != NOTE_MIME or not part.data.startswith(b"{"):
        return isinstance(part, FilePart) and part.mime == CLIP_MIME
    try:
        return json.loads(part.data).get("fact") is True
    except (ValueError, RecursionError, AttributeError):
        return False
