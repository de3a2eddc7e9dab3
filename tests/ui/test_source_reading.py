"""PySide6 reads the sources of modules unless it is told not to. In processes of their own: it is told once, early."""

from __future__ import annotations

import subprocess
import sys

import pytest

from desktop_helper.qt import source_reading

LOOK = """
import linecache, sys
if sys.argv[1] == "off":
    from desktop_helper.qt import source_reading
    assert source_reading.switch_off()
from PySide6.QtWidgets import QApplication, QLabel
from desktop_helper.ui.theme import Theme
app = QApplication([])
QLabel("Qt still works").setText("and so do its names")
print(any(name.endswith("theme.py") for name in linecache.cache))
"""


@pytest.mark.parametrize(("mode", "read"), [("on", "True"), ("off", "False")])
def test_sources_are_read_only_if_nobody_says_no(mode, read):
    """If `on` fails, this PySide6 has stopped reading, and the module can go."""
    done = subprocess.run([sys.executable, "-c", LOOK, mode], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == read, done.stderr


def test_another_pyside_is_left_alone(monkeypatch):
    monkeypatch.setattr(source_reading, "_FUNCTION", "gone")
    assert not source_reading.switch_off()
