"""Reads scenario files and dialect files. docs/scenarios.md describes them for people."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.resources import resource
from desktop_helper.core.scenarios.dialect import Dialect, comment, event
from desktop_helper.core.scenarios.script import (
    JSON_TYPE,
    STREAM_TYPE,
    Connection,
    Halt,
    Reply,
    Scenario,
    Step,
    Wait,
    recut,
    zipped,
)

_PIECE = 4  # characters of a delta, if the file does not say


def names() -> list[str]:
    """The scenarios that come with the app, each in its usual dialect: `fault`, or `fault.variant`."""
    found: list[str] = []
    for path in sorted(resource("scenarios").glob("*.toml")):
        variants = tomllib.loads(path.read_text(encoding="utf-8")).get("variants")
        found += [f"{path.stem}.{variant}" for variant in variants] if variants else [path.stem]
    return found


def dialects() -> list[str]:
    """The dialects that any of them can be played in."""
    return sorted(path.stem for path in resource("scenarios", "dialects").glob("*.toml"))


def scenario(name: str) -> Scenario:
    """The scenario `fault`, `dialect/fault`, or the one of a file (a path that ends in `.toml`).

    Raises:
        HelperError: there is none, or its file is broken (CONFIG).
    """
    if name.endswith(".toml"):
        return _read(Path(name).expanduser(), "")
    dialect, _, fault = name.rpartition("/")
    if fault not in names() or dialect not in ("", *dialects()):
        raise HelperError(
            ErrorKind.CONFIG,
            tr("There is no scenario called “{name}”.", name=name),
            tr("Correct its name."),
            command_fix=tr("On the command line, “serve --scenario list” shows all names."),
        )
    file, _, variant = fault.partition(".")
    return _read(resource("scenarios", f"{file}.toml"), dialect, variant)


def _read(path: Path, dialect: str, variant: str = "") -> Scenario:
    try:
        table = _varied(tomllib.loads(path.read_text(encoding="utf-8")), variant)
        spoken = _dialect(dialect or str(table.get("dialect", "zai")))
        replies = tuple(_Reading(spoken, reply).reply() for reply in table.get("replies", ({},)))
        models = table.get("models", [spoken.model])
        return Scenario(
            name=f"{spoken.name}/{path.stem}{'.' if variant else ''}{variant}",
            about=str(table.get("about", "")),
            provider=spoken.provider,
            model=spoken.model,
            models=None if models is False else tuple(map(str, models)),
            replies=replies,
            connection=Connection(table.get("connection", Connection.OPEN)),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("The scenario file {path} cannot be used: {why}.", path=path, why=str(error).rstrip(".")),
            tr("Correct it or choose another one."),
        ) from error


def _varied(table: dict[str, Any], variant: str) -> dict[str, Any]:
    """A file may stand for many: `variants` has the status of each, and `{variant}` its name."""
    if not variant:
        return table
    replies = json.loads(json.dumps(table["replies"]).replace("{variant}", variant))
    return table | {"replies": [{"status": table["variants"][variant], **reply} for reply in replies]}


def _dialect(name: str) -> Dialect:
    path = resource("scenarios", "dialects", f"{name}.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for key in ("chunk", "first", "error"):  # JSON, since TOML has no null
        if key in table:
            table[key] = json.loads(table[key])
    return Dialect(name=name, **table)


class _Reading:
    """One `[[replies]]`."""

    def __init__(self, dialect: Dialect, table: dict[str, Any]) -> None:
        self._dialect = dialect
        self._table = table
        self._status = int(table.get("status", 200))
        self._piece = int(table.get("piece", _PIECE))
        self._words: dict[str, Callable[[Any], Iterator[Step]]] = {
            "think": lambda text: dialect.thought(text, self._piece),
            "say": lambda text: dialect.said(text, self._piece),
            "tool": lambda call: iter([dialect.delta({"tool_calls": [call]})]),
            "finish": dialect.finished,
            "done": lambda _: dialect.ended(),
            "error": lambda error: iter([event(self._refusal(error))]),
            "comment": lambda text: iter([comment(text)]),
            "chunk": lambda text: iter([event(text)]),
            "raw": lambda text: iter([text.encode()]),
            "hex": lambda text: iter([bytes.fromhex(text)]),
            "fill": lambda size: iter([dialect.delta({"content": "x" * size})]),
            "wait": lambda seconds: iter([Wait(float(seconds))]),
            "hang": lambda _: iter([Halt.HANG]),
            "cut": lambda _: iter([Halt.CUT]),
        }

    def reply(self) -> Reply:
        """What the table says."""
        steps, kind = self._body()
        if size := self._table.get("bytes_each"):
            steps = tuple(recut(steps, int(size)))
        headers = {"Content-Type": str(self._table.get("type", kind))}
        if self._table.get("gzip"):
            steps, headers["Content-Encoding"] = tuple(zipped(steps)), "gzip"
        headers |= {name: str(value) for name, value in self._table.get("headers", {}).items()}
        before = tuple(self._steps(self._table.get("before", [])))
        return Reply(steps, self._status, headers, before, chunked=kind == STREAM_TYPE)

    def _body(self) -> tuple[tuple[Step, ...], str]:
        table = self._table
        if "steps" in table:
            begins = [] if table.get("bare") else self._dialect.opening()
            return (*begins, *self._steps(table["steps"])), STREAM_TYPE
        if "error" in table:
            return (self._refusal(table["error"]).encode(),), JSON_TYPE
        return (str(table.get("body", "")).encode(),), JSON_TYPE

    def _steps(self, steps: list[dict[str, Any]]) -> Iterator[Step]:
        for step in steps:
            ((word, value),) = step.items()
            if word not in self._words:
                raise ValueError(f"“{word}” is no step")
            yield from self._words[word](value)

    def _refusal(self, error: dict[str, Any]) -> str:
        status = int(error.get("status", self._status))
        return self._dialect.refusal(status, str(error.get("code", "")), str(error.get("message", "")))
