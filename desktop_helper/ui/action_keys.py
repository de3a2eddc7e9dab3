"""The hotkeys of quick actions, which follow the user's file: what is saved there holds at once."""

from __future__ import annotations

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from desktop_helper.core.i18n import tr
from desktop_helper.qt.hotkeys.provider import HotkeyProblem
from desktop_helper.services.container import Services
from desktop_helper.services.instance import ACTION_PREFIX

_SETTLE_MS = 200  # an editor writes a file in several steps


class ActionKeys(QObject):
    """Names of hotkeys begin with `ACTION_PREFIX`. Without the file, nothing is loaded: the tray icon comes first.

    Signals:
        changed: the file says something else now.
    """

    changed = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._path = services, services.paths.actions_file
        self._chords: dict[str, str] = {}
        self._told: list[str] = []
        self._watcher: QFileSystemWatcher | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._look)

    def chords(self) -> dict[str, str]:
        """What is to be taken from the whole desktop."""
        wanted = self._services.quick_actions.hotkeys() if self._path.exists() else {}
        self._chords = {f"{ACTION_PREFIX}{name}": chord for name, chord in wanted.items()}
        return dict(self._chords)

    def news(self) -> list[str]:
        """What is wrong in the file and has not been told yet."""
        now = self._mistakes()
        fresh = [message for message in now if message not in self._told]
        self._told = now
        return fresh

    def sentence(self, problem: HotkeyProblem) -> str:
        """A key that does not work, with the names of the actions instead of those of their hotkeys."""
        titles = {action.name: action.title for action in self._services.quick_actions.all()} if self._chords else {}
        message = problem.message
        for name, title in titles.items():
            message = message.replace(f"“{ACTION_PREFIX}{name}”", f"“{title}”")
        if not problem.name.startswith(ACTION_PREFIX):
            return message
        name = problem.name.removeprefix(ACTION_PREFIX)
        return tr("Quick action “{title}”: {problem}", title=titles.get(name, name), problem=message)

    def watch(self) -> None:
        """Notice changes from now on. Editors often replace a file, so its folder is watched too."""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._settle.start)
        self._watcher.fileChanged.connect(self._settle.start)
        self._follow()

    def close(self) -> None:
        """Stop watching."""
        self._settle.stop()
        if self._watcher is not None:
            self._watcher.deleteLater()
            self._watcher = None

    def _follow(self) -> None:
        if self._watcher is None:
            return
        paths = [str(path) for path in (self._path.parent, self._path) if path.exists()]
        missing = set(paths) - {*self._watcher.files(), *self._watcher.directories()}
        if missing:
            self._watcher.addPaths(sorted(missing))

    def _look(self) -> None:
        self._follow()
        before = dict(self._chords)
        if self.chords() != before or self._mistakes() != self._told:
            self.changed.emit()

    def _mistakes(self) -> list[str]:
        return [problem.message for problem in self._services.quick_actions.problems] if self._path.exists() else []
