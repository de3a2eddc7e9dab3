"""The documents of an exported conversation: where each part stands on the page, and which words lead there."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_helper.core.document_places import Outline, has_outline, outline_of
from desktop_helper.core.library import Library
from desktop_helper.core.messages import FilePart, MediaPart


class Shelf:
    """Grows message by message, as the conversation did."""

    def __init__(self) -> None:
        self._library = Library()
        self._anchors: dict[int, str] = {}
        self._kept: list[MediaPart] = []  # an `id` is one as long as its owner lives

    def add(self, media: tuple[MediaPart, ...]) -> None:
        """What went with a message."""
        self._library.add(media, _outlines(media))
        self._put(media)

    def bring(self, media: tuple[MediaPart, ...]) -> None:
        """What a tool brought."""
        self._library.bring(media, _outlines(media))
        self._put(media)

    def anchor(self, part: MediaPart) -> str:
        """Its name on the page."""
        return self._anchors.get(id(part), "")

    def places(self, text: str) -> Iterator[tuple[int, int, str]]:
        """The words that speak of a place, and the address on the page where that is."""
        for mention, spot in self._library.links(text):
            anchor = self.anchor(spot.part)
            if anchor:
                yield mention.start, mention.end, f"#{anchor}"

    def _put(self, media: tuple[MediaPart, ...]) -> None:
        for part in media:
            self._kept.append(part)
            self._anchors[id(part)] = f"part-{len(self._kept)}"


def _outlines(media: tuple[MediaPart, ...]) -> dict[str, Outline]:
    return {part.sha256: outline_of(part) for part in media if isinstance(part, FilePart) and has_outline(part)}
