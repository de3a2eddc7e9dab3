from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, UsageReported
from desktop_helper.core.messages import FilePart, ImagePart, Message, Role, TextPart, ToolCall
from desktop_helper.services import history_rows
from desktop_helper.services.history import History

PNG = ImagePart(b"\x89PNG region", "image/png", 640, 480, "Region", 391)
PAGE = ImagePart(b"\xff\xd8page", "image/jpeg", 28, 28, "报告.pdf, page 1", 8)
NOTES = FilePart("笔记\r\n".encode(), "text/plain", "notes 2026.txt", "笔记\r\n")
LATIN = FilePart("caf\xe9".encode("latin-1"), "text/plain", "old.txt", "café")


@pytest.fixture
def history(tmp_path):
    opened = History(tmp_path / "data" / "history.db", tmp_path / "data" / "blobs")
    yield opened
    opened.close()


def question(text: str, *media) -> Message:
    return Message(Role.USER, (*media, TextPart(text)) if text else media)


def ask(history: History, text: str, reply: str, *media) -> int:
    conversation = history.new_conversation()
    history.add_message(conversation, question(text, *media))
    writer = history.begin_answer(conversation, "GLM")
    writer.append("", reply)
    writer.finish(FinishReason.STOP)
    return conversation


def test_a_conversation_comes_back_as_it_was(history):
    conversation = history.new_conversation()
    asked = Message(Role.USER, (PNG, TextPart("first"), NOTES, PAGE, LATIN, TextPart("then 第二\0")))
    asked_id = history.add_message(conversation, asked)
    writer = history.begin_answer(conversation, "GLM-4.6V Flash")
    for thinking, text in (("I see", ""), (" 图", ""), ("", "It is "), ("", "**a** 😀")):
        writer.append(thinking, text)
    usage = UsageReported(10, 4, 3, 0.5, 20.0)
    calls = (ToolCall("c1", "zoom", '{"x": 1}'),)
    writer.finish(FinishReason.TOOL_CALLS, usage, tool_calls=calls)
    result = Message(Role.TOOL, (PAGE, TextPart("zoomed")), call_id="c1")
    history.add_message(conversation, result)

    first, second, third = history.messages(conversation)
    assert first.message == asked
    assert [part.sha256 for part in first.message.media] == [part.sha256 for part in asked.media]
    assert second.message == Message(Role.ASSISTANT, (TextPart("It is **a** 😀"),), "I see 图", calls)
    assert third.message == result
    assert (second.status, second.error, second.model, second.usage) == ("tool_calls", "", "GLM-4.6V Flash", usage)
    assert (first.status, first.model, first.usage) == ("complete", "", None)
    assert (first.id, second.id) == (asked_id, writer.message_id)
    assert [m.parent_id for m in (first, second, third)] == [None, first.id, second.id]
    assert datetime.now(UTC) - first.created < timedelta(minutes=1)


def test_an_answer_can_be_read_while_it_grows(history):
    conversation = history.new_conversation()
    writer = history.begin_answer(conversation, "GLM")
    assert history.messages(conversation)[0].status == "open"
    writer.append("th", "one ")
    writer.append("", "two")
    stored = history.messages(conversation)[0]
    assert (stored.status, stored.message.text, stored.message.thinking) == ("open", "one two", "th")


def test_the_last_word_on_an_answer_is_the_first_finish(history):
    conversation = history.new_conversation()
    writer = history.begin_answer(conversation, "GLM")
    writer.append("", "text")
    writer.finish("failed", None, "The server went away.")
    writer.finish(FinishReason.STOP)
    writer.append("", "late")
    stored = history.messages(conversation)[0]
    assert (stored.status, stored.error, stored.message.text) == ("failed", "The server went away.", "text")


def test_an_empty_answer_has_no_parts(history):
    conversation = history.new_conversation()
    history.begin_answer(conversation, "GLM").finish("failed", None, "No.")
    assert history.messages(conversation)[0].message.parts == ()


def test_what_utf8_cannot_hold_is_stored_all_the_same(history):
    conversation = history.new_conversation()
    history.add_message(conversation, question("half \ud83d", FilePart(b"x", "text/plain", "\udcff.txt", "\udcff")))
    writer = history.begin_answer(conversation, "GLM")
    writer.append("\ud83d\ude00", "\udc00")
    writer.finish(FinishReason.STOP, None, "\ud800")
    first, second = history.messages(conversation)
    assert first.message.text == "half \ufffd"
    assert second.message.thinking == "😀"


def test_titles(history):
    def title(message: Message) -> str:
        conversation = history.new_conversation()
        history.add_message(conversation, message)
        history.add_message(conversation, question("a later question"))
        return history.conversations(limit=1)[0].title

    assert title(question("  What\n is this? ")) == "What is this?"
    assert title(question("", NOTES)) == "notes 2026.txt"
    long = title(question("several words " * 20))
    assert long.endswith("words…")
    assert len(long) <= 61
    assert title(question("中" * 100)) == "中" * 60 + "…"


def test_a_conversation_may_be_called_before_its_first_question(history):
    found = history.new_conversation("Translate:\n letter.png " + "x" * 500)
    history.add_message(found, question("Translate everything in this picture."))
    info = history.info(found)
    assert info.title.startswith("Translate: letter.png")
    assert len(info.title) < 120
    assert [hit.conversation_id for hit in history.search("letter")] == [found]


def test_what_was_never_deleted_is_not_restored(history):
    found = ask(history, "one", "two")
    assert history.restore(found) is False
    history.trash(found)
    assert history.restore(found) is True
    assert history.restore(found) is False


def test_the_list_shows_what_changed_last_first_and_no_empty_ones(history):
    assert history.latest() is None
    older = ask(history, "older", "a", PNG, PAGE)
    newer = ask(history, "newer", "b")
    history.new_conversation()
    assert history.latest() == newer
    assert [c.id for c in history.conversations()] == [newer, older]
    history.add_message(older, question("again"))
    assert history.latest() == older
    top, second = history.conversations()
    assert (top.id, top.messages, top.thumbnail) == (older, 3, PNG.sha256)
    assert history.blob(PNG.sha256) == PNG.data
    assert second.thumbnail is None
    assert top.created < top.updated
    assert [c.id for c in history.conversations(limit=1, offset=1)] == [newer]


def test_rename(history):
    conversation = ask(history, "question", "answer")
    history.rename(conversation, " My \n title ")
    history.add_message(conversation, question("more"))
    assert history.conversations()[0].title == "My title"


def test_search_finds_questions_answers_and_file_names(history):
    first = ask(history, "这张发票的总额?", "The total is 42 euro.", NOTES)
    second = ask(history, "Was zeigt das?", "一张发票。")
    assert [hit.conversation_id for hit in history.search("发票")] == [second, first]
    (hit,) = history.search("TOTAL eur")
    assert (hit.conversation_id, hit.role, hit.title) == (first, Role.ASSISTANT, "这张发票的总额?")
    assert "total is 42" in hit.snippet
    assert hit.message_id == history.messages(first)[1].id
    assert [h.conversation_id for h in history.search("notes")] == [first]
    assert history.search("笔记") == []  # what is in a file is not searched
    assert history.search("  ") == history.search('"') == history.search("absent") == []
    assert len(history.search("发票", limit=1)) == 1


def test_deleting_leaves_nothing_but_what_others_show(history, tmp_path):
    kept = ask(history, "kept", "kept answer", PNG)
    gone = ask(history, "gone secretword", "gone answer secretword", PNG, PAGE)
    history.delete_conversation(gone)
    assert history.messages(gone) == []
    assert history.search("secretword") == []
    assert history.blob(PNG.sha256) == PNG.data
    assert history.blob(PAGE.sha256) is None
    assert [c.id for c in history.conversations()] == [kept]
    history.delete_conversation(gone)
    history.maintain()
    history.close()
    assert b"secretword" not in (tmp_path / "data" / "history.db").read_bytes()


def test_deleting_while_an_answer_grows(history):
    conversation = ask(history, "question", "answer")
    writer = history.begin_answer(conversation, "GLM")
    writer.append("", "some")
    history.delete_conversation(conversation)
    writer.append("", "more")
    writer.finish(FinishReason.STOP)
    assert history.messages(conversation) == []


def test_a_conversation_that_is_not_there(history):
    for use in (lambda: history.add_message(99, question("x")), lambda: history.begin_answer(99, "GLM")):
        with pytest.raises(HelperError) as caught:
            use()
        assert caught.value.kind is ErrorKind.USAGE
        assert "99" in caught.value.message
    assert history.messages(99) == []


def test_a_second_answer_to_a_question_begins_a_branch(history):
    conversation = history.new_conversation()
    asked = history.add_message(conversation, question("why?"))
    history.begin_answer(conversation, "GLM").finish("failed", None, "No.")
    again = history.begin_answer(conversation, "GLM", parent_id=asked)
    again.append("", "because")
    again.finish(FinishReason.STOP)
    history.add_message(conversation, question("and then?"))
    assert [m.message.text for m in history.messages(conversation)] == ["why?", "because", "and then?"]


def test_a_picture_that_somebody_deleted_is_named(history, tmp_path):
    conversation = ask(history, "question", "answer", PNG)
    (tmp_path / "data" / "blobs" / PNG.sha256[:2] / PNG.sha256).unlink()
    parts = history.messages(conversation)[0].message.parts
    assert parts == (TextPart("[Region is missing from the history folder]"), TextPart("question"))


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe not what it was", NOTES.data[:-1]])
def test_a_damaged_file_counts_as_missing_until_it_is_attached_again(history, tmp_path, damage):
    asked = question("question", NOTES)
    conversation = history.new_conversation()
    history.add_message(conversation, asked)
    (tmp_path / "data" / "blobs" / NOTES.sha256[:2] / NOTES.sha256).write_bytes(damage)
    assert history.blob(NOTES.sha256) is None
    (stored,) = history.messages(conversation)
    parts = stored.message.parts
    assert parts == (TextPart("[notes 2026.txt is missing from the history folder]"), TextPart("question"))
    history.add_message(history.new_conversation(), asked)
    assert history.messages(conversation)[0].message == asked


def test_blobs_are_files_named_by_their_content(history, tmp_path):
    ask(history, "one", "a", PNG)
    ask(history, "two", "b", PNG)
    files = [path for path in (tmp_path / "data" / "blobs").rglob("*") if path.is_file()]
    assert [path.relative_to(tmp_path / "data" / "blobs").parts for path in files] == [(PNG.sha256[:2], PNG.sha256)]


def test_threads_may_write_and_read_at_once(history):
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(10):
                conversation = ask(history, f"question {number} {turn}", f"answer {number} {turn}", PNG)
                assert history.messages(conversation)[1].message.text == f"answer {number} {turn}"
                history.search("answer")
                history.conversations()
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(history.conversations()) == 60
    assert len(history.search("answer", limit=1000)) == 60


def test_after_close_it_says_so(history):
    history.new_conversation()
    history.close()
    history.close()
    with pytest.raises(HelperError, match="closed"):
        history.new_conversation()
    with pytest.raises(HelperError, match="closed"):
        history.latest()


def test_nothing_is_created_before_it_is_needed(tmp_path):
    History(tmp_path / "data" / "history.db", tmp_path / "data" / "blobs").close()
    assert list(tmp_path.iterdir()) == []


def test_recent_questions_are_those_of_all_conversations_once_each(history):
    assert history.recent_questions() == []
    ask(history, "Old?", "Answers are no questions.")
    ask(history, "What is this?", "A chart.", PNG)
    ask(history, "", "Nothing was typed.", PNG)
    ask(history, "Old?", "Again.")
    ask(history, "x" * 20_001, "Too long to be offered.")
    assert history.recent_questions() == ["Old?", "What is this?"]
    assert history.recent_questions(limit=1) == ["Old?"]


def test_recent_questions_look_at_the_newest_messages_only(history):
    for number in range(40):
        ask(history, f"Question {number}?", "Yes.")
    with history._database.read() as connection:
        steps = []
        connection.set_progress_handler(lambda: steps.append(1), 100)
        history_rows.recent_questions(connection, 2)
        connection.set_progress_handler(None, 0)
    assert len(steps) < 20  # hundreds of the database's own steps, not tens of thousands
