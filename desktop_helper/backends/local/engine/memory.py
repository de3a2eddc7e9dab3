"""What the model has read: the entries in its KV memory, and how much of a new prompt it knows already."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop_helper.backends.local.engine.entries import (
    Entry,
    Media,
    common_prefix,
    count_positions,
    count_tokens,
)
from desktop_helper.backends.local.engine.model import Model
from desktop_helper.backends.local.engine.states import SavedStates
from desktop_helper.backends.local.engine.vision import Vision

_WORTH_SAVING = 256  # tokens; less is read again sooner than it is copied


class Memory:
    """The KV memory of `model`, always equal to `entries`.

    Whatever interrupts an evaluation, what it left half done is taken out again.
    """

    def __init__(self, model: Model, vision: Vision | None, states: SavedStates) -> None:
        self._model = model
        self._vision = vision
        self._states = states
        self._entries: list[Entry] = []
        self._position = 0

    @property
    def entries(self) -> Sequence[Entry]:
        """What is in the memory, in order."""
        return self._entries

    def resume(self, wanted: Sequence[Entry]) -> int:
        """Keep what `wanted` begins with and forget the rest. Returns how many entries are kept.

        The last entry is never kept: the model says what follows only after it has read something. What another
        conversation would lose is saved first; if an older saved state begins more like `wanted`, it takes the place.
        """
        wanted = wanted[:-1]
        kept = common_prefix(self._entries, wanted)
        saved = self._states.take(wanted, more_than=count_tokens(wanted[:kept]) + _WORTH_SAVING)
        if saved is not None or self._loses_another_conversation(kept):
            self.save()
        if saved is not None:
            self._entries = list(saved.entries) if self._states.restore(saved, self._model) else []
            kept = common_prefix(self._entries, wanted)
        return self._cut(kept)

    def save(self) -> None:
        """Keep a copy of the memory, so that this conversation can be resumed."""
        if count_tokens(self._entries) >= _WORTH_SAVING:
            self._states.save(self._entries, self._model)

    def read_text(self, tokens: Sequence[int]) -> None:
        """Evaluate up to a batch of tokens. Raises `Stopped` or `DecodeError`."""
        try:
            self._model.decode(tokens, self._position)
        except BaseException:
            self._repair()
            raise
        self._entries.extend(tokens)
        self._position += len(tokens)

    def read_media(self, media: Media, on_batch: Callable[[], bool]) -> None:
        """Put a picture into the memory that the projector has seen. Raises `NotRead`."""
        if self._vision is None:
            raise ValueError("media without a projector")
        try:
            self._vision.decode(media, self._position, on_batch)
        except BaseException:
            self._repair()
            raise
        self._entries.append(media)
        self._position += media.positions

    def _loses_another_conversation(self, kept: int) -> bool:
        """A follow-up question loses only the last answer; another conversation loses pictures or most of the text."""
        lost = self._entries[kept:]
        return any(isinstance(entry, Media) for entry in lost) or kept < len(self._entries) // 2

    def _cut(self, kept: int) -> int:
        position = count_positions(self._entries[:kept])
        if kept == len(self._entries):
            pass
        elif not self._model.forget_from(position):  # a recurrent model's memory is all or nothing
            self._model.forget_from(0)
            kept = position = 0
        del self._entries[kept:]
        self._position = position
        return kept

    def _repair(self) -> None:
        if not self._model.forget_from(self._position):
            self._model.forget_from(0)
            self._entries.clear()
            self._position = 0
