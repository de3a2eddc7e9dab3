"""What counts as this machine, and what of an address may be shown."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.hosts import escaped, is_named, is_this_machine, shown
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


@pytest.mark.parametrize("end", ["@gpu.lan/v1", "@gpu.lan:8000", "@[::1]:80/v1/"])
@pytest.mark.parametrize("scheme", ["https://", "HTTP://", "socks5h://", "//", ""])
@pytest.mark.parametrize(
    "name", ["me", "me:word", "me:wo/rd", "me:12/word", "me:word/", "me:wo//rd", "me:wo@rd/x", "to/ken", "me:p?w#d", ""]
)
def test_what_stands_before_the_host_is_not_shown(scheme: str, name: str, end: str) -> None:
    url = scheme + name + end
    assert is_named(url)
    assert shown(url) == f"{scheme}…{end}"


@pytest.mark.parametrize(
    "url",
    ["https://gpu.lan/v1", "http://gpu.lan:8000/v1", "https://gpu.lan/@me/v1", "http://[::1]/@me/v1", "gpu.lan", ""],
)
def test_an_address_without_a_name_is_shown_as_it_is(url: str) -> None:
    assert (is_named(url), shown(url), escaped(url)) == (False, url, url)


@given(name=st.text(alphabet="aZ7~-", min_size=1), word=st.text(alphabet="aZ7/?#:@%&é ", min_size=1))
def test_a_password_is_understood_whatever_is_in_it(name: str, word: str) -> None:
    parts = urlsplit(escaped(f"http://{name}:{word}@proxy.lan:3128"))
    assert (parts.hostname, parts.port, parts.username) == ("proxy.lan", 3128, name)
    assert unquote(parts.password or "") == unquote(word)
