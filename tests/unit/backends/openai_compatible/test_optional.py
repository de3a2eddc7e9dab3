"""Fields that a server refuses are left out, one at a time, and the server is remembered."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest

from desktop_helper.backends.openai_compatible._failures import Failure
from desktop_helper.backends.openai_compatible._optional import OptionalFields
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Failed, Finished, Progress
from desktop_helper.core.known_servers import BELIEVED_S, FOLDER, KnownServers
from desktop_helper.core.messages import Thinking
from tests.support.glm_server import MODEL, answer, error, json_reply
from tests.support.wire import ask, said, wire_backend, wire_profile

UNKNOWN_SEED = error(400, "400", "Unrecognized request argument supplied: seed")
SAYS_NOTHING = error(400, "400", "Bad Request")


def sent(server) -> list[set[str]]:
    """The fields of each question, but for those that every question has."""
    return [set(request.body) - {"model", "messages", "stream"} for request in server.chats]


def refused(server, folder) -> tuple[str, ...]:
    return KnownServers(folder / FOLDER).get(server.base_url, MODEL).refused


def test_the_one_that_is_named_is_left_out_and_remembered(server, tmp_path, wired):
    server.script(UNKNOWN_SEED, answer("It is 42."))
    events = ask(wired(), seed=1, temperature=0.5)
    assert said(events)[1] == "It is 42."
    assert sent(server) == [{"stream_options", "seed", "temperature"}, {"stream_options", "temperature"}]
    told = [event.message for event in events if isinstance(event, Progress) and event.notable]
    assert len(told) == 1
    assert "seed" in told[0]
    assert refused(server, tmp_path) == ("seed",)
    assert said(ask(wired(), seed=1))[1] == "It is 42."  # a new backend, as after a restart
    assert sent(server)[2] == {"stream_options"}


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"detail": [{"type": "extra_forbidden", "loc": ["body", "chat_template_kwargs"]}]}, 422),
        error(400, "400", "This template does not know enable_thinking."),
        error(400, "400", "Thinking is not supported by this model"),
    ],
)
def test_a_field_is_recognised_in_whatever_words(server, reply, wired):
    server.script(reply, answer("Yes."))
    events = ask(wired(thinking_style="chat_template_kwargs"), thinking=Thinking.OFF)
    assert said(events)[1] == "Yes."
    assert sent(server)[1] == {"stream_options"}


def test_if_none_is_named_each_is_tried_until_it_goes(server, tmp_path, wired):
    server.script(SAYS_NOTHING, SAYS_NOTHING, answer("It is 42."))
    assert said(ask(wired(), seed=1, temperature=0.5))[1] == "It is 42."
    assert sent(server)[1:] == [{"seed", "temperature"}, {"temperature"}]
    assert refused(server, tmp_path) == ("seed",), "of stream_options nobody knows"


def test_nothing_is_learned_from_what_is_refused_all_the_same(server, tmp_path, wired):
    server.script(SAYS_NOTHING)
    events = ask(wired(), seed=1, temperature=0.5, top_p=0.5, max_tokens=5)
    assert isinstance(events[-1], Failed)
    assert sent(server)[-1] == {"max_tokens"}, "an answer without a limit is never a guess"
    assert refused(server, tmp_path) == ()


def test_a_length_limit_that_is_refused_by_name_is_left_out(server, wired):
    server.script(error(400, "400", "Unsupported parameter: 'max_tokens' is not supported"), answer("It is 42."))
    assert said(ask(wired(), max_tokens=5))[1] == "It is 42."


@pytest.mark.parametrize(
    "message",
    [
        "messages.content.type is invalid, allowed values: ['text']",
        "This model does not support image input",
        '"auto" tool choice requires --enable-auto-tool-choice',
        "当前模型不支持图片输入",
    ],
)
def test_what_is_wrong_with_the_question_is_no_matter_of_fields(server, message, wired):
    server.script(error(400, "400", message))
    assert isinstance(ask(wired(), seed=1)[-1], Failed)
    assert len(server.chats) == 1


def test_nothing_is_guessed_about_a_question_with_rare_parts(tmp_path):
    fields = OptionalFields(KnownServers(tmp_path), wire_profile("http://127.0.0.1:1/v1"), "Server")
    refusal = HelperError(ErrorKind.MODEL, "no")
    error = SimpleNamespace(status_code=400, body={"message": "Bad Request"})
    for kind, may_guess in (("image_url", True), ("video_url", False)):
        fields.trimmed({"model": "m", "messages": [{"content": [{"type": kind}]}], "seed": 1})
        assert bool(fields.next_try(error, Failure(refusal, about_fields=True))) is may_guess


def test_a_value_that_is_refused_is_not_the_end_of_its_field(server, tmp_path, wired):
    server.script(error(400, "400", "temperature must be between 0 and 1"), answer("It is 42."))
    assert said(ask(wired(), temperature=1.5))[1] == "It is 42."
    assert refused(server, tmp_path) == ()


@pytest.mark.parametrize("reply", [error(401, "1002", "seed"), error(429, "1113", "seed"), error(404, "1211", "seed")])
def test_other_failures_are_not_taken_for_it(server, reply, wired):
    server.script(reply)
    assert isinstance(ask(wired(), seed=1)[-1], Failed)
    assert len(server.chats) == 1


def test_another_model_of_the_same_server_is_asked_for_itself(server, wired):
    server.script(UNKNOWN_SEED, answer("It is 42."))
    ask(wired(), seed=1)
    ask(wired(model="another"), seed=1)
    assert sent(server)[2] == {"stream_options", "seed"}


def test_what_is_a_month_old_is_tried_again(server, tmp_path, wired):
    known = KnownServers(tmp_path / FOLDER)
    known.refuse(server.base_url, MODEL, ("seed",))
    (file,) = (tmp_path / FOLDER).iterdir()
    then = file.stat().st_mtime - BELIEVED_S - 60
    os.utime(file, (then, then))
    server.script(answer("It is 42."))
    assert isinstance(ask(wired(), seed=1)[-1], Finished)
    assert "seed" in sent(server)[0]


@pytest.fixture
def wired(server, tmp_path):
    """Makes backends whose cache is the same folder."""
    opened = []

    def make(model=MODEL, **quirks):
        opened.append(wire_backend(server.base_url, tmp_path, quirks=quirks, model=model))
        return opened[-1]

    yield make
    for backend in opened:
        backend.close()
