"""Icons: SVG files of resources/icons, drawn in a colour role of the theme.

    button = IconButton("region", tr("Take a picture of a region"))    # 32 px tool button, re-tints itself
    button.set_icon("stop")                                             # another drawing in the same place
    action.setIcon(icon("settings"))                                    # menus: dim, faint when disabled
    label.setPixmap(pixmap("warning", "bad", 16, label.devicePixelRatioF()))

`icon` and `pixmap` use the theme's present colours: whoever keeps one asks again on `Theme.changed`. `IconButton` does.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QToolButton, QWidget

from desktop_helper.core.resources import resource
from desktop_helper.ui.text_safety import tooltip
from desktop_helper.ui.theme import Theme, set_role

ICON_PX = 16
BUTTON_PX = 32
_SCALES = (1.0, 2.0, 3.0)


def names() -> list[str]:
    """Every icon there is."""
    return sorted(path.stem for path in resource("icons").glob("*.svg"))


def pixmap(name: str, role: str = "dim", size: int = ICON_PX, scale: float = 1.0) -> QPixmap:
    """One icon as a picture of `size` logical pixels. Raises FileNotFoundError for an unknown name."""
    colour = Theme.current().hex(role)
    return QPixmap.fromImage(_draw(name, colour, size, scale))


def icon(name: str, role: str = "dim", checked_role: str = "accent", size: int = ICON_PX) -> QIcon:
    """One icon for buttons and menus, sharp on every screen, with its checked and disabled colours."""
    found = QIcon()
    for scale in _SCALES:
        found.addPixmap(pixmap(name, role, size, scale), QIcon.Mode.Normal, QIcon.State.Off)
        found.addPixmap(pixmap(name, checked_role, size, scale), QIcon.Mode.Normal, QIcon.State.On)
        found.addPixmap(pixmap(name, "faint", size, scale), QIcon.Mode.Disabled, QIcon.State.Off)
    return found


class IconButton(QToolButton):
    """A square button with an icon, an accessible name and a tooltip.

    Args:
        name: the icon.
        label: what it does, in the user's language; tooltip and accessible name.
        role: the icon's colour role; `on_accent` also fills the button with the accent.
        checkable: it stays pressed until it is pressed again.
        size, icon_px: at the usual text size; both grow with it.
    """

    def __init__(
        self,
        name: str,
        label: str,
        parent: QWidget | None = None,
        *,
        role: str = "dim",
        checkable: bool = False,
        size: int = BUTTON_PX,
        icon_px: int = ICON_PX,
    ) -> None:
        super().__init__(parent)
        self._name, self._role = name, role
        self._size, self._icon_px = size, icon_px
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_label(label)
        if role == "on_accent":
            set_role(self, "primary")
        Theme.current().changed.connect(self._tint)
        self._tint()

    def set_icon(self, name: str) -> None:
        """Draw another icon."""
        self._name = name
        self._tint()

    def set_label(self, label: str) -> None:
        """Say what it does."""
        self.setToolTip(tooltip(label) if "<" in label else label)  # screen readers read it, markup and all
        self.setAccessibleName(label)

    def _tint(self) -> None:
        theme = Theme.current()
        side, drawn = theme.icon_px(self._size), theme.icon_px(self._icon_px)
        self.setFixedSize(side, side)
        self.setIconSize(QSize(drawn, drawn))
        self.setIcon(icon(self._name, self._role, size=drawn))


@cache
def _draw(name: str, colour: str, size: int, scale: float) -> QImage:
    source = _source(name).replace("currentColor", colour)
    drawn = QImage(round(size * scale), round(size * scale), QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, drawn.width(), drawn.height()))
    painter.end()
    drawn.setDevicePixelRatio(scale)
    return drawn


@cache
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")
