"""Names in the settings file that nothing reads, most of them misspelt.

They are no error: a later version may know them, and they stay in the file. But whoever wrote one must not wonder why
it does nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from desktop_helper.core.i18n import tr
from desktop_helper.services.screen_settings import (
    CaptureSettings,
    LastSecondsSettings,
    RecordingSettings,
    SpeechSettings,
    WatchSettings,
)
from desktop_helper.services.settings import (
    DEFAULT_HOTKEYS,
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
from desktop_helper.services.settings_lines import line_of

Keys = tuple[str, ...]
Known = Mapping[Keys, tuple[str, ...]]
ANY = "*"  # in the place of a name that is the user's


def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


KNOWN: Known = {
    (): _names(Settings),
    ("general",): _names(General),
    ("profiles", ANY): _names(ProfileSettings),
    ("hotkeys",): tuple(DEFAULT_HOTKEYS),
    ("window",): _names(WindowSettings),
    ("window", "compact", ANY): _names(Place),
    ("window", "full", ANY): _names(Place),
    ("privacy",): _names(Privacy),
    ("answer",): _names(AnswerDefaults),
    ("capture",): _names(CaptureSettings),
    ("models",): _names(ModelFiles),
    ("history",): _names(HistorySettings),
    ("recording",): _names(RecordingSettings),
    ("speech",): _names(SpeechSettings),
    ("last_seconds",): _names(LastSecondsSettings),
    ("watch",): _names(WatchSettings),
    ("spending",): _names(SpendingSettings),
}
"""What each table may hold."""


def warnings(
    path: Path,
    text: str,
    root: Mapping[str, Any],
    known: Known = KNOWN,
    written: Callable[[Keys], Keys] = lambda keys: keys,
) -> tuple[str, ...]:
    """One sentence for each name in `root`, which was read from the `text` of the file `path`, that nothing reads.

    `written` tells, of a way through `root`, the way through the file.
    """
    return tuple(_warning(path, line_of(text, written(keys)), keys, known) for keys in _unknown(root, (), (), known))


def _unknown(table: Mapping[str, Any], keys: Keys, place: Keys, known: Known) -> Iterator[Keys]:
    """`keys` leads to `table`; `place` is the same with `ANY` for what the user named."""
    names = known.get(place)
    for name, value in table.items():
        if names is not None and name not in names:
            yield *keys, name
        elif isinstance(value, Mapping):
            yield from _unknown(value, (*keys, name), (*place, name if names is not None else ANY), known)


def _warning(path: Path, line: int | None, keys: Keys, known: Known) -> str:
    where = str(path) if line is None else f"{path}:{line}"
    name, nearest = ".".join(keys), _nearest(keys, known)
    if nearest:
        return tr("{where}: “{name}” has no effect; did you mean “{nearest}”?", where=where, name=name, nearest=nearest)
    return tr("{where}: “{name}” has no effect, since this version does not know it.", where=where, name=name)


def _nearest(keys: Keys, known: Known) -> str:
    """The known name that looks most like the last of `keys`, or the table that it belongs into; else nothing."""
    import difflib  # on the way to the first window there is rarely anything to compare

    *tables, name = keys
    place = next(place for place in known if _fits(place, tuple(tables)))
    close = difflib.get_close_matches(name.lower(), known[place], 1)
    if close:
        return ".".join((*tables, close[0]))
    elsewhere = [place for place, names in known.items() if name in names and place and ANY not in place]
    return ".".join((*elsewhere[0], name)) if len(elsewhere) == 1 else ""


def _fits(place: Keys, tables: Keys) -> bool:
    return len(place) == len(tables) and all(one in (ANY, other) for one, other in zip(place, tables, strict=True))
