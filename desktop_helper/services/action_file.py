"""Quick actions as people write them: a TOML table each, ours in `resources/prompts`, the user's in `actions.toml`.

A mistake spoils only the action that it is in, and is one sentence with its line. What this version does not know is
left out with a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any

from desktop_helper.core.i18n import tr
from desktop_helper.services import action_template
from desktop_helper.services.action_names import MAX_NAME, is_name
from desktop_helper.services.settings_lines import line_of
from desktop_helper.services.toml_tables import Mistake, read_tables

FILE_NAME = "actions.toml"
MAX_CHARACTERS = 256 * 1024  # of the file
MAX_ACTIONS = 100

CAPTURES = ("none", "region", "screen", "window", "clipboard")
THINKING = ("auto", "on", "off")


@dataclass(frozen=True, slots=True)
class QuickAction:
    """A question that is asked again and again.

    Args:
        name: what is typed after “/”.
        title, description: as shown.
        prompt: see `action_template`.
        capture: what is looked at when there is nothing in the text field.
        new_chat: begin a conversation with it.
        thinking: of this question; empty leaves it to the button in the window.
        send: False puts the text into the field instead.
        hotkey: chord that starts it from anywhere; empty for none.
        profile: of the settings, that answers this question; empty for the one in use.
        pictures: with fewer it waits in the text field.
    """

    name: str
    title: str = field(default="", metadata={"longest": 60})
    description: str = field(default="", metadata={"longest": 200})
    prompt: str = field(default="", metadata={"longest": 20_000})
    capture: str = field(default="none", metadata={"choices": CAPTURES})
    new_chat: bool = False
    thinking: str = field(default="", metadata={"choices": THINKING})
    send: bool = True
    hotkey: str = ""
    profile: str = ""
    pictures: int = field(default=0, metadata={"range": (0, 20)})

    @property
    def wants_input(self) -> bool:
        """Whether it is about a text, which must be there."""
        return action_template.uses(self.prompt, action_template.INPUT)


@dataclass(frozen=True, slots=True)
class ActionProblem:
    """What is wrong in the file, in one sentence.

    Args:
        message: names the line.
        fatal: the action that it is in is left out; else only the key.
    """

    message: str
    fatal: bool = True


_FIELDS = {item.name: item for item in fields(QuickAction) if item.name != "name"}


def parse(text: str, known: Mapping[str, QuickAction]) -> tuple[dict[str, QuickAction], list[ActionProblem]]:
    """The actions in `text` on top of those that are `known`, and what is wrong. Never raises.

    A table of a known name changes what it names; `enabled = false` takes the action away.
    """
    return _Reader(text, known).read()


class _Reader:
    def __init__(self, text: str, known: Mapping[str, QuickAction]) -> None:
        self._text = text
        self._actions = dict(known)
        self._problems: list[ActionProblem] = []

    def read(self) -> tuple[dict[str, QuickAction], list[ActionProblem]]:
        if len(self._text) > MAX_CHARACTERS:
            self._say(None, tr("it is too large; {limit} characters are allowed", limit=MAX_CHARACTERS))
            return self._actions, self._problems
        tables, mistakes = read_tables(self._text)
        for mistake in mistakes:
            self._say(mistake.line, _reason(mistake))
        for number, (name, table) in enumerate(tables.items()):
            if number >= MAX_ACTIONS:
                self._say(line_of(self._text, (name,)), tr("only {count} actions are read", count=MAX_ACTIONS))
                break
            self._read_action(name, table)
        return self._actions, self._problems

    def _read_action(self, name: str, table: object) -> None:
        if not is_name(name):
            self._say_at(
                (name,), tr("“{name}” must be up to {count} letters, digits, - and _", name=name, count=MAX_NAME)
            )
        elif not isinstance(table, dict):
            self._say_at((name,), tr("“{name}” must be a table, as in [{name}]", name=name))
        else:
            try:
                self._take(name, table)
            except _WrongError as wrong:
                self._say_at((name, wrong.key), wrong.reason)

    def _take(self, name: str, table: dict[str, Any]) -> None:
        enabled = table.get("enabled", True)
        if not isinstance(enabled, bool):
            raise _WrongError("enabled", tr("{key} must be {expected}", key="enabled", expected=tr("true or false")))
        values = {key: _checked(key, value) for key, value in table.items() if key in _FIELDS}
        action = replace(self._actions.get(name, QuickAction(name)), **values)
        if not action.prompt.strip() and enabled:
            raise _WrongError("prompt", tr("“{name}” has no prompt", name=name))
        self._mention_unknown(name, table)
        if enabled:
            self._actions[name] = action if action.title else replace(action, title=name)
        else:
            self._actions.pop(name, None)

    def _mention_unknown(self, name: str, table: dict[str, Any]) -> None:
        for key in table:
            if key not in _FIELDS and key != "enabled":
                reason = tr("“{key}” is nothing that an action has, so it is left out", key=key)
                self._say_at((name, key), reason, fatal=False)

    def _say_at(self, keys: tuple[str, ...], reason: str, *, fatal: bool = True) -> None:
        self._say(line_of(self._text, keys), reason, fatal=fatal)

    def _say(self, line: int | None, reason: str, *, fatal: bool = True) -> None:
        reason = " ".join(reason.split())
        where = tr("{file}, line {line}: {reason}.", file=FILE_NAME, line=line, reason=reason)
        if line is None:
            where = tr("{file}: {reason}.", file=FILE_NAME, reason=reason)
        self._problems.append(ActionProblem(where, fatal))


class _WrongError(Exception):
    """A value cannot be used."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key, self.reason = key, reason


def _checked(key: str, value: Any) -> Any:
    item = _FIELDS[key]
    kind = type(item.default) if item.default is not MISSING else str
    if type(value) is not kind:
        raise _WrongError(key, tr("{key} must be {expected}", key=key, expected=_kind_name(kind)))
    choices = item.metadata.get("choices")
    if choices and value not in choices:
        raise _WrongError(
            key, tr("{key} must be {expected}", key=key, expected=tr("one of {choices}", choices=", ".join(choices)))
        )
    low, high = item.metadata.get("range", (value, value))
    if not low <= value <= high:
        raise _WrongError(
            key, tr("{key} must be {expected}", key=key, expected=tr("between {low} and {high}", low=low, high=high))
        )
    longest = item.metadata.get("longest")
    if longest and len(value) > longest:
        raise _WrongError(key, tr("{key} has more than {count} characters", key=key, count=longest))
    if key == "prompt":
        _check_placeholders(value)
    return " ".join(value.split()) if key in ("title", "description", "hotkey") else value


def _check_placeholders(prompt: str) -> None:
    name = action_template.unknown(prompt)
    if name is not None:
        known = ", ".join(f"{{{known}}}" for known in action_template.PLACEHOLDERS)
        raise _WrongError(
            "prompt",
            tr(
                "nothing is known as {place}; there are {known}, and {escaped} writes the braces themselves",
                place=f"{{{name}}}",
                known=known,
                escaped=f"{{{{{name}}}}}",
            ),
        )


def _kind_name(kind: type) -> str:
    if kind is bool:
        return tr("true or false")
    return tr("a whole number") if kind is int else tr("a text")


def _reason(mistake: Mistake) -> str:
    if mistake.twice:
        return tr("“{name}” is written twice; the first one counts", name=mistake.twice)
    return tr("it is not valid TOML")
