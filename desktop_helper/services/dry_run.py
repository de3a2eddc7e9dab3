"""`ask --dry-run`: what would be sent, as files that can be looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktop_helper.core.clips import with_times
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Part, TextPart
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.quoting import quote_file
from desktop_helper.services.atomic_file import write_whole
from desktop_helper.services.storage_errors import not_written

_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}


def write(folder: Path, profile: ModelProfile, request: ChatRequest) -> Path:
    """Write `request.json` and the pictures beside it; returns its path. Raises `HelperError(STORAGE)`."""
    pictures: dict[str, ImagePart] = {}
    messages = [_message(message, pictures) for message in request.messages]
    sampling = {name: value for name, value in asdict(request.sampling).items() if value not in (None, ())}
    described = {
        "provider": profile.provider,
        "model": profile.model,
        "base_url": profile.base_url,
        "messages": messages,
        "sampling": sampling,
        "timeout_s": request.timeout_s,
    }
    target = folder / "request.json"
    files = {folder / name: part.data for name, part in pictures.items()}
    files[target] = (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()
    try:
        with _all_or_nothing(folder, files):
            folder.mkdir(parents=True, exist_ok=True)
            for path, data in files.items():
                write_whole(path, data)
    except OSError as error:
        raise not_written(folder, error) from error
    return target


@contextmanager
def _all_or_nothing(folder: Path, files: Iterable[Path]) -> Iterator[None]:
    """Remove what is new of `folder` and `files` if they cannot all be written."""
    new_files = [path for path in files if not path.exists()]
    new_folders = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        yield
    except BaseException:
        with suppress(OSError):  # the disk may have gone altogether
            for path in new_files:
                path.unlink(missing_ok=True)
            for path in new_folders:
                path.rmdir()
        raise


def _message(message: Message, pictures: dict[str, ImagePart]) -> dict[str, Any]:
    texts = [part for part in message.parts if isinstance(part, TextPart)]
    described: dict[str, Any] = {
        "role": message.role.value,
        "content": [_part(part, pictures) for part in (*with_times(message.media), *texts)],
    }
    if message.tool_calls:
        described["tool_calls"] = [asdict(call) for call in message.tool_calls]
    if message.call_id:
        described["tool_call_id"] = message.call_id
    return described


def _part(part: Part, pictures: dict[str, ImagePart]) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    if not isinstance(part, ImagePart):
        return {"type": "text", "text": quote_file(part)}
    name = next((known for known, other in pictures.items() if other.sha256 == part.sha256), "")
    if not name:
        name = f"media-{len(pictures) + 1}{_SUFFIXES.get(part.mime, '')}"
        pictures[name] = part
    return {"file": name, "mime": part.mime, "width": part.width, "height": part.height, "tokens": part.tokens}
