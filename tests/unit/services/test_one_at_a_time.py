"""Providers that refuse a second request while they answer: the questions of a profile wait, those of others do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Finished, FinishReason, Progress, TextDelta
from desktop_helper.services.paths import Paths
from desktop_helper.services.providers import resolve
from desktop_helper.services.settings import ProfileSettings
from tests.contract.backend_contract import question
from tests.support.glm_server import HANG, GlmServer, Reply, chunk


@pytest.fixture
def services(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("ZAI_KEY", "sk-1")
    services = build_services(Paths.below(tmp_path))
    yield services
    services.close()


@pytest.fixture
def streams(services):
    """Opens answers, each by its profile's name and provider; the server never ends one."""
    opened = []
    with GlmServer(Reply((chunk({"content": "So"}), HANG))) as server:

        def stream(name: str, provider: str):
            settings = ProfileSettings(provider, "m", server.base_url, api_key_env="ZAI_KEY")
            backend = services.backend_in_turn(resolve(name, settings, services.providers))
            cancel = CancelToken()
            opened.append((backend.stream(question("?"), cancel), cancel))
            return opened[-1]

        yield stream
        for events, cancel in opened:
            cancel.cancel()
            list(events)


def test_the_second_waits_until_the_first_has_ended(streams) -> None:
    first, cancel = streams("zai", "zai")
    assert next(first) == TextDelta("So")
    second, _ = streams("zai", "zai")
    assert next(second) == Progress("Waiting for the answer before this one…")
    cancel.cancel()
    assert list(first) == [Finished(FinishReason.CANCELLED)]
    assert next(second) == TextDelta("So")


@pytest.mark.parametrize(("name", "provider"), [("bigmodel", "bigmodel"), ("mine", "vllm")])
def test_others_do_not_wait(streams, name: str, provider: str) -> None:
    first, _ = streams("zai", "zai")
    assert next(first) == TextDelta("So")
    assert next(streams(name, provider)[0]) == TextDelta("So")


def test_own_servers_answer_several_at_once(streams) -> None:
    for _ in range(2):
        assert next(streams("mine", "vllm")[0]) == TextDelta("So")
