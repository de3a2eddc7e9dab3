"""Makes the Qt application and runs it."""

from __future__ import annotations

import logging
import sys
import time
from contextlib import AbstractContextManager, closing, nullcontext

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop_helper import __version__
from desktop_helper.core import trace
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import language, tr
from desktop_helper.qt.faults import Faults
from desktop_helper.qt.garbage import GarbageCollection
from desktop_helper.qt.instance_server import InstanceServer
from desktop_helper.qt.unix_signals import quit_on_signals
from desktop_helper.services.container import Services
from desktop_helper.ui.app_icon import app_icon
from desktop_helper.ui.languages import direction
from desktop_helper.ui.shell import Shell
from desktop_helper.ui.theme import Theme

_log = logging.getLogger(__name__)


def run(services: Services, started_us: int) -> int:
    """Run until the user quits. Returns the exit code."""
    with trace.span("start:application"):
        app = _application()
    GarbageCollection(app)
    try:
        services.prepare()
        settings, broken = services.settings.load_or_defaults()
        for warning in services.settings.warnings:
            _log.warning("%s", warning)
        with trace.span("start:theme"):
            Theme.current(settings.general)
        instance = InstanceServer(services.paths)
        if not instance.acquire():
            return 0  # another start won the race in this very moment; its window will come up
        with trace.span("start:shell"):
            shell = Shell(services, instance)
    except HelperError as error:
        return _refuse(error)
    faults = Faults(services.paths)
    faults.found.connect(shell.tell)
    shell.start()
    trace.complete("start:tray-ready", started_us, cpu_ms=round(time.process_time() * 1e3, 1))
    if broken is not None:
        shell.chat().show_error(broken)
    with closing(faults), quit_on_signals(shell.quit), _stalls_watched():
        return app.exec()


def _stalls_watched() -> AbstractContextManager[object]:
    if not trace.enabled():
        return nullcontext()
    from desktop_helper.qt.stall_watch import StallWatch

    return closing(StallWatch())


def _refuse(error: HelperError) -> int:
    """Nothing can be started. Who chose the app from a menu sees no standard error, so it is said in a window too."""
    from PySide6.QtWidgets import QMessageBox

    sys.stderr.write(f"desktop-helper: {error}\n")
    box = QMessageBox(QMessageBox.Icon.Critical, tr("Desktop Helper"), error.message)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(error.fix)
    box.exec()
    return error.exit_code


def _application() -> QApplication:
    app = QApplication(sys.argv[:1])
    app.setApplicationName("desktop-helper")
    app.setApplicationDisplayName(tr("Desktop Helper"))
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("desktop-helper")
    app.setWindowIcon(app_icon())
    app.setLayoutDirection(direction(language()))
    app.setQuitOnLastWindowClosed(False)
    return app
