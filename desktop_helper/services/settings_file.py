"""The settings file: TOML to typed values and back.

Reading uses the standard library only (it is on the way to the first window); tomlkit, which keeps comments, is
imported when something is saved.
"""

from __future__ import annotations

import io
import math
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import MISSING, Field, asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.atomic_file import write_atomically
from desktop_helper.services.screen_settings import (
    CaptureSettings,
    LastSecondsSettings,
    RecordingSettings,
    SpeechSettings,
    WatchSettings,
)
from desktop_helper.services.settings import (
    DEFAULT_HOTKEYS,
    FIRST_PROFILE,
    AnswerDefaults,
    General,
    HistorySettings,
    ModelFiles,
    Place,
    Privacy,
    ProfileSettings,
    Settings,
    SpendingSettings,
    WindowSettings,
)
from desktop_helper.services.settings_lines import line_of, line_of_syntax_error
from desktop_helper.services.storage_errors import storage_error

_Table = TypeVar(
    "_Table",
    General,
    WindowSettings,
    Privacy,
    AnswerDefaults,
    ModelFiles,
    HistorySettings,
    LastSecondsSettings,
    WatchSettings,
    SpendingSettings,
    CaptureSettings,
    RecordingSettings,
    SpeechSettings,
    ProfileSettings,
    Place,
)

_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str,),
    "bool": (bool,),
    "int": (int,),
    "int | None": (int,),
    "float": (float, int),
    "float | None": (float, int),
}
_ACTIVE_PROFILE = next(item for item in fields(Settings) if item.name == "active_profile")
_NAMED_BY_USER = {"profiles": ProfileSettings, "compact": Place, "full": Place}  # tables of tables
_HEADER = "# Settings of Desktop Helper. Edit as you like: comments and order are kept. Keys are never stored here.\n\n"


def read(path: Path) -> Settings:
    """The settings in `path`; the defaults if there is no such file. Raises `HelperError(CONFIG)` naming the line."""
    return parse(path, _text(path))


def read_with_warnings(path: Path) -> tuple[Settings, tuple[str, ...]]:
    """The same, and a sentence for each name in the file that nothing reads."""
    text = _text(path)
    reader = _Reader(path, text)
    settings = reader.settings()
    from desktop_helper.services import settings_names

    return settings, settings_names.warnings(path, text, reader.root)


def write(path: Path, settings: Settings) -> None:
    """Bring `settings` into the file. Raises `HelperError`, and then the file stays as it was."""
    changed = merge(path, _text(path), settings)
    try:
        write_atomically(path, changed.encode())
    except OSError as error:
        raise storage_error(path, error) from None


def parse(path: Path, text: str) -> Settings:
    """The settings in `text`; `path` is named in the error."""
    return _Reader(path, text).settings()


def merge(path: Path, text: str, settings: Settings) -> str:
    """`text` with `settings` brought into it."""
    import tomlkit

    parse(path, text)  # Refuse to change what we cannot read.
    document = tomlkit.parse(text or _HEADER)
    _merge(document, asdict(settings), asdict(Settings()) | {_ACTIVE_PROFILE.name: FIRST_PROFILE})
    changed = tomlkit.dumps(document)
    parse(path, changed)  # Refuse to write what we could not read again.
    return changed


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return io.StringIO(data.decode().removeprefix("\ufeff"), newline=None).read()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = tr("its byte {number} is not UTF-8 text", number=error.start + 1)
        raise _broken(path, line, reason) from None
    except OSError as error:
        raise storage_error(path, error) from None


def _merge(table: MutableMapping[str, Any], values: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    """Write what differs from the table or, if the table lacks it, from the defaults. Unknown keys are left alone."""
    for key, value in values.items():
        if isinstance(value, dict):
            _merge_table(table, key, value, defaults.get(key, {}))
        elif value is None:
            table.pop(key, None)
        elif key in table:
            if table[key] != value or isinstance(table[key], bool) != isinstance(value, bool):
                table[key] = value
        elif key not in defaults or value != defaults[key]:
            table[key] = value


def _merge_table(parent: MutableMapping[str, Any], key: str, values: dict[str, Any], defaults: dict[str, Any]) -> None:
    import tomlkit

    nested = key in _NAMED_BY_USER
    named = nested or key == "hotkeys"  # The names in these are the user's: one that is gone goes from the file.
    if key not in parent and values == defaults:
        return
    if key not in parent or (nested and not values):
        # A table of tables has no header of its own, so an empty one would not be written at all.
        parent[key] = tomlkit.table(is_super_table=nested and bool(values))
    elif named:
        for gone in set(parent[key]) - set(values):
            del parent[key][gone]
    _merge(parent[key], values, dict.fromkeys(values, _defaults_of(key)) if nested else defaults)


def _defaults_of(key: str) -> dict[str, Any]:
    return {item.name: item.default for item in fields(_NAMED_BY_USER[key]) if item.default is not MISSING}


class _Reader:
    """Checks every value and says where a wrong one is."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        try:
            self.root = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise _broken(path, line_of_syntax_error(str(error), text), tr("it is not valid TOML")) from None
        except (RecursionError, ValueError):  # limits of the parser's own: how deep, and digits of a number
            raise _broken(path, None, tr("it is not valid TOML")) from None

    def settings(self) -> Settings:
        defaults = Settings()
        return Settings(
            general=self._table(General, "general"),
            active_profile=self._active_profile(),
            profiles=self._profiles() if "profiles" in self.root else defaults.profiles,
            hotkeys=DEFAULT_HOTKEYS | self._hotkeys(),
            window=self._table(WindowSettings, "window"),
            privacy=self._table(Privacy, "privacy"),
            answer=self._table(AnswerDefaults, "answer"),
            models=self._table(ModelFiles, "models"),
            history=self._table(HistorySettings, "history"),
            capture=self._table(CaptureSettings, "capture"),
            recording=self._table(RecordingSettings, "recording"),
            speech=self._table(SpeechSettings, "speech"),
            last_seconds=self._table(LastSecondsSettings, "last_seconds"),
            watch=self._table(WatchSettings, "watch"),
            spending=self._table(SpendingSettings, "spending"),
        )

    def _active_profile(self) -> str:
        """Earlier versions did not write down that the first one was chosen, whose key may be in the keyring."""
        if self._text and _ACTIVE_PROFILE.name not in self.root:
            return FIRST_PROFILE
        return str(self._value(_ACTIVE_PROFILE, self.root, ()))

    def _profiles(self) -> dict[str, ProfileSettings]:
        names = self._mapping(self.root, ("profiles",))
        return {name: self._table(ProfileSettings, "profiles", name) for name in names}

    def _hotkeys(self) -> dict[str, str]:
        table = self._mapping(self.root, ("hotkeys",))
        for name, chord in table.items():
            if not isinstance(chord, str):
                raise self._wrong(("hotkeys", name), tr("a text"))
        return dict(table)

    def _table(self, kind: type[_Table], *keys: str) -> _Table:
        table: Mapping[str, Any] = self.root
        for depth, _ in enumerate(keys):
            table = self._mapping(table, keys[: depth + 1])
        return kind(**{item.name: self._value(item, table, keys) for item in fields(kind)})

    def _places(self, table: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Place]:
        return {name: self._table(Place, *keys, name) for name in self._mapping(table, keys)}

    def _mapping(self, parent: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
        table = parent.get(keys[-1], {})
        if not isinstance(table, dict):
            raise self._wrong(keys, tr("a table"))
        return table

    def _value(self, item: Field[Any], table: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
        if str(item.type) == "dict[str, Place]":
            return self._places(table, (*keys, item.name))
        if item.name not in table:
            if item.default is MISSING:
                raise self._broken(keys, tr("{key} is missing", key=".".join((*keys, item.name))))
            return item.default
        value = table[item.name]
        types = _TYPES[str(item.type)]
        odd = isinstance(value, float) and not math.isfinite(value)  # TOML knows `nan` and `inf`, and JSON does not
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types) or odd:
            raise self._wrong((*keys, item.name), _type_name(types))
        choices = item.metadata.get("choices")
        if choices and value not in choices:
            raise self._wrong((*keys, item.name), tr("one of {choices}", choices=", ".join(choices)))
        low, high = item.metadata.get("range", (value, value))
        if not low <= value <= high:
            raise self._wrong((*keys, item.name), tr("between {low} and {high}", low=low, high=high))
        return value

    def _wrong(self, keys: tuple[str, ...], expected: str) -> HelperError:
        return self._broken(keys, tr("{key} must be {expected}", key=".".join(keys), expected=expected))

    def _broken(self, keys: tuple[str, ...], reason: str) -> HelperError:
        return _broken(self._path, line_of(self._text, keys), reason)


def _type_name(types: tuple[type, ...]) -> str:
    if str in types:
        return tr("a text")
    if bool in types:
        return tr("true or false")
    return tr("a number") if float in types else tr("a whole number")


def _broken(path: Path, line: int | None, reason: str) -> HelperError:
    if line is None:
        what = tr("The settings file {path} cannot be read: {reason}.", path=path, reason=reason)
        return HelperError(ErrorKind.CONFIG, what, tr("Mend it, or rename it to start with the defaults."))
    what = tr("The settings file {path} cannot be read, line {line}: {reason}.", path=path, line=line, reason=reason)
    return HelperError(ErrorKind.CONFIG, what, tr("Mend that line, or rename the file to start with the defaults."))
