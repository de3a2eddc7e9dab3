"""The sheet behind F1: every shortcut, in groups."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.qt.screens import screen_of
from desktop_helper.ui.shortcuts import Group, Shortcut
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_5, Theme, set_role

_WIDTH, _HEIGHT = 440, 620


class ShortcutSheet(QWidget):
    """The groups below each other. Passive: whoever shows it scrolls and closes it."""

    def __init__(self, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_5, SPACE_5, SPACE_5, SPACE_4)
        layout.setSpacing(SPACE_2)
        for number, group in enumerate(groups):
            if number:
                layout.addSpacing(SPACE_4)
            layout.addWidget(_label(group.title, "heading"))
            for shortcut in group.shortcuts:
                layout.addWidget(_Line(shortcut))
        layout.addStretch(1)


class ShortcutDialog(QDialog):
    """The sheet in a window of its own; closes itself."""

    def __init__(self, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("Keyboard shortcuts"))
        set_role(area, "ring")
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the arrow keys scroll
        area.setWidget(ShortcutSheet(groups))
        close = QPushButton(tr("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        footer = QHBoxLayout()
        footer.setContentsMargins(SPACE_5, SPACE_3, SPACE_5, SPACE_4)
        footer.addStretch(1)
        footer.addWidget(close)
        line = QFrame()
        set_role(line, "hairline")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addWidget(line)
        layout.addLayout(footer)
        QShortcut(QKeySequence("F1"), self, self.accept)
        theme = Theme.current()
        self.resize(QSize(theme.px(_WIDTH), theme.px(_HEIGHT)).boundedTo(screen_of(self).availableSize()))
        area.setFocus()


class _Line(QWidget):
    """What it does, and its keys at the other side."""

    def __init__(self, shortcut: Shortcut) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_1)
        words = _label(shortcut.text)
        layout.addWidget(words, 1)
        spoken = []
        for number, chord in enumerate([shortcut.shown] if shortcut.shown else shortcut.keys):
            text = chord if shortcut.shown else native(chord)
            spoken.append(text)
            if number:
                layout.addWidget(_label("/", "dim", wraps=False))
            for key in pieces(text):
                layout.addWidget(_label(key, "key", wraps=False), 0, Qt.AlignmentFlag.AlignVCenter)
        words.setAccessibleName(f"{shortcut.text}: {' / '.join(spoken)}")


def native(chord: str) -> str:
    """A chord as the keys of this system are labelled."""
    return QKeySequence(chord).toString(QKeySequence.SequenceFormat.NativeText).replace("Return", "Enter")


def pieces(chord: str) -> list[str]:
    """The keys of a chord, one by one; the last one may be the plus key."""
    if chord.endswith("++"):
        return [*chord[:-2].split("+"), "+"]
    return chord.split("+")


def _label(text: str, role: str = "", *, wraps: bool = True) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wraps)
    if role:
        set_role(made, role)
    return made
