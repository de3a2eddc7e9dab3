"""A document that is larger than what the model reads, in the window: the pages that are chosen, and tools."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_helper.bootstrap import TOOLS
from desktop_helper.core import registry
from desktop_helper.core.documents import references
from desktop_helper.core.events import Finished, FinishReason, TextDelta, ToolCallRequested
from desktop_helper.core.messages import Role
from desktop_helper.ui.user_message_view import UserMessageView
from tests.support.chat_desk import said
from tests.support.pdf_library import pdf_of
from tests.ui.test_clip_links import links

TEXTS = [
    "The turbine holds 42 litres of oil." if page == 33 else f"Chapter {page}. Wear gloves." for page in range(1, 41)
]


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "manual.pdf"
    path.write_bytes(pdf_of(TEXTS))
    return path


def reads(pages: str, words: str = ""):
    call = ToolCallRequested("c", "read_pages", f'{{"pages": "{pages}"}}')
    return [*([TextDelta(words)] if words else []), call, Finished(FinishReason.TOOL_CALLS)]


def attach(qtbot, desk, path: Path) -> None:
    desk.services.plugs = replace(desk.services.plugs, tools=lambda: list(registry.discover(*TOOLS)))
    desk.chat.attach_file(path)
    qtbot.waitUntil(lambda: bool(desk.composer.media), timeout=15_000)


def ask(qtbot, desk, text: str):
    with qtbot.waitSignal(desk.chat.answered, timeout=20_000):
        desk.composer.edit.setPlainText(text)
        desk.composer.submit()
    return desk.answers[-1]


def shown_pages(media) -> list[int]:
    return [page for reference in references(media) for page in reference.shown]


def test_the_question_shows_and_keeps_the_pages_that_were_chosen(qtbot, open_desk, manual):
    desk = open_desk(said("42."), said("Yes."))
    attach(qtbot, desk, manual)
    assert shown_pages(desk.composer.media) == list(range(1, 21))
    ask(qtbot, desk, "How much oil is in the turbine?")
    (view,) = [one for one in desk.window.messages.messages() if isinstance(one, UserMessageView)]
    sent, kept = desk.backend.requests[0].messages[-1], desk.stored()[0].message
    assert 33 in shown_pages(sent.media)
    assert shown_pages(sent.media) == shown_pages(kept.media)
    qtbot.waitUntil(lambda: [part.name for part in view.message.media] == [part.name for part in kept.media])
    ask(qtbot, desk, "Are gloves needed in chapter 17?")
    first, _answer, second = desk.backend.requests[1].messages
    assert first.parts == sent.parts
    assert 17 in shown_pages(second.media)


def test_a_question_that_is_stopped_while_pages_are_chosen_is_kept(qtbot, open_desk, manual, monkeypatch):
    desk = open_desk(said("42."))
    attach(qtbot, desk, manual)
    begun = []

    def slow(_reference, cancel, _on_progress):
        begun.append(1)
        cancel.wait(10)
        cancel.raise_if_cancelled()

    monkeypatch.setattr(desk.services.documents, "index", slow)
    desk.composer.edit.setPlainText("How much oil?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: bool(begun))
    desk.composer.stop_requested.emit()
    qtbot.waitUntil(lambda: len(desk.stored()) == 1)
    assert shown_pages(desk.stored()[0].message.media) == list(range(1, 21))
    assert not desk.backend.requests


def test_an_answer_with_tools_is_one_answer(qtbot, open_desk, manual):
    desk = open_desk(
        reads("33", "Let me see. "), reads("34"), said("42 litres."), said("Yes."), said("No."), said("Perhaps.")
    )
    attach(qtbot, desk, manual)
    ask(qtbot, desk, "Is there oil?")
    assert "[manual.pdf, page 33 of 40]\nThe turbine holds" in desk.backend.requests[1].messages[-1].text
    ask(qtbot, desk, "Really?")
    roles = [message.role for message in desk.backend.requests[-1].messages]
    assert roles == [Role.USER, *[Role.ASSISTANT, Role.TOOL] * 2, Role.ASSISTANT, Role.USER]
    with qtbot.waitSignal(desk.chat._conversation.moved):
        desk.chat._conversation.load(desk.services.history.latest())
    qtbot.waitUntil(lambda: len(desk.window.messages.messages()) == 4)
    first = desk.answers[0]
    assert first.markdown() == "Let me see. 42 litres."
    with qtbot.waitSignal(desk.chat.answered, timeout=10_000):
        first.retry_requested.emit()
    assert [message.role for message in desk.backend.requests[-1].messages] == [Role.USER]
    assert [view.markdown() for view in desk.answers] == ["No."]


def test_an_answer_leads_to_the_pages_that_tools_brought(qtbot, open_desk, manual):
    zoom = ToolCallRequested("z", "zoom", '{"page": 39, "area": [0, 0, 500, 500]}')
    asked = [zoom, Finished(FinishReason.TOOL_CALLS)]
    desk = open_desk(reads("33, 34"), asked, said("42 litres: page 33, p. 34 and page 39, not page 40; page 2."))
    attach(qtbot, desk, manual)
    ask(qtbot, desk, "Summarize.")
    wanted = ["page 33", "p. 34", "page 39", "page 2"]
    qtbot.waitUntil(lambda: list(links(desk.answers[-1])) == wanted)
    desk.close()
    manual.unlink()
    desk = open_desk()
    with qtbot.waitSignal(desk.chat._conversation.moved):
        desk.chat._conversation.load(desk.services.history.latest())
    qtbot.waitUntil(lambda: bool(desk.answers) and list(links(desk.answers[-1])) == wanted)
    opened = []
    desk.window.messages.place_opened.connect(lambda media, place, spot: opened.append((media[place], spot)))
    view = desk.answers[-1]
    for words in wanted:
        view.link_activated.emit(links(view)[words])
    assert [part.name for part, _spot in opened] == [
        "manual.pdf, text of the pages",
        "manual.pdf, text of the pages",
        "manual.pdf, page 39 of 40, a part of it",
        "manual.pdf, page 2 of 40",
    ]
    (part, spot), *_others = opened
    assert part.text[slice(*spot.lines)] == "[page 33 of 40]"
    assert "42 litres" in part.text


def test_an_answer_leads_to_the_parts_that_tools_brought(qtbot, open_desk, tmp_path):
    (tmp_path / "plant").mkdir()
    for page, text in enumerate(TEXTS, 1):
        (tmp_path / f"plant/{page:02}.txt").write_text(f"{text}\n" * (2_000 if page < 33 else 3))
    call = ToolCallRequested("c", "read_parts", '{"parts": "33.txt"}')
    asked = [call, Finished(FinishReason.TOOL_CALLS)]
    desk = open_desk()
    attach(qtbot, desk, tmp_path / "plant")
    number, count = 0, 0

    def stream(request, cancel):
        nonlocal number, count
        found = re.search(r"\[plant, part (\d+) of (\d+): 33\.txt, lines 1–3\]\nThe turbine", request.messages[-1].text)
        if found is None:
            return iter(asked)
        number, count = map(int, found.groups())
        return iter(said(f"42 litres: part {number} of {count}, not part 1 of 3; 33.txt, line 2, not 34.txt, line 2."))

    desk.backend.stream = stream
    ask(qtbot, desk, "What does it hold?")
    view = desk.answers[-1]
    wanted = f"part {number} of {count}"
    qtbot.waitUntil(lambda: list(links(view)) == [wanted, "line 2"])
    opened = []
    desk.window.messages.place_opened.connect(lambda media, place, spot: opened.append((media[place], spot)))
    view.link_activated.emit(links(view)[wanted])
    ((part, spot),) = opened
    assert part.name == "plant, parts of the text"
    assert part.text[slice(*spot.lines)] == f"[part {number} of {count}: 33.txt, lines 1–3]"
