"""The sound of a recording: who is listened to, and what of it belongs to which second."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from desktop_helper.capture._control import Control
from desktop_helper.capture._sound_mix import CHANNELS, RATE, Mix
from desktop_helper.core import registry
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.protocols import SoundInput, SoundSource
from desktop_helper.core.recording import RecordingSpec

if TYPE_CHECKING:
    from desktop_helper.capture._sound_mix import Samples

MICROPHONE, SYSTEM = "microphone", "system_sound"
_MOST = 500  # pieces that wait for the encoder, 10 s: more, and something is wrong with it
Find = Callable[[str], SoundSource | None]


def _find(name: str) -> SoundSource | None:
    source: SoundSource | None = registry.load("desktop_helper.capture", name, "SOUND")
    return source


class Sound:
    """Listens to what `spec` wants. Belongs to one thread; pieces come in from others.

    Args:
        spec: what is wanted.
        control: tells what second it is, and which were paused.
        find: a source by its name.
    """

    def __init__(self, spec: RecordingSpec, control: Control, find: Find = _find) -> None:
        self._control, self._find = control, find
        self._wanted = [name for name, wanted in ((MICROPHONE, spec.microphone), (SYSTEM, spec.system_sound)) if wanted]
        self._inputs: dict[str, SoundInput] = {}
        self._refused: dict[str, str] = {}
        self._heard: set[str] = set()
        self._pieces: queue.Queue[tuple[str, float, bytes]] = queue.Queue(_MOST)
        self._mix = Mix(1)

    @property
    def is_there(self) -> bool:
        """Whether anything is listened to, so that the film has a track for it."""
        return bool(self._inputs)

    @property
    def microphone(self) -> bool:
        """Whether the microphone is on."""
        return MICROPHONE in self._inputs and not self._inputs[MICROPHONE].fault

    def open(self) -> None:
        """Listen from now on. What cannot be heard is told by `problem`: the pictures are worth having without."""
        for name in self._wanted:
            source = self._find(name)
            if source is None:
                self._refused[name] = ""
                continue
            state = source.availability()
            if not state.ok:
                self._refused[name] = sentences(state.reason, state.fix)
                continue
            try:
                self._inputs[name] = source.open(partial(self._hear, name))
            except HelperError as error:
                self._refused[name] = str(error)
        self._mix = Mix(max(1, len(self._inputs)))

    def close(self) -> None:
        """Listen no more. May be called twice."""
        for one in self._inputs.values():
            one.close()

    def due(self) -> Samples:
        """What can go into the film by now; each call goes on where the one before ended."""
        self._sort()
        return self._mix.due(_moment(self._control.seconds()))

    def rest(self, seconds: float) -> Samples:
        """All that is missing of a film which ends at `seconds`."""
        self._sort()
        return self._mix.take(_moment(seconds))

    @property
    def problem(self) -> str:
        """What of the wanted sound is missing, and why; empty if nothing is."""
        return sentences(*self._problems())

    def _problems(self) -> Iterator[str]:
        for name in self._wanted:
            if name in self._refused:
                yield sentences(_missing(name), self._refused[name])
            elif self._inputs[name].fault:
                yield sentences(_lost(name, self._inputs[name].fault))
            elif name not in self._heard:
                yield sentences(_missing(name), tr("Nothing came from it."))

    def _hear(self, name: str, end: float, samples: bytes) -> None:
        try:
            self._pieces.put_nowait((name, end, samples))
        except queue.Full:
            return  # silence stands for it

    def _sort(self) -> None:
        """Everything that has come in, to its place."""
        import numpy as np

        names = list(self._inputs)
        while True:
            try:
                name, end, data = self._pieces.get_nowait()
            except queue.Empty:
                return
            samples = np.frombuffer(data, np.float32).reshape(-1, CHANNELS)
            until = self._control.seconds_at(end)
            began = self._control.seconds_at(end - len(samples) / RATE)
            # A pause or the beginning cuts a piece short: what was heard in it is not for the film.
            lasted = _moment(until) - _moment(began)
            if 2 * lasted >= len(samples):
                self._heard.add(name)
                self._mix.lines[names.index(name)].hear(_moment(until), samples)


def _moment(seconds: float) -> int:
    return round(seconds * RATE)


def _missing(name: str) -> str:
    if name == MICROPHONE:
        return tr("The microphone was not recorded.")
    return tr("The system's sound was not recorded.")


def _lost(name: str, why: str) -> str:
    if name == MICROPHONE:
        return tr("The microphone is silent from some time on, since its connection ended: {why}.", why=why)
    return tr("The system's sound is silent from some time on, since its connection ended: {why}.", why=why)
