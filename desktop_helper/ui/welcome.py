"""What an empty chat shows: the one thing to try, and what is missing before it can work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.message_list import TEXT_WIDTH
from desktop_helper.ui.theme import ROOMY, SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_5, Theme, set_role

if TYPE_CHECKING:
    from desktop_helper.ui.samples import SamplesCard


class Welcome(QScrollArea):
    """The page behind the first question.

    Signals:
        settings_requested: the user wants to choose who answers.
        sample_chosen(object): a `Sample` to ask about.
    """

    settings_requested = Signal()
    sample_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = _label(tr("See something. Ask."), "title")
        subtitle = _label(tr("Point at the screen or drop a file, then type your question."), "dim")
        self._keys_row = QHBoxLayout()
        self._keys_row.setSpacing(SPACE_1)
        self._hint = _label("", "")
        keys = QFrame()
        set_role(keys, "sunken")
        self._lesson = QBoxLayout(QBoxLayout.Direction.LeftToRight, keys)
        self._fill_lesson()
        self._setup = QFrame()
        self._reason = _label("", "dim")
        self._card = QVBoxLayout(self._setup)
        self._fill_setup()
        self.samples: SamplesCard | None = None
        self._about = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setAccessibleName(title.text())
        set_role(self, "ring")
        page = QWidget()
        self.setWidget(page)
        self._column = layout = QVBoxLayout(page)
        layout.setSpacing(SPACE_2)
        layout.addStretch(1)
        layout.addWidget(title)
        layout.addWidget(subtitle)
        layout.addSpacing(SPACE_4)
        layout.addWidget(keys)
        layout.addSpacing(SPACE_2)
        layout.addWidget(self._setup)
        layout.addStretch(2)
        self.show_hotkey("")

    def _fill_lesson(self) -> None:
        self._lesson.setContentsMargins(SPACE_3, SPACE_3, SPACE_3, SPACE_3)
        self._lesson.setSpacing(SPACE_2)
        self._lesson.addLayout(self._keys_row)
        self._lesson.setAlignment(self._keys_row, Qt.AlignmentFlag.AlignLeft)
        self._lesson.addWidget(self._hint, 1)

    def _fill_setup(self) -> None:
        set_role(self._setup, "card")
        choose = QPushButton(tr("Choose who answers"))
        set_role(choose, "primary")
        choose.clicked.connect(self.settings_requested)
        self._card.setSpacing(SPACE_3)
        self._card.addWidget(_label(tr("One step first"), "heading"))
        self._card.addWidget(self._reason)
        self._card.addWidget(choose, 0, Qt.AlignmentFlag.AlignLeft)
        self._setup.hide()

    def show_hotkey(self, chord: str) -> None:
        """Teach the key that picks a region; without one, the button."""
        while (item := self._keys_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for key in chord.split("+") if chord else ():
            self._keys_row.addWidget(_label(key, "key"), 0, Qt.AlignmentFlag.AlignVCenter)
        hint = tr("Press it and drag over anything.") if chord else tr("Use the first button below to pick a region.")
        self._hint.setText(hint)
        self._set_margins()

    def show_setup(self, reason: str) -> None:
        """Say what is missing; an empty `reason` means nothing is."""
        self._reason.setText(reason)
        self._setup.setVisible(bool(reason))

    def show_practice(self, about: str) -> None:
        """The practice model answers: say what it is, and offer the samples. Empty: another one does."""
        self._about = about
        if self.samples is not None or self.isVisible():
            self._show_samples()

    def showEvent(self, event: QShowEvent) -> None:
        """The samples are made now: an app that only waits does without their pictures."""
        super().showEvent(event)
        self._show_samples()

    def _show_samples(self) -> None:
        if self.samples is None and self._about:
            from desktop_helper.ui.samples import SamplesCard

            self.samples = SamplesCard()
            self.samples.settings_requested.connect(self.settings_requested)
            self.samples.chosen.connect(self.sample_chosen)
            self._column.insertWidget(self._column.indexOf(self._setup), self.samples)
        if self.samples is not None:
            self.samples.describe(self._about)
            self.samples.setVisible(bool(self._about))
            self._set_margins()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Large letters in a narrow window need the room of the margins."""
        super().resizeEvent(event)
        self._set_margins()

    def _set_margins(self) -> None:
        roomy = self.width() >= ROOMY * Theme.current().size("body")
        beside = QBoxLayout.Direction.LeftToRight if roomy else QBoxLayout.Direction.TopToBottom
        self._lesson.setDirection(beside)
        side, inner = (SPACE_5, SPACE_4) if roomy else (SPACE_2, SPACE_2)
        side = max(side, (self.width() - TEXT_WIDTH) // 2)
        self._column.setContentsMargins(side, SPACE_4, side, SPACE_3)
        self._card.setContentsMargins(inner, SPACE_4, inner, SPACE_4)
        if self.samples is not None:
            self.samples.set_inner(inner, beside)


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(role != "key")
    if role:
        set_role(label, role)
    return label
