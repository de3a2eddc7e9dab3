"""The menu of one message: everything that can be done with it, with the keys that do the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from desktop_helper.core.i18n import tr
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.menu import add_to, make_menu
from desktop_helper.ui.message_view import MessageView
from desktop_helper.ui.user_message_view import UserMessageView


def make_message_menu(
    view: AnswerView | UserMessageView, models: Mapping[str, str], quote: Callable[[str], None], parent: QWidget
) -> QMenu:
    """A menu that goes when it closes.

    Args:
        view: the message.
        models: names and titles of those that could answer again.
        quote: takes what is marked.
        parent: owns the menu.
    """
    menu = make_menu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    selection = view.selection()
    if selection:
        add_to(menu, tr("Copy what is marked"), "Ctrl+C", lambda: QGuiApplication.clipboard().setText(selection))
        add_to(menu, tr("Quote in the question"), "Ctrl+Shift+Q", lambda: quote(selection))
        menu.addSeparator()
    if isinstance(view, AnswerView):
        _add_copies(menu, view)
    else:
        add_to(menu, tr("Copy the question"), "", view.copy)
        add_to(menu, tr("Edit and ask again"), "F2", view.edit_requested.emit)
    _add_answers(menu, view, models)
    _add_versions(menu, view)
    menu.addSeparator()
    add_to(menu, tr("Delete, with what follows"), "Delete", view.delete_requested.emit)
    return menu


def _add_copies(menu: QMenu, view: AnswerView) -> None:
    if view.markdown():
        add_to(menu, tr("Copy the answer"), "Ctrl+Shift+C", view.copy)
        add_to(menu, tr("Copy as Markdown"), "", view.copy_markdown)
        add_to(menu, tr("Copy as plain text"), "", view.copy_plain)
    if view.thinking():
        add_to(menu, tr("Copy with the thinking"), "", view.copy_with_thinking)


def _add_answers(menu: QMenu, view: MessageView, models: Mapping[str, str]) -> None:
    menu.addSeparator()
    add_to(menu, tr("Answer again"), "Ctrl+R", view.retry_requested.emit)
    if models:
        others = make_menu(menu)
        others.setTitle(tr("Answer again with"))
        for name, title in models.items():
            add_to(others, title.replace("&", "&&"), "", partial(view.retry_with_requested.emit, name))
        menu.addMenu(others)


def _add_versions(menu: QMenu, view: MessageView) -> None:
    if len(view.versions.versions) < 2:
        return
    menu.addSeparator()
    for label, keys, button, step in (
        (tr("Previous version"), "Alt+Left", view.versions.back, -1),
        (tr("Next version"), "Alt+Right", view.versions.forward, 1),
    ):
        add_to(menu, label, keys, partial(view.versions.step, step), enabled=button.isEnabled())
