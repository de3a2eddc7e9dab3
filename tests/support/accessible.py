"""What a screen reader and a keyboard find in a window, and what they miss.

assert not faults(window)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QRadioButton, QScrollArea, QWidget

from desktop_helper.ui.scrolled_page import page_around

_VAGUE = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Pane, QAccessible.Role.Window)
_MOST_TABS = 200
_RING = 8


def faults(window: QWidget) -> list[str]:
    """Everything that is wrong with a window that is shown and active, one line each."""
    found = [*_unnamed(window), *_twins(window)]
    reached = tab_order(window)
    found += [f"cannot be reached with Tab: {told(widget)}" for widget in missed(window, list(reached))]
    found += [f"shows no focus: {told(widget)}" for widget, visible in reached.items() if not visible]
    return found


def told(widget: QWidget) -> str:
    """A widget as a message names it."""
    return f"{type(widget).__name__} “{widget.accessibleName()}” in {type(widget.parent()).__name__}"


def controls(window: QWidget) -> list[QWidget]:
    """What a user can do something with: it takes the keyboard or is clicked."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window) and widget.isEnabled() and widget.window() is window and _usable(widget)
    ]


def tab_order(window: QWidget) -> dict[QWidget, bool]:
    """The widgets that Tab goes to, once round and in that order, and whether each shows that it has the keyboard."""
    begin = QApplication.focusWidget()
    assert begin is not None, "nothing has the keyboard"
    order: dict[QWidget, bool] = {}
    focus, looks = begin, _picture(begin)
    for _ in range(_MOST_TABS):
        QTest.keyClick(focus, Qt.Key.Key_Tab)
        after = QApplication.focusWidget()
        assert after is not None, f"the focus is lost behind {told(focus)}"
        order[focus] = order.get(focus, False) or _picture(focus) != looks
        if after is begin:
            return order
        focus, looks = after, _picture(after)
    raise AssertionError(f"Tab does not come round: {[told(widget) for widget in order]}")


def missed(window: QWidget, reached: list[QWidget]) -> list[QWidget]:
    """Controls that Tab does not go to. Of radio buttons in a group, one is enough: arrows choose the others."""
    groups = [widget.group() for widget in reached if isinstance(widget, QRadioButton) and widget.group()]
    return [
        widget
        for widget in controls(window)
        if widget not in reached and not (isinstance(widget, QRadioButton) and widget.group() in groups)
    ]


def _usable(widget: QWidget) -> bool:
    focusable = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None
    return focusable or isinstance(widget, QAbstractButton)


def _unnamed(window: QWidget) -> Iterator[str]:
    for widget in controls(window):
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface.text(QAccessible.Text.Name).strip():
            yield f"has no name: {told(widget)} {widget.parent()}"
        scrolls = isinstance(widget, QScrollArea)  # Qt has no role for one
        if interface.role() in _VAGUE and not scrolls:
            yield f"has the role {interface.role().name}: {told(widget)}"


def _twins(window: QWidget) -> Iterator[str]:
    """Two controls beside each other that sound the same."""
    beside: dict[QObject | None, Counter[tuple[str, str]]] = {}
    for widget in controls(window):
        interface = QAccessible.queryAccessibleInterface(widget)
        sound = (interface.text(QAccessible.Text.Name), interface.role().name)
        beside.setdefault(widget.parent(), Counter())[sound] += 1
    for parent, sounds in beside.items():
        for (name, role), count in sounds.items():
            if count > 1:
                yield f"{count} times {role} “{name}” in {type(parent).__name__}"


def tree(interface: QAccessibleInterface, depth: int = 0) -> Iterator[str]:
    """The whole tree as text, for whoever wants to read it."""
    if not interface.isValid():
        return
    yield f"{'  ' * depth}{interface.role().name} “{interface.text(QAccessible.Text.Name)}”"
    for index in range(interface.childCount()):
        child = interface.child(index)
        if child is not None:
            yield from tree(child, depth + 1)


def _picture(widget: QWidget) -> QImage:
    """How it looks now, and a little around it: some have a ring that lies on the page."""
    QApplication.processEvents()
    around = page_around(widget) or widget.parentWidget() or widget
    place = QRect(widget.mapTo(around, QPoint()), widget.size())
    return around.grab(place.adjusted(-_RING, -_RING, _RING, _RING)).toImage()
