"""“‹ 2 / 3 ›”: which of several questions or answers in one place is shown, and the way to the others."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.theme import set_role

_BUTTON_PX, _ICON_PX = 22, 12


class VersionSwitch(QWidget):
    """Hidden while there is only one.

    Signals:
        chosen: number of the version that is wanted.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: tuple[int, ...] = ()
        self._place = 0
        self.back = IconButton("chevron-left", tr("Previous version (Alt+Left)"), size=_BUTTON_PX)
        self.forward = IconButton("chevron-right", tr("Next version (Alt+Right)"), size=_BUTTON_PX)
        self._count = QLabel()
        set_role(self._count, "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.back, self._count, self.forward):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        for button, step in ((self.back, -1), (self.forward, 1)):
            button.setIconSize(QSize(_ICON_PX, _ICON_PX))
            button.clicked.connect(lambda _checked=False, step=step: self.step(step))
        self.hide()

    @property
    def versions(self) -> tuple[int, ...]:
        """All of them, oldest first."""
        return self._versions

    def show_versions(self, versions: tuple[int, ...], own: int) -> None:
        """Stand at `own`."""
        self._versions = versions
        self._place = versions.index(own) if own in versions else 0
        self._count.setText(f"{self._place + 1} / {len(versions)}")
        self._count.setAccessibleName(tr("Version {number} of {count}", number=self._place + 1, count=len(versions)))
        self.back.setEnabled(self._place > 0)
        self.forward.setEnabled(self._place + 1 < len(versions))
        self.setVisible(len(versions) > 1)

    def step(self, by: int) -> None:
        """Ask for the version so many places further; nothing happens beyond the ends."""
        place = self._place + by
        if len(self._versions) > 1 and 0 <= place < len(self._versions):
            self.chosen.emit(self._versions[place])

    def take_focus(self, towards: int) -> None:
        """Let the keyboard go on in the same direction, or back from the end."""
        first, second = (self.back, self.forward) if towards < 0 else (self.forward, self.back)
        (first if first.isEnabled() else second).setFocus(Qt.FocusReason.OtherFocusReason)
