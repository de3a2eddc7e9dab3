"""What one file of the corpus promises, and how it is compared with the parts that a handler makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec

from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import sample_files

Colour = tuple[int, int, int]
Spot = tuple[float, float, Colour]
"""Where in a picture, in shares of its width and height, and what is seen there."""


@dataclass(frozen=True)
class Entry:
    """One file.

    Args:
        name: what it is called.
        producer: the program or library that wrote it.
        make: its bytes.
        words: must be sent as text, in this order.
        notes: must be told to the user and the model.
        absent: must not be sent as text.
        pictures: how many are sent.
        size: of the first one.
        spots: colours in the first picture; those in `later` are in others, by their number (-1 is the last).
        within: how far a colour may be off: much for what is compressed with loss.
        options: what the user asked for.
        needs: modules without which it cannot be made or read.
    """

    name: str
    producer: str
    make: Callable[[], bytes]
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    pictures: int | None = None
    size: tuple[int, int] | None = None
    spots: tuple[Spot, ...] = ()
    later: tuple[tuple[int, tuple[Spot, ...]], ...] = ()
    within: int = 12
    options: ConvertOptions = field(default_factory=ConvertOptions)
    needs: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """For the list of tests."""
        return f"{self.name} by {self.producer}"

    @property
    def lacks(self) -> str:
        """What it needs and is not here."""
        return ", ".join(module for module in self.needs if find_spec(module) is None)


def differences(entry: Entry, parts: tuple[MediaPart, ...]) -> list[str]:
    """What of the promise is not in `parts`; nothing if all is."""
    said = "\n".join(part.text for part in parts if isinstance(part, FilePart) and part.mime != NOTE_MIME)
    told = "\n".join(part.text for part in parts if isinstance(part, FilePart) and part.mime == NOTE_MIME)
    pictures = [part for part in parts if isinstance(part, ImagePart)]
    found = [
        *_missing(entry.words, said),
        *(f"no note {note!r} in {told!r}" for note in entry.notes if note not in told),
    ]
    found += [f"{word!r} is sent" for word in entry.absent if word in said]
    if entry.pictures is not None and len(pictures) != entry.pictures:
        found.append(f"{len(pictures)} pictures, not {entry.pictures}")
    if entry.size is not None and [(one.width, one.height) for one in pictures[:1]] != [entry.size]:
        found.append(f"{[(one.width, one.height) for one in pictures[:1]]}, not {entry.size}")
    for number, spots in ((0, entry.spots), *entry.later):
        found += _off(pictures, number, spots, entry.within)
    return found


def _missing(words: tuple[str, ...], said: str) -> list[str]:
    place = 0
    for word in words:
        at = said.find(word, place)
        if at < 0:
            where = "is too early" if word in said else "is missing"
            return [f"{word!r} {where} in {said[:3000]!r}"]
        place = at + len(word)
    return []


def _off(pictures: list[ImagePart], number: int, spots: tuple[Spot, ...], within: int) -> list[str]:
    if not spots:
        return []
    if not -len(pictures) <= number < len(pictures):
        return [f"there is no picture {number}"]
    image = sample_files.decoded(pictures[number].data).convert("RGB")
    found = []
    for x, y, wanted in spots:
        seen = image.getpixel(
            (min(image.width - 1, int(x * image.width)), min(image.height - 1, int(y * image.height)))
        )
        assert isinstance(seen, tuple)
        if any(abs(one - other) > within for one, other in zip(seen, wanted, strict=True)):
            found.append(f"picture {number}: {seen}, not {wanted} at {x}, {y}")
    return found
