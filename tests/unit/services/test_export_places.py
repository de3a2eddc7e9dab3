"""In an exported page, places that an answer speaks of lead to the pictures and texts that were sent."""

from __future__ import annotations

import html.parser
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.brought import page_heading
from desktop_helper.core.messages import FilePart, ImagePart, Message, Role, TextPart, ToolCall
from desktop_helper.services.history import History
from desktop_helper.services.markdown.parser import to_offline_html
from tests.unit.services.test_exporting import text_of

SHEET = "## Sales\n\nSales!A1:B3: B number\n\n|  | A | B |\n| --- | --- | --- |\n| 1 | a | b |\n| 2 | c | 5 |"
ANSWER = "See **page 2** and page 9, `page 1`, [page 1](https://example.org), Sales!B2.\n\n```\npage 1\n```"


class _Links(html.parser.HTMLParser):
    """Where each link leads, and what has a name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.names: dict[str, str] = {}
        self._address = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._address = given["href"] or ""
        elif given.get("id"):
            self.names[given["id"] or ""] = tag

    def handle_data(self, data: str) -> None:
        if self._address:
            self.links.append((data, self._address))
            self._address = ""


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    made = History(tmp_path / "history.db", tmp_path / "blobs")
    yield made
    made.close()


def test_links_lead_to_what_was_sent(history: History) -> None:
    pages = [ImagePart(b"%d" % n, "image/png", 28, 28, f"a.pdf, page {n} of 3", 8) for n in (1, 2, 3)]
    book = FilePart(SHEET.encode(), "text/markdown", "book.xlsx", SHEET)
    conversation = history.new_conversation()
    history.add_message(conversation, Message(Role.USER, (*pages, book, TextPart("Where? On page 2?"))))
    history.add_message(conversation, Message(Role.ASSISTANT, (TextPart(ANSWER),)))
    page = _Links(text_of(history, conversation, "html"))
    assert page.links == [("page 2", "#part-2"), ("page 1", "https://example.org"), ("Sales!B2", "#part-4")]
    assert page.names == {"part-1": "figure", "part-2": "figure", "part-3": "figure", "part-4": "details"}


def test_words_around_a_place_stay() -> None:
    found = to_offline_html("On page 2 <b> & so", lambda text: [(3, 9, "#x")] if "page 2" in text else [])
    assert found == '<p>On <a href="#x">page 2</a> &lt;b&gt; &amp; so</p>\n'


def test_links_lead_to_what_tools_brought(history: History) -> None:
    first = ImagePart(b"1", "image/png", 28, 28, "a.pdf, page 1 of 30", 8)
    conversation = history.new_conversation()
    history.add_message(conversation, Message(Role.USER, (first, TextPart("Where?"))))
    history.add_message(conversation, Message(Role.ASSISTANT, (), tool_calls=(ToolCall("c", "read_pages", "{}"),)))
    told = f"(Pages 9 were left out.)\n\n{page_heading('a.pdf', 20, 30)}\nHere it is."
    history.add_message(conversation, Message(Role.TOOL, (TextPart(told),), call_id="c"))
    history.add_message(conversation, Message(Role.ASSISTANT, (TextPart("On page 20, not page 9."),)))
    text = text_of(history, conversation, "html")
    assert _Links(text).links == [("page 20", "#part-2")]
    assert _Links(text).names == {"part-1": "figure", "part-2": "details"}
    assert text.count("Here it is.") == 1
