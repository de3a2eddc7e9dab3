"""Settings: how long conversations are kept, what room they take, and the way to files and from files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Services
from desktop_helper.services.history_records import Storage
from desktop_helper.services.settings import Settings
from desktop_helper.ui import dialog_folder
from desktop_helper.ui.archive.porter import Porter
from desktop_helper.ui.settings.page import Page, QuietCombo, StatusLine, bring_into_sight, days_text, label
from desktop_helper.ui.settings.storage_meter import StorageMeter
from desktop_helper.ui.theme import SPACE_2

_DAYS = (0, 30, 90, 180, 365)


class HistoryPage(Page):
    """The room is measured whenever it is shown.

    Args:
        services: the history.
        background: measures, exports and imports.
        parent: owner.

    Signals:
        over: what came of an export or an import that ended when nobody saw it here.
    """

    over = Signal(str)

    def __init__(self, services: Services, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("History"),
            tr("Your questions and their answers are kept on this machine."),
            parent,
        )
        self._services, self._background = services, background
        self._measuring: CancelToken | None = None
        self.porter = Porter(services, background, self)
        self.meter, self.problem, self.status = StorageMeter(), StatusLine(), StatusLine()
        self.meter.hide()
        self.form.addWidget(self.meter)
        self.form.addWidget(self.problem)
        self.keep_days = self._combo()
        hint = tr("If nothing was asked in them for so long. They lie in the trash for a day first. Pinned ones stay.")
        self.add_field(tr("Delete conversations after"), self.keep_days, hint)
        self.keep_media_days = self._combo()
        self.add_field(tr("Delete their pictures and files after"), self.keep_media_days, tr("The words stay."))
        self.form.addWidget(label(tr("Take them with you"), "heading"))
        self.export_button, self.import_button = QPushButton(tr("Export all…")), QPushButton(tr("Import…"))
        self.stop_button = QPushButton(tr("Stop"))
        self._began_with = self.export_button  # gets the keyboard back
        self.form.addLayout(self._buttons())
        self.form.addWidget(self.status)
        self._connect()
        self._show_working()

    def load(self, settings: Settings) -> None:
        """Show `settings`; what was written into the file by hand is among the choices too."""
        for combo, days in (
            (self.keep_days, settings.history.keep_days),
            (self.keep_media_days, settings.history.keep_media_days),
        ):
            if combo.findData(days) < 0:
                combo.addItem(days_text(days), days)
            combo.setCurrentIndex(combo.findData(days))

    def apply(self, settings: Settings) -> Settings:
        """`settings` with this page's rules."""
        days, media = int(self.keep_days.currentData()), int(self.keep_media_days.currentData())
        return replace(settings, history=replace(settings.history, keep_days=days, keep_media_days=media))

    def showEvent(self, event: QShowEvent) -> None:
        """Each time it is opened it tells how things are now."""
        super().showEvent(event)
        if not event.spontaneous():
            self.measure()

    def measure(self) -> None:
        """Look again."""
        if self._measuring is not None:
            self._measuring.cancel()
        history = self._services.history
        self._measuring = self._background.run(lambda _cancel: history.storage(), self._show, self._not_measured)

    def choose_files(self) -> None:
        """What is to be imported."""
        kinds = f"{tr('Exported conversations, and vlm_helper.db')} (*.json *.db);;{tr('All files')} (*)"
        names, _filter = QFileDialog.getOpenFileNames(self.window(), tr("Import"), dialog_folder.start(), kinds)
        dialog_folder.remember(names)
        if names:
            self.porter.bring_in([Path(name) for name in names])

    def choose_export(self) -> None:
        """How all of them are to be exported."""
        from desktop_helper.ui.archive.export_window import ExportWindow

        window = ExportWindow("desktop-helper", None, self.window())
        window.chosen.connect(lambda choice: self.porter.export(None, choice))
        window.open()

    def _combo(self) -> QuietCombo:
        combo = QuietCombo()
        for days in _DAYS:
            combo.addItem(days_text(days), days)
        combo.activated.connect(self.changed)
        return combo

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        for button in (self.export_button, self.import_button, self.stop_button):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        self.export_button.clicked.connect(self.choose_export)
        self.import_button.clicked.connect(self.choose_files)
        self.stop_button.clicked.connect(self.porter.stop)
        porter = self.porter
        porter.began.connect(self._on_began)
        porter.progressed.connect(self.status.show_busy)
        porter.done.connect(self.status.show_ok)
        porter.failed.connect(lambda error: self.status.show_problem(error.message, error.fix))
        porter.stopped.connect(self.status.show_note)
        for over in (porter.done, porter.failed, porter.stopped):
            over.connect(self._on_over)

    def _on_began(self) -> None:
        self.status.show_busy(tr("Looking…"))
        self._show_working()
        bring_into_sight(self.status)

    def _on_over(self) -> None:
        self._show_working()
        if not self.window().isVisible():
            self.over.emit(self.status.text)
        bring_into_sight(self.status)
        self.measure()

    def _show_working(self) -> None:
        working = self.porter.working
        focused = self.window().focusWidget()  # the dialog that asked for the files may still have the keyboard
        had_focus = focused in (self.stop_button, self.export_button, self.import_button)
        if working and had_focus:
            self._began_with = self.import_button if focused is self.import_button else self.export_button
        self.stop_button.setVisible(working)
        self.export_button.setEnabled(not working)
        self.import_button.setEnabled(not working)
        if had_focus:
            (self.stop_button if working else self._began_with).setFocus()

    def _show(self, storage: Storage) -> None:
        self.problem.clear()
        self.meter.show_storage(storage)
        self.meter.show()

    def _not_measured(self, error: HelperError) -> None:
        self.problem.show_problem(error.message, error.fix)
