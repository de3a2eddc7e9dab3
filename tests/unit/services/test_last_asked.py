"""Which conversation the app begins with: the one in which something was asked last, whatever ended since."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import Message, Role, TextPart, ToolCall
from desktop_helper.services.history import History
from desktop_helper.services.paths import Paths

ROOT = Path(__file__).resolve().parents[3]
CALL = ToolCall("1", "read_page", "{}")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.below(tmp_path)


@pytest.fixture
def history(paths: Paths) -> Iterator[History]:
    opened = History(paths.history_file, paths.blob_dir)
    yield opened
    opened.close()


def ask(history: History, conversation: int, text: str = "?") -> int:
    return history.add_message(conversation, Message(Role.USER, (TextPart(text),)))


def answer(history: History, conversation: int, after: int | None = None) -> None:
    history.begin_answer(conversation, "GLM", after).finish(FinishReason.STOP)


@pytest.fixture
def two(history: History) -> tuple[int, int]:
    """Two conversations; in the second one something was asked last."""
    numbers = history.new_conversation(), history.new_conversation()
    for number in numbers:
        ask(history, number)
    return numbers


def test_there_is_none_at_first(history: History) -> None:
    assert history.latest() is None
    history.new_conversation()
    assert history.last_asked() is None


def test_an_answer_that_ends_later_changes_nothing(history: History, two: tuple[int, int]) -> None:
    history.begin_answer(two[1], "GLM")
    slow = history.begin_answer(two[0], "GLM", history.messages(two[0])[0].id)
    ask(history, two[1], "And then?")
    slow.append("", "at last")
    slow.finish(FinishReason.STOP)
    assert [one.id for one in history.conversations()] == list(two)
    assert history.latest() == two[1]


def test_an_answer_that_uses_tools_later_changes_nothing(history: History, two: tuple[int, int]) -> None:
    first = history.begin_answer(two[0], "GLM")
    ask(history, two[1], "And then?")
    first.finish(FinishReason.TOOL_CALLS, tool_calls=(CALL,))
    result = history.add_message(two[0], Message(Role.TOOL, (TextPart("Page 1"),), call_id=CALL.call_id))
    answer(history, two[0], result)
    assert history.conversations()[0].id == two[0]
    assert history.latest() == two[1]


def test_whoever_has_a_question_answered_again_asks(history: History, two: tuple[int, int]) -> None:
    answer(history, two[1])
    answer(history, two[0], history.messages(two[0])[0].id)
    assert history.latest() == two[0]


def test_what_was_deleted_was_not_asked_last(history: History, two: tuple[int, int]) -> None:
    number = ask(history, two[0], "And then?")
    assert history.latest() == two[0]
    deleted = history.delete_message(number)
    assert history.latest() == two[1]
    history.undo_delete(deleted)
    assert history.latest() == two[0]
    history.trash(two[0])
    assert history.latest() == two[1]


def test_it_knows_when(history: History, two: tuple[int, int]) -> None:
    answer(history, two[1])
    found = history.last_asked()
    assert found is not None
    assert found[1] == pytest.approx(history.messages(two[1])[1].created.timestamp(), abs=1e-4)


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_closing_the_answer_of_a_killed_process_is_not_asking(paths: Paths) -> None:
    command = [sys.executable, "-m", "tests.support.history_child", str(paths.data_dir.parent), "answer"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read(1)
        history = History(paths.history_file, paths.blob_dir)
        (before,) = history.conversations()
        later = history.new_conversation()
        ask(history, later)
        history.close()
        child.send_signal(signal.SIGKILL)
    again = History(paths.history_file, paths.blob_dir)
    assert again.latest() == later
    assert [stored.status for stored in again.messages(before.id)] == ["complete", "interrupted"]
    again.close()
