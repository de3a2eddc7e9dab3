"""The pictures of questions are read for the search, each once, and what cannot be read stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import ImagePart, TextPart
from desktop_helper.ocr import PATIENT, WORKER, models
from desktop_helper.services import picture_texts
from desktop_helper.services.history import History
from desktop_helper.services.text_reader import TextReader
from tests.support import written
from tests.support.archive import ask, picture
from tests.support.scripted_reader import ScriptedReader


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.db", tmp_path / "blobs")
    yield opened
    opened.close()


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader("Invoice 4711\n发票")


def read(history: History, reader: ScriptedReader, cancel: CancelToken | None = None) -> int:
    return picture_texts.read_some(history, lambda: reader, cancel or CancelToken())  # type: ignore[arg-type, return-value]


def unread(history: History) -> list[str]:
    return [sha256 for sha256, _message in history.unread_pictures(9)]


def other(number: int) -> ImagePart:
    return picture("Region", number)


def test_a_picture_is_found_by_its_text_and_named(history: History, reader: ScriptedReader) -> None:
    conversation = ask(history, other(1), TextPart("What is due?"))
    assert history.search("4711") == []
    assert read(history, reader) == 1
    for words in ("4711", "发票", "invoice"):
        (hit,) = history.search(words)
        assert (hit.conversation_id, hit.picture) == (conversation, "Region")
        assert [hit.snippet[start:end] for start, end in hit.matches] != []
    (hit,) = history.search("due")
    assert hit.picture == ""
    assert history.search("due 4711")[0].picture == ""  # the question says one of them


def test_each_is_read_once_the_newest_first_and_a_few_at_a_time(
    history: History, reader: ScriptedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_texts, "AT_ONCE", 2)
    for number in (1, 2, 3):
        ask(history, other(number), other(number), TextPart(f"question {number}"))
    assert unread(history) == [other(number).sha256 for number in (3, 2, 1)]
    assert read(history, reader) == 2
    assert unread(history) == [other(1).sha256]
    assert read(history, reader) == 1
    assert read(history, reader) == 0
    assert len(reader.read_names) == 3


def test_all_pages_of_the_newest_question_are_read_together(
    history: History, reader: ScriptedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_texts, "AT_ONCE", 2)
    for numbers in ((1, 2, 3), (4, 5, 6, 7)):
        ask(history, *map(other, numbers), TextPart("What do these pages say?"))
    assert read(history, reader) == 4
    assert read(history, reader) == 3


def test_what_is_deleted_is_neither_read_nor_found(history: History, reader: ScriptedReader) -> None:
    first, second = (ask(history, other(number), TextPart("x")) for number in (1, 2))
    history.trash(first)
    assert unread(history) == [other(2).sha256]
    history.restore(first)
    assert read(history, reader) == 2
    history.delete_conversation(second)
    assert [hit.conversation_id for hit in history.search("4711")] == [first]
    (message,) = [stored for stored in history.messages(first) if stored.message.media]
    history.purge(history.delete_message(message.id))
    assert history.search("4711") == []


def test_what_is_no_picture_is_not_tried_again(history: History, reader: ScriptedReader) -> None:
    ask(history, other(1), TextPart("x"))
    reader.error = HelperError(ErrorKind.SOURCE, "It is none.")
    assert read(history, reader) == 1
    assert read(history, reader) == 0


def test_what_ends_the_process_is_not_tried_again(history: History, tmp_path: Path) -> None:
    for data in (b"crash", b"harmless"):
        ask(history, ImagePart(data, "image/png", 4, 4, "Region", 1), TextPart("x"))
    odd = TextReader(child_argv("tests.support.reader_child"), tmp_path)
    assert picture_texts.read_some(history, lambda: odd, CancelToken()) == 2
    assert unread(history) == []


def test_everything_waits_while_the_process_cannot_be_used(history: History, tmp_path: Path) -> None:
    for number in (1, 2):
        ask(history, other(number), TextPart("x"))
    missing = TextReader(["/nonexistent/python"], tmp_path)
    with pytest.raises(HelperError, match="could not be started"):
        picture_texts.read_some(history, lambda: missing, CancelToken())
    assert unread(history) == [other(number).sha256 for number in (2, 1)]


def test_what_is_stopped_is_tried_again(history: History, reader: ScriptedReader) -> None:
    ask(history, other(1), TextPart("x"))
    reader.error = HelperError(ErrorKind.CANCELLED, "Stopped.")
    with pytest.raises(HelperError):
        read(history, reader)
    assert unread(history) == [other(1).sha256]


def test_a_picture_that_is_gone_from_the_folder_counts_as_read(
    history: History, reader: ScriptedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(history, other(1), TextPart("x"))
    monkeypatch.setattr(history, "blob", lambda _sha256: None)
    assert read(history, reader) == 1
    assert reader.read_names == []
    assert unread(history) == []


def test_without_the_networks_everything_waits(
    history: History, reader: ScriptedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(history, other(1), TextPart("x"))
    monkeypatch.setattr(models, "model_file", lambda _name: None)
    assert read(history, reader) == 0
    assert unread(history) == [other(1).sha256]


def test_long_texts_are_cut(history: History, reader: ScriptedReader) -> None:
    ask(history, other(1), TextPart("x"))
    reader.text = "\n".join(f"word{number}" for number in range(5000))
    assert read(history, reader) == 1
    assert history.search("word7")
    assert history.search("word4999") == []


def test_the_real_process(history: History, tmp_path: Path) -> None:
    data = written.png([(40, 40, "Boarding pass"), (40, 90, "Gate B 17")])
    ask(history, ImagePart(data, "image/png", 640, 360, "Pass", 300), TextPart("When?"))
    done = picture_texts.read_some(history, lambda: TextReader(child_argv(WORKER, PATIENT), tmp_path), CancelToken())
    assert done == 1
    (hit,) = history.search("boarding")
    assert (hit.picture, hit.snippet) == ("Pass", "Boarding pass Gate B 17")
