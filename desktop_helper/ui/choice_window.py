"""What the windows have in common in which a question is prepared: how they are laid out, taken and left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from desktop_helper.ui.companion import Companion
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.enter_key import pressed_button
from desktop_helper.ui.hairline import hairline
from desktop_helper.ui.text_safety import tooltip
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, SPACE_4, set_role

_BAR_PX = 46
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ChoiceWindow(Companion):
    """Ctrl+Enter and the first button take what is chosen, Esc and the second one leave.

    Args:
        chat: the chat's window.
        take: words of the first button.
        leave: of the second one.

    Signals:
        left: the window is closed, and nothing is to change.
    """

    left = Signal()
    enter_takes = True
    """Whether Enter does too where no button has the keyboard."""

    def __init__(self, chat: QWidget, take: str, leave: str) -> None:
        super().__init__(chat)
        self._taken = False
        self.take_button, self.cancel_button = QPushButton(take), QPushButton(leave)
        set_role(self.take_button, "primary")
        self.take_button.clicked.connect(self.take)
        self.cancel_button.clicked.connect(self.close)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.take)

    def take(self) -> None:
        """Take what is chosen, if it can be; calls `close_with`."""
        raise NotImplementedError

    def close_with(self, tell: Callable[[], None]) -> None:
        """Close, and tell what was taken."""
        self._taken = True
        self.close()  # first: the keyboard is to be in the question then
        tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves; Enter presses the button that has the keyboard, or takes what is chosen."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif (button := pressed_button(self, event)) is not None:
            button.click()
        elif event.key() in _ENTER and self.enter_takes:
            self.take()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """All stays as it was, if nothing was taken."""
        super().closeEvent(event)
        if not self._taken:
            self.left.emit()

    # --- parts ---

    def lay_out(self, head: QWidget, body: QWidget, below: Sequence[QWidget | QLayout], *, gap: int = SPACE_3) -> None:
        """From top to bottom, with hairlines between. `gap`: above the first thing `below`."""
        layout, foot = QVBoxLayout(self), QVBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(hairline())
        layout.addWidget(body, 1)
        layout.addWidget(hairline())
        foot.setContentsMargins(SPACE_4, gap, SPACE_4, SPACE_3)
        foot.setSpacing(SPACE_2)
        for part in below:
            if isinstance(part, QLayout):
                foot.addLayout(part)
            else:
                foot.addWidget(part)
        layout.addLayout(foot)

    def foot(self, *labels: QLabel) -> QHBoxLayout:
        """What is told of the choice, and the two buttons."""
        said, row = QVBoxLayout(), QHBoxLayout()
        said.setSpacing(0)
        for label in labels:
            said.addWidget(label)
        row.setSpacing(SPACE_2)
        row.addLayout(said, 1)
        row.addSpacing(SPACE_1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.take_button)
        return row


def head(name: QLabel, about: QLabel | None = None, *buttons: QWidget) -> QWidget:
    """The bar at the top: what the window is about, more about it, and buttons at the right."""
    bar = QWidget()
    bar.setMinimumHeight(_BAR_PX)
    row = QHBoxLayout(bar)
    row.setContentsMargins(SPACE_4, SPACE_1, SPACE_3 if buttons else SPACE_4, SPACE_1)
    row.setSpacing(SPACE_3)
    set_role(name, "heading")
    row.addWidget(name)
    if about is not None:
        set_role(about, "secondary")
        row.addWidget(about, 1 if isinstance(about, ElidedLabel) else 0)
    row.addStretch(0 if isinstance(about, ElidedLabel) else 1)
    around = QHBoxLayout()
    around.setSpacing(SPACE_2)
    for button in buttons:
        around.addWidget(button)
    row.addLayout(around)
    return bar


def name_label(name: str) -> ElidedLabel:
    """A file's or a folder's, shortened where there is no room. It is made readable already."""
    label = ElidedLabel(name)
    label.setToolTip(tooltip(name))
    return label


def plain(label: QLabel, role: str) -> QLabel:
    """Whatever it says is no markup, and takes as many lines as it needs."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    set_role(label, role)
    return label
