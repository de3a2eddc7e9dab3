"""Settings: models on this machine, and those to download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QPushButton, QVBoxLayout, QWidget

from desktop_helper.core.errors import HelperError
from desktop_helper.core.gguf.files import first_part
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.services.model_store.condition import Condition, condition
from desktop_helper.services.model_store.endpoint import DEFAULT_ENDPOINT, KNOWN, chosen_endpoint
from desktop_helper.services.model_store.machine import Fit, Machine
from desktop_helper.services.model_store.own_files import sight_beside
from desktop_helper.services.model_store.progress import Phase
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.services.model_store.words import fit_text, progress_text
from desktop_helper.services.settings import Settings
from desktop_helper.ui import dialog_folder
from desktop_helper.ui.settings.model_downloads import Downloads
from desktop_helper.ui.settings.model_row import Action, ModelRow
from desktop_helper.ui.settings.page import Page, QuietCombo, StatusLine, label
from desktop_helper.ui.settings.practice_card import PracticeCard
from desktop_helper.ui.theme import SPACE_2, SPACE_4

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.model_store.catalogue import CatalogueEntry
    from desktop_helper.services.model_store.records import InstalledModel


class ModelsPage(Page):
    """What is here and what could be. Files come and go at once; which model answers is decided on the first page.

    Signals:
        use_requested(object): the `InstalledModel` that should answer.
    """

    use_requested = Signal(object)

    def __init__(self, services: Services, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(tr("Local models"), tr("Models that run on this machine answer without a network."), parent)
        self._services, self._background = services, background
        self.downloads = Downloads(background, self)
        self.rows: dict[str, ModelRow] = {}
        self._entries: dict[str, CatalogueEntry] = {}
        self._conditions: dict[str, Condition] = {}
        self._active_gguf = ""
        self.status = StatusLine()
        self.practice = PracticeCard(services)
        self.add_button = QPushButton(tr("Add model files…"), self)
        self.add_button.hide()  # until it has its place
        self.endpoint = QuietCombo()
        self._lists = QVBoxLayout()
        self._build()
        self.downloads.progressed.connect(self._show_progress)
        self.downloads.changed.connect(self._on_changed)

    def load(self, settings: Settings) -> None:
        """Show `settings`."""
        self.endpoint.setCurrentText(settings.models.endpoint)
        self.practice.load(settings)
        active = settings.profiles.get(settings.active_profile)
        self._active_gguf = active.gguf if active is not None else ""
        if self.isVisible():
            self.refresh()

    def apply(self, settings: Settings) -> Settings:
        """`settings` with the chosen server."""
        settings = self.practice.apply(settings)
        return replace(settings, models=replace(settings.models, endpoint=self.endpoint.currentText().strip()))

    def showEvent(self, event: QShowEvent) -> None:
        """Read the disk only for who looks at it."""
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Look again what is there."""
        _clear(self._lists)
        self.rows = {}
        try:
            store = self._services.models
            installed, unfinished = store.installed(), {one.id: one.bytes for one in store.unfinished()}
            entries = store.catalogue.entries()
        except HelperError as error:
            self.status.show_problem(error.message, error.fix)
            return
        self._entries = {entry.id: entry for entry in entries}
        self._heading(tr("On this machine"))
        for model in installed:
            self._row(model.id, model.title)
            self._show_installed(model)
        self._look_at(installed)
        if not installed:
            self._lists.addWidget(label(tr("No models yet. One from below, or a GGUF file that you have."), "dim"))
        self._lists.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_button.show()
        self._lists.addSpacing(SPACE_4)
        self._heading(tr("To download"))
        machine = Machine.this()
        best = store.recommend(machine)
        here = {model.id for model in installed}
        fits = {entry.id: machine.fit(entry) for entry in entries}
        for entry in sorted(entries, key=lambda each: (each != best, fits[each.id] in (Fit.NO, Fit.TIGHT))):
            if entry.id not in here:
                self._entry_row(entry, fits[entry.id], unfinished.get(entry.id, 0), best=entry == best)
        for model_id in unfinished.keys() - self._entries.keys() - here:
            self._left_over_row(model_id, unfinished[model_id])

    # --- rows -------------------------------------------------------------------------------------------------------

    def _look_at(self, models: list[InstalledModel]) -> None:
        """Whether their files are good: heads of gigabytes on who knows what disk are not read on this thread."""
        if not models:
            return

        def show(found: dict[str, Condition]) -> None:
            before, self._conditions = self._conditions, found
            for model in models:
                if model.id in self.rows and found[model.id] != before.get(model.id, Condition()):
                    self._show_installed(model)

        self._background.run(
            lambda _cancel: {model.id: condition(model) for model in models}, show, lambda _error: None
        )

    def _show_installed(self, model: InstalledModel) -> None:
        row = self.rows[model.id]
        used = str(model.gguf) == self._active_gguf
        state = self._conditions.get(model.id, Condition())
        words = [size_text(model.bytes)]
        if model.mmproj is None:
            words.append(tr("cannot see pictures"))
        if model.missing:
            words.append(tr("missing: {names}", names=", ".join(path.name for path in model.missing)))
        elif model.referenced:
            words.append(tr("where you keep it: {folder}", folder=str(model.gguf.parent)))
        problem = None if model.missing else state.fault
        row.describe(" · ".join(words), pill=tr("Answers now") if used else "", problem=problem, note=state.doubt)
        remove = Action(tr("Remove"), partial(self._ask_to_remove, model), "quiet")
        use = Action(tr("Use"), partial(self.use_requested.emit, model))
        row.offer([remove] if used or model.missing or state.fault else [use, remove])

    def _ask_to_remove(self, model: InstalledModel) -> None:
        row = self.rows[model.id]
        question = (
            tr("Take it off this list? Its files stay where they are.")
            if model.referenced
            else tr("Delete its files? That frees {size}.", size=size_text(model.bytes))
        )
        row.describe(question)
        row.offer(
            [
                Action(tr("Keep"), partial(self._installed_again, model)),
                Action(tr("Take off") if model.referenced else tr("Delete"), partial(self._remove, model.id), "danger"),
            ]
        )

    def _installed_again(self, model: InstalledModel) -> None:
        had_focus = any(button.hasFocus() for button in self.rows[model.id].buttons)
        self.refresh()
        if had_focus and model.id in self.rows:
            self.rows[model.id].buttons[-1].setFocus()

    def _entry_row(self, entry: CatalogueEntry, fit: Fit, there: int, *, best: bool) -> None:
        row = self._row(entry.id, entry.title)
        size = size_text(entry.estimated_bytes)
        words = [size if entry.bytes else tr("about {size}", size=size), fit_text(fit), entry.licence]
        detail = " · ".join(word for word in words if word)
        if entry.note:
            detail = f"{detail}\n{entry.note}"
        row.setProperty("detail", detail)
        row.setProperty("best", tr("Best for this machine") if best else "")
        self._show_state(entry.id, there)

    def _left_over_row(self, model_id: str, there: int) -> None:
        row = self._row(model_id, model_id)
        row.describe(tr("{size} of a download that is not in the catalogue any more.", size=size_text(there)))
        row.offer([Action(tr("Delete"), partial(self._remove, model_id), "danger")])

    def _show_state(self, model_id: str, there: int) -> None:
        """A row of the catalogue: to download, running, paused or failed."""
        row, running = self.rows[model_id], self.downloads.running.get(model_id)
        pill = str(row.property("best"))
        problem = self.downloads.problems.get(model_id)
        if running is not None:
            row.describe(tr("Stopping…") if running.stopping else progress_text(running.progress))
            row.offer([] if running.stopping else [self._pause(model_id), self._discard_running(model_id)])
            self._show_progress(model_id)
        elif there:
            row.describe(tr("Paused; {size} have arrived.", size=size_text(there)), problem=problem)
            row.show_fraction(min(1.0, there / self._entries[model_id].estimated_bytes))
            row.offer(
                [
                    Action(tr("Resume"), partial(self._start, model_id)),
                    Action(tr("Discard"), partial(self._remove, model_id), "quiet"),
                ]
            )
        else:
            row.describe(str(row.property("detail")), pill=pill, problem=problem)
            row.show_fraction(None)
            word = tr("Try again") if problem is not None else tr("Download")
            row.offer([Action(word, partial(self._start, model_id), "primary" if pill else "")])

    def _show_progress(self, model_id: str) -> None:
        row, running = self.rows.get(model_id), self.downloads.running.get(model_id)
        if row is None or running is None or running.stopping:
            return
        progress = running.progress
        row.describe(progress_text(progress))
        row.show_fraction(
            progress.done / progress.total if progress.total and progress.phase is not Phase.ASKING else 0
        )

    def _pause(self, model_id: str) -> Action:
        return Action(tr("Pause"), partial(self.downloads.stop, model_id))

    def _discard_running(self, model_id: str) -> Action:
        return Action(tr("Cancel"), partial(self.downloads.stop, model_id, discard=True), "quiet")

    # --- what the user does -----------------------------------------------------------------------------------------

    def _start(self, model_id: str) -> None:
        try:
            endpoint = chosen_endpoint(self.endpoint.currentText().strip(), "")
        except HelperError as error:
            self.rows[model_id].describe(str(self.rows[model_id].property("detail")), problem=error)
            return
        self.downloads.start(self._services.models, self._entries[model_id], endpoint)

    def _on_changed(self, model_id: str) -> None:
        if not self.isVisible():
            return  # read anew when it is shown
        if model_id in self.downloads.running:
            self._show_state(model_id, 0)
            return
        row = self.rows.get(model_id)
        had_focus = row is not None and any(button.hasFocus() for button in row.buttons)
        self.refresh()
        if had_focus and model_id in self.rows and self.rows[model_id].buttons:
            self.rows[model_id].buttons[0].setFocus()

    def _remove(self, model_id: str) -> None:
        self._in_background(lambda: self._services.models.remove(model_id))

    def _add(self) -> None:
        title = tr("Choose a model, and its mmproj file")
        chosen, _filter = QFileDialog.getOpenFileNames(self, title, dialog_folder.start(), "GGUF (*.gguf)")
        dialog_folder.remember(chosen)
        self.add_files([Path(path) for path in chosen])

    def add_files(self, paths: list[Path]) -> None:
        """Take a model and, if it is among them, its mmproj file into the list; they stay where they are."""
        sight = [path for path in paths if "mmproj" in path.name.lower()]
        models = sorted(path for path in paths if path not in sight)
        if not models:
            return
        if len({first_part(path) for path in models}) > 1:
            self.status.show_problem(tr("These are several models."), tr("Choose one, with its mmproj file."))
            return
        if len(sight) > 1:
            self.status.show_problem(tr("These are several mmproj files."), tr("Choose one of them, with its model."))
            return
        gguf = first_part(models[0])
        self._in_background(lambda: self._services.models.add(gguf, sight[0] if sight else sight_beside(gguf)))

    def _in_background(self, work: Callable[[], object]) -> None:
        self.status.clear()

        def failed(error: HelperError) -> None:
            self.refresh()
            self.status.show_problem(error.message, error.fix)

        self._background.run(lambda _cancel: work(), lambda _result: self.refresh(), failed)

    # --- building ---------------------------------------------------------------------------------------------------

    def _row(self, model_id: str, title: str) -> ModelRow:
        row = self.rows[model_id] = ModelRow(title)
        self._lists.addWidget(row)
        return row

    def _heading(self, text: str) -> None:
        self._lists.addWidget(label(text, "heading"))

    def _build(self) -> None:
        self._lists.setSpacing(SPACE_2)
        self.form.addWidget(self.status)
        self.form.addLayout(self._lists)
        self.practice.changed.connect(self.changed)
        self.form.addWidget(self.practice)
        self.add_button.clicked.connect(self._add)
        self.endpoint.setEditable(True)
        self.endpoint.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.endpoint.addItems(KNOWN)
        self.endpoint.setCurrentText("")
        if edit := self.endpoint.lineEdit():
            edit.setPlaceholderText(DEFAULT_ENDPOINT)
        self.endpoint.editTextChanged.connect(lambda _text: self.changed.emit())
        self.add_field(
            tr("Download from"),
            self.endpoint,
            tr("Another server may be quicker, or the only one that can be reached."),
        )


def _clear(layout: QVBoxLayout) -> None:
    """Take everything out; what is not a row or a text of ours stays alive, since its owner keeps it."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None and not isinstance(widget, QPushButton):
            widget.hide()
            widget.deleteLater()
