"""Tools: what a model may ask for while it answers, and what a conversation is about for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from desktop_helper.core.availability import Availability
from desktop_helper.core.box_notation import BoxNotation, Size
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import Reference
from desktop_helper.core.image_parts import Area
from desktop_helper.core.messages import ImagePart, MediaPart


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gives back to the model: text, and pictures if it made any."""

    text: str
    media: tuple[MediaPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the model may ask for. `run` gets parsed arguments; a `HelperError` of it is told to the model."""

    name: str
    description: str
    parameters: dict[str, object]
    run: Callable[[Mapping[str, Any], CancelToken], ToolResult]


@dataclass(frozen=True, slots=True)
class Passage:
    """A page or a part in which something was found, its lines there, what the part is called, and how many it has."""

    page: int
    text: str
    name: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class PartsRead:
    """What was read of a document without pages.

    Args:
        count: parts that it has.
        parts: their numbers, names and texts.
        left: numbers of those that were wanted, too, but are too much at once.
    """

    count: int
    parts: tuple[tuple[int, str, str], ...]
    left: tuple[int, ...] = ()


class Subject(Protocol):
    """What a conversation is about, as far as tools may look at it. Calls take their time and raise `HelperError`."""

    @property
    def documents(self) -> tuple[Reference, ...]:
        """Documents of which more can be read than is attached."""
        ...

    @property
    def pictures(self) -> tuple[ImagePart, ...]:
        """Pictures of the questions, in order, without pages and frames."""
        ...

    @property
    def boxes(self) -> BoxNotation:
        """How the model names a place in a picture."""
        ...

    def read_size(self, document: Reference | None, number: int) -> Size | None:
        """Pixels of a page, or of a picture if there is no document, as the model reads it; None if it saw none."""
        ...

    def search(self, document: Reference, words: str, cancel: CancelToken) -> tuple[list[Passage], int]:
        """The pages or parts that have most to do with `words`, the best first.

        And how many scans could not be searched.
        """
        ...

    def read_parts(self, document: Reference, wanted: str, cancel: CancelToken) -> PartsRead:
        """What parts say, which are given by their numbers or by places that they hold. Fewer if it is too much."""
        ...

    def read(
        self, document: Reference, pages: Sequence[int], cancel: CancelToken, *, drawn: bool
    ) -> tuple[dict[int, str], tuple[ImagePart, ...]]:
        """What pages say, and pictures of them: of all if `drawn`, else of scans. Fewer pages if it is too much."""
        ...

    def closer(self, document: Reference | None, number: int, area: Area, cancel: CancelToken) -> ImagePart:
        """A part of a page, or of a picture if there is no document, larger. Both are counted from 1."""
        ...


@dataclass(frozen=True, slots=True)
class ToolPlug:
    """`TOOL` of a module in `desktop_helper.tools`.

    Args:
        name: of the tool.
        availability: whether it works here.
        offer: the tool for a conversation about this; None if it is of no use there.
    """

    name: str
    availability: Callable[[], Availability]
    offer: Callable[[Subject], Tool | None]
