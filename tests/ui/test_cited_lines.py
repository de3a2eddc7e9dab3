"""Links to lines of long texts, up to what the viewer shows of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_helper.core.documents import references
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.media_viewer import MediaViewer
from desktop_helper.ui.user_message_view import UserMessageView
from tests.support.chat_desk import said
from tests.support.large_documents import ENGLISH, manual
from tests.support.long_texts import txt
from tests.ui.test_cited_places import follow, marked
from tests.ui.test_clip_links import links
from tests.ui.test_large_documents import ask, attach

MANUAL = manual(ENGLISH, 11, pages=160, cases=1)


def test_lines_of_a_text_that_was_sent_in_parts_are_marked_and_in_sight(
    qtbot: QtBot, open_desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MediaViewer, "raise_", lambda _self: None)  # this platform says that it cannot
    path = tmp_path / "notes.txt"
    path.write_bytes(txt(MANUAL))
    (case,) = MANUAL.cases
    lines = path.read_text().split("\n")
    line = lines.index(case.told) + 1
    desk = open_desk(said(f"See (notes.txt, lines {line}–{line + 1}), not line 900000."))
    attach(qtbot, desk, path)
    (chip,) = desk.window.findChildren(AttachmentChip)
    assert "is long" not in chip.toolTip()  # perhaps it fits: the estimate says what happens
    answer = ask(qtbot, desk, case.question)
    (reference,) = references(desk.backend.requests[0].messages[-1].media)
    assert 8 < len(reference.shown) < reference.pages
    (view,) = [one for one in desk.window.messages.messages() if isinstance(one, UserMessageView)]
    told = view._pages.text().replace("\u200b", "")
    assert "parts of notes.txt" in told
    assert told.endswith(f" and {len(reference.shown) - 8} more.")
    place = f"lines {line}–{line + 1}"
    qtbot.waitUntil(lambda: list(links(answer)) == [place])
    viewer = follow(qtbot, desk, place)
    assert marked(viewer) == [one for one in lines[line - 1 : line + 1] if one]
