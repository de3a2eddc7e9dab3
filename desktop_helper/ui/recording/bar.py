"""The bar beside what is recorded: how long and how large it is, and buttons to pause, stop and discard it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QMouseEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop_helper.core.clips import clock
from desktop_helper.core.i18n import tr
from desktop_helper.core.recording import RecordingProgress
from desktop_helper.services.model_store.sizes import size_text
from desktop_helper.ui.floating_card import FloatingCard
from desktop_helper.ui.icons import ICON_PX, IconButton, pixmap
from desktop_helper.ui.recording.phase import Phase
from desktop_helper.ui.theme import SPACE_1, SPACE_2, SPACE_3, Theme, set_role

_LONGEST = "0:00:00", "999.9 MB"
_DOTS = {Phase.RECORDING: ("record", "bad"), Phase.PAUSED: ("pause", "dim")}


class RecordingBar(FloatingCard):
    """Shows itself without taking the keyboard; a click gives it the keyboard, dragging moves it.

    Args:
        can_hide: whether there is another way to stop, so that it may go out of a picture that it is in.
        microphone: it is going to be recorded; there is room for its sign from the beginning, so nothing moves.

    Signals:
        stop_requested, pause_requested, discard_requested: as they say; pausing again goes on.
    """

    stop_requested = Signal()
    pause_requested = Signal()
    discard_requested = Signal()

    def __init__(self, *, can_hide: bool, microphone: bool = False) -> None:
        super().__init__(tr("Recording"))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._phase = Phase.WAITING
        self._dot, self._words, self._size, self._told = QLabel(), QLabel(), QLabel(), QWidget()
        self._microphone = _microphone(wanted=microphone)
        set_role(self._words, "heading")
        set_role(self._size, "secondary")
        self._pause = IconButton("pause", tr("Pause (P)"))
        self._stop = IconButton("stop", tr("Stop, and ask about it (Enter)"), role="on_accent")
        self._discard = IconButton("trash", tr("Discard (Del)"))
        self._hide = IconButton("minus", tr("Hide this bar, which is in the picture (H)"))
        self._hide.hide()
        self._can_hide = can_hide
        self._build()
        self._connect()
        self.show_phase(Phase.WAITING)
        # Not a button: where the compositor gives it the keyboard unasked, a space that is typed must not discard it.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()

    def show_phase(self, phase: Phase) -> None:
        """Say what goes on."""
        before, self._phase = self._phase, phase
        going_on = phase is Phase.PAUSED
        self._pause.set_icon("record" if going_on else "pause")
        self._pause.set_label(tr("Go on (P)") if going_on else tr("Pause (P)"))
        running = phase in (Phase.RECORDING, Phase.PAUSED)
        self._pause.setEnabled(running)
        self._stop.setEnabled(running)
        self._discard.setEnabled(phase is not Phase.FINISHING)
        self._size.setVisible(running)
        if not running:
            self._words.setText(tr("Finishing…") if phase is Phase.FINISHING else tr("Ready…"))
        elif before is Phase.WAITING:
            self._words.setText(clock(0))
        self._tint()

    def show_asking(self) -> None:
        """The desktop asks the user what it may share; until the next phase."""
        self._words.setText(tr("Choose what to share…"))
        self._fit()

    def show_progress(self, progress: RecordingProgress) -> None:
        """How far it is."""
        if progress.microphone is self._microphone.isHidden():
            self._microphone.setVisible(progress.microphone)
            self._fit()
        if self._phase not in (Phase.RECORDING, Phase.PAUSED):
            return
        self._words.setText(clock(progress.seconds))
        self._size.setText(size_text(progress.bytes))
        state = tr("Paused") if self._phase is Phase.PAUSED else tr("Recording")
        said = [state, self._words.text(), self._size.text()]
        if progress.microphone:
            said.append(tr("The microphone is on"))
        self.setAccessibleDescription(", ".join(said))

    def show_inside(self) -> None:
        """It is in the picture, for want of room: let it be hidden."""
        self._hide.setVisible(self._can_hide)
        self._fit()

    # --- events ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Drag it out of the way; its keys work from now on."""
        handle = self.windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and handle is not None:
            self.activateWindow()
            handle.startSystemMove()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Somebody closes it from outside: the recording is over, and nothing of it is lost."""
        event.ignore()
        self.stop_requested.emit()

    # --- parts ---

    def _build(self) -> None:
        row = QHBoxLayout(self.card)
        row.setContentsMargins(SPACE_3, SPACE_1, SPACE_1, SPACE_1)
        row.setSpacing(SPACE_1)
        row.addWidget(self._dot)
        row.addWidget(self._microphone)
        row.addSpacing(SPACE_1)
        row.addWidget(self._told, 1)
        told = QHBoxLayout(self._told)
        told.setContentsMargins(0, 0, 0, 0)
        told.setSpacing(SPACE_2)
        told.addWidget(self._words)
        told.addWidget(self._size)
        told.addStretch(1)
        for button in (self._hide, self._discard, self._pause, self._stop):
            row.addWidget(button)
        Theme.current().changed.connect(self._tint)

    def _connect(self) -> None:
        self._stop.clicked.connect(self.stop_requested)
        self._pause.clicked.connect(self.pause_requested)
        self._discard.clicked.connect(self.discard_requested)
        self._hide.clicked.connect(self.hide)
        for keys, button in (("Return", self._stop), ("P", self._pause), ("Del", self._discard), ("H", self._hide)):
            QShortcut(QKeySequence(keys), self, button.click)

    def _tint(self) -> None:
        name, role = _DOTS.get(self._phase, ("record", "faint"))
        side = Theme.current().icon_px(ICON_PX)
        self._dot.setPixmap(pixmap(name, role, side, self._dot.devicePixelRatioF()))
        self._microphone.setPixmap(pixmap("microphone", "bad", side, self._microphone.devicePixelRatioF()))
        self._fit()

    def _fit(self) -> None:
        """Nothing moves while it counts, nor when it begins or ends: what the mouse is on stays where it is."""
        words, size = self._words.fontMetrics(), self._size.fontMetrics()
        counted = words.horizontalAdvance(_LONGEST[0]) + SPACE_2 + size.horizontalAdvance(_LONGEST[1])
        longest = max(words.horizontalAdvance(text) for text in (tr("Finishing…"), self._words.text()))
        self._told.setMinimumWidth(max(counted, longest))
        self._words.setMinimumWidth(words.horizontalAdvance("00:00"))
        self.adjustSize()


def _microphone(*, wanted: bool) -> QLabel:
    """The sign that it is on; it keeps its room where it is `wanted`."""
    made = QLabel()
    made.setToolTip(tr("The microphone is on"))
    made.setAccessibleName(tr("The microphone is on"))
    policy = made.sizePolicy()
    policy.setRetainSizeWhenHidden(wanted)
    made.setSizePolicy(policy)
    made.hide()
    return made
