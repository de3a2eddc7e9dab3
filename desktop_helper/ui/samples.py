"""What an empty chat shows while the practice model answers: what it is, and pictures to try it with."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImageReader, QPixmap
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.samples import Sample, samples
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, Theme, set_role

_WIDTH, _HEIGHT = 64, 36  # of a small picture, with text of the usual size
_LARGEST = 1.2  # times that: large text needs the room


class SamplesCard(QFrame):
    """Says what the practice model is. A click on a sample attaches its picture and types its question.

    Signals:
        chosen(object): a `Sample`.
        settings_requested: the user wants a real model.
    """

    chosen = Signal(object)
    settings_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_role(self, "card")
        self._about = _label("", "dim")
        self.buttons = [SampleButton(sample) for sample in samples()]
        for button in self.buttons:
            button.clicked.connect(lambda _checked=False, sample=button.sample: self.chosen.emit(sample))
        choose = QPushButton(tr("Choose who answers"))
        choose.clicked.connect(self.settings_requested)
        self._column = layout = QVBoxLayout(self)
        layout.setSpacing(SPACE_2)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.addWidget(_label(tr("Try it"), "heading"), 1)
        self._top.addWidget(choose)  # not below the samples, which are all to be seen in a window of the usual size
        layout.addLayout(self._top)
        layout.addWidget(self._about)
        layout.addSpacing(SPACE_1)
        for button in self.buttons:
            layout.addWidget(button)

    def describe(self, about: str) -> None:
        """`about`: what the model is."""
        self._about.setText(about)

    def set_inner(self, margin: int, direction: QBoxLayout.Direction) -> None:
        """Room at the sides, of which a narrow window has less, and where what is beside goes there."""
        self._top.setDirection(direction)
        self._column.setContentsMargins(margin, SPACE_3, margin, margin)


class SampleButton(QPushButton):
    """A small picture with the question beside it, which wraps in a narrow window."""

    def __init__(self, sample: Sample, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sample = sample
        set_role(self, "sample")
        self.setAccessibleName(sample.question)
        self.setAccessibleDescription(tr("Attaches a picture and types this question."))
        self.setToolTip(tr("Attaches a picture and types this question."))
        self._picture = QLabel()
        self._question = _label(sample.question, "")
        for part in (self._picture, self._question):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_1, SPACE_3, SPACE_1)
        layout.setSpacing(SPACE_3)
        layout.addWidget(self._picture)
        layout.addWidget(self._question, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        Theme.current().changed.connect(self._draw)
        self._draw()

    def sizeHint(self) -> QSize:
        """As large as picture and question need."""
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """The same with the question in several lines."""
        return self._row.minimumSize()

    def heightForWidth(self, width: int) -> int:
        """With as many lines as there must be."""
        return self._row.heightForWidth(width)

    def _draw(self) -> None:
        theme, ratio = Theme.current(), self.devicePixelRatioF()
        larger = min(theme.scale, _LARGEST)
        size = QSize(round(_WIDTH * larger), round(_HEIGHT * larger))
        reader = QImageReader(str(self.sample.path))
        picture = reader.read().scaled(
            size * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        picture.setDevicePixelRatio(ratio)
        self._picture.setPixmap(QPixmap.fromImage(picture))


def _label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        set_role(label, role)
    return label
