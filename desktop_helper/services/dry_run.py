"""`ask --dry-run`: what would be sent, as files that can be looked at."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktop_helper.core.as_sent import as_sent
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import CLIP_MIME, ChatRequest, ImagePart, MediaPart, Message, Part, TextPart
from desktop_helper.core.native_video import MIME, native_video
from desktop_helper.core.picture_limit import PictureLimit
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.quoting import quote_file
from desktop_helper.services.atomic_file import write_whole
from desktop_helper.services.storage_errors import not_written

_KEYS = ("provider", "model", "base_url", "messages", "sampling", "timeout_s")
_NEWER_KEYS = ("tools",)  # that earlier versions did not write
_MEDIA = re.compile(r"media-[0-9]+(\.[a-z]+)?")
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", CLIP_MIME: ".mp4"}


def write(folder: Path, profile: ModelProfile, request: ChatRequest) -> Path:
    """Write `request.json` and the pictures beside it; returns its path. What an earlier run wrote there goes.

    The tools are those of `request`: whoever asks must have put those in that would be offered.

    Raises `HelperError`: STORAGE if they cannot be written, USAGE if they would replace what no dry run has written.
    """
    pictures: dict[str, MediaPart] = {}
    request, _told = PictureLimit.of(profile.title, profile.quirks).within(request)
    whole = native_video(profile.quirks) is not None
    messages = [_message(message, pictures, whole=whole) for message in request.messages]
    sampling = {name: value for name, value in asdict(request.sampling).items() if value not in (None, ())}
    described: dict[str, Any] = {
        "provider": profile.provider,
        "model": profile.model,
        "base_url": profile.base_url,
        "messages": messages,
        "sampling": sampling,
        "timeout_s": request.timeout_s,
        "tools": [asdict(tool) for tool in request.tools],
    }
    target = folder / "request.json"
    files = {folder / name: part.data for name, part in pictures.items()}
    files[target] = (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()
    ours = _written_earlier(target)
    _refuse_foreign(ours, files)
    try:
        with _all_or_nothing(folder, files):
            folder.mkdir(parents=True, exist_ok=True)
            for path, data in files.items():
                write_whole(path, data)
        for path in ours - set(files):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise not_written(folder, error) from error
    return target


def _written_earlier(target: Path) -> set[Path]:
    """An earlier dry run's request, and the pictures that it names."""
    try:
        earlier = json.loads(target.read_bytes())
    except (OSError, ValueError, RecursionError):
        earlier = None
    ours = {target} if isinstance(earlier, dict) and set(earlier) - set(_NEWER_KEYS) == set(_KEYS) else set()
    if ours:
        ours |= {target.with_name(name) for name in _files_named_in(earlier)}
    return ours


def _refuse_foreign(ours: set[Path], files: Iterable[Path]) -> None:
    """What an earlier dry run has written may be replaced; nothing else."""
    for path in files:
        if path not in ours and (path.exists() or path.is_symlink()):
            raise HelperError(
                ErrorKind.USAGE,
                tr("{path} is there already, and is not written over.", path=path),
                tr("Name another folder; a new one is created."),
            )


def _files_named_in(request: Any) -> Iterator[str]:
    pending = [request["messages"]]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            pending += [value.get("content")]
            if _MEDIA.fullmatch(str(value.get("file"))):
                yield str(value["file"])


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


def _message(message: Message, pictures: dict[str, MediaPart], *, whole: bool) -> dict[str, Any]:
    texts = [part for part in message.parts if isinstance(part, TextPart)]
    described: dict[str, Any] = {
        "role": message.role.value,
        "content": [_part(part, pictures, whole=whole) for part in (*as_sent(message.media, whole=whole), *texts)],
    }
    if message.tool_calls:
        described["tool_calls"] = [asdict(call) for call in message.tool_calls]
    if message.call_id:
        described["tool_call_id"] = message.call_id
    return described


def _part(part: Part, pictures: dict[str, MediaPart], *, whole: bool) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    if not isinstance(part, ImagePart) and not (whole and part.mime == CLIP_MIME):
        return {"type": "text", "text": quote_file(part)}
    name = next((known for known, other in pictures.items() if other.sha256 == part.sha256), "")
    if not name:
        name = f"media-{len(pictures) + 1}{_SUFFIXES.get(part.mime, '')}"
        pictures[name] = part
    if not isinstance(part, ImagePart):
        return {"file": name, "mime": MIME, "bytes": len(part.data)}
    return {"file": name, "mime": part.mime, "width": part.width, "height": part.height, "tokens": part.tokens}
