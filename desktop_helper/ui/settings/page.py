"""What all pages of the settings share: a title, fields with a label above and a hint below, and a margin around."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import Settings
from desktop_helper.ui.announce import announce
from desktop_helper.ui.icons import pixmap
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_4, SPACE_5, SPACE_6, Theme, set_role

ROOMY_SCALE = 1.5  # of the text, up to which the margins can be as wide as they look best
FORM_WIDTH = 480  # a line of text that is easily read


def scaled(pixels: int) -> int:
    """A width that grows with the user's text size."""
    return Theme.current().px(pixels)


def label(text: str = "", role: str = "") -> QLabel:
    """Plain text that wraps; never markup, since names and errors of others end up in it."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    if role:
        set_role(made, role)
    return made


def days_text(days: int) -> str:
    """How long something is kept; 0 is for ever, so it is never deleted."""
    if days == 1:
        return tr("1 day")
    return tr("{count} days", count=days) if days else tr("Never")


def bring_into_sight(part: QWidget) -> None:
    """Scroll its page to it: what is said below the fold is not seen."""
    QTimer.singleShot(0, part, partial(_scroll_to, part))  # when all of it is there


def _scroll_to(part: QWidget) -> None:
    around = part.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    if around is not None and not part.isHidden():
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)  # what is new has its place by then
        around.ensureWidgetVisible(part, 0, SPACE_2)


class Page(QScrollArea):
    """One page.

    Signals:
        changed: the user changed something on it.
    """

    changed = Signal()

    def __init__(self, title: str, subtitle: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QWidget()
        self._column = column
        self.form = QVBoxLayout(column)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(SPACE_4)
        heading = QVBoxLayout()
        heading.setSpacing(SPACE_1)
        heading.addWidget(label(title, "title"))
        heading.addWidget(label(subtitle, "dim"))
        self.form.addLayout(heading)
        self.form.addSpacing(SPACE_2)
        body = QWidget()
        set_role(body, "scroll")
        self._outer = outer = QVBoxLayout(body)
        outer.addWidget(column)
        outer.addStretch(1)
        self.setWidget(body)
        Theme.current().changed.connect(self._fit)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width leaves another margin."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Large letters need the room of the margin.

        The margin keeps the column narrow, not a maximum width: a layout would ask how high the column is when it is
        as wide as the page, and text that then takes more lines would be cut off.
        """
        left = SPACE_6 if Theme.current().scale < ROOMY_SCALE else SPACE_5
        right = max(SPACE_5, self.viewport().width() - left - scaled(FORM_WIDTH))
        self._outer.setContentsMargins(left, SPACE_6, right, SPACE_5)

    def load(self, settings: Settings) -> None:
        """Show `settings`."""
        raise NotImplementedError

    def apply(self, settings: Settings) -> Settings:
        """`settings` with what this page says; the rest is untouched."""
        raise NotImplementedError

    def add_field(self, title: str, widget: QWidget, hint: str = "") -> Field:
        """Append a field."""
        field = Field(title, widget, hint)
        self.form.addWidget(field)
        return field


class Field(QWidget):
    """A label, what is set, and a hint that is hidden while it is empty."""

    def __init__(self, title: str, widget: QWidget, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(title, "heading")
        self._title.setBuddy(widget)
        if not widget.accessibleName():
            widget.setAccessibleName(title)
        self._hint = label("", "secondary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_1 + 2)
        layout.addWidget(self._title)
        layout.addWidget(widget)
        layout.addWidget(self._hint)
        self._widget = widget
        self.set_hint(hint)

    def set_hint(self, text: str) -> None:
        """Say something below."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._widget.setAccessibleDescription(text)

    def set_title(self, text: str) -> None:
        """Name it differently."""
        self._title.setText(text)
        self._widget.setAccessibleName(text)


class QuietCombo(QComboBox):
    """A choice that does not change when the page is scrolled with the wheel over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()

    def select(self, data: str) -> None:
        """Choose the entry whose data is `data`, if there is one."""
        index = self.findData(data)
        if index >= 0:
            self.setCurrentIndex(index)


class StatusLine(QFrame):
    """What came of something: a small icon and a sentence, and a second one that says what to do.

    Args:
        quiet: it is one of a list, which a screen reader does not read by itself.
        parent: of the widget.
    """

    def __init__(self, parent: QWidget | None = None, *, quiet: bool = False) -> None:
        super().__init__(parent)
        self._quiet = quiet
        self._icon_name, self._icon_role = "info", "dim"
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text = label()
        self._fix = label("", "secondary")
        for text in (self._text, self._fix):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._fix)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, SPACE_1, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        Theme.current().changed.connect(self._tint)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, both sentences."""
        return f"{self._text.text()} {self._fix.text()}".strip() if not self.isHidden() else ""

    def show_ok(self, text: str, more: str = "") -> None:
        """It worked; there may be more to tell."""
        self._show("check", "ok", text, more)

    def show_busy(self, text: str) -> None:
        """It is not decided yet."""
        self._show("more", "dim", text, "")

    def show_note(self, text: str, fix: str = "") -> None:
        """Something to know."""
        self._show("info", "dim", text, fix)

    def show_problem(self, text: str, fix: str = "") -> None:
        """It did not work."""
        self._show("warning", "bad", text, fix)

    def clear(self) -> None:
        """Say nothing and take no room."""
        self._text.clear()
        self._fix.clear()
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        """A screen of another density needs another picture."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._tint()

    def _show(self, icon_name: str, role: str, text: str, fix: str) -> None:
        self._icon_name, self._icon_role = icon_name, role
        self._text.setText(text)
        self._fix.setText(fix)
        self._fix.setVisible(bool(fix))
        self.setAccessibleName(f"{text} {fix}".strip())
        self._tint()
        self.show()
        if not self._quiet:
            announce(self, self.accessibleName(), urgent=role == "bad")

    def _tint(self) -> None:
        side = Theme.current().icon_px(16)
        self._icon.setPixmap(pixmap(self._icon_name, self._icon_role, side, self.devicePixelRatioF()))
