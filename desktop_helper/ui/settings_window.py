"""The settings window: pages at the left, one of them shown, Cancel and Save below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.qt.background import Background
from desktop_helper.qt.screens import screen_of
from desktop_helper.services.checkup import Checkup
from desktop_helper.services.settings import Settings
from desktop_helper.ui.enter_key import pressed_button
from desktop_helper.ui.icons import ICON_PX, icon
from desktop_helper.ui.settings.appearance_page import AppearancePage
from desktop_helper.ui.settings.history_page import HistoryPage
from desktop_helper.ui.settings.hotkeys_page import HotkeyControl, HotkeysPage
from desktop_helper.ui.settings.model_page import ModelPage
from desktop_helper.ui.settings.models_page import ModelsPage
from desktop_helper.ui.settings.page import Page, StatusLine
from desktop_helper.ui.settings.privacy_page import PrivacyPage
from desktop_helper.ui.settings.recording_page import RecordingPage
from desktop_helper.ui.settings.spending_page import SpendingPage
from desktop_helper.ui.settings.status_page import StatusPage
from desktop_helper.ui.text_size import add_size_keys
from desktop_helper.ui.theme import SPACE_2, SPACE_3, SPACE_4, SPACE_5, Theme, set_role

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.model_store.records import InstalledModel
    from desktop_helper.services.server_finder import FoundServer

NAVIGATION_WIDTH = 176
WIDTH, HEIGHT = 760, 620


class SettingsWindow(QWidget):
    """Changes nothing before Save, except that a look is shown as soon as it is chosen. May be shown again and again.

    Args:
        services: settings, providers, keys and backends.
        theme: dressed with the chosen theme.
        hotkeys: the running ones, so that a taken key is noticed while it is chosen.
        background: for work that may take time; belongs to whoever made it.

    Signals:
        saved: the settings file has changed.
        shortcuts_requested: F1 was pressed.
    """

    saved = Signal()
    shortcuts_requested = Signal()

    def __init__(
        self,
        services: Services,
        theme: Theme,
        hotkeys: HotkeyControl,
        background: Background,
    ) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._services, self._theme, self._scale = services, theme, theme.scale
        self._wanted = self._given = QSize(WIDTH, HEIGHT)  # with text of the usual size; what it was given last
        self.setWindowTitle(tr("Settings"))
        set_role(self, "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = ModelPage(services, background)
        self.models = ModelsPage(services, background)
        self.hotkeys = HotkeysPage(hotkeys, services.quick_actions)
        self.appearance = AppearancePage()
        checkup = Checkup(services, commands=False)
        self.recording = RecordingPage(services.paths.recordings_dir, checkup.sounds, background)
        self.privacy = PrivacyPage(services.paths.ledger_file)
        self.history = HistoryPage(services, background)
        self.spending = SpendingPage(services, background)
        self.status = StatusPage(lambda: list(checkup.findings()), lambda: hotkeys.problems, background)
        self._pages: dict[str, tuple[str, Page]] = {
            tr("Answers"): ("chip", self.model),
            tr("Local models"): ("server", self.models),
            tr("Hotkeys"): ("keyboard", self.hotkeys),
            tr("Appearance"): ("eye", self.appearance),
            tr("Recordings"): ("record", self.recording),
            tr("Privacy"): ("shield", self.privacy),
            tr("History"): ("history", self.history),
            tr("Costs"): ("coins", self.spending),
            tr("Status"): ("info", self.status),
        }
        self.navigation = QListWidget()
        self._stack = QStackedWidget()
        self.message = StatusLine()
        self.cancel_button = QPushButton(tr("Cancel"))
        self.save_button = QPushButton(tr("Save"))
        self._build()
        self._connect()
        self._give(self._wanted * self._scale)

    def load(self) -> None:
        """Show the saved settings; what was changed here and not saved is gone."""
        settings, broken = self._services.settings.load_or_defaults()
        for _icon, page in self._pages.values():
            page.load(settings)
        self.cancel_button.setText(tr("Cancel"))
        self._set_waiting(False)
        if broken is not None:
            self.message.show_problem(broken.message, broken.fix)
        else:
            self.message.clear()

    def show_page(self, page: Page) -> None:
        """Bring one page to front."""
        self.navigation.setCurrentRow([shown for _icon, shown in self._pages.values()].index(page))

    def save(self) -> None:
        """Write everything, then keep the key, then close."""
        if self.model.key.storing:
            return
        try:
            self.model.check()
        except HelperError as error:
            self.show_page(self.model)
            self.message.show_problem(error.message, error.fix)
            return
        try:
            self._services.settings.update(self._applied)
        except HelperError as error:
            self.message.show_problem(error.message, error.fix)
            return
        if self.model.key.typed:
            self._set_waiting(True)
            self.message.show_busy(tr("Waiting for the keyring…"))
            self.model.key.store(self._on_key_kept, self._on_key_failed)
        else:
            self._finish()

    def showEvent(self, event: QShowEvent) -> None:
        """Each time it is opened it shows what is saved."""
        if not event.spontaneous():
            self.load()
            self.navigation.setFocus()
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus."""
        button = pressed_button(self, event)
        if button is not None:
            button.click()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel: nothing runs on, and the saved theme is back."""
        self.history.porter.stop()
        self.model.test.cancel()
        self.model.finder.cancel()
        if self.model.key.storing:
            self.model.key.abandon()
            self.saved.emit()  # everything but the key is written already
        self._theme.apply(self._services.settings.current.general)
        super().closeEvent(event)

    def _applied(self, settings: Settings) -> Settings:
        for _icon, page in self._pages.values():
            settings = page.apply(settings)
        return settings

    def _set_waiting(self, waiting: bool) -> None:
        """Nothing may be changed while the keyring is asked: what was typed then would be neither saved nor kept."""
        self._stack.setEnabled(not waiting)
        self.save_button.setEnabled(not waiting)

    def _finish(self) -> None:
        self.saved.emit()
        self.close()

    def _on_use(self, model: InstalledModel) -> None:
        """What answers is decided on the first page, and holds once it is saved."""
        self.model.propose_local(model)
        self.show_page(self.model)
        self.message.show_note(tr("Press Save to let “{title}” answer.", title=model.title))
        self.save_button.setFocus()

    def _on_use_server(self, server: FoundServer) -> None:
        """The same for a server that was found."""
        self.model.propose_server(server)
        self.message.show_note(tr("Press Save to let “{title}” answer.", title=server.title))
        self.save_button.setFocus()

    def _on_key_kept(self, remark: str) -> None:
        if not remark:
            self._finish()
            return
        # Not what the user asked for, so it stays readable until they close the window themselves.
        self.saved.emit()
        self._set_waiting(False)
        self.cancel_button.setText(tr("Close"))
        self.message.show_note(remark)

    def _on_key_failed(self, error: HelperError) -> None:
        self.saved.emit()
        self._set_waiting(False)
        self.message.show_problem(error.message, error.fix)

    def _build(self) -> None:
        self.navigation.setAccessibleName(tr("Pages"))
        self.navigation.setFrameShape(QFrame.Shape.NoFrame)
        self.navigation.setSpacing(2)
        self.navigation.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for title, (_icon, page) in self._pages.items():
            self.navigation.addItem(QListWidgetItem(title))
            self._stack.addWidget(page)
        side = QVBoxLayout()
        side.setContentsMargins(SPACE_3, SPACE_5, SPACE_3, SPACE_3)
        side.addWidget(self.navigation)
        columns = QHBoxLayout()
        columns.setSpacing(0)
        columns.addLayout(side)
        columns.addWidget(_line("rule"))
        columns.addWidget(self._stack, 1)
        set_role(self.save_button, "primary")
        footer = QHBoxLayout()
        footer.setContentsMargins(SPACE_5, SPACE_4, SPACE_5, SPACE_4)
        footer.setSpacing(SPACE_2)
        footer.addWidget(self.message, 1)
        footer.addStretch(0)
        footer.addWidget(self.cancel_button)
        footer.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(columns, 1)
        layout.addWidget(_line("hairline"))
        layout.addLayout(footer)

    def _connect(self) -> None:
        self.navigation.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.navigation.setCurrentRow(0)
        self.cancel_button.clicked.connect(self.close)
        self.save_button.clicked.connect(self.save)
        self.model.provider.activated.connect(lambda _row: self.message.clear())  # it was about the one before
        self.model.key.kept_late.connect(self.saved)
        self.appearance.look_chosen.connect(self._theme.apply)
        self.models.use_requested.connect(self._on_use)
        self.model.finder.chosen.connect(self._on_use_server)
        self._theme.changed.connect(self._tint)
        self._tint()
        for keys, action in (
            ("Esc", self.close),
            ("Ctrl+W", self.close),
            ("Ctrl+S", self.save),
            ("F1", self.shortcuts_requested.emit),
        ):
            QShortcut(QKeySequence(keys), self, action)
        add_size_keys(self, self.appearance.resize_text)
        for number in range(len(self._pages)):
            QShortcut(QKeySequence(f"Ctrl+{number + 1}"), self, lambda row=number: self.navigation.setCurrentRow(row))

    def _tint(self) -> None:
        self._grow()
        side = self._theme.icon_px(ICON_PX)
        self.navigation.setIconSize(QSize(side, side))
        for row, (icon_name, _page) in enumerate(self._pages.values()):
            self.navigation.item(row).setIcon(icon(icon_name, size=side))
        self.navigation.setFixedWidth(max(NAVIGATION_WIDTH, self.navigation.sizeHintForColumn(0) + SPACE_2))

    def _grow(self) -> None:
        """It was as large as its text needed, or the user wanted; other text needs as much more or less."""
        before, self._scale = self._scale, self._theme.scale
        if before == self._scale:
            return
        free = screen_of(self).availableGeometry()
        if self.size() != self._given:
            self._wanted = self.size() / before
        self._give(self._wanted * self._scale)
        if self.isVisible():  # what would be beyond the edge of the screen cannot be read
            frame = self.frameGeometry()
            self.move(
                max(free.left(), min(frame.left(), free.right() + 1 - frame.width())),
                max(free.top(), min(frame.top(), free.bottom() + 1 - frame.height())),
            )

    def _give(self, size: QSize) -> None:
        free = screen_of(self).availableSize() - (self.frameGeometry().size() - self.size())
        self.resize(size.expandedTo(self.minimumSizeHint()).boundedTo(free))
        self._given = self.size()


def _line(role: str) -> QFrame:
    made = QFrame()
    set_role(made, role)
    return made
