"""Streams over a real connection: what goes wrong, what is tried again, what the user is told."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from desktop_helper.backends.openai_compatible import _backend
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, FinishReason, Progress, TextDelta, UsageReported
from desktop_helper.core.messages import ChatRequest, Message, Role, TextPart
from tests.contract.backend_contract import at_most, question
from tests.support.glm_answers import random_answers
from tests.support.glm_server import (
    CUT,
    DONE,
    HANG,
    GlmServer,
    Reply,
    Wait,
    WaitFor,
    answer,
    chunk,
    error,
    joined,
    json_reply,
    recut,
    sse,
    stream_error,
)
from tests.support.wire import ask, said, wire_backend

STOP = Finished(FinishReason.STOP)
HTML = Reply((b"<html>hi</html>",), headers={"Content-Type": "text/html"})


@pytest.fixture(autouse=True)
def _short_delays(monkeypatch):
    monkeypatch.setattr(_backend, "RETRY_DELAYS_S", (0.02, 0.02, 0.02))
    monkeypatch.setattr(_backend, "_AFTER_FINISH_S", 0.3)


def failure(events) -> HelperError:
    assert isinstance(events[-1], Failed), events
    return events[-1].error


def test_a_whole_answer(server, backend):
    server.script(answer("It is 42.", "They ask."))
    events = ask(backend)
    assert said(events) == ("They ask.", "It is 42.")
    assert events[-2:] == [UsageReported(1205, 17, 1000), STOP]


def test_connections_are_used_again(server, backend):
    for _ in range(3):
        assert ask(backend)[-1] == STOP
    assert server.connections == 1


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_separation_whatever_the_bytes_are_cut_into(server, backend, field):
    for number, sample in enumerate(random_answers(12, seed=7)):
        whole = answer(sample.raw, piece=1 + number % 5)
        raw = joined(whole)
        for cuts in ((len(raw) // 3, len(raw) // 2), range(0, len(raw), 97)):
            server.script(recut(whole, cuts))
            events = ask(backend)
            assert said(events) == (sample.thinking, sample.text)
            assert events[-1] == STOP
    server.script(answer(sample.text, sample.thinking, reasoning_field=field))
    assert said(ask(backend)) == (sample.thinking, sample.text)


def test_separation_for_some_split_positions_over_http(server, backend):
    """`test_answer` tries all of them."""
    for number, sample in enumerate(random_answers(20)):
        at = len(sample.raw) * number // 20
        server.script(answer([sample.raw[:at], sample.raw[at:]]))
        assert said(ask(backend)) == (sample.thinking, sample.text)


def test_one_byte_at_a_time(server, backend):
    whole = answer("屏幕 🙂", "想")
    server.script(recut(whole, range(len(joined(whole)))))
    assert said(ask(backend)) == ("想", "屏幕 🙂")


def test_a_line_of_five_megabytes(server, backend):
    text = "x" * 5_000_000
    server.script(answer([text]))
    assert said(ask(backend)) == ("", text)


def test_comments_and_waits_are_no_end(server, backend):
    steps = answer("ab", piece=1).steps
    server.script(Reply((b": alive\n\n", *steps[:2], Wait(0.05), b": alive\n\n", *steps[2:])))
    assert ask(backend)[-1] == STOP


def test_a_server_that_does_not_stream(server, backend):
    message = {"content": "<think>so</think>It is 42."}
    server.script(
        json_reply({"choices": [{"message": message, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}})
    )
    events = ask(backend)
    assert said(events) == ("so", "It is 42.")
    assert events[-1] == STOP


@pytest.mark.parametrize(
    ("reply", "kind", "tries"),
    [
        (error(401, "1002"), ErrorKind.AUTH, 1),
        (error(429, "1113"), ErrorKind.BALANCE, 1),
        (error(429, "1302"), ErrorKind.SERVER, 4),
        (error(429, "1302", retry_after=0), ErrorKind.SERVER, 4),
        (error(429, "1302", retry_after=600), ErrorKind.SERVER, 1),
        (error(429, "1308"), ErrorKind.BALANCE, 1),
        (error(500, "1234"), ErrorKind.SERVER, 3),
        (error(503), ErrorKind.SERVER, 4),
        (error(400, "1214"), ErrorKind.MODEL, 2),  # without `stream_options`, too: see test_optional.py
        (stream_error("1301"), ErrorKind.FILTERED, 1),
        (stream_error("1305"), ErrorKind.SERVER, 4),
        (answer(finish="network_error"), ErrorKind.SERVER, 3),
        (answer(finish="sensitive"), ErrorKind.FILTERED, 1),
        (answer(finish="model_context_window_exceeded"), ErrorKind.LENGTH, 1),
        (Reply((), before=(CUT,)), ErrorKind.NETWORK, 4),
        (Reply((CUT,)), ErrorKind.NETWORK, 4),
        (HTML, ErrorKind.NETWORK, 1),
        (Reply((b"hello there",)), ErrorKind.SERVER, 1),
        (Reply((b"data: {not json\n\n",)), ErrorKind.SERVER, 1),
        (json_reply({"error": "boom"}), ErrorKind.SERVER, 3),
        (json_reply({}, 302, Location="http://192.0.2.1/v1/chat/completions"), ErrorKind.NETWORK, 1),
    ],
)
def test_failures_before_the_first_word(server, backend, reply, kind, tries):
    server.script(reply)
    events = ask(backend)
    assert failure(events).kind == kind
    assert len(server.chats) == tries
    assert [type(event) for event in events] == [Progress] * (tries - 1) + [Failed]


def test_a_second_try_that_works(server, backend):
    server.script(error(429, "1302", retry_after=0), answer("Hi."))
    events = ask(backend)
    assert isinstance(events[0], Progress)
    assert "Trying again" in events[0].message
    assert events[0].notable
    assert said(events) == ("", "Hi.")
    assert events[-1] == STOP


@pytest.mark.parametrize(
    "reply",
    [
        Reply((chunk({"content": "So"}), CUT)),
        Reply((chunk({"content": "So"}), b'data: {"choi', CUT)),
        stream_error("1230", after="So"),
        answer("So", finish="network_error"),
        Reply((chunk({"content": "So"}), b"data: {not json\n\n")),
    ],
)
def test_after_the_first_word_nothing_is_tried_again(server, backend, reply):
    server.script(reply)
    events = ask(backend)
    assert said(events) == ("", "So")
    assert failure(events).kind == ErrorKind.INTERRUPTED
    assert "broke off" in failure(events).message
    assert len(server.chats) == 1


def test_held_back_text_is_not_lost_when_it_breaks(server, backend):
    server.script(Reply((chunk({"content": "a <|begin_of"}), CUT)))
    assert said(ask(backend)) == ("", "a <|begin_of")


@pytest.mark.parametrize("done", [True, False])
def test_an_end_without_a_finish_reason_is_interrupted(server, backend, done):
    server.script(answer("So", finish=None, done=done))
    events = ask(backend)
    assert said(events) == ("", "So")
    assert events[-1] == Finished(FinishReason.INTERRUPTED)


@pytest.mark.parametrize("last", [CUT, HANG, DONE, sse({"error": {"code": "1"}})])
def test_after_the_finish_reason_nothing_can_go_wrong(server, backend, last):
    server.script(Reply((chunk({"content": "So"}), chunk(finish="stop"), last)))
    assert ask(backend)[-1] == STOP


def test_cut_answers_are_told(server, backend):
    for finish, reason in (
        ("length", FinishReason.LENGTH),
        ("sensitive", FinishReason.FILTERED),
    ):
        server.script(answer("So", finish=finish))
        assert ask(backend)[-1] == Finished(reason)


def test_a_full_context_is_no_length_limit(server, backend):
    """A higher one would not help."""
    server.script(answer("So", finish="model_context_window_exceeded"))
    events = ask(backend)
    assert said(events) == ("", "So")
    assert failure(events).kind == ErrorKind.LENGTH
    assert "new chat" in failure(events).fix


def test_who_reads_slowly_is_not_told_that_the_server_was_silent(server, backend):
    server.script(answer("So it is", piece=2))
    events = []
    for event in backend.stream(ChatRequest(question("?").messages, timeout_s=0.2), CancelToken()):
        events.append(event)
        if len(events) == 1:
            time.sleep(0.5)
    assert said(events) == ("", "So it is")
    assert events[-1] == STOP


@pytest.mark.timed
@pytest.mark.parametrize("reply", [Reply((HANG,)), Reply((), before=(HANG,)), Reply((chunk({"content": "So"}), HANG))])
def test_silence(server, backend, reply):
    server.script(reply)
    request = question("Hello?")
    with at_most(0.5):
        events = list(backend.stream(ChatRequest(request.messages, timeout_s=0.3), CancelToken()))
    expected = ErrorKind.INTERRUPTED if said(events)[1] else ErrorKind.TIMEOUT
    assert failure(events).kind == expected
    assert len(server.chats) == 1


@pytest.mark.timed
def test_cancel_while_it_waits_to_try_again(server, backend, monkeypatch):
    monkeypatch.setattr(_backend, "RETRY_DELAYS_S", (30.0,) * 3)
    server.script(error(503))
    cancel = CancelToken()
    events = []
    with at_most(1):
        for event in backend.stream(question("Hello?"), cancel):
            events.append(event)
            threading.Timer(0.1, cancel.cancel).start()
    assert [type(event) for event in events] == [Progress, Finished]
    assert events[-1] == Finished(FinishReason.CANCELLED)


@pytest.mark.timed
@pytest.mark.allow_leaks("threads")  # it ends when the connection attempt does
def test_cancel_while_it_connects(tmp_path):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.create_connection(full.getsockname()) for _ in range(1)]
        backend = wire_backend(f"http://127.0.0.1:{full.getsockname()[1]}/v1", tmp_path)
        cancel = CancelToken()
        threading.Timer(0.3, cancel.cancel).start()
        with at_most(1.3):
            events = list(backend.stream(question("Hello?"), cancel))
        assert events == [Finished(FinishReason.CANCELLED)]
        backend.close()
        for connection in waiting:
            connection.close()


def test_two_at_once_do_not_disturb_each_other(server, backend):
    """Two conversations with one server: one is stopped, the other comes to its end."""
    list(ask(backend))  # a connection that waits to be used again
    go = threading.Event()
    whole = answer("It is 42.")
    server.script(
        Reply((chunk({"content": "So"}), HANG)), whole.but(steps=(*whole.steps[:2], WaitFor(go), *whole.steps))
    )
    cancel = CancelToken()
    stopped = backend.stream(question("One?"), cancel)
    assert next(stopped) == TextDelta("So")
    other = backend.stream(question("Two?"), CancelToken())
    assert isinstance(next(other), TextDelta)
    cancel.cancel()
    assert list(stopped) == [Finished(FinishReason.CANCELLED)]
    go.set()
    assert list(other)[-1] == STOP
    assert ask(backend)[-1] == STOP


def test_close_ends_all_that_run(server, backend):
    server.script(Reply((chunk({"content": "So"}), HANG)))
    streams = [backend.stream(question("?"), CancelToken()) for _ in range(2)]
    for stream in streams:
        assert next(stream) == TextDelta("So")
    backend.close()
    for stream in streams:
        assert list(stream) == [Finished(FinishReason.CANCELLED)]


def test_a_cancelled_question_is_not_sent_later(server, backend):
    cancel = CancelToken()
    cancel.cancel()
    assert list(backend.stream(question("Hello?"), cancel)) == [Finished(FinishReason.CANCELLED)]
    assert ask(backend)[-1] == STOP
    assert len(server.chats) == 1


def test_a_redirect_is_not_followed(server, backend):
    with GlmServer() as other:
        server.script(json_reply({}, 307, Location=other.base_url + "/chat/completions"))
        assert f" on to {other.base_url}," in failure(ask(backend)).message
        assert other.requests == []


def test_two_questions_of_a_conversation_are_both_sent(server, backend):
    messages = tuple(Message(Role.USER, (TextPart(text),)) for text in ("One?", "Two?"))
    list(backend.stream(ChatRequest(messages), CancelToken()))
    assert [message["content"] for message in server.chats[0].body["messages"]] == ["One?", "Two?"]


def test_the_first_word_comes_before_the_answer_is_over(server, backend):
    server.script(Reply((chunk({"content": "So"}), HANG)))
    cancel = CancelToken()
    for event in backend.stream(question("Hello?"), cancel):
        if event == TextDelta("So"):
            cancel.cancel()
    assert event == Finished(FinishReason.CANCELLED)


# --- headers ---


def test_headers_say_only_what_is_needed(server, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-private")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Private: yes")
    backend = wire_backend(server.base_url, tmp_path, quirks={"accept_language": True})
    ask(backend)
    backend.close()
    headers = server.chats[0].headers
    assert headers.pop("authorization").startswith("Bearer sk-")
    assert headers["user-agent"].startswith("DesktopHelper/")
    assert headers["accept-language"] == "en-US,en"
    assert set(headers) == {
        "host", "accept", "accept-encoding", "connection", "content-type", "content-length",
        "user-agent", "accept-language", "x-stainless-raw-response",
    }  # fmt: skip


def test_without_a_key_no_header_is_sent(server, tmp_path):
    backend = wire_backend(server.base_url, tmp_path, key="")
    assert ask(backend)[-1] == STOP
    assert "authorization" not in server.chats[0].headers
    backend.close()


def test_a_key_that_is_needed_and_missing(tmp_path):
    quirks = {"needs_key": True, "provider_title": "Z.ai", "key_url": "https://z.ai/keys"}
    backend = wire_backend("https://api.z.ai/v4", tmp_path, key="", quirks=quirks)
    told = failure(ask(backend))
    assert told.kind == ErrorKind.AUTH
    assert "https://z.ai/keys" in told.fix
    backend.close()


@pytest.mark.parametrize("key", ["sk-a\nb", "sk-a b", "sk-é", "sk-\x00"])
def test_a_key_that_cannot_be_sent(server, tmp_path, key):
    backend = wire_backend(server.base_url, tmp_path, key=key)
    told = failure(ask(backend))
    assert told.kind == ErrorKind.AUTH
    assert key not in str(told)
    assert server.chats == []
    backend.close()


def test_a_server_chooses_the_model_if_none_is_set(server, tmp_path):
    server.models = ["only-one"]
    backend = wire_backend(server.base_url, tmp_path, model="")
    assert ask(backend)[-1] == STOP
    assert ask(backend)[-1] == STOP
    assert [chat.body["model"] for chat in server.chats] == ["only-one"] * 2
    assert len(server.requests) == 3
    backend.close()


def test_silence_is_measured_from_the_last_sign_of_life(server, backend):
    server.script(Reply((*[step for _ in range(4) for step in (Wait(0.2), b": alive\n\n")], *answer("So").steps)))
    started = time.monotonic()
    events = list(backend.stream(ChatRequest(question("?").messages, timeout_s=0.5), CancelToken()))
    assert events[-1] == STOP
    assert time.monotonic() - started > 0.7
