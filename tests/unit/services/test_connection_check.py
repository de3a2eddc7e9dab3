"""“Test connection”: a word, a small picture, a tool, and what is known of the model then."""

from __future__ import annotations

import base64
import threading
import time
from pathlib import Path

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.known_servers import FOLDER, Abilities, Known, KnownServers
from desktop_helper.services.abilities_words import answers, can_do, last_test
from desktop_helper.services.connection_check import ConnectionCheck
from tests.contract.backend_contract import at_most
from tests.support.glm_server import HANG, MODEL, GlmServer, Reply, answer, error
from tests.support.wire import wire_backend, wire_profile

NO_TOOLS = error(400, "400", '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')
NO_EYES = error(400, "1210", "messages.content.type is invalid, allowed values: ['text']")


@pytest.fixture
def server():
    with GlmServer() as server:
        server.models = [MODEL, "other"]
        yield server


@pytest.fixture
def steps():
    """What was told."""
    return []


@pytest.fixture
def check(server, tmp_path, steps):
    """Checks the model at `server`."""

    def run(cancel: CancelToken | None = None, **quirks) -> Abilities:
        backend = wire_backend(server.base_url, tmp_path, quirks=quirks)
        known = KnownServers(tmp_path / FOLDER)
        profile = wire_profile(server.base_url, **quirks)
        try:
            return ConnectionCheck(backend, profile, known, steps.append).run(cancel or CancelToken())
        finally:
            backend.close()

    return run


def kept(server, folder: Path) -> Known:
    return KnownServers(folder / FOLDER).get(server.base_url, MODEL)


def test_all_that_works_is_found_and_kept(server, tmp_path, check, steps):
    server.script(answer("ready", thinking="They ask."), answer("Red."), answer("Hello."))
    found = check(thinking_style="chat_template_kwargs")
    assert found.models == (MODEL, "other")
    assert (found.pictures, found.sees, found.tools) == (True, True, True)
    assert (found.thinks, found.can_skip_thinking) == (True, True)
    assert 0 < found.first_s < 10
    assert kept(server, tmp_path).abilities == found
    assert len(steps) == 4


def test_it_asks_little(server, check):
    server.script(answer("ready"))
    check()
    word, look, tool = (request.body for request in server.chats)
    assert all(body["max_tokens"] <= 16 for body in (word, look, tool))
    picture, _text = look["messages"][0]["content"]
    data = base64.b64decode(picture["image_url"]["url"].partition("base64,")[2])
    assert data.startswith(b"\x89PNG")
    assert len(data) < 200
    assert [entry["function"]["name"] for entry in tool["tools"]] == ["say_hello"]


def test_its_picture_is_28_red_pixels_wide(server, check):
    cv2, numpy = pytest.importorskip("cv2"), pytest.importorskip("numpy")
    server.script(answer("ready"))
    check()
    url = server.chats[1].body["messages"][0]["content"][0]["image_url"]["url"]
    pixels = cv2.imdecode(numpy.frombuffer(base64.b64decode(url.partition("base64,")[2]), numpy.uint8), 1)
    assert pixels.shape == (28, 28, 3)
    assert pixels[14, 14].tolist() == [30, 30, 220]


def test_what_does_not_work_is_said(server, check):
    server.script(answer("ready"), NO_EYES, NO_TOOLS)
    found = check()
    assert (found.pictures, found.sees, found.tools, found.thinks) == (False, None, False, False)


def test_one_that_thinks_all_the_same(server, check):
    server.script(answer("ready", thinking="Hm."), answer("Blue", thinking="Hm."), answer("Hello."))
    found = check()
    assert (found.sees, found.thinks, found.can_skip_thinking) == (False, True, False)


def test_what_it_refuses_is_learned_anew(server, tmp_path, check):
    KnownServers(tmp_path / FOLDER).refuse(server.base_url, MODEL, ("temperature",))
    server.script(error(400, "400", "Unknown parameter: seed"), answer("ready"))
    check()
    assert kept(server, tmp_path).refused == ("seed",)
    assert "temperature" in server.chats[1].body


@pytest.mark.parametrize(
    ("reply", "kind"), [(error(401, "1002"), ErrorKind.AUTH), (error(429, "1113"), ErrorKind.BALANCE)]
)
def test_a_failure_that_is_no_answer_to_the_question_is_told(server, tmp_path, check, reply, kind):
    server.script(reply)
    with pytest.raises(HelperError) as caught:
        check()
    assert caught.value.kind is kind
    assert kept(server, tmp_path) == Known()


def test_a_wrong_model_is_told_with_those_that_are_there(server, check):
    server.script(error(404, "1211"))
    with pytest.raises(HelperError) as caught:
        check()
    assert caught.value.fix == "Choose one of the models there: other."


def test_where_there_is_no_list_a_test_does_not_advise_itself(server, check):
    server.models = None
    server.script(error(404, "1211"))
    with pytest.raises(HelperError) as caught:
        check()
    assert caught.value.fix == "Check the model and the server address."


@pytest.mark.timed
def test_it_can_be_stopped(server, tmp_path, check):
    server.script(Reply((), before=(HANG,)))
    cancel = CancelToken()
    threading.Timer(0.2, cancel.cancel).start()
    with at_most(1.2), pytest.raises(HelperError) as caught:
        check(cancel)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert kept(server, tmp_path) == Known()


def test_in_words():
    found = Abilities(time.time(), 0.3204, pictures=True, sees=True, thinks=True, can_skip_thinking=True, tools=False)
    known = Known(("seed", "top_p"), found)
    assert answers(wire_profile("http://127.0.0.1:1/v1"), found) == "GLM at 127.0.0.1 answers (320 ms)."
    assert can_do(known) == (
        "It sees pictures. It thinks first, or answers at once if you want that. It takes no tools."
        " Left out, since the server refuses it: seed, top_p."
    )
    assert last_test(known).startswith(time.strftime("Tested on %Y-%m-%d: It sees"))
    assert last_test(Known()) == ""
