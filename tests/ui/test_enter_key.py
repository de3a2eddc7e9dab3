"""Enter on a button that has the focus."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from desktop_helper.ui.enter_key import pressed_button


class Window(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.button, self.box = QPushButton("Save"), QCheckBox("On")
        layout = QVBoxLayout(self)
        layout.addWidget(self.button)
        layout.addWidget(self.box)

    def keyPressEvent(self, event):
        button = pressed_button(self, event)
        if button is not None:
            button.click()


@pytest.fixture
def window(qtbot):
    made = Window()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_it_is_pressed_once(qtbot, window, key):
    pressed = []
    window.button.clicked.connect(lambda: pressed.append(True))
    window.button.setFocus()
    qtbot.keyClick(window.button, key)
    assert pressed == [True]


def test_a_box_keeps_its_state_and_modifiers_mean_something_else(qtbot, window):
    pressed = []
    window.button.clicked.connect(lambda: pressed.append(True))
    window.box.setFocus()
    qtbot.keyClick(window.box, Qt.Key.Key_Return)
    assert not window.box.isChecked()
    window.button.setFocus()
    qtbot.keyClick(window.button, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    window.button.setEnabled(False)
    qtbot.keyClick(window, Qt.Key.Key_Return)
    assert pressed == []
