"""Questions that are asked again and again: ours in the user's language, and those of the user's `actions.toml`."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import language, tr
from desktop_helper.core.messages import Thinking
from desktop_helper.services import action_template
from desktop_helper.services.action_file import ActionProblem, QuickAction, parse
from desktop_helper.services.atomic_file import write_atomically
from desktop_helper.services.question import Manner
from desktop_helper.services.storage_errors import storage_error

_LANGUAGE_NAMES = {"en": "English", "zh_CN": "简体中文"}
_Stamp = tuple[int, int, str]  # of the file, and the language that ours were read in


class QuickActions:
    """Reads both files when they are needed and again after a change. For one thread.

    Args:
        path: the user's file; it need not exist.
        prompts: folder with ours, one folder for each language.
    """

    def __init__(self, path: Path, prompts: Path) -> None:
        self.path = path
        self._prompts = prompts
        self._stamp: _Stamp | None = None
        self._actions: dict[str, QuickAction] = {}
        self._problems: list[ActionProblem] = []

    def all(self) -> list[QuickAction]:
        """Every action that can be used: the user's first, then ours."""
        self._refresh()
        return list(self._actions.values())

    @property
    def problems(self) -> list[ActionProblem]:
        """What is wrong in the user's file."""
        self._refresh()
        return list(self._problems)

    def find(self, name: str) -> QuickAction:
        """The action of this name. Raises `HelperError(USAGE)` that names those there are."""
        self._refresh()
        action = self._actions.get(name)
        if action is None:
            known = ", ".join(sorted(self._actions))
            fatal = [problem.message for problem in self._problems if problem.fatal]
            raise HelperError(
                ErrorKind.USAGE,
                tr("There is no quick action called “{name}”.", name=name),
                " ".join([tr("There are these: {names}.", names=known), *fatal[:1]]),
            )
        return action

    def hotkeys(self) -> dict[str, str]:
        """The chords of the actions that have one. Ours have none, so without the user's file nothing is read."""
        if not self.path.exists():
            return {}
        return {action.name: action.hotkey for action in self.all() if action.hotkey}

    def write_example(self) -> None:
        """Begin the user's file, if there is none, with what explains it. Raises `HelperError(STORAGE)`."""
        if self.path.exists():
            return
        try:
            write_atomically(self.path, (self._folder() / "actions.example.toml").read_bytes())
        except OSError as error:
            raise storage_error(self.path, error) from None

    def _refresh(self) -> None:
        stamp = self._present_stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        ours, _none = parse((self._folder() / "actions.toml").read_text(encoding="utf-8"), {})
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self._actions, self._problems = ours, []
            return
        except UnicodeDecodeError:
            self._actions, self._problems = ours, [_unreadable(self.path, tr("it is not UTF-8 text"))]
            return
        except OSError as error:
            self._actions, self._problems = ours, [_unreadable(self.path, error.strerror or type(error).__name__)]
            return
        known, self._problems = parse(text, ours)
        first = [action for name, action in known.items() if name not in ours]
        self._actions = {action.name: action for action in (*first, *known.values())}

    def _present_stamp(self) -> _Stamp:
        try:
            found = os.stat(self.path)
        except OSError:
            return 0, -1, language()
        return found.st_mtime_ns, found.st_size, language()

    def _folder(self) -> Path:
        folder = self._prompts / language()
        return folder if folder.is_dir() else self._prompts / "en"


def question(action: QuickAction, given: str, clipboard: Callable[[], str]) -> str:
    """What the action asks about `given`. `clipboard` is read only if the prompt has a place for it."""
    values = {
        action_template.INPUT: lambda: given,
        action_template.CLIPBOARD: clipboard,
        action_template.LANGUAGE: lambda: _LANGUAGE_NAMES.get(language(), language()),
        action_template.DATE: lambda: date.today().isoformat(),
    }
    return action_template.fill(action.prompt, values)


def manner(action: QuickAction, subject: str = "") -> Manner:
    """How the action wants its question about `subject`, the given text or a file's name, answered."""
    thinking = Thinking(action.thinking) if action.thinking else None
    return Manner(action.profile, thinking, title=title(action, subject))


def title(action: QuickAction, subject: str) -> str:
    """What a conversation is called that begins with the action: its prompt says the same every time."""
    name, subject = action.title or action.name, subject.strip()
    return tr("{action}: {subject}", action=name, subject=subject) if subject else name


def _unreadable(path: Path, reason: str) -> ActionProblem:
    return ActionProblem(tr("{file}: {reason}.", file=path.name, reason=reason))
