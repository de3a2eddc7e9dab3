"""Reads what `services.export.json` writes. The file may come from anybody: every value is looked at."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

from desktop_helper.core.clips import moment_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, UsageReported
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import FilePart, Message, Moment, Part, Role, TextPart, ToolCall
from desktop_helper.services.export.json import NAME, VERSION
from desktop_helper.services.history_records import (
    STATUS_COMPLETE,
    STATUS_FAILED,
    STATUS_INTERRUPTED,
    STATUS_OPEN,
    ImportedConversation,
    StoredMessage,
)
from desktop_helper.services.history_rows import storable
from desktop_helper.services.importing.media import MediaReader, from_base64

MAX_FILE = 512 * 1024 * 1024
MAX_MESSAGES = 100_000
MAX_VALUES = 5_000_000  # each takes 50 bytes of memory or more, however few it takes in the file
_CURRENCY = re.compile("[A-Z]{3}")
_STATUSES = {STATUS_COMPLETE, STATUS_FAILED, *map(str, FinishReason)}


class _BrokenError(Exception):
    """Says in the user's language what is wrong; becomes the reason in the sentence about the file."""


def read(path: Path, media: MediaReader) -> ImportedConversation:
    """The conversation in `path`. Raises `HelperError(SOURCE)`, or CANCELLED from `media`."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise _BrokenError(tr("it is larger than {limit} MB", limit=MAX_FILE // 1024**2))
        return _conversation(_parsed(path.read_bytes()), media)
    except OSError as error:
        raise unreadable(path, error.strerror or type(error).__name__) from None
    except (_BrokenError, MemoryError) as error:
        raise unreadable(path, str(error) or tr("there is not enough memory")) from None


def unreadable(path: Path, why: str) -> HelperError:
    """What is said of a file that cannot be imported."""
    return HelperError(
        ErrorKind.SOURCE,
        tr("{path} cannot be imported: {why}.", path=path, why=why),
        tr("Choose a conversation that was exported as JSON, or a vlm_helper.db."),
    )


def _parsed(data: bytes) -> dict[str, Any]:
    if sum(map(data.count, (b"[", b"{", b","))) > MAX_VALUES:
        raise _BrokenError(tr("it holds too many values"))
    try:
        found = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _BrokenError(tr("it is not valid JSON")) from None
    if not isinstance(found, dict) or found.get("format") != NAME:
        raise _BrokenError(tr("it is not a conversation of Desktop Helper"))
    if found.get("version") != VERSION:
        raise _BrokenError(tr("it was written by a newer version of Desktop Helper"))
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _conversation(data: Mapping[str, Any], media: MediaReader) -> ImportedConversation:
    messages = _list(data, "messages")
    if not 0 < len(messages) <= MAX_MESSAGES:
        raise _BrokenError(tr("it has no messages, or too many"))
    store = _typed(data, "media", dict, {})
    created = _time(data, "created")
    return ImportedConversation(
        title=_text(data, "title"),
        created=created,
        updated=_time(data, "updated", created),
        pinned=_typed(data, "pinned", bool, False),
        messages=tuple(_message(_object(one), store, media) for one in messages),
    )


def _message(data: Mapping[str, Any], store: Mapping[str, Any], media: MediaReader) -> StoredMessage:
    try:
        role = Role(_text(data, "role"))
    except ValueError:
        raise _BrokenError(tr("a message has no role")) from None
    status = _text(data, "status")
    message = Message(
        role,
        tuple(_part(_object(one), store, media) for one in _list(data, "parts")),
        _text(data, "thinking"),
        tuple(_call(_object(one)) for one in _list(data, "tool_calls")),
        _text(data, "call_id"),
    )
    return StoredMessage(
        id=0,
        message=message,
        status=STATUS_INTERRUPTED if status == STATUS_OPEN else status if status in _STATUSES else STATUS_COMPLETE,
        error=_text(data, "error"),
        model=_text(data, "model"),
        usage=_usage(data.get("usage")),
        created=_time(data, "created"),
        parent_id=None,
        thinking_s=_number(data.get("thinking_s")),
        notices=tuple(storable(one) for one in _list(data, "notices") if isinstance(one, str)),
    )


def _part(data: Mapping[str, Any], store: Mapping[str, Any], media: MediaReader) -> Part:
    kind, name = _text(data, "type"), _text(data, "name")
    if kind == "text":
        return TextPart(_text(data, "text"))
    key = _text(data, "media")
    found = from_base64(store.get(key))
    if found is not None and sha256(found).hexdigest() != key:
        found = None
    if kind == "image":
        return media.picture(found, name, _moment(data))
    if kind != "file":
        raise _BrokenError(tr("a message has a part of an unknown kind"))
    if found is None:
        return media.missing(name)
    text = found.decode("utf-8", "replace") if data.get("text") is None else _text(data, "text")
    return FilePart(found, _text(data, "mime"), name, text)


def _moment(data: Mapping[str, Any]) -> Moment | None:
    try:
        moment = moment_of(data.get("moment"))
    except (ValueError, TypeError, KeyError):
        raise _BrokenError(tr("“{key}” is not what it should be", key="moment")) from None
    return None if moment is None else replace(moment, clip=storable(moment.clip))


def _call(data: Mapping[str, Any]) -> ToolCall:
    return ToolCall(_text(data, "call_id"), _text(data, "name"), _text(data, "arguments"))


def _number(value: object) -> float | None:
    """A number that is one; JSON may hold some that no `float` does."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _usage(data: object) -> UsageReported | None:
    if not isinstance(data, dict):
        return None
    kept: dict[str, Any] = {}
    for item in fields(UsageReported):
        value = _number(data.get(item.name))
        if value is not None:
            kept[item.name] = int(value) if "int" in str(item.type) else value
    currency = data.get("currency")
    if isinstance(currency, str) and _CURRENCY.fullmatch(currency):
        kept["currency"] = currency
    return UsageReported(**kept)


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _BrokenError(tr("something in it is not what it should be"))
    return value


def _typed(data: Mapping[str, Any], key: str, kind: type, default: Any) -> Any:
    value = data.get(key, default)
    if value is not default and not isinstance(value, kind):
        raise _BrokenError(tr("“{key}” is not what it should be", key=key))
    return value


def _text(data: Mapping[str, Any], key: str) -> str:
    return storable(_typed(data, key, str, ""))


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    return list(_typed(data, key, list, []))


def _time(data: Mapping[str, Any], key: str, default: datetime | None = None) -> datetime:
    try:
        found = datetime.fromisoformat(_text(data, key))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        if default is not None:
            return default
        raise _BrokenError(tr("“{key}” is not a time", key=key)) from None
