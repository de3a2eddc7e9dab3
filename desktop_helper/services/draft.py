"""A question that has not been asked yet, so that quitting, a crash or a power cut does not lose it.

draft.json    its text, which attachments it has, and which files those were made of
ab/<sha256>   their contents

`services.drafts` has one such folder for each conversation.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_helper.core.clips import fields_of, moment_of
from desktop_helper.core.errors import HelperError
from desktop_helper.core.image_parts import size_of
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.services import file_origins
from desktop_helper.services.atomic_file import write_atomically
from desktop_helper.services.file_origins import FileOrigins

Attachments = tuple[tuple[str, tuple[MediaPart, ...]], ...]
"""Name and parts of each."""

INDEX = "draft.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the text field, and what is attached to it."""

    text: str = ""
    attachments: Attachments = ()


class DraftFile:
    """Keeps one draft in a folder. All methods may take their time.

    Args:
        folder: its own.
        origins: of the attachments; those that are loaded are remembered there.
    """

    def __init__(self, folder: Path, origins: FileOrigins | None = None) -> None:
        self._folder = folder
        self._origins = origins if origins is not None else FileOrigins()

    def save(self, draft: Draft) -> None:
        """Replace the saved draft; an empty one leaves no file behind. Raises OSError or `HelperError(STORAGE)`."""
        if draft == Draft():
            self._index.unlink(missing_ok=True)
            if self._folder.is_dir():
                self._remove_all_but(set())
            return
        parts = [part for _name, group in draft.attachments for part in group]
        contents = dict(pair for part in parts for pair in _contents(part))
        if contents:
            from desktop_helper.services.blobs import BlobStore  # brings OpenSSL, which the idle app does not need

            blobs = BlobStore(self._folder)
            for digest, data in contents.items():
                blobs.put(digest, data)
        attachments = [
            {"name": name, "parts": [_described(part) for part in group]} | self._origin_of(group)
            for name, group in draft.attachments
        ]
        index = json.dumps({"text": draft.text, "attachments": attachments}).encode()
        write_atomically(self._index, index)
        self._remove_all_but(set(contents))

    def load(self) -> Draft:
        """What was saved; an empty draft if there is nothing, or nothing that can be read."""
        text, entries = self._written()
        return Draft(text, tuple(self._attachments(entries)))

    def glance(self) -> tuple[str, list[str]]:
        """Its text and the names of its attachments, without reading those."""
        text, entries = self._written()
        return text, [str(entry["name"]) for entry in entries if isinstance(entry, dict) and "name" in entry]

    @property
    def _index(self) -> Path:
        return self._folder / INDEX

    def _written(self) -> tuple[str, list[Any]]:
        try:
            found = json.loads(self._index.read_bytes())
            return str(found["text"]), list(found["attachments"])
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError) as error:
            _log.info("The draft cannot be read: %s", type(error).__name__)
        return "", []

    def _attachments(self, entries: list[dict[str, Any]]) -> Iterator[tuple[str, tuple[MediaPart, ...]]]:
        for entry in entries:
            try:
                parts = tuple(self._part(part) for part in entry["parts"])
                name = str(entry["name"])
            except (OSError, ValueError, KeyError, TypeError, HelperError) as error:
                _log.info("An attachment of the draft cannot be read: %s", type(error).__name__)
                continue
            if parts and "origin" in entry:
                self._remember_origin(parts, entry["origin"])
            yield name, parts

    def _remember_origin(self, parts: tuple[MediaPart, ...], told: dict[str, Any]) -> None:
        """One that means nothing here is no reason to lose the attachment."""
        try:
            self._origins.remember(parts, file_origins.from_written(told))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            _log.info("Where an attachment of the draft came from cannot be read: %s", type(error).__name__)

    def _origin_of(self, parts: tuple[MediaPart, ...]) -> dict[str, object]:
        origin = self._origins.sealed(parts)
        return {} if origin is None else {"origin": file_origins.written(origin)}

    def _part(self, described: dict[str, Any]) -> MediaPart:
        data = self._content(described["data"])
        if described["kind"] == "file":
            return FilePart(
                data,
                described["mime"],
                described["name"],
                self._content(described["text"]).decode("utf-8", "surrogatepass"),
            )
        width, height, tokens = (int(described[name]) for name in ("width", "height", "tokens"))
        moment = moment_of(described.get("moment"))
        full_size = size_of(described.get("full_size"))
        return ImagePart(data, described["mime"], width, height, described["name"], tokens, moment, full_size)

    def _content(self, digest: str) -> bytes:
        from desktop_helper.services.blobs import BlobStore

        content = BlobStore(self._folder).get(digest)
        if content is None:
            raise FileNotFoundError(digest)
        return content

    def _remove_all_but(self, digests: set[str]) -> None:
        for path in self._folder.glob("??/*"):
            if path.name not in digests:
                with suppress(OSError):
                    path.unlink()
                    path.parent.rmdir()


def _contents(part: MediaPart) -> list[tuple[str, bytes]]:
    if isinstance(part, ImagePart):
        return [(part.sha256, part.data)]
    return [(part.sha256, part.data), (_digest(_encoded(part.text)), _encoded(part.text))]


def _described(part: MediaPart) -> dict[str, object]:
    common: dict[str, object] = {"mime": part.mime, "name": part.name, "data": part.sha256}
    if isinstance(part, ImagePart):
        moment = {"moment": fields_of(part.moment)} if part.moment is not None else {}
        sizes = {"width": part.width, "height": part.height, "tokens": part.tokens, "full_size": part.full_size}
        return common | {"kind": "image"} | sizes | moment
    return common | {"kind": "file", "text": _digest(_encoded(part.text))}


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
