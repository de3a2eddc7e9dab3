"""Opens the list of quick actions: “/” in an empty field, or Ctrl+/ at any time.

After “/” the keyboard stays in the text field, and what is typed there filters the list: `/tr` finds “Translate”, and
`/translate good morning` is that action about “good morning”. Where something is typed already, the list has a field of
its own.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.services.action_file import QuickAction
from desktop_helper.services.quick_actions import QuickActions
from desktop_helper.ui.action_list import ActionList
from desktop_helper.ui.composer import RING, Composer
from desktop_helper.ui.composer_edit import SLASHES
from desktop_helper.ui.theme import SPACE_1


class SlashMenu(QObject):
    """Between the text field and the list.

    Args:
        composer: the text field and what belongs to it; in its window already.
        header: what the list must not cover.
        actions: what there is to choose from.

    Signals:
        chosen: a `QuickAction`; the field holds only what it is about.
    """

    chosen = Signal(object)

    def __init__(self, composer: Composer, header: QWidget, actions: QuickActions) -> None:
        super().__init__(composer)
        self._header = header
        self._composer, self._edit, self._actions = composer, composer.edit, actions
        self._in_field = False  # the filter stands in the text field, behind its slash
        self._list: ActionList | None = None
        self._edit.slash_typed.connect(self._begin_in_field)
        self._edit.textChanged.connect(self._on_text_changed)
        self._edit.add_key_handler(self._on_key)
        composer.actions_requested.connect(self.toggle)

    @property
    def card(self) -> ActionList:
        """The list, made on first use: the window opens without it."""
        if self._list is None:
            self._list = ActionList(self._composer.window())
            self._list.chosen.connect(self._choose)
            self._list.filter.textChanged.connect(self._refresh)
            for watched in (self._list.filter, self._edit, self._composer, self._composer.window()):
                watched.installEventFilter(self)
        return self._list

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._list is not None and self._list.isVisible()

    def toggle(self) -> None:
        """Open the list, or close it."""
        if self.is_open:
            self.close()
        elif self._edit.document().isEmpty():
            self._edit.setFocus()
            self._edit.insertPlainText("/")
            self._begin_in_field()
        else:
            self._in_field = False
            self.card.filter.clear()
            self._refresh()
            self.card.filter.setFocus(Qt.FocusReason.PopupFocusReason)

    def close(self) -> None:
        """Close the list; what is typed stays."""
        self._in_field = False
        if self._list is None:
            return
        had_keyboard = self._list.filter.hasFocus()
        self._list.hide()
        self._edit.setAccessibleDescription("")
        if had_keyboard:
            self._edit.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list's own field; close when the keyboard goes elsewhere; stay above a field that moves."""
        kind = event.type()
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            # Tab never comes to a text field's own handlers: it would have gone to the next field before.
            ours = watched is self.card.filter or (watched is self._edit and event.key() == Qt.Key.Key_Tab)
            return ours and not self._edit.composing and self._on_key(event)
        if kind == QEvent.Type.FocusOut and watched in (self._edit, self.card.filter) and self.is_open:
            other = self.card.filter if watched is self._edit else None
            if other is None or not other.isVisible():
                self.close()
        elif kind in (QEvent.Type.Resize, QEvent.Type.Move) and self.is_open:
            self._place()
        return False

    def _begin_in_field(self) -> None:
        self._in_field = True
        self._refresh()

    def _on_text_changed(self) -> None:
        if not self._in_field:
            return
        if self._edit.toPlainText()[:1] in tuple(SLASHES):
            self._refresh()
        else:
            self.close()

    def _on_key(self, event: QKeyEvent) -> bool:
        if not self.is_open:
            return False
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.card.step(1 if key == Qt.Key.Key_Down else -1)
            self._tell()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            if self.card.current is not None:
                self._choose(self.card.current)
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def _refresh(self) -> None:
        known = self._actions.all()
        found = _matching(known, self._wanted()) if not self._is_about_something() else self._named(known)
        problems = self._actions.problems
        note = problems[0].message if problems else ""
        if len(problems) > 1:
            note += " " + tr("And {count} more.", count=len(problems) - 1)
        self.card.filter.setVisible(not self._in_field)
        self.card.show_actions(found, note)
        self.card.setVisible(bool(found) or not self._in_field)
        self._place()
        self._tell()

    def _wanted(self) -> str:
        return self._edit.toPlainText()[1:] if self._in_field else self.card.filter.text()

    def _is_about_something(self) -> bool:
        return self._in_field and any(character.isspace() for character in self._wanted())

    def _named(self, known: list[QuickAction]) -> list[QuickAction]:
        """The action that is meant where something follows its name: `/tr good morning` if nothing else begins so."""
        words = self._wanted().split(maxsplit=1)
        if not words or self._wanted()[0].isspace():
            return []
        first = words[0].casefold()
        whole = [action for action in known if first in _words(action)]
        begun = [action for action in known if any(word.startswith(first) for word in _words(action))]
        return whole[:1] or (begun if len(begun) == 1 else [])

    def _choose(self, action: QuickAction) -> None:
        if self._in_field:
            about = self._wanted().split(maxsplit=1)[1:] if self._is_about_something() else []
            self.close()
            self._edit.replace_text(about[0] if about else "")
        else:
            self.close()
        self._edit.setFocus()
        self.chosen.emit(action)

    def _tell(self) -> None:
        self._edit.setAccessibleDescription(self.card.sentence() if self.is_open else "")

    def _place(self) -> None:
        composer = self._composer
        corner = composer.mapTo(composer.window(), composer.rect().topLeft())
        field = QRect(corner, composer.size()).adjusted(RING, 0, -RING, 0)
        self.card.place_above(field, self._header.geometry().bottom() + SPACE_1)


def _matching(known: list[QuickAction], wanted: str) -> list[QuickAction]:
    """Those whose name or title begins with what is wanted, then those that have it anywhere."""
    wanted = wanted.strip().casefold()
    begun = [action for action in known if any(word.startswith(wanted) for word in _words(action))]
    return begun + [
        action for action in known if action not in begun and any(wanted in word for word in _words(action))
    ]


def _words(action: QuickAction) -> tuple[str, str]:
    return action.name.casefold(), action.title.casefold()
