"""A line between parts of a window."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from desktop_helper.ui.theme import set_role


def hairline() -> QFrame:
    """As thin as a line can be."""
    line = QFrame()
    set_role(line, "hairline")
    return line
