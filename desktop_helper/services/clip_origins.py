"""Which files the videos of recent questions came from, so that another part of them can be chosen later.

What is attached are frames, and those are what drafts and the history keep. This is a note beside them, on this machine
only: `clips.json` in the data folder, of the last `MOST` videos. What is deleted for good is forgotten here, too.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_helper.core.clip_span import Cut, span_of
from desktop_helper.core.clips import fields_of
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.services.atomic_file import write_atomically

MOST = 50

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a video is, and what of it was attached."""

    path: Path
    cut: Cut


class ClipOrigins:
    """Any thread. Reads and writes the disk; what fails is only logged: the frames are there all the same.

    In memory is only what cannot be written: a command that deletes conversations would not reach it there.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._unwritten: dict[str, Origin] = {}

    def remember(self, parts: Sequence[MediaPart], origin: Origin) -> None:
        """The newest one comes last; the oldest one goes."""
        with self._lock:
            known, key = self._loaded(), key_of(parts)
            known.pop(key, None)
            known[key] = origin
            for old in {*list(known)[:-MOST], *_gone(known)}:
                del known[old]
            self._write(known)

    def forget_gone(self) -> None:
        """Of files that are gone not even the name is kept; those of a disk that is not there now are gone, too."""
        with self._lock:
            known = self._loaded()
            self._forget(known, _gone(known))

    def forget(self, clips: Sequence[Sequence[MediaPart]]) -> None:
        """The last messages with these videos are gone for good."""
        if clips:
            with self._lock:
                self._forget(self._loaded(), [key_of(parts) for parts in clips])

    def find(self, parts: Sequence[MediaPart]) -> Origin | None:
        """Where they came from, if that is known and the file is still there."""
        with self._lock:
            origin = self._loaded().get(key_of(parts))
        return origin if origin is not None and origin.path.is_file() else None

    def _forget(self, known: dict[str, Origin], keys: Sequence[str]) -> None:
        kept = {key: origin for key, origin in known.items() if key not in keys}
        if len(kept) < len(known):
            self._write(kept)

    def _write(self, known: dict[str, Origin]) -> None:
        try:
            write_atomically(self._file, json.dumps({key: _written(one) for key, one in known.items()}).encode())
            self._unwritten = {}
        except (OSError, ValueError) as error:  # ValueError: a path that is no text
            _log.info("Where a video came from is not remembered: %s", type(error).__name__)
            self._unwritten = known

    def _loaded(self) -> dict[str, Origin]:
        if self._unwritten:
            return dict(self._unwritten)
        try:
            found = json.loads(self._file.read_bytes())
            return {str(key): _origin(one) for key, one in found.items()}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            _log.info("Where videos came from cannot be read: %s", type(error).__name__)
        return {}


def _gone(known: dict[str, Origin]) -> list[str]:
    return [key for key, origin in known.items() if not origin.path.is_file()]


def key_of(parts: Sequence[MediaPart]) -> str:
    """The same for the same frames, whatever has kept them meanwhile; without reading their bytes, or the note."""
    import hashlib  # brings OpenSSL, which the idle app does not need

    frames = (part for part in parts if isinstance(part, ImagePart))
    told = [(part.name, part.width, part.height, part.moment and fields_of(part.moment)) for part in frames]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _written(origin: Origin) -> dict[str, Any]:
    cut = origin.cut
    ends = {"start": cut.span.start, "end": cut.span.end}
    budget = {"most_frames": cut.most_frames, "most_tokens": cut.most_tokens, "evenly": cut.evenly}
    return {"path": str(origin.path), **ends, **budget}


def _origin(written: dict[str, Any]) -> Origin:
    tokens = written["most_tokens"]
    cut = Cut(
        span_of(written["start"], written["end"]),
        int(written["most_frames"]),
        None if tokens is None else max(1, int(tokens)),
        bool(written["evenly"]),
    )
    return Origin(Path(str(written["path"])), cut)
