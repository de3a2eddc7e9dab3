from __future__ import annotations

import gc
import time

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, TextPart, ToolCall
from desktop_helper.core.tools import Tool, ToolResult
from desktop_helper.services.answer_session import MAX_TOOL_ROUNDS, answer
from desktop_helper.services.answer_writer import AnswerWriter
from desktop_helper.services.history import History
from tests.support.scripted_backend import ScriptedBackend

QUESTION = Message(Role.USER, (TextPart("question"),))
REQUEST = ChatRequest((QUESTION,))
FULL = HelperError(ErrorKind.STORAGE, "The disk is full.", "Free some space.")


@pytest.fixture
def history(tmp_path):
    opened = History(tmp_path / "history.db", tmp_path / "blobs")
    yield opened
    opened.close()


@pytest.fixture
def conversation(history):
    number = history.new_conversation()
    history.add_message(number, QUESTION)
    return number


def run(backend, history=None, conversation=None, cancel=None, **options):
    cancel = cancel or CancelToken()
    return list(answer(backend, REQUEST, history, conversation, cancel, model_title="GLM", **options))


def terminal(events):
    ends = [event for event in events if isinstance(event, (Finished, Failed))]
    assert len(ends) == 1
    assert events[-1] is ends[0]
    return ends[0]


def without_usage(events):
    return [event for event in events if not isinstance(event, UsageReported)]


def test_events_pass_and_the_answer_is_saved(history, conversation):
    script = (Progress("…", 0.5), ThinkingDelta("hm"), TextDelta("It "), TextDelta("is."), Finished())
    backend = ScriptedBackend(script)
    assert without_usage(run(backend, history, conversation)) == list(script)
    stored = history.messages(conversation)[1]
    assert stored.message == Message(Role.ASSISTANT, (TextPart("It is."),), "hm")
    assert (stored.status, stored.model) == ("stop", "GLM")
    assert backend.requests == [REQUEST]
    assert backend.open_streams == 0


def test_each_delta_is_in_the_history_before_it_is_shown(history, conversation):
    backend = ScriptedBackend([ThinkingDelta("a"), TextDelta("b"), TextDelta("c"), Finished()])
    shown = {"thinking": "", "text": ""}
    for event in answer(backend, REQUEST, history, conversation, CancelToken(), model_title="GLM"):
        if isinstance(event, ThinkingDelta):
            shown["thinking"] += event.text
        elif isinstance(event, TextDelta):
            shown["text"] += event.text
        saved = history.messages(conversation)[1].message
        assert (saved.thinking, saved.text) == (shown["thinking"], shown["text"])


def test_without_a_history_nothing_is_saved(history, conversation):
    backend = ScriptedBackend([TextDelta("x"), Finished()], [TextDelta("x"), Finished()])
    assert terminal(run(backend)) == Finished()
    assert terminal(run(backend, history, None)) == Finished()
    assert len(history.messages(conversation)) == 1


@pytest.mark.parametrize("reason", list(FinishReason))
def test_every_reason_is_saved(history, conversation, reason):
    assert terminal(run(ScriptedBackend([TextDelta("x"), Finished(reason)]), history, conversation)) == Finished(reason)
    assert history.messages(conversation)[1].status == reason.value


def test_a_stream_that_just_ends_was_interrupted(history, conversation):
    assert terminal(run(ScriptedBackend([TextDelta("x")]), history, conversation)) == Finished(FinishReason.INTERRUPTED)
    assert history.messages(conversation)[1].status == "interrupted"


def test_nothing_comes_after_the_terminal_event():
    backend = ScriptedBackend([TextDelta("x"), Finished(), TextDelta("late"), Failed(FULL)])
    assert without_usage(run(backend)) == [TextDelta("x"), Finished()]
    assert backend.open_streams == 0


@pytest.mark.parametrize("raised", [True, False])
def test_a_failure_is_passed_on_and_saved(history, conversation, raised):
    error = HelperError(ErrorKind.AUTH, "The key is wrong.", "Enter it again.")
    last = error if raised else Failed(error)
    end = terminal(run(ScriptedBackend([TextDelta("par"), last]), history, conversation))
    assert end == Failed(error)
    stored = history.messages(conversation)[1]
    assert (stored.status, stored.error, stored.message.text) == ("failed", str(error), "par")


def test_a_fault_in_a_backend_ends_the_answer_without_its_text(history, conversation, expect_log):
    with expect_log("RuntimeError"):
        end = terminal(run(ScriptedBackend([TextDelta("par"), RuntimeError("Bearer sk-123")]), history, conversation))
    assert end.error.kind is ErrorKind.WORKER
    assert "RuntimeError" in end.error.message
    stored = history.messages(conversation)[1]
    assert "sk-123" not in str(end.error) + stored.error
    assert stored.message.text == "par"


@pytest.mark.parametrize(
    "after",
    [
        [TextDelta("late"), Finished()],
        [Failed(HelperError(ErrorKind.NETWORK, "The connection was closed."))],
        [HelperError(ErrorKind.NETWORK, "The connection was closed.")],
        [OSError("closed")],
        [],
        [Finished(FinishReason.CANCELLED)],
    ],
)
@pytest.mark.allow_warnings
def test_stop_is_stop_however_the_backend_takes_it(history, conversation, after):
    cancel = CancelToken()
    backend = ScriptedBackend([TextDelta("kept"), cancel.cancel, *after])
    events = run(backend, history, conversation, cancel)
    assert without_usage(events) == [TextDelta("kept"), Finished(FinishReason.CANCELLED)]
    stored = history.messages(conversation)[1]
    assert (stored.status, stored.message.text) == ("cancelled", "kept")
    assert backend.open_streams == 0


def test_an_answer_that_was_over_already_is_not_cancelled():
    cancel = CancelToken()
    assert terminal(run(ScriptedBackend([TextDelta("all"), cancel.cancel, Finished()]), cancel=cancel)) == Finished()


@pytest.mark.parametrize(("cancelled", "status"), [(True, "cancelled"), (False, "interrupted")])
def test_closing_the_generator_closes_the_answer_and_the_stream(history, conversation, cancelled, status):
    cancel = CancelToken()
    backend = ScriptedBackend([TextDelta("one"), TextDelta("two"), Finished()])
    stream = answer(backend, REQUEST, history, conversation, cancel, model_title="GLM")
    assert next(stream) == TextDelta("one")
    if cancelled:
        cancel.cancel()
    del stream
    gc.collect()
    assert backend.open_streams == 0
    stored = history.messages(conversation)[1]
    assert (stored.status, stored.message.text) == (status, "one")


def test_what_the_backend_does_not_measure_is_measured(history, conversation, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def later(seconds):
        return lambda: clock.__setitem__(0, clock[0] + seconds)

    def events(*usage):
        return [later(2), ThinkingDelta("a"), later(1), TextDelta("b"), later(1), TextDelta("c"), *usage, Finished()]

    def reported(script):
        return [event for event in run(ScriptedBackend(script)) if isinstance(event, UsageReported)]

    assert reported(events(UsageReported(10, 5))) == [UsageReported(10, 5, None, 2.0, 2.0)]
    own = UsageReported(10, 5, 8, 0.1, 99.0)
    assert reported(events(own)) == [own]
    assert reported(events()) == [UsageReported(ttft_s=2.0)]
    assert reported(events(UsageReported(10, 3), UsageReported(10, 5, 1)))[0].cached_tokens == 1
    assert reported([Finished()]) == []
    run(ScriptedBackend(events(own)), history, conversation)
    assert history.messages(conversation)[1].usage == own


def test_half_a_character_is_shown_as_it_is_saved(history, conversation):
    events = run(ScriptedBackend([TextDelta("\ud83d"), Finished()]), history, conversation)
    assert events[0] == TextDelta("\ufffd")
    assert history.messages(conversation)[1].message.text == "\ufffd"


class TestADiskThatRefuses:
    def test_the_answer_goes_on_and_says_so_at_its_end(self, history, conversation, monkeypatch):
        monkeypatch.setattr(AnswerWriter, "append", lambda *_: (_ for _ in ()).throw(FULL))
        events = run(ScriptedBackend([TextDelta("a"), TextDelta("b"), Finished()]), history, conversation)
        assert without_usage(events) == [TextDelta("a"), TextDelta("b"), Failed(FULL)]

    def test_an_answer_that_could_not_even_begin(self, history, conversation, monkeypatch):
        monkeypatch.setattr(history, "begin_answer", lambda *_: (_ for _ in ()).throw(FULL))
        events = run(ScriptedBackend([TextDelta("a"), Finished()]), history, conversation)
        assert without_usage(events) == [TextDelta("a"), Failed(FULL)]

    def test_the_model_s_own_failure_is_the_one_that_counts(self, history, conversation, monkeypatch):
        monkeypatch.setattr(history, "begin_answer", lambda *_: (_ for _ in ()).throw(FULL))
        error = HelperError(ErrorKind.SERVER, "The server went away.")
        assert terminal(run(ScriptedBackend([Failed(error)]), history, conversation)) == Failed(error)

    def test_a_disk_that_was_full_for_a_moment_costs_nothing(self, history, conversation, monkeypatch):
        append = AnswerWriter.append
        refusals = [FULL]

        def flaky(self, thinking, text):
            if refusals:
                raise refusals.pop()
            append(self, thinking, text)

        monkeypatch.setattr(AnswerWriter, "append", flaky)
        backend = ScriptedBackend([TextDelta("a"), ThinkingDelta("t"), TextDelta("b"), Finished()])
        assert terminal(run(backend, history, conversation)) == Finished()
        stored = history.messages(conversation)[1]
        assert (stored.message.text, stored.message.thinking, stored.status) == ("ab", "t", "stop")

    @pytest.mark.parametrize("refused", ["begin_answer", "append", "finish"])
    def test_an_answer_that_could_not_be_saved_is_saved_before_the_next_question(
        self, history, conversation, monkeypatch, refused
    ):
        monkeypatch.setattr(
            history if refused == "begin_answer" else AnswerWriter, refused, lambda *_: (_ for _ in ()).throw(FULL)
        )
        backend = ScriptedBackend([Notice("Told."), ThinkingDelta("t"), TextDelta("a"), TextDelta("b"), Finished()])
        assert terminal(run(backend, history, conversation)) == Failed(FULL)
        with pytest.raises(HelperError, match="full"):  # what comes after it does not overtake it
            history.add_message(conversation, Message(Role.USER, (TextPart("next"),)))
        monkeypatch.undo()
        history.add_message(conversation, Message(Role.USER, (TextPart("next"),)))
        stored = history.messages(conversation)
        assert [one.message.text for one in stored] == ["question", "ab", "next"]
        assert (stored[1].message.thinking, stored[1].status, stored[1].notices) == ("t", "stop", ("Told.",))
        assert stored[1].error == ""

    def test_an_answer_that_could_not_be_saved_is_saved_at_the_end(self, tmp_path, monkeypatch):
        history = History(tmp_path / "late.db", tmp_path / "blobs")
        conversation = history.new_conversation()
        history.add_message(conversation, Message(Role.USER, (TextPart("question"),)))
        monkeypatch.setattr(AnswerWriter, "append", lambda *_: (_ for _ in ()).throw(FULL))
        run(ScriptedBackend([TextDelta("all of it"), Finished()]), history, conversation)
        monkeypatch.undo()
        history.close()
        history = History(tmp_path / "late.db", tmp_path / "blobs")
        stored = history.messages(conversation)[1]
        assert (stored.message.text, stored.status) == ("all of it", "stop")
        history.close()

    def test_an_answer_of_a_conversation_that_was_deleted_meanwhile_is_not_owed(
        self, history, conversation, monkeypatch
    ):
        monkeypatch.setattr(history, "begin_answer", lambda *_: (_ for _ in ()).throw(FULL))
        run(ScriptedBackend([TextDelta("a"), Finished()]), history, conversation)
        monkeypatch.undo()
        history.delete_conversation(conversation)
        assert history.messages(history.new_conversation()) == []

    def test_an_answer_in_a_file_that_was_deleted_is_not_owed(self, history, conversation, tmp_path, monkeypatch):
        monkeypatch.setattr(AnswerWriter, "finish", lambda *_: (_ for _ in ()).throw(FULL))
        run(ScriptedBackend([TextDelta("a"), Finished()]), history, conversation)
        monkeypatch.undo()
        for path in history._database.path.parent.glob(history._database.path.name + "*"):
            path.unlink()
        with pytest.raises(HelperError, match="moved or deleted"):
            history.new_conversation()
        assert history.new_conversation() == 1


PICTURE = ImagePart(b"png", "image/png", 28, 28, "zoom", 8)


def tool(run_it):
    return Tool("zoom", "Looks closer.", {"type": "object"}, run_it)


def asks(arguments='{"x": 1}', name="zoom", call_id="c1"):
    return [TextDelta("Let me see."), ToolCallRequested(call_id, name, arguments), Finished(FinishReason.TOOL_CALLS)]


class TestTools:
    def test_the_model_gets_the_result_and_goes_on(self, history, conversation):
        seen = []

        def look(arguments, cancel):
            seen.append(arguments)
            return ToolResult("closer", (PICTURE,))

        backend = ScriptedBackend(asks(), [TextDelta("A cat."), Finished()])
        events = run(backend, history, conversation, tools=[tool(look)])
        assert terminal(events) == Finished()
        assert [event for event in events if isinstance(event, ToolCallRequested)] == [asks()[1]]
        assert seen == [{"x": 1}]
        first, second = backend.requests
        assert [spec.name for spec in first.tools] == ["zoom"]
        called = Message(Role.ASSISTANT, (TextPart("Let me see."),), tool_calls=(ToolCall("c1", "zoom", '{"x": 1}'),))
        told = Message(Role.TOOL, (PICTURE, TextPart("closer")), call_id="c1")
        assert second.messages == (QUESTION, called, told)
        stored = history.messages(conversation)
        assert [m.message for m in stored[1:]] == [called, told, Message(Role.ASSISTANT, (TextPart("A cat."),))]
        assert [m.status for m in stored[1:]] == ["tool_calls", "complete", "stop"]

    @pytest.mark.parametrize(("refused", "left"), [("begin_answer", 0), ("add_message", 1)])
    def test_tools_run_although_the_history_cannot_be_written(self, history, conversation, monkeypatch, refused, left):
        calls = []

        def refuse(*_):
            raise FULL

        def look(*_):
            calls.append(1)
            return ToolResult("closer")

        monkeypatch.setattr(history, refused, refuse)
        backend = ScriptedBackend(asks(), [TextDelta("A cat."), Finished()])
        events = run(backend, history, conversation, tools=[tool(look)])
        assert calls == [1]
        assert TextDelta("A cat.") in events
        assert terminal(events) == Failed(FULL)
        assert len(history.messages(conversation)) == 1 + left
        monkeypatch.undo()
        history.add_message(conversation, Message(Role.USER, (TextPart("next"),)))
        roles = [stored.message.role for stored in history.messages(conversation)]
        assert roles == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT, Role.USER]

    def test_a_first_round_that_could_not_be_saved_at_once_is_saved_with_the_next(
        self, history, conversation, monkeypatch
    ):
        begin_answer, refusals = history.begin_answer, [FULL, FULL]  # at the begin and at the end of the round

        def refuse_twice(*arguments):
            if refusals:
                raise refusals.pop()
            return begin_answer(*arguments)

        monkeypatch.setattr(history, "begin_answer", refuse_twice)
        backend = ScriptedBackend(asks(), [TextDelta("A cat."), Finished()])
        end = terminal(run(backend, history, conversation, tools=[tool(lambda *_: ToolResult("closer"))]))
        assert end == Finished()
        roles = [stored.message.role for stored in history.messages(conversation)]
        assert roles == [Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT]

    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            (asks(name="rm"), "no tool called 'rm'"),
            (asks("{"), "not valid JSON"),
            (asks("[]"), "not a JSON object"),
            (asks('{"raise": "helper"}'), "That window is gone."),
            (asks('{"raise": "bug"}'), "the tool failed"),
        ],
    )
    @pytest.mark.allow_warnings
    def test_what_goes_wrong_is_told_to_the_model(self, script, expected):
        def look(arguments, cancel):
            if arguments["raise"] == "helper":
                raise HelperError(ErrorKind.CAPTURE, "That window is gone.")
            raise KeyError("secret")

        backend = ScriptedBackend(script, [TextDelta("Sorry."), Finished()])
        assert terminal(run(backend, tools=[tool(look)])) == Finished()
        text = backend.requests[1].messages[-1].text
        assert text.startswith("Error: ")
        assert expected in text
        assert "secret" not in text

    def test_stop_while_a_tool_runs(self, history, conversation):
        cancel = CancelToken()

        def look(arguments, token):
            cancel.cancel()
            token.raise_if_cancelled()
            raise AssertionError

        events = run(ScriptedBackend(asks()), history, conversation, cancel, tools=[tool(look)])
        assert terminal(events) == Finished(FinishReason.CANCELLED)

    def test_a_model_that_never_stops_asking_is_stopped(self):
        backend = ScriptedBackend(*[asks()] * MAX_TOOL_ROUNDS)
        end = terminal(run(backend, tools=[tool(lambda *_: ToolResult("again"))]))
        assert end.error.kind is ErrorKind.MODEL

    def test_calls_that_nobody_can_run_are_passed_on(self):
        assert terminal(run(ScriptedBackend(asks()))) == Finished(FinishReason.TOOL_CALLS)
