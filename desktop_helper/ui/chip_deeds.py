"""What can be done with an attachment in the composer besides removing and moving it, and the menu of all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.menu import add_to, make_menu


@dataclass(frozen=True, slots=True)
class ChipDeed:
    """One thing to do.

    Args:
        label: in the user's language.
        do: does it.
        icon: of a button on the chip; without one it is in the menu only.
        keys: that do the same; without them, the first one is done by Enter.
    """

    label: str
    do: Callable[[], object]
    icon: str = ""
    keys: str = ""


def menu_of(chip: QWidget, deeds: Mapping[str, ChipDeed], remove: Callable[[], object]) -> QMenu:
    """The first deed is what Enter and a double click do. The menu goes when it closes."""
    menu = make_menu(chip)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for number, deed in enumerate(deeds.values()):
        add_to(menu, deed.label.replace("&", "&&"), deed.keys or ("" if number else "Return"), deed.do)
    if deeds:
        menu.addSeparator()
    add_to(menu, tr("Remove"), "Del", remove)
    return menu
