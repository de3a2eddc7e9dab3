"""Which origins may be named at the start."""

from __future__ import annotations

import pytest

from desktop_helper.services.openai_server.gate import is_allowed_origin


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:5173",
        "http://127.0.0.1",
        "https://localhost",
        "http://[::1]:3000",
        "chrome-extension://gbldofcpkknbggpkmbdaefngejllnief",
        "moz-extension://0c1a2b3c-0000-4000-8000-000000000000",
    ],
)
def test_pages_of_this_machine_and_extensions_may(origin: str) -> None:
    assert is_allowed_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "null",
        "https://example.test",
        "http://localhost.example.test",
        "http://localhost@example.test",
        "http://example.test@localhost",
        "http://localhost:5173/",
        "http://localhost:5173/app",
        "http://localhost:port",
        "file://localhost",
        "chrome-extension://",
        "chrome-extension://a/b",
        "http://[::1",
    ],
)
def test_others_may_not(origin: str) -> None:
    assert not is_allowed_origin(origin)
