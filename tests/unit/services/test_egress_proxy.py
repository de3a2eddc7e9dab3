"""Through a real proxy on loopback: tunnels, plain requests, one that refuses, one that is not there."""

from __future__ import annotations

import json
import logging
import socket
from dataclasses import replace

import pytest

from desktop_helper.backends.openai_compatible import BACKEND, _backend
from desktop_helper.core import trace
from desktop_helper.core.events import Failed, Finished, Progress
from desktop_helper.core.protocols import BackendTools
from desktop_helper.services.egress import Egress
from tests.support.glm_server import GlmServer, Reply, answer
from tests.support.glm_server import error as problem
from tests.support.loopback_proxy import LoopbackProxy
from tests.support.secrecy import places_with
from tests.support.tls_server import COMPANY_CA, OTHER_NAME, TlsServer
from tests.support.wire import KEY, ask, said, wire_profile

PASSWORD = "pr0xy-pass:word/SECRET"
IN_ADDRESS = "pr0xy-pass%3Aword%2FSECRET"
TUNNELLED = f"https://{OTHER_NAME}:8443/v1"
PLAIN = f"http://{OTHER_NAME}:8000/v1"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch) -> None:
    monkeypatch.setattr(_backend, "RETRY_DELAYS_S", (0.01, 0.01, 0.01))


@pytest.fixture
def asked(tmp_path):
    def asked(base_url: str):
        """All events of one question to `base_url`, and the lines of the ledger."""
        ledger = tmp_path / "egress.jsonl"
        tools = BackendTools(Egress(ledger, lambda: False).http_client, lambda _: KEY, tmp_path, tmp_path)
        backend = BACKEND.create(replace(wire_profile(base_url), ca_file=str(COMPANY_CA)), tools)
        try:
            events = ask(backend)
        finally:
            backend.close()
        return events, [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]

    return asked


def error_of(events):
    assert isinstance(events[-1], Failed)
    return events[-1].error


def test_a_tunnel_keeps_tls_to_the_server_and_the_ledger_names_both(asked, monkeypatch) -> None:
    with TlsServer(answer("Hi."), other_name=True) as server, LoopbackProxy(server.port) as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        events, (line,) = asked(TUNNELLED)
        assert proxy.asked == [f"CONNECT {OTHER_NAME}:8443"]
        assert server.chats[0].headers["authorization"] == f"Bearer {KEY}"
    assert said(events)[1] == "Hi."
    assert (line["host"], line["proxy"], line["status"]) == (f"{OTHER_NAME}:8443", proxy.address, 200)
    assert line["bytes"] > 50


def test_a_plain_request_goes_through_as_well(asked, monkeypatch) -> None:
    with GlmServer(answer("Hi.")) as server, LoopbackProxy(int(server.base_url.split(":")[2][:-3])) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        events, (line,) = asked(PLAIN)
        assert proxy.asked == [f"{PLAIN}/chat/completions"]
    assert events[-1] == Finished()
    assert (line["host"], line["proxy"], line["status"]) == (f"{OTHER_NAME}:8000", proxy.address, 200)


@pytest.mark.parametrize(("base_url", "variable"), [(TUNNELLED, "https_proxy"), (PLAIN, "http_proxy")])
def test_one_that_wants_a_password(asked, monkeypatch, base_url: str, variable: str) -> None:
    with TlsServer() as server, LoopbackProxy(server.port, f"me:{PASSWORD}") as proxy:
        monkeypatch.setenv(variable, f"http://{proxy.address}")
        events, lines = asked(base_url)
        assert error_of(events).message == f"The proxy {proxy.address} wants a name and a password."
        assert "http://NAME:PASSWORD@HOST:PORT" in error_of(events).fix
        assert [(line["proxy"], line["status"]) for line in lines] == [(proxy.address, 407)]
        monkeypatch.setenv(variable, f"http://me:wrong-pass-word@{proxy.address}")
        events, _lines = asked(base_url)
        assert (
            error_of(events).message
            == f"The proxy {proxy.address} does not accept the name and password in its address."
        )
        assert server.requests == []
    assert not [event for event in events if isinstance(event, Progress) and event.notable], "no retry helps"


def test_a_password_is_told_to_the_proxy_and_nowhere_else(asked, monkeypatch, tmp_path, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2", "desktop_helper"):
        caplog.set_level(logging.DEBUG, logger=name)
    trace.start(tmp_path / "trace.json")
    with TlsServer(answer("Hi."), other_name=True) as server, LoopbackProxy(server.port, f"me:{PASSWORD}") as proxy:
        monkeypatch.setenv("https_proxy", f"http://me:{IN_ADDRESS}@{proxy.address}")
        events, _lines = asked(TUNNELLED)
        assert said(events)[1] == "Hi."
        proxy.wanted = "another"
        events, _lines = asked(TUNNELLED)
        assert "does not accept" in error_of(events).message
    events, _lines = asked(TUNNELLED)  # it is gone
    trace.stop()
    texts = {"log": caplog.text, "error": repr(error_of(events).args), "events": repr(events)}
    assert places_with(PASSWORD, tmp_path, texts) == []
    assert places_with(IN_ADDRESS, tmp_path, texts) == []


def test_one_that_is_not_there(asked, monkeypatch) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{held.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", f"http://{address}")
        events, lines = asked(TUNNELLED)
    error = error_of(events)
    assert error.message == f"No connection to the proxy {address} could be made, so nothing was sent to {OTHER_NAME}."
    assert "no_proxy" in error.fix
    assert [(line["proxy"], line["status"]) for line in lines] == [(address, None)]


def test_one_far_away_may_be_back_in_a_moment_unless_its_name_is_wrong(asked, monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.invalid:3128")
    events, lines = asked(TUNNELLED)
    assert error_of(events).message.startswith("No connection to the proxy proxy.invalid:3128 could be made")
    assert len(lines) == 1


def test_a_server_behind_it_that_nobody_vouches_for_is_no_fault_of_the_proxy(asked, monkeypatch) -> None:
    with TlsServer() as server, LoopbackProxy(server.port) as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        events, _lines = asked(TUNNELLED)
    assert error_of(events).message.startswith(f"The certificate of {OTHER_NAME} was issued for another name")


def test_a_kind_that_cannot_be_used_does_not_quote_its_password(asked, monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", f"socks5://me:{IN_ADDRESS}@proxy.example:1080")
    events, lines = [], []
    with pytest.raises(FileNotFoundError):  # nothing was sent, so there is no ledger
        events, lines = asked(TUNNELLED)
    assert (events, lines) == ([], [])


@pytest.mark.parametrize("status", [403, 503])
def test_a_plain_request_that_it_answers_itself(asked, monkeypatch, status: int) -> None:
    page = Reply((b"<html>No way to that host.</html>",), status=status, headers={"Content-Type": "text/html"})
    with GlmServer(page) as instead:
        address = instead.base_url.removeprefix("http://").removesuffix("/v1")
        monkeypatch.setenv("http_proxy", f"http://{address}")
        events, lines = asked(PLAIN)
    error = error_of(events)
    assert error.message == (
        f"The proxy {address}, or something behind it, answers with a web page in the place of {OTHER_NAME} ({status})."
    )
    assert "no_proxy" in error.fix
    assert [(line["proxy"], line["status"]) for line in lines] == [(address, status)]


def test_an_error_of_the_server_behind_it_stays_one(asked, monkeypatch) -> None:
    with GlmServer(problem(403, "1000", "No.")) as server:
        address = server.base_url.removeprefix("http://").removesuffix("/v1")
        monkeypatch.setenv("http_proxy", f"http://{address}")
        events, _lines = asked(PLAIN)
    assert "proxy" not in str(error_of(events))
