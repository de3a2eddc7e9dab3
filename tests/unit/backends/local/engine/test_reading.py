"""What is told while a prompt is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from desktop_helper.backends.local.engine.entries import Entry, Media, count_pictures
from desktop_helper.backends.local.engine.reading import Reading
from desktop_helper.backends.local.engine.vision import NotPicture
from desktop_helper.backends.local.stop_flag import StopFlag
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress


class Memory:
    """Holds the first `kept` entries already."""

    def __init__(self, kept: int = 0) -> None:
        self.kept = kept

    def resume(self, _wanted: Sequence[Entry]) -> int:
        return self.kept

    def read_text(self, tokens: Sequence[int]) -> None:
        """Takes all."""

    def read_media(self, media: Media, on_batch: Any) -> None:
        on_batch()


class Vision:
    """Sees everything but what is in `spoilt`."""

    def __init__(self, *spoilt: Media) -> None:
        self._spoilt = spoilt

    def is_known(self, _media: Media) -> bool:
        return False

    def encode(self, media: Media, _data: bytes) -> None:
        if media in self._spoilt:
            raise NotPicture


def pieces(name: str, count: int) -> list[Media]:
    """A picture that a projector has cut."""
    return [Media(name, (560, 420), part, 100, 20) for part in range(count)]


def told(entries: Sequence[Entry], kept: int = 0) -> list[str]:
    memory: Any = Memory(kept)
    vision: Any = Vision()
    events: list[Any] = []
    Reading(memory, vision, StopFlag(), lambda _name: b"").read(entries, events.append)
    messages = [event.message for event in events if isinstance(event, Progress) and "picture" in event.message]
    return list(dict.fromkeys(messages))


ONE, OTHER = pieces("ab", 3), pieces("cd", 2)
TALK: list[Entry] = [1, ONE[0], 2, ONE[1], 2, ONE[2], 3, *OTHER, 4]


def test_a_picture_in_many_pieces_is_one() -> None:
    assert count_pictures(TALK) == 2
    assert told(TALK) == ["Reading picture 1 of 2", "Reading picture 2 of 2"]


@pytest.mark.parametrize(("kept", "total"), [(1, 2), (2, 2), (3, 2), (6, 1), (8, 1)])
def test_only_what_is_left_counts_and_so_does_one_that_was_begun(kept: int, total: int) -> None:
    assert told(TALK, kept) == [f"Reading picture {number} of {total}" for number in range(1, total + 1)]


@pytest.mark.parametrize("kept", [0, 1, 2, 4, 6, 8])
def test_the_one_that_is_broken_is_named_by_its_place_in_the_conversation(kept: int) -> None:
    memory: Any = Memory(kept)
    vision: Any = Vision(OTHER[1])
    with pytest.raises(HelperError, match="Picture 2 cannot be read"):
        Reading(memory, vision, StopFlag(), lambda _name: b"").read(TALK, lambda _: None)
