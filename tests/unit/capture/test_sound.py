"""The sound of a recording from scripted sources: what is heard in which second, and what is told of what is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from desktop_helper.capture._control import Control
from desktop_helper.capture._sound import Sound
from desktop_helper.capture._sound_mix import RATE
from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Hear, SoundInput, SoundSource
from desktop_helper.core.recording import Ending, RecordingSpec

PIECE_S = 0.02


class Clock:
    """Goes on when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Says what the test wants."""

    def __init__(self, name: str, state: Availability = AVAILABLE, refusal: HelperError | None = None) -> None:
        self.plug = SoundSource(name, lambda: state, self._open)
        self.fault, self.closed, self._refusal = "", 0, refusal

    def _open(self, hear: Hear) -> SoundInput:
        if self._refusal is not None:
            raise self._refusal
        self._hear = hear
        return self

    def say(self, end: float, level: float, seconds: float = PIECE_S) -> None:
        self._hear(end, np.full((round(seconds * RATE), 2), level, np.float32).tobytes())

    def close(self) -> None:
        self.closed += 1


class Rig:
    """A recording by a clock of the test's own."""

    def __init__(self, *sources: Source) -> None:
        self.clock = Clock()
        self.control = Control(self.clock)
        plugs = {source.plug.name: source.plug for source in sources}
        spec = RecordingSpec(Rect(0, 0, 9, 9), Path("a"), Path("b"), microphone=True, system_sound=True)
        self.sound = Sound(spec, self.control, plugs.get)
        self.sound.open()


def pieces(rig: Rig, seconds: float, **levels: tuple[Source, float]) -> None:
    """Let time go by in pieces."""
    for _ in range(round(seconds / PIECE_S)):
        rig.clock.now += PIECE_S
        for source, level in levels.values():
            source.say(rig.clock.now, level)


def test_a_pause_is_not_heard_and_leaves_no_gap() -> None:
    microphone, system = Source("microphone"), Source("system_sound")
    rig = Rig(microphone, system)
    both = {"a": (microphone, 0.5), "b": (system, 0.25)}
    pieces(rig, 1.0, a=(microphone, 0.9))  # before it begins
    rig.control.begin()
    pieces(rig, 1.0, **both)
    rig.control.pause()
    pieces(rig, 2.0, a=(microphone, 0.9))
    rig.control.resume()
    pieces(rig, 1.0, **both)
    rig.control.stop(Ending.STOPPED)
    pieces(rig, 1.0, a=(microphone, 0.9))
    heard = rig.sound.rest(2.0)[:, 0]
    assert len(heard) == 2 * RATE
    assert np.unique(heard).tolist() == [0.75]
    assert rig.sound.problem == ""
    rig.sound.close()
    assert (microphone.closed, system.closed) == (1, 1)


def test_it_comes_in_parts_that_join() -> None:
    microphone, system = Source("microphone"), Source("system_sound")
    rig = Rig(microphone, system)
    rig.control.begin()
    parts = []
    for level in (0.125, 0.25, 0.375):
        pieces(rig, 1.0, a=(microphone, level), b=(system, 0.0))
        parts.append(rig.sound.due())
    heard = np.concatenate(parts)[:, 0]
    assert len(heard) == pytest.approx(3 * RATE, abs=PIECE_S * RATE)
    for second, level in enumerate((0.125, 0.25, 0.375)):
        assert (heard[second * RATE + 100 : (second + 1) * RATE - 1000] == level).all()


def test_what_is_missing_is_told() -> None:
    absent = Source("microphone", Availability(False, "There is no microphone.", "Connect one."))
    broken = Source("system_sound", refusal=HelperError(ErrorKind.CAPTURE, "It does not answer.", "Try again."))
    rig = Rig(absent, broken)
    assert not rig.sound.is_there
    assert rig.sound.problem == (
        "The microphone was not recorded. There is no microphone. Connect one. "
        "The system's sound was not recorded. It does not answer. Try again."
    )


def test_one_of_two_is_recorded_and_the_other_told() -> None:
    system = Source("system_sound")
    rig = Rig(Source("microphone", Availability(False, "There is no microphone.", "")), system)
    rig.control.begin()
    pieces(rig, 1.0, a=(system, 0.5))
    assert (rig.sound.rest(1.0) == 0.5).all()
    assert rig.sound.problem == "The microphone was not recorded. There is no microphone."
    assert not rig.sound.microphone


def test_who_says_nothing_is_told() -> None:
    microphone, system = Source("microphone"), Source("system_sound")
    rig = Rig(microphone, system)
    assert rig.sound.microphone
    rig.control.begin()
    pieces(rig, 1.0, a=(microphone, 0.5))
    assert (rig.sound.rest(1.0) == 0.5).all(), "nobody waits for the other one for ever"
    assert rig.sound.problem == "The system's sound was not recorded. Nothing came from it."
    microphone.fault = "it was disconnected"
    assert not rig.sound.microphone
    assert "The microphone is silent from some time on" in rig.sound.problem


def test_nobody_listens_who_is_not_asked_to() -> None:
    def find(name: str) -> SoundSource:
        raise AssertionError(name)

    sound = Sound(RecordingSpec(Rect(0, 0, 9, 9), Path("a"), Path("b")), Control(), find)
    sound.open()
    assert (sound.is_there, sound.problem, sound.microphone) == (False, "", False)
    sound.close()
