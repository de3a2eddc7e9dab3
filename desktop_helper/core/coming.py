"""What can be shown of a file before all of it has been read."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_helper.core.messages import ImagePart


@dataclass(frozen=True, slots=True)
class Coming:
    """A picture of a file that is still being read.

    Args:
        part: the picture; a page as it will go with the question, or what a video begins with.
        number, count: which it is of those that are made, counted from 1, and how many those are.
        pages: how many the document has, of which not all may be wanted; 0 for what has none.
    """

    part: ImagePart
    number: int = 1
    count: int = 1
    pages: int = 0


def unseen(_coming: Coming) -> None:
    """For callers that look at files only when they have been read."""
