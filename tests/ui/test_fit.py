"""What is too long, too many or too large for the window stays readable."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel, QPushButton

from desktop_helper.core.i18n import set_language, tr
from desktop_helper.core.messages import FilePart, ImagePart, Message, Role, TextPart
from desktop_helper.services.question_estimate import Estimate
from desktop_helper.services.settings import General
from desktop_helper.ui.chat_header import ChatHeader
from desktop_helper.ui.chat_window import MINIMUM, MINIMUM_LARGE, ChatWindow
from desktop_helper.ui.companion import Companion
from desktop_helper.ui.composer import Composer
from desktop_helper.ui.composer_edit import ComposerEdit
from desktop_helper.ui.document_view import DocumentView
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.estimate_label import EstimateLabel
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.markdown.document import MarkdownDocument
from desktop_helper.ui.model_button import ModelButton
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.welcome import Welcome
from desktop_helper.ui.window_memory import COMPACT

LONG_MODEL = "Qwen3-VL-235B-A22B-Instruct-AWQ-Int4-and-more"
LONG_HOST = "gpu-cluster-17.eu-central.example-company.internal:8443"


@pytest.fixture(autouse=True)
def plain():
    Theme.current().apply("light")
    yield
    set_language("en")
    Theme.current().apply("light")


def profile(title="GLM-4.6V Flash", host="", *, is_local=True):
    return SimpleNamespace(title=title, model=title, host=host, is_local=is_local)


def shown(qtbot, widget, width, height=None):
    qtbot.addWidget(widget)
    widget.resize(width, height or widget.sizeHint().height())
    widget.show()
    qtbot.waitExposed(widget)
    qtbot.wait(1)
    return widget


def place_in(header, widget):
    return QRect(widget.mapTo(header, QPoint(0, 0)), widget.size())


def pill(header):
    return header.findChild(ElidedLabel)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_pill_is_whole_in_the_smallest_window(qtbot, language):
    set_language(language)
    header = ChatHeader()
    header.show_profile(profile(LONG_MODEL))
    shown(qtbot, header, MINIMUM[0] - 4)
    assert pill(header).text() == tr("On this machine")


@pytest.mark.parametrize("width", [MINIMUM[0] - 4, 420, 900])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_long_name_and_host_leave_the_buttons_in_place(qtbot, width, scale):
    Theme.current().apply("light", scale)
    header = ChatHeader()
    header.show_profile(profile(LONG_MODEL, LONG_HOST, is_local=False))
    shown(qtbot, header, width)
    assert header.width() == width
    buttons = [button for button in header.findChildren(IconButton) if button.isVisible()]
    assert max(place_in(header, button).right() for button in buttons) < width
    assert not any(place_in(header, pill(header)).intersects(place_in(header, button)) for button in buttons)
    assert header.rect().contains(place_in(header, pill(header)))
    assert pill(header).full_text == f"↗ {LONG_HOST}"
    assert LONG_HOST in pill(header).accessibleName()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_that_a_question_stays_here_is_said_whole_or_in_a_word(qtbot, language, scale):
    set_language(language)
    Theme.current().apply("light", scale)
    header = ChatHeader()
    header.show_profile(profile(LONG_MODEL))
    window = ChatWindow(on_taskbar=True)
    qtbot.addWidget(window)
    smallest = window.minimumWidth()
    for width in (smallest - 4, smallest + 60, 1200):
        shown(qtbot, header, width)
        assert pill(header).text() in (tr("On this machine"), tr("Here"))
        assert tr("On this machine") in pill(header).accessibleName()
    assert pill(header).text() == tr("On this machine")


@pytest.mark.parametrize("local_only", [False, True])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_host_for_which_there_is_no_room_has_its_own_line(qtbot, scale, local_only):
    Theme.current().apply("light", scale)
    header = ChatHeader()
    header.show_profile(profile("GLM-4.6V-Flash", "open.bigmodel.cn", is_local=False), local_only=local_only)
    shown(qtbot, header, 460)
    label, model = pill(header), header.findChild(ModelButton)
    assert label.text() == label.full_text
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.contentsRect().width()
    under = place_in(header, label).top() >= place_in(header, model).bottom()
    assert under is (scale > 1)
    header.resize(1200, header.height())
    qtbot.waitUntil(lambda: place_in(header, label).top() < place_in(header, model).bottom())
    assert label.text() == label.full_text
    header.resize(460, header.height())
    qtbot.waitUntil(lambda: (place_in(header, label).top() >= place_in(header, model).bottom()) is under)
    header.show_profile(profile("GLM-4.6V-Flash"))
    qtbot.waitUntil(lambda: label.text() in (tr("On this machine"), tr("Here")))
    assert header.height() == Theme.current().icon_px(46)


def in_the_narrowest_window(qtbot, scale, profile):
    Theme.current().apply("light", scale)
    window = ChatWindow(on_taskbar=True)
    window.header.show_profile(profile)
    return shown(qtbot, window, 1, 1)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 3.0])
@pytest.mark.parametrize("host", ["api.z.ai", "127.0.0.1"])
def test_a_short_host_is_whole_in_the_narrowest_window(qtbot, scale, host):
    window = in_the_narrowest_window(qtbot, scale, profile(LONG_MODEL, host, is_local=False))
    label = pill(window.header)
    assert label.text() == f"↗ {host}"
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.contentsRect().width()


def keys_in_the_menu(header):
    texts = [action.text() for action in header._menu.actions() if action.isVisible()]
    return [text.split("\t")[1] for text in texts if "\t" in text]


@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_the_menu_has_what_the_header_has_no_room_for(qtbot, scale):
    window = in_the_narrowest_window(qtbot, scale, profile(LONG_MODEL, LONG_HOST, is_local=False))
    header = window.header
    header.set_profiles({"a": LONG_MODEL}, "a")
    hidden = [button.accessibleName() for button in header.findChildren(IconButton) if button.isHidden()]
    hidden.remove(header.history.accessibleName())  # the small window has no history to show
    assert hidden
    header._menu.aboutToShow.emit()
    for name in hidden:
        assert any(f"({keys})" in name for keys in keys_in_the_menu(header)), name


def test_what_the_header_has_room_for_is_not_in_its_menu_too(qtbot):
    header = ChatHeader()
    header.set_profiles({"a": "GLM"}, "a")
    shown(qtbot, header, 900)
    header._menu.aboutToShow.emit()
    assert keys_in_the_menu(header) == ["Ctrl+,", "F1"]


def test_the_pin_works_from_key_and_menu_where_its_button_has_no_room(qtbot):
    window = in_the_narrowest_window(qtbot, 2.0, profile(LONG_MODEL, "127.0.0.1", is_local=False))
    header = window.header
    header.set_profiles({"a": "GLM"}, "a")
    assert header.pin.isHidden()
    before = header.pin.isChecked()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    header._model.setFocus()
    qtbot.keyClick(header._model, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert header.pin.isChecked() is not before
    header._menu.aboutToShow.emit()
    entry = next(action for action in header._menu.actions() if action.text().endswith("\tCtrl+P"))
    assert entry.isChecked() is not before
    entry.trigger()
    assert header.pin.isChecked() is before
    assert entry.isChecked() is before


@pytest.mark.parametrize("name", ["glm", "gpt-oss", "GLM-4.6V-Flash", "qwen3-vl:8b", "智谱", "a"])
def test_a_name_with_as_much_room_as_it_asks_for_is_whole(qtbot, name):
    button = ModelButton()
    button.setText(name)
    size = button.sizeHint()
    tight = shown(qtbot, button, size.width(), size.height()).grab().toImage()
    button.resize(size.width() + 60, size.height())
    wide = button.grab().toImage()
    inner = tight.rect().adjusted(4, 4, -4, -4)  # without the button's own edge
    assert tight.copy(inner) == wide.copy(inner)


@pytest.mark.parametrize(
    ("model", "host"),
    [("GLM-4.6V", "open.bigmodel.cn"), ("GLM-4.6V Flash", "api.z.ai"), ("GLM-4.6V", "my-server.example")],
)
def test_name_and_host_are_whole_in_the_small_window(qtbot, model, host):
    header = ChatHeader()
    shown(qtbot, header, COMPACT.width() - 4)
    header.show_profile(profile(model, "openrouter.example.org", is_local=False))
    header.show_profile(profile(model, host, is_local=False))
    name = header.findChild(ModelButton)
    qtbot.waitUntil(lambda: name.width() >= name.sizeHint().width())
    assert pill(header).text() == f"↗ {host}"


def test_the_line_of_a_bubble_takes_no_room_from_its_text(qtbot):
    Theme.current().apply(General(theme="light", contrast="high"))
    window = ChatWindow(on_taskbar=True)
    view = window.messages.add_user(Message(Role.USER, (TextPart("Which quarter did best?"),)))
    window.show_messages(True)
    shown(qtbot, window, 600, 500)
    assert view.text_view.document().size().height() < 2 * QFontMetricsF(Theme.current().font()).height()
    assert view.text_view.width() >= view.text_view.document().idealWidth()


def test_the_settings_key_works_where_the_button_has_no_room(qtbot):
    header = ChatHeader()
    asked = []
    header.settings_requested.connect(lambda: asked.append(True))
    shown(qtbot, header, MINIMUM[0])
    header.activateWindow()
    qtbot.waitUntil(header.isActiveWindow)
    assert any(button.isHidden() for button in header.findChildren(IconButton))
    qtbot.keyClick(header, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert asked


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_window_beside_the_chat_grows_with_the_text(qtbot, scale):
    Theme.current().apply("light", scale)
    chat = ChatWindow(on_taskbar=True)
    qtbot.addWidget(chat)
    window = Companion(chat)
    screen = chat.screen().availableGeometry().size()
    window.take_room(QSize(300, 200), QSize(10, 10))
    assert window.size() == (QSize(300, 200) * scale).boundedTo(screen * 0.8)
    window.take_room(QSize(300, 200), QSize(10, 10), exactly=True)
    assert window.size() == QSize(300, 200)
    window.take_room(QSize(9_000, 9_000), QSize(10, 10))
    assert window.size() == screen * 0.8


def test_many_attachments_take_three_rows_and_scroll(qtbot):
    composer = shown(qtbot, Composer(), 360)
    composer.add_chip("one.png")
    qtbot.wait(1)
    one = composer.sizeHint().height()
    for index in range(20):
        composer.add_chip(f"picture-{index}.png")
    qtbot.wait(1)
    many = composer.sizeHint().height()
    assert one < many < one * 2.2


def test_a_long_file_name_leaves_its_remove_button_in_sight(qtbot):
    composer = shown(qtbot, Composer(), 320, 160)
    chip = composer.add_chip("a-very-long-file-name-that-never-ends-because-people-do-that.tar.gz")
    chip.set_ready((FilePart(b"x" * 123_456, "text/plain", "x", "x"),))
    qtbot.wait(10)
    remove = chip.findChild(IconButton)
    right = remove.mapTo(composer, remove.rect().topRight()).x()
    assert right < composer.width()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_welcome_page_cuts_no_text(qtbot, language, scale):
    set_language(language)
    Theme.current().apply("light", scale)
    page = Welcome()
    page.show_hotkey("Ctrl+Shift+X")
    page.show_setup(tr("{title} needs a key of {provider}, or choose another model.", title="GLM", provider="Z.ai"))
    shown(qtbot, page, 340, 240)
    for label in page.findChildren(QLabel):
        needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
        assert label.height() >= needed, label.text()


def test_the_pictures_of_a_question_fit_the_smallest_window(qtbot):
    window = ChatWindow(on_taskbar=True)
    picture = ImagePart(b"", "image/png", 400, 300, "Region", 8)
    window.messages.add_user(Message(Role.USER, (*[picture] * 5, TextPart("Compare these."))))
    window.show_messages(True)
    shown(qtbot, window, *MINIMUM)
    assert window.messages.widget().width() <= window.messages.viewport().width()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 2.5, 3.0])
def test_the_welcome_page_has_room_for_large_text_in_the_smallest_window(qtbot, language, scale):
    set_language(language)
    Theme.current().apply("light", scale)
    window = ChatWindow(on_taskbar=True)
    window.welcome.show_hotkey("Ctrl+Shift+Space")
    window.welcome.show_setup("A key is missing.")
    shown(qtbot, window, 1, 1)
    assert window.welcome.widget().width() <= window.welcome.viewport().width()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
def test_the_smallest_window_cuts_neither_button_nor_hint(qtbot, language, scale):
    set_language(language)
    Theme.current().apply("light", scale)
    window = ChatWindow(on_taskbar=True)
    window.welcome.show_hotkey("Ctrl+Shift+X")
    window.welcome.show_setup("A key is missing.")
    shown(qtbot, window, 1, 1)
    assert window.width() >= MINIMUM[0]
    page = window.welcome.viewport()
    for button in window.welcome.findChildren(QPushButton):
        assert button.width() >= button.sizeHint().width()
        assert button.mapTo(page, button.rect().topRight()).x() < page.width()
    edit = window.composer.edit
    hint = edit.placeholderText()
    assert edit.fontMetrics().horizontalAdvance(hint) <= edit.viewport().width()
    assert hint.startswith(tr("Ask about what you see…")[:4])


def test_the_smallest_window_grows_with_the_text_while_it_is_open(qtbot):
    window = shown(qtbot, ChatWindow(on_taskbar=True), *MINIMUM)
    Theme.current().apply("light", 2.0)
    assert (window.minimumWidth(), window.minimumHeight()) == MINIMUM_LARGE
    Theme.current().apply("light")
    assert (window.minimumWidth(), window.minimumHeight()) == MINIMUM


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 3.0])
def test_the_estimate_is_never_cut(qtbot, language, scale):
    set_language(language)
    Theme.current().apply("light", scale)
    window = ChatWindow(on_taskbar=True)
    window.composer.set_context(Estimate(1_700, "", limit=128_000))
    shown(qtbot, window, 1, 1)
    estimate = window.composer.findChild(EstimateLabel)
    assert estimate.text().startswith("1.7k")
    assert estimate.fontMetrics().horizontalAdvance(estimate.text()) <= estimate.contentsRect().width()
    window.resize(2_000, window.height())
    assert "128k" in estimate.text()


def test_a_shortened_hint_is_whole_again_where_there_is_room(qtbot):
    edit = ComposerEdit()
    edit.set_hint("Ask about what you see…")
    shown(qtbot, edit, 80)
    assert edit.placeholderText() != "Ask about what you see…"
    edit.resize(400, edit.height())
    assert edit.placeholderText() == "Ask about what you see…"


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_copy_button_covers_no_capital_of_the_first_line_of_code(qtbot, scale):
    Theme.current().apply("light", scale)
    view = DocumentView()
    writer = MarkdownDocument(view.document(), Theme.current())
    writer.append("```\n" + "W" * 200 + "\n```\n")
    writer.close()
    writer.refresh()
    shown(qtbot, view, 380, 400)
    view.set_ornaments(writer.ornaments)
    block = writer.ornaments.codes[0].frame.firstCursorPosition().block()
    line = block.layout().lineAt(0)
    baseline = view.document().documentLayout().blockBoundingRect(block).top() + line.y() + line.ascent()
    top_of_capitals = baseline - QFontMetricsF(Theme.current().mono_font()).capHeight()
    assert view.findChild(QPushButton).geometry().bottom() < top_of_capitals
