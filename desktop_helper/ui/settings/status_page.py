"""Settings: what works on this machine, what does not, why, and what to do. The same as `desktop-helper doctor`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.availability import Availability
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.qt.background import Background
from desktop_helper.qt.hotkeys.provider import HotkeyProblem
from desktop_helper.qt.hotkeys.titles import title_of
from desktop_helper.services.checkup import Finding
from desktop_helper.services.settings import Settings
from desktop_helper.ui.settings.page import Page, StatusLine, label
from desktop_helper.ui.theme import SPACE_1, SPACE_2

# One that is off is not always missed, nor is a model that hears.
_PLUGS = ("backend ", "attachment ", "capture ", "sound ", "tool ", "speech")


class StatusPage(Page):
    """Looks when it is shown. Changes nothing.

    Args:
        look: finds out; called on another thread.
        hotkeys: what the running hotkeys complain about.
        background: runs it.
    """

    def __init__(
        self,
        look: Callable[[], Sequence[Finding]],
        hotkeys: Callable[[], Sequence[HotkeyProblem]],
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Status"), tr("What works on this machine, what does not, and what to do."), parent)
        self._look, self._hotkeys, self._background = look, hotkeys, background
        self._looking: CancelToken | None = None
        self._findings: Sequence[Finding] = ()
        self.summary = StatusLine()
        self.again = QPushButton(tr("Look again"))
        self.again.clicked.connect(self.look)
        self.copy = QPushButton(tr("Copy all"))
        self.copy.setToolTip(
            tr("For a report: everything below as text. It names folders, but no keys and no questions.")
        )
        self.copy.clicked.connect(self._copy)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self.again)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        self.form.addWidget(self.summary)
        self.form.addLayout(buttons)
        self._list: QWidget | None = None

    def load(self, settings: Settings) -> None:
        """Nothing of the settings is shown here."""

    def apply(self, settings: Settings) -> Settings:
        """As they are."""
        return settings

    def showEvent(self, event: QShowEvent) -> None:
        """Each time it is opened it tells how things are now."""
        super().showEvent(event)
        if not event.spontaneous():
            self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits for it any more."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._cancel()

    def look(self) -> None:
        """Find out, which takes a moment."""
        self._cancel()
        self.again.setEnabled(False)
        self.copy.setEnabled(False)
        self.summary.show_busy(tr("Looking…"))
        self._looking = self._background.run(lambda _cancel: list(self._look()), self._show, self._on_failed)

    def _cancel(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _on_failed(self, error: HelperError) -> None:
        self.again.setEnabled(True)
        self.summary.show_problem(error.message, error.fix)

    def _show(self, findings: Sequence[Finding]) -> None:
        taken = [
            (f"hotkey {problem.name}", Availability(ok=False, reason=problem.message, fix=problem.fix))
            for problem in self._hotkeys()
        ]
        named = {name for name, _state in taken}
        self._findings = [*(one for one in findings if one[0] not in named), *taken]
        self.again.setEnabled(True)
        self.copy.setEnabled(True)
        wrong = [one for one in self._findings if not one[1].ok and not one[0].startswith(_PLUGS)]
        unused = [one for one in self._findings if not one[1].ok and one[0].startswith(_PLUGS)]
        right = _grouped([one for one in self._findings if one[1].ok])
        if wrong:
            self.summary.show_problem(
                tr("Need attention: {count} of {total}.", count=len(wrong), total=len(self._findings))
            )
        else:
            self.summary.show_ok(tr("Everything that you use works."))
        self._fill(wrong, unused, right)

    def _fill(self, wrong: Sequence[Finding], unused: Sequence[Finding], right: Sequence[Finding]) -> None:
        if self._list is not None:
            self._list.deleteLater()
        self._list = QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        for heading, group, show in (
            (tr("Needs your attention"), wrong, StatusLine.show_problem),
            (tr("Not available here"), unused, StatusLine.show_note),
            (tr("Works"), right, lambda line, text, fix: line.show_ok(sentences(text, fix))),
        ):
            if group:
                column.addSpacing(SPACE_2)
                column.addWidget(label(heading, "heading"))
            for name, state in group:
                line = StatusLine(quiet=True)
                column.addWidget(line)  # first: without a parent it would be a window for a moment, and take the focus
                show(line, _sentence(name, state.reason), state.fix)
        self.form.addWidget(self._list)

    def _copy(self) -> None:
        lines = [
            f"{'ok ' if state.ok else 'off'}  {name}  {sentences(state.reason, state.fix)}".rstrip()
            for name, state in self._findings
        ]
        QGuiApplication.clipboard().setText("\n".join(lines) + "\n")
        self.summary.show_ok(tr("Copied."))


def _grouped(findings: Sequence[Finding]) -> list[Finding]:
    """What works and has nothing to say stands in one line for each kind."""
    silent: dict[str, list[str]] = {}
    for name, state in findings:
        if not state.reason:
            kind, _, rest = name.partition(" ")
            silent.setdefault(kind if rest else "", []).append(rest or name)
    kinds = [
        (f"{kind}s" if kind else "", Availability(ok=True, reason=", ".join(names))) for kind, names in silent.items()
    ]
    return [*(one for one in findings if one[1].reason), *kinds]


def _sentence(name: str, reason: str) -> str:
    title = _title(name)
    return tr("{name}: {value}", name=title, value=reason) if title and reason else title or reason


def _title(name: str) -> str:
    """A finding's name, in the user's language where it is one of ours."""
    known = {
        "settings": tr("Settings"),
        "model": tr("Model"),
        "keyring": tr("Keyring"),
        "history": tr("History"),
        "disk": tr("Disk"),
        "display": tr("Display"),
        "hotkeys": tr("Hotkeys"),
        "reading text": tr("Text in pictures"),
        "engine": tr("Engine"),
        "quick actions": tr("Quick actions"),
        "backends": tr("Ways to a model"),
        "attachments": tr("Kinds of files"),
        "captures": tr("Ways to see the screen"),
        "sound microphone": tr("Record the microphone"),
        "sound system_sound": tr("Record the system's sound"),
        "sounds": tr("Sound of recordings"),
        "speech": tr("What is said in videos"),
        "tools": tr("Tools"),
        "graphics card": tr("Graphics card"),
    }
    if name in known:
        return known[name]
    kind, _, rest = name.partition(" ")
    kinds = {
        "backend": tr("Way to a model"),
        "attachment": tr("Kind of file"),
        "capture": tr("Way to see the screen"),
        "tool": tr("Tool"),
        "device": tr("Device"),
        "provider": tr("Provider"),
        "hotkey": tr("Hotkey"),
    }
    if kind not in kinds:
        return name
    return tr("{kind} {name}", kind=kinds[kind], name=title_of(rest) if kind == "hotkey" else rest)
