"""A long text among the attachments can be sent as pictures, if that takes fewer tokens."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from pytestqt.qtbot import QtBot

from desktop_helper.core.messages import FilePart, ImagePart
from desktop_helper.services.budget_fit import Means
from desktop_helper.services.file_origins import Setting
from tests.support.accessible import faults
from tests.support.chat_desk import ChatDesk, said
from tests.ui.test_clip_links import links
from tests.ui.test_pages_desk import attach

LONG = "The pump is checked every month, because the pressure in its valves falls when it is warm. " * 250
WAIT_MS = 20_000


@pytest.fixture
def desk(open_desk) -> ChatDesk:
    made: ChatDesk = open_desk(said("On page 2."))
    return made


def test_the_user_chooses_between_text_and_pictures(qtbot: QtBot, desk: ChatDesk, tmp_path) -> None:
    chip = attach(qtbot, desk, tmp_path / "manual.txt", LONG.encode())
    qtbot.waitUntil(lambda: "as pictures" in chip.deeds, timeout=WAIT_MS)
    note = "manual.txt: as text 6,500 tokens, as 2 pictures 2,400. The button on it changes that."
    assert desk.composer._notice.text() == note
    assert chip.deeds["as pictures"].label == "Send as 2 pictures: 2,400 tokens instead of 6,500"
    assert not faults(chip)
    chip.buttons[0].click()
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    pictures = [part for part in chip.parts if isinstance(part, ImagePart)]
    assert [part.name for part in pictures] == ["manual.txt, page 1 of 2", "manual.txt, page 2 of 2"]
    assert sum(part.tokens for part in pictures) == 2400
    assert chip.deeds["as pictures"].label == "Send as text: 6,500 tokens instead of 2,400"
    chip.buttons[0].click()
    assert [part.text for part in chip.parts if isinstance(part, FilePart)] == [LONG]
    qtbot.waitUntil(lambda: "as pictures" in chip.deeds, timeout=WAIT_MS)
    chip.deeds["as pictures"].do()
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    view = desk.ask(qtbot, "Where?")
    assert [part.name for part in desk.stored()[0].message.media] == [part.name for part in pictures]
    qtbot.waitUntil(lambda: list(links(view)) == ["page 2"])


def test_short_texts_and_other_files_have_no_such_choice(qtbot: QtBot, desk: ChatDesk, tmp_path) -> None:
    short = attach(qtbot, desk, tmp_path / "short.txt", LONG[:3000].encode())
    lines = attach(qtbot, desk, tmp_path / "lines.txt", b"word\n" * 9000)
    qtbot.wait(1500)
    assert "as pictures" not in short.deeds
    assert "as pictures" not in lines.deeds


def test_a_file_that_has_gone_stays_the_text_that_it_was(qtbot: QtBot, desk: ChatDesk, tmp_path) -> None:
    chip = attach(qtbot, desk, tmp_path / "manual.txt", LONG.encode())
    qtbot.waitUntil(lambda: "as pictures" in chip.deeds, timeout=WAIT_MS)
    (tmp_path / "manual.txt").unlink()
    chip.deeds["as pictures"].do()
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert chip.error is None
    assert [part.text for part in chip.parts if isinstance(part, FilePart)] == [LONG]


def test_what_was_chosen_of_an_archive_is_drawn_and_no_more(qtbot: QtBot, desk: ChatDesk, tmp_path) -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as made:
        made.writestr("manual.txt", LONG)
        made.writestr("other.txt", LONG)
    chip = attach(qtbot, desk, tmp_path / "a.zip", archive.getvalue())
    pages = desk.chat._pages
    pages.change(chip, Setting(members=("manual.txt",)))
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "as pictures" in chip.deeds, timeout=WAIT_MS)
    chip.deeds["as pictures"].do()
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    assert pages.setting(chip) == Setting(members=("manual.txt",), as_pictures=True)
    drawn = [part.name for part in chip.parts if isinstance(part, ImagePart)]
    assert len(drawn) == 3, "the list, and one of the texts"
    assert not any("other" in name for name in drawn)
    assert desk.chat._budget._means(chip) == Means(), "smaller letters could not be read"


def test_nothing_is_proposed_for_a_folder(qtbot: QtBot, desk: ChatDesk, tmp_path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project/manual.txt").write_text(LONG)
    desk.window.files_dropped.emit([tmp_path / "project"])
    (chip,) = desk.composer.chips
    qtbot.waitUntil(lambda: not chip.loading, timeout=WAIT_MS)
    qtbot.wait(1500)
    assert "as pictures" not in chip.deeds
