"""The only door: it pins the host, obeys "local only", and writes down what left."""

from __future__ import annotations

import json
import ssl

import httpx2
import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services import egress as egress_module
from desktop_helper.services.egress import Egress
from desktop_helper.services.egress_proxy import proxy_for, shown
from tests.support.glm_server import GlmServer, error, json_reply
from tests.support.wire import wire_profile

PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,SECRETPIXELS"}}


@pytest.fixture
def server():
    with GlmServer() as server:
        yield server


@pytest.fixture
def local_only() -> list[bool]:
    return [False]


@pytest.fixture
def egress(tmp_path, local_only) -> Egress:
    return Egress(tmp_path / "egress.jsonl", lambda: local_only[0])


def ledger(tmp_path) -> list[dict]:
    return [json.loads(line) for line in (tmp_path / "egress.jsonl").read_text().splitlines()]


def test_one_line_for_each_request_and_never_its_content(egress, server, tmp_path) -> None:
    body = {"messages": [{"content": [PICTURE, PICTURE, {"type": "text", "text": 'SECRET "type":"image_url"'}]}]}
    server.script(error(429))
    with egress.http_client(wire_profile(server.base_url)) as client:
        sent = client.post(server.base_url + "/chat/completions", json=body, headers={"Authorization": "Bearer SECRET"})
        client.get(server.base_url + "/models")
    first, second = ledger(tmp_path)
    assert (first["images"], first["status"], first["bytes"]) == (2, 429, len(sent.request.content))
    assert (second["images"], second["status"], second["bytes"], second["method"]) == (0, 200, 0, "GET")
    assert first["host"] in server.base_url
    assert first["provider"] == "custom"
    assert first["time"].startswith("20")
    assert "SECRET" not in (tmp_path / "egress.jsonl").read_text()
    assert (tmp_path / "egress.jsonl").stat().st_mode & 0o077 == 0


def test_what_never_arrived_is_in_the_ledger_too(egress, tmp_path) -> None:
    with egress.http_client(wire_profile("http://127.0.0.1:9/v1")) as client, pytest.raises(httpx2.ConnectError):
        client.get("http://127.0.0.1:9/v1/models")
    assert ledger(tmp_path)[0]["status"] is None


def test_no_other_host_or_port_or_scheme(egress, server, tmp_path) -> None:
    with egress.http_client(wire_profile(server.base_url)) as client:
        for url in ("http://127.0.0.1:9/", "http://example.com/", server.base_url.replace("http", "https")):
            with pytest.raises(HelperError) as caught:
                client.get(url)
            assert caught.value.kind == ErrorKind.CONFIG
    assert [line["refused"] for line in ledger(tmp_path)] == ["other host"] * 3
    assert [line["host"] for line in ledger(tmp_path)][:2] == ["127.0.0.1:9", "example.com"]
    assert not any("status" in line for line in ledger(tmp_path))


def test_a_redirect_elsewhere_is_refused_even_if_followed(egress, server) -> None:
    server.models = None
    server.script(json_reply({}, 302, Location="http://127.0.0.1:9/"))
    with egress.http_client(wire_profile(server.base_url)) as client:
        assert client.get(server.base_url + "/models").status_code == 302
        with pytest.raises(HelperError):
            client.get(server.base_url + "/models", follow_redirects=True)


def test_local_only(egress, server, local_only, tmp_path) -> None:
    local_only[0] = True
    with egress.http_client(wire_profile(server.base_url)) as client:
        assert client.get(server.base_url + "/models").status_code == 200
    with egress.http_client(wire_profile("https://api.z.ai/v4")) as client:
        with pytest.raises(HelperError) as caught:
            client.get("https://api.z.ai/v4/models")
        assert "Stay on this machine" in caught.value.message
    assert ledger(tmp_path)[-1]["refused"] == "local only"


def test_a_full_ledger_gives_way_to_a_new_one_and_one_old_one_is_kept(egress, server, tmp_path, monkeypatch) -> None:
    with egress.http_client(wire_profile(server.base_url)) as client:
        client.get(server.base_url + "/models")
        monkeypatch.setattr(egress_module, "MAX_LEDGER", 3 * len((tmp_path / "egress.jsonl").read_bytes()) - 20)
        for _ in range(7):
            client.get(server.base_url + "/models")
    assert len(ledger(tmp_path)) == 2
    assert len((tmp_path / "egress.old.jsonl").read_text().splitlines()) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["egress.jsonl", "egress.old.jsonl"]


def test_the_proxy_of_the_environment(monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    assert proxy_for("https://api.z.ai/v4") == "http://proxy.example:3128"
    assert proxy_for("https://gpu.inside.example/v1") is None
    assert proxy_for("http://api.z.ai/v4") is None
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    assert proxy_for("http://127.0.0.1:8000/v1") is None


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_a_password_of_a_proxy_may_hold_a_slash(monkeypatch, scheme: str) -> None:
    monkeypatch.setenv("https_proxy", f"{scheme}me:12/word@proxy.example:3128")
    proxy = proxy_for("https://api.z.ai/v4")
    assert proxy == "http://me:12%2Fword@proxy.example:3128"
    assert shown(proxy) == "proxy.example:3128"


def test_a_proxy_that_cannot_be_used_is_told(monkeypatch, egress) -> None:
    monkeypatch.setenv("https_proxy", "socks5://proxy.example:1080")
    with pytest.raises(HelperError) as caught:
        egress.http_client(wire_profile("https://api.z.ai/v4"))
    assert caught.value.kind == ErrorKind.CONFIG


def test_certificates_that_cannot_be_read_are_told(monkeypatch, egress, tmp_path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with pytest.raises(HelperError) as caught:
        egress.http_client(wire_profile("https://api.z.ai/v4"))
    assert "SSL_CERT_FILE" in caught.value.message


def test_requests_through_a_proxy(egress, server, monkeypatch) -> None:
    """Over plain HTTP a proxy is asked for the whole URL; the scripted server plays one."""
    monkeypatch.setenv("http_proxy", server.base_url.removesuffix("/v1"))
    with egress.http_client(wire_profile("http://gpu.example/v1")) as client:
        assert client.get("http://gpu.example/v1/models").status_code == 200
    assert server.requests[0].path == "http://gpu.example/v1/models"


@pytest.mark.allow_warnings
def test_a_ledger_that_cannot_be_written_costs_no_answer(server, tmp_path, caplog) -> None:
    egress = Egress(tmp_path / "missing" / "egress.jsonl", lambda: False)
    with egress.http_client(wire_profile(server.base_url)) as client:
        assert client.get(server.base_url + "/models").status_code == 200
    assert "ledger" in caplog.text


def test_certificates_are_checked(egress) -> None:
    with egress.http_client(wire_profile("https://api.z.ai/v4")) as client:
        context = client._transport._inner._pool._ssl_context
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
