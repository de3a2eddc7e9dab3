"""What stands in the composer is there again after quitting and after a crash."""

from __future__ import annotations

from dataclasses import replace

from desktop_helper.capture._reel import Reel
from desktop_helper.core.messages import ImagePart
from desktop_helper.services.draft import Draft
from tests.support import sample_files
from tests.support.chat_desk import said
from tests.support.kept_drafts import newest_draft

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)


def begin(qtbot, open_desk, *scripts):
    desk = open_desk(*scripts)
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: desk.chat._draft.ready)
    return desk


def saved(desk) -> Draft:
    return newest_draft(desk.paths)


def write(desk) -> Draft:
    desk.composer.add_chip("Region").set_ready((PICTURE, PICTURE))
    desk.composer.edit.setPlainText("Why is it")
    return Draft("Why is it", (("Region", (PICTURE, PICTURE)),))


def test_quitting_keeps_the_question_that_was_not_asked(qtbot, open_desk):
    first = begin(qtbot, open_desk)
    draft = write(first)
    first.close()
    second = begin(qtbot, open_desk)
    assert second.composer.edit.toPlainText() == draft.text
    assert second.composer.attachments == draft.attachments
    assert second.composer.edit.textCursor().atEnd()


def test_it_is_on_the_disk_while_it_is_written(qtbot, open_desk):
    desk = begin(qtbot, open_desk)
    draft = write(desk)
    qtbot.waitUntil(lambda: saved(desk) == draft, timeout=5000)


def test_an_asked_question_is_no_draft_any_more(qtbot, open_desk):
    desk = begin(qtbot, open_desk, said("So."))
    write(desk)
    qtbot.waitUntil(lambda: saved(desk) != Draft(), timeout=5000)
    desk.ask(qtbot)
    qtbot.waitUntil(lambda: saved(desk) == Draft(), timeout=5000)


def test_what_was_typed_before_the_draft_was_there_stands_below_it(qtbot, open_desk):
    first = begin(qtbot, open_desk)
    first.composer.edit.setPlainText("Old")
    first.close()
    second = open_desk()
    second.composer.edit.setPlainText("New")
    second.chat.continue_latest()
    qtbot.waitUntil(lambda: second.chat._draft.ready)
    assert second.composer.edit.toPlainText() == "Old\nNew"
    qtbot.waitUntil(lambda: saved(second) == Draft("Old\nNew"), timeout=5000)


def clip() -> bytes:
    """A second of a screen, as it is kept in memory."""
    reel = Reel(64, 48, 5, 30, 1_000_000)
    for number in range(6):
        reel.add(bytearray(bytes((40 * number, 80, 120, 0)) * (64 * 48)), number / 5)
    return reel.clip(1.2)


def attach_clip(qtbot, desk) -> None:
    desk.chat.attach_clip("Last 30 seconds", lambda _cancel: clip())
    qtbot.waitUntil(lambda: bool(desk.composer.attachments), timeout=20_000)


def test_what_is_in_memory_only_is_never_in_a_draft(qtbot, open_desk):
    first = begin(qtbot, open_desk)
    attach_clip(qtbot, first)
    first.composer.edit.setPlainText("What just happened?")
    qtbot.waitUntil(lambda: saved(first) == Draft("What just happened?"), timeout=5000)
    taken = first.composer.set_aside()  # as it is while an earlier question is changed
    assert taken.draft.attachments
    first.composer.bring_back(taken)
    first.composer.add_chip("Region").set_ready((PICTURE,))
    first.close()
    assert saved(first) == Draft("What just happened?", (("Region", (PICTURE,)),))


def test_nor_is_a_part_of_it_that_is_cut_out_in_the_viewer(qtbot, open_desk):
    desk = begin(qtbot, open_desk)
    attach_clip(qtbot, desk)
    (_name, parts) = desk.composer.attachments[0]
    frame = next(part for part in parts if isinstance(part, ImagePart))
    desk.chat._detail._ask_about(frame, (0.25, 0.25, 0.5, 0.5))
    qtbot.waitUntil(lambda: len(desk.composer.attachments) == 2, timeout=20_000)
    desk.composer.edit.setPlainText("What is this?")
    desk.close()
    assert saved(desk) == Draft("What is this?")


def test_once_it_is_asked_it_is_in_the_history(qtbot, open_desk):
    desk = begin(qtbot, open_desk, said("A colour."))
    attach_clip(qtbot, desk)
    desk.ask(qtbot, "What?")
    (question, _answer) = desk.stored()
    assert {part.moment.clip for part in question.message.media if isinstance(part, ImagePart)} == {"Last 30 seconds"}


def test_a_model_that_saves_what_it_reads_is_not_shown_it_ahead(qtbot, open_desk, monkeypatch):
    desk = begin(qtbot, open_desk)
    read: list[object] = []
    monkeypatch.setattr(desk.chat._warm_up, "read", read.append)
    attach_clip(qtbot, desk)
    qtbot.waitUntil(lambda: len(read) == 1)

    def save_states(settings):
        return replace(settings, profiles={"mine": replace(settings.profiles["mine"], save_states=True)})

    desk.services.settings.update(save_states)
    desk.chat.expect_question()
    assert len(read) == 1
