"""The app as a whole, offscreen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from desktop_helper.bootstrap import build_services
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.services.paths import Paths
from desktop_helper.ui.shell import Shell
from desktop_helper.ui.theme import Theme


@pytest.fixture
def shell(qtbot, tmp_path):
    Theme.current("light")
    services = build_services(Paths.below(tmp_path))
    services.prepare()
    instance = InstanceServer(services.paths)
    assert instance.acquire()
    made = Shell(services, instance)
    yield made
    made.quit()
    # An app ends with its process; a test goes on, and what stayed would still follow the theme.
    made._tray.menu.deleteLater()
    made.deleteLater()
    services.close()


def test_a_fault_is_told_without_taking_the_keyboard(qtbot, shell):
    shell.tell(HelperError(ErrorKind.WORKER, "Something went wrong.", "The log says where."))
    window = shell.chat().window
    qtbot.waitUntil(window.isVisible)
    shown = [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
    assert "Something went wrong. The log says where." in shown
