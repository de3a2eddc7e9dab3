"""What counts as this machine."""

from __future__ import annotations

import pytest

from desktop_helper.core.hosts import is_this_machine
from desktop_helper.core.protocols import ModelProfile


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("a.localhost", False),
        ("localhost.evil.example", False),
        ("10.0.0.1", False),
    ],
)
def test_this_machine(host: str, expected: bool) -> None:
    assert is_this_machine(host) is expected
    bracketed = f"[{host}]" if ":" in host else host
    assert ModelProfile("m", "custom", "openai_compatible", "M", "m", f"http://{bracketed}:80/v1").is_local is expected


def test_a_model_without_a_server_is_on_this_machine() -> None:
    assert ModelProfile("m", "local", "local", "M", "m").is_local
