"""“Test connection”: as cheaply as possible, and one sentence for whatever is wrong."""

from __future__ import annotations

import threading

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from tests.contract.backend_contract import at_most
from tests.support.glm_server import HANG, Reply, answer, error


def test_probe_asks_for_the_models_only(server, backend):
    assert "127.0.0.1" in backend.probe(CancelToken())
    assert server.chats == []


def test_probe_asks_for_a_word_if_the_list_does_not_tell(server, backend):
    server.models = None
    server.script(error(404), answer("Hi"))
    backend.probe(CancelToken())
    assert server.chats[0].body["max_tokens"] == 1


def test_probe_names_the_models_there(server, backend):
    server.models = ["one", "two"]
    server.script(error(404, "1211"))
    with pytest.raises(HelperError) as caught:
        backend.probe(CancelToken())
    assert caught.value.kind == ErrorKind.MODEL
    assert "one, two" in caught.value.fix


def test_probe_with_a_wrong_key(server, backend):
    server.models = None
    server.script(error(401, "1002"))
    with pytest.raises(HelperError) as caught:
        backend.probe(CancelToken())
    assert caught.value.kind == ErrorKind.AUTH


@pytest.mark.timed
def test_probe_can_be_cancelled(server, backend):
    server.models = None
    server.script(Reply((), before=(HANG,)))
    cancel = CancelToken()
    threading.Timer(0.2, cancel.cancel).start()
    with at_most(1.2), pytest.raises(HelperError) as caught:
        backend.probe(cancel)
    assert caught.value.kind == ErrorKind.CANCELLED
