"""Which model `serve` offers, and with which token."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import serve
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.container import Services
from desktop_helper.services.settings import ProfileSettings


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    serve.COMMAND.configure(parser)
    return parser.parse_args(words)


def with_profiles(services: Services, active: str, **profiles: ProfileSettings) -> None:
    services.settings.update(
        lambda settings: replace(settings, active_profile=active, profiles=settings.profiles | profiles)
    )


def gguf_of(services: Services, *words: str) -> Path | None:
    return serve._profile(parse(*words), services).gguf


def test_the_file_of_the_command_line_comes_first(services: Services) -> None:
    with_profiles(services, "one", one=ProfileSettings("local", gguf="one.gguf"))
    assert gguf_of(services, "--gguf", "other.gguf") == Path("other.gguf")


def test_then_the_chosen_one_of_the_settings(services: Services) -> None:
    local = {name: ProfileSettings("local", gguf=f"{name}.gguf") for name in ("a", "b", "c")}
    with_profiles(services, "b", **local)
    assert gguf_of(services) == Path("b.gguf")


def test_then_any_on_this_machine_but_never_a_hosted_one(services: Services) -> None:
    hosted = ProfileSettings("zai", "glm-4.6v", gguf="left-over.gguf")
    with_profiles(services, "hosted", hosted=hosted, mine=ProfileSettings("local", gguf="mine.gguf"))
    assert gguf_of(services) == Path("mine.gguf")


def test_else_there_is_none(services: Services) -> None:
    with pytest.raises(HelperError) as caught:
        gguf_of(services)
    assert caught.value.kind is ErrorKind.CONFIG


def test_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    first, made = serve._token(parse())
    assert made
    assert len(first) >= 32
    assert serve._token(parse())[0] != first
    monkeypatch.setenv(serve.TOKEN_ENV, "surroundings")
    assert serve._token(parse()) == ("surroundings", False)
    assert serve._token(parse("--token", "chosen")) == ("chosen", False)


@pytest.mark.parametrize("token", ["two words", "línea", "a\nb", "\x7f"])
def test_tokens_that_no_header_can_carry(token: str) -> None:
    with pytest.raises(HelperError) as caught:
        serve._token(parse("--token", token))
    assert caught.value.kind is ErrorKind.USAGE
    assert token not in str(caught.value)
