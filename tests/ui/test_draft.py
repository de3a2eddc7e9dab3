"""What stands in the composer is there again after quitting and after a crash."""

from __future__ import annotations

from desktop_helper.core.messages import ImagePart
from desktop_helper.services.draft import Draft, DraftFile
from tests.support import sample_files
from tests.support.chat_desk import said

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)


def begin(qtbot, open_desk, *scripts):
    desk = open_desk(*scripts)
    desk.chat.continue_latest()
    qtbot.waitUntil(lambda: desk.chat._draft._kept is not None)
    return desk


def saved(desk) -> Draft:
    return DraftFile(desk.paths.draft_dir).load()


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
    qtbot.waitUntil(lambda: second.chat._draft._kept is not None)
    assert second.composer.edit.toPlainText() == "Old\nNew"
    qtbot.waitUntil(lambda: saved(second) == Draft("Old\nNew"), timeout=5000)
