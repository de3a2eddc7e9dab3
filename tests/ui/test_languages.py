"""A language is a folder of tables, and nothing else has to be touched; one written from the right turns the window."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop_helper.core import i18n
from desktop_helper.core.resources import resource_root
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.flow_layout import FlowLayout
from desktop_helper.ui.icons import IconButton
from tests.architecture.sources import ROOT

PROGRAM = """
import json, sys
sys._MEIPASS = sys.argv[1]  # where a frozen app looks for its resources
from PySide6.QtWidgets import QApplication
from desktop_helper.core.i18n import language, set_language, tr
from desktop_helper.services.settings import General, SettingsStore
from desktop_helper.ui.app import _application
from pathlib import Path
store = SettingsStore(Path(sys.argv[2]))
set_language(store.load().general.language)
app = _application()
from desktop_helper.ui.settings.appearance_page import AppearancePage
page = AppearancePage()
page.load(store.current)
combo = page.language
print(json.dumps({
    "language": language(), "send": tr("Send"), "other": tr("Settings"), "chosen": combo.currentText(),
    "offered": [combo.itemText(row) for row in range(combo.count())], "rtl": app.isRightToLeft(),
}))
"""


def test_a_folder_with_a_table_is_a_language(tmp_path):
    resources = tmp_path / "resources"
    shutil.copytree(resource_root(), resources)
    folder = resources / "translations" / "he"
    folder.mkdir()
    (folder / "all.toml").write_text('"Send" = "שליחה"\n', encoding="utf-8")
    settings = tmp_path / "settings.toml"
    settings.write_text('[general]\nlanguage = "he"\n', encoding="utf-8")
    argv = [sys.executable, "-c", PROGRAM, str(tmp_path), str(settings)]
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said == {
        "language": "he",
        "send": "שליחה",
        "other": "Settings",  # what is not translated yet stays English
        "chosen": "עברית",
        "offered": ["As the system", "English", "עברית", "简体中文"],
        "rtl": True,
    }


@pytest.mark.parametrize(
    ("session", "language"),
    [
        ("zh_CN.UTF-8", "zh_CN"),
        ("zh_TW.UTF-8", "zh_CN"),
        ("Chinese (Simplified)_China.936", "zh_CN"),
        ("pt_BR.UTF-8", "pt_BR"),
        ("pt_PT@euro", "pt_BR"),
        ("de_DE.UTF-8", "de"),
        ("en_GB.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("", "en"),
        ("fr", "en"),
    ],
)
def test_the_session_chooses_among_the_languages_that_there_are(monkeypatch, session, language):
    monkeypatch.setattr(i18n, "languages", lambda: ("en", "de", "pt_BR", "zh_CN"))
    monkeypatch.setattr("locale.getlocale", lambda: (None, None))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", session)
    assert i18n.system_language() == language


@pytest.fixture
def from_the_right(qapp):
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_the_window_is_mirrored(qtbot, from_the_right):
    window = ChatWindow(on_taskbar=True)
    qtbot.addWidget(window)
    window.resize(420, 640)
    window.show()
    middle = window.width() // 2
    close = next(button for button in window.header.findChildren(IconButton) if "Ctrl+W" in button.toolTip())
    send = window.composer._send
    assert close.mapTo(window, close.rect().center()).x() < middle
    assert send.mapTo(window, send.rect().center()).x() < middle


def test_rows_of_chips_begin_at_the_right(qtbot, from_the_right):
    row = QWidget()
    qtbot.addWidget(row)
    layout = FlowLayout(row, gap=8)
    first, second = QPushButton("first"), QPushButton("second")
    layout.addWidget(first)
    layout.addWidget(second)
    row.resize(400, 60)
    row.show()
    assert first.geometry().right() == row.rect().right()
    assert second.geometry().right() < first.geometry().left()
    assert QRect(row.rect()).contains(second.geometry())
