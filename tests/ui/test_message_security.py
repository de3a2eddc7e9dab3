"""Hostile answers and names, row by row as in the threat list of the chat view: they are shown, and nothing happens."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument
from PySide6.QtWidgets import QLabel, QWidget

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import FilePart, Message, Role, TextPart
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.link_dialog import LinkDialog, host_of
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.text_safety import reveal, unwrapped
from desktop_helper.ui.theme import Theme


class Opened:
    """Records what Qt is asked to load or open."""

    def __init__(self, monkeypatch) -> None:
        self.urls: list[str] = []
        monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: self.urls.append(url.toString()))


@pytest.fixture
def opened(monkeypatch):
    return Opened(monkeypatch)


@pytest.fixture
def messages(qtbot):
    Theme.current("light")
    messages = MessageList()
    qtbot.addWidget(messages)
    messages.resize(450, 600)
    messages.show()
    return messages


def answer(messages: MessageList, text: str) -> AnswerView:
    view = messages.add_answer("model")
    view.append_text(text)
    view.finish()
    return view


def plain(view: AnswerView) -> str:
    return view._text.document().toPlainText()


def links(view: AnswerView) -> list[str]:
    found, block = [], view._text.document().begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            if iterator.fragment().charFormat().isAnchor():
                found.append(iterator.fragment().charFormat().anchorHref())
            iterator += 1
        block = block.next()
    return found


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/?q=secret", "file:///etc/passwd", "//evil/s/a.png", "data:image/png;base64,AAAA", "a.png"],
)
def test_pictures_are_never_loaded(messages, qtbot, address):
    """Rows 1 to 3. The fixture that forbids connections would fail the test, too."""
    view = answer(messages, f"before ![alt]({address}) after")
    view.grab()
    document = view._text.document()
    assert "\ufffc" not in document.toPlainText()
    assert "alt" in document.toPlainText()
    for kind in (QTextDocument.ResourceType.ImageResource, QTextDocument.ResourceType.HtmlResource):
        assert view._text.loadResource(kind.value, QUrl(address)) is None


def test_a_local_file_is_not_opened(messages, tmp_path):
    secret = tmp_path / "secret.html"
    secret.write_text("SECRET")
    view = answer(messages, f"![a]({secret.as_uri()}) [b]({secret.as_uri()}) <iframe src={secret.as_uri()}>")
    view.grab()
    assert "SECRET" not in plain(view)
    assert links(view) == []


def test_html_is_text(messages):
    """Row 4."""
    source = "<img src=x><script>1</script><b>bold</b>\n\n<div>block</div>\n"
    view = answer(messages, source)
    assert plain(view).strip().replace("\n", "") == source.strip().replace("\n", "")


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "javascript:1", "JaVaScRiPt:1", "vbscript:x", "//host/share", "ftp://a/b", "/etc"]
)
def test_other_addresses_are_inert_text(messages, address):
    """Row 5."""
    view = answer(messages, f"[x]({address}) and <{address}>\n\n[y][z]\n\n[z]: {address}\n")
    assert links(view) == []
    assert address in plain(view)


def test_a_link_asks_first_and_shows_where_it_really_goes(messages, opened, qtbot):
    """Row 6."""
    view = answer(messages, "[https://bank.example](https://evil.example/login?x=1)")
    view._text.anchorClicked.emit(QUrl(links(view)[0]))
    dialog = messages.window().findChild(LinkDialog)
    assert dialog is not None
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert texts[0] == "evil.example"
    assert not any("bank" in text for text in texts)
    assert opened.urls == []
    dialog._follow()
    assert opened.urls == ["https://evil.example/login?x=1"]


def test_a_link_that_is_refused_opens_nothing(messages, opened):
    messages.ask_about_link("file:///etc/passwd")
    messages.ask_about_link("javascript:1")
    assert messages.window().findChild(LinkDialog) is None
    view = answer(messages, "[a](https://a.example)")
    view._text.anchorClicked.emit(QUrl("https://a.example"))
    messages.window().findChild(LinkDialog).reject()
    assert opened.urls == []


def test_letters_that_look_alike_are_shown_as_the_network_knows_them():
    assert host_of(QUrl("https://аpple.com/")) == "xn--pple-43d.com"
    assert host_of(QUrl("http://user@evil.example:8080/")) == "evil.example:8080"


def test_a_definition_far_below_follows_the_same_rules(messages):
    """Row 7."""
    filler = "\n\n".join(f"paragraph {number} with some words in it" for number in range(500))
    view = answer(messages, f"[good][g] [bad][b]\n\n{filler}\n\n[g]: https://a.example\n[b]: file:///etc/passwd\n")
    while not view._text._writer.complete:
        view._text._refresh()
    assert links(view) == ["https://a.example"]


def cpu(work) -> float:
    begin = time.thread_time()
    work()
    return time.thread_time() - begin


def yardstick(qapp) -> float:
    """What Qt needs for a plain text of 200 paragraphs: makes limits independent of the machine."""
    document = QTextDocument()

    def work():
        document.setPlainText("some ordinary words in a line of text\n" * 2000)
        document.setTextWidth(400)
        document.size()

    return max(cpu(work), 0.005)


def test_a_word_without_end_does_not_freeze_the_window(messages, qapp):
    """Row 8: 1 MB in chunks; no step may take long."""
    unit = yardstick(qapp)
    view = messages.add_answer("model")
    worst = 0.0
    for _ in range(100):
        worst = max(worst, cpu(lambda: (view.append_text("x" * 10_000), view._text._refresh())))
    assert worst < 10 * unit
    view.finish()
    assert len(unwrapped(plain(view)).replace("\n", "")) == 1_000_000
    assert view.markdown() == "x" * 1_000_000


@pytest.mark.parametrize("source", ["**a*b_" * 20_000, ">" * 20_000, "[" * 50_000, "- " * 5_000, "![](" * 10_000])
def test_marks_by_the_thousand_are_no_trap(messages, qapp, source):
    """Rows 9 and 10."""
    unit = yardstick(qapp)

    def work():
        view = answer(messages, source)
        assert view.finished

    assert cpu(work) < 40 * unit


def test_a_formula_that_calls_itself_is_only_shown(messages):
    """Row 11."""
    view = answer(messages, "$$\n\\def\\a{\\a\\a}\\a\n$$\n")
    assert "\\def\\a{\\a\\a}\\a" in plain(view)


def test_reversed_text_is_made_visible(messages):
    """Row 12."""
    view = answer(messages, "see \u202egnp.exe [li\u202enk](https://a.example/\u202ex)")
    assert "\u202e" not in plain(view)
    assert "\\u202e" in plain(view)
    part = FilePart(b"x", "text/plain", "invoice\u202efdp.exe", "x")
    question = messages.add_user(Message(Role.USER, (part, TextPart("read \u202ethis"))))
    shown = [label.text() for label in question.findChildren(QLabel)]
    assert not any("\u202e" in text for text in shown)
    assert "\\u202e" in reveal(part.name)


def test_a_question_is_never_markdown_or_html(messages):
    question = messages.add_user(Message(Role.USER, (TextPart("**a** <b>x</b> ![i](file:///etc/passwd)"),)))
    assert question._text.document().toPlainText() == "**a** <b>x</b> ![i](file:///etc/passwd)"


def test_names_in_tooltips_cannot_be_html(messages):
    part = FilePart(b"x", "text/plain", '<img src="file:///etc/passwd">.txt', "x")
    question = messages.add_user(Message(Role.USER, (part,)))
    tips = [child.toolTip() for child in question.findChildren(QWidget) if child.toolTip()]
    assert tips
    assert not any("<img" in tip for tip in tips)


@pytest.mark.parametrize("name", ['<img src="file:///etc/passwd">.png', "a\u202egnp.exe", "<b>bold</b>"])
def test_an_attachments_name_is_only_shown(qtbot, name):
    chip = AttachmentChip(name)
    qtbot.addWidget(chip)
    chip.set_failed(HelperError(ErrorKind.SOURCE, f"{name} cannot be read."))
    widgets = [chip, *chip.findChildren(QWidget)]
    tips = [widget.toolTip() for widget in widgets if widget.toolTip()]
    assert len(tips) >= 3
    assert not any("<img" in tip or "<b>" in tip or "\u202e" in tip for tip in tips)
    assert "\u202e" not in chip._name.full_text


def test_no_source_of_the_view_sets_html_or_markdown():
    """A rule of the house, checked where it would be broken."""
    folder = Path(__file__).parents[2] / "desktop_helper" / "ui"
    names = ("markdown", "answer_text", "answer_view", "document_view", "message_list", "user_message_view")
    for name in names:
        paths = (folder / name).glob("*.py") if (folder / name).is_dir() else [folder / f"{name}.py"]
        for path in paths:
            text = path.read_text(encoding="utf-8")
            assert "setMarkdown(" not in text
            assert "insertHtml(" not in text
            assert "setHtml(" not in text.replace("data.setHtml(to_html(", ""), path
