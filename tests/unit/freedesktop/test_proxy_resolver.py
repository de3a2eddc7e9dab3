"""Which proxy the desktop names, when the environment names none."""

from __future__ import annotations

import sys

import pytest

from desktop_helper.services.egress_proxy import proxy_for
from tests.support.session_bus import on_the_bus, session_bus

PORTAL = "tests.support.proxy_portal"
SERVER = "https://api.z.ai/v4"

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has portals")


@pytest.fixture(autouse=True)
def no_variables(monkeypatch) -> None:
    for name in ("http", "https", "all", "no", "ftp"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (("http://proxy.example:3128", "direct://"), "http://proxy.example:3128"),
        (("direct://",), None),
        ((), None),
    ],
)
def test_the_desktop_is_asked(monkeypatch, answers, found) -> None:
    with session_bus(monkeypatch), on_the_bus(PORTAL, *answers):
        assert proxy_for(SERVER) == found
        assert proxy_for("http://127.0.0.1:8000/v1") is None


def test_what_the_environment_says_comes_first(monkeypatch) -> None:
    with session_bus(monkeypatch), on_the_bus(PORTAL, "http://proxy.example:3128"):
        monkeypatch.setenv("https_proxy", "http://other.example:8080")
        assert proxy_for(SERVER) == "http://other.example:8080"
        monkeypatch.delenv("https_proxy")
        monkeypatch.setenv("no_proxy", "z.ai")
        assert proxy_for(SERVER) is None


def test_without_a_portal_or_a_bus_there_is_none(monkeypatch, tmp_path) -> None:
    with session_bus(monkeypatch):
        assert proxy_for(SERVER) is None
    assert proxy_for(SERVER) is None  # the bus is gone
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert proxy_for(SERVER) is None
