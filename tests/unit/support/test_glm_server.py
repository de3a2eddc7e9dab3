"""The scripted server does what its script says, on the wire."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest

from tests.support.glm_server import CUT, DONE, HANG, GlmServer, Reply, answer, error, joined, recut


def post(server: GlmServer) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one chat request."""
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=10)
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps({"model": "m"}))
        response = connection.getresponse()
        return response.status, dict(response.headers), response.read()
    finally:
        connection.close()


def test_replies_in_order_then_the_last_again() -> None:
    with GlmServer(error(429, "1302", retry_after=1), answer("Hi.")) as server:
        status, headers, body = post(server)
        assert (status, headers["Retry-After"]) == (429, "1")
        assert json.loads(body)["error"]["code"] == "1302"
        for _ in range(2):
            assert post(server)[2].endswith(DONE)
        assert [request.body for request in server.chats] == [{"model": "m"}] * 3


def test_recut_keeps_the_bytes() -> None:
    whole = answer("屏幕", thinking="so")
    cut = recut(whole, range(1, 40))
    assert joined(whole) == joined(cut)
    with GlmServer(cut) as server:
        assert post(server)[2] == joined(whole)


def test_a_cut_connection() -> None:
    for step in (CUT, HANG):
        with GlmServer(Reply((b"data: {}\n\n", step))) as server:
            if step is HANG:
                threading.Timer(0.1, server.stop_hanging).start()
            with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                post(server)


def test_as_a_process_of_its_own() -> None:
    command = [sys.executable, "-m", "tests.support.glm_server", "--text", "Hi there."]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.kill()
