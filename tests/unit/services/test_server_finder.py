"""Servers on this machine: found where they usually are, recognised, and asked for nothing but what they have."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.resources import resource
from desktop_helper.services.egress import Egress
from desktop_helper.services.provider_file import ProviderSpec
from desktop_helper.services.providers import Providers
from desktop_helper.services.server_finder import FoundModel, FoundServer, find, proposed
from desktop_helper.services.server_sight import WAYS, by_name
from desktop_helper.services.settings import ProfileSettings, Settings
from tests.contract.backend_contract import at_most
from tests.support.found_servers import LISTS, Impostor, answers_of


@pytest.fixture
def specs(tmp_path: Path) -> dict[str, ProviderSpec]:
    """Ours, at addresses where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    return {
        spec.name: replace(spec, base_url=f"http://127.0.0.1:{port}/v1") if "127.0.0.1" in spec.base_url else spec
        for spec in Providers(resource("providers"), tmp_path / "none").all()
    }


@pytest.fixture
def seek(specs: dict[str, ProviderSpec], tmp_path: Path):
    egress = Egress(tmp_path / "egress.jsonl", lambda: True)  # “stay on this machine” is no hindrance

    def look(at: Mapping[str, str], cancel: CancelToken | None = None) -> list[FoundServer]:
        moved = [replace(spec, base_url=at.get(spec.name, spec.base_url)) for spec in specs.values()]
        return find(moved, egress.http_client, cancel or CancelToken())

    return look


@pytest.fixture
def servers() -> Iterator[dict[str, Impostor]]:
    with ExitStack() as stack:
        yield {kind: stack.enter_context(Impostor(answers_of(kind))) for kind in LISTS}


def test_ours_name_the_usual_addresses(tmp_path: Path) -> None:
    providers = Providers(resource("providers"), tmp_path).all()
    ports = {spec.base_url.rsplit(":", 1)[1] for spec in providers if "127.0.0.1" in spec.base_url}
    assert ports == {"11434/v1", "1234/v1", "8000/v1", "8080/v1", "30000/v1"}
    assert {spec.signs.sight for spec in providers} <= {"", *WAYS}


def test_all_of_them_are_found_and_recognised(seek, servers) -> None:
    found = {server.provider: server for server in seek({kind: one.base_url for kind, one in servers.items()})}
    assert set(found) == set(LISTS)
    assert found["vllm"].models == (FoundModel("zai-org/GLM-4.6V-Flash", sees=True, context_tokens=65536),)
    assert found["llama-server"].models == (FoundModel("some.gguf", sees=True, context_tokens=16384),)
    assert found["lmstudio"].models[0] == FoundModel("zai-org/glm-4.6v-flash", sees=True)
    assert found["lmstudio"].models[1] == FoundModel("a-text-model", sees=False)
    assert [(model.id, model.sees) for model in found["ollama"].models] == [
        ("glm-4.6v-flash:latest", True),
        ("unheard-of", True),
        ("llama3:8b", False),
    ]


@pytest.mark.parametrize("kind", LISTS)
def test_one_at_another_ones_address_is_taken_for_itself(seek, servers, kind: str) -> None:
    elsewhere = next(other for other in LISTS if other != kind)
    (found,) = seek({elsewhere: servers[kind].base_url})
    assert found.provider == kind
    assert found.base_url == servers[kind].base_url


def test_one_that_nobody_knows_is_somebodys_own(seek) -> None:
    with Impostor({"GET /v1/models": {"data": [{"id": "tiny", "owned_by": "me"}]}}) as server:
        (found,) = seek({"vllm": server.base_url})
    assert (found.provider, found.models) == ("custom", (FoundModel("tiny"),))


def test_one_that_wants_a_key_is_named_all_the_same_and_gets_none(seek) -> None:
    with Impostor({"GET /v1/models": (401, b"{}")}) as server:
        (found,) = seek({"vllm": server.base_url})
        assert found.needs_key
        assert not [headers for headers in server.headers if "authorization" in headers]


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<html>A web page</html>"),
        (200, b"\xff\xfe"),
        (200, b"[" * 100_000),
        (200, b'{"a": "' + b"x" * (5 << 20) + b'"}'),
        (302, b""),
        (404, b"{}"),
        {"data": "of another kind"},
        {"something": "else"},
        [],
    ],
)
def test_what_is_no_model_server_is_passed_over(seek, answer: Any) -> None:
    with Impostor({"GET /v1/models": answer}) as server:
        assert seek({"vllm": server.base_url}) == []


def test_an_empty_ollama_is_found(seek) -> None:
    with Impostor({**answers_of("ollama"), "GET /v1/models": {"object": "list", "data": None}}) as server:
        (found,) = seek({"ollama": server.base_url})
    assert (found.provider, found.models) == ("ollama", ())


def test_nothing_is_asked_but_loopback(seek, servers, tmp_path: Path) -> None:
    seek({kind: one.base_url for kind, one in servers.items()})
    ledger = [json.loads(line) for line in (tmp_path / "egress.jsonl").read_text().splitlines()]
    assert ledger
    assert all(line["host"].startswith("127.0.0.1:") for line in ledger)


@pytest.mark.timed
def test_one_that_does_not_answer_holds_nobody_up(seek, servers) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with at_most(3):
            found = seek(
                {"vllm": f"http://127.0.0.1:{silent.getsockname()[1]}/v1", "sglang": servers["sglang"].base_url}
            )
    assert [server.provider for server in found] == ["sglang"]


@pytest.mark.timed
def test_it_can_be_stopped(seek) -> None:
    cancel = CancelToken()
    with Impostor({"GET /v1/models": LISTS["ollama"]}, wait_s=0.3) as server:
        threading.Timer(0.1, cancel.cancel).start()
        with at_most(1.3), pytest.raises(HelperError) as caught:
            seek({"ollama": server.base_url}, cancel)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("zai-org/GLM-4.6V-FP8", True),
        ("GLM-4.5V", True),
        ("glm-4.1v-9b-thinking", True),
        ("glm-5.3-flash", True),
        ("qwen2.5-vl-7b-instruct", True),
        ("Qwen/Qwen3VL", True),
        ("llava:13b", True),
        ("gemma3:4b", True),
        ("glm-4.6", None),
        ("llama3:8b", None),
        ("deepseek-v3", None),
    ],
)
def test_some_names_tell(name: str, sees: bool | None) -> None:
    assert by_name(name) is sees


def test_a_profile_is_proposed_for_it() -> None:
    server = FoundServer("vllm", "vLLM", "http://127.0.0.1:8000/v1")
    settings = Settings()
    name, profile = proposed(settings, server, "glm", "http://127.0.0.1:8000/v1")
    assert (name, profile) == ("vllm", ProfileSettings("vllm", "glm"))
    kept = replace(settings, profiles={"mine": ProfileSettings("vllm", "old", api_key_env="KEY")})
    assert proposed(kept, server, "glm", "http://127.0.0.1:8000/v1") == (
        "mine",
        ProfileSettings("vllm", "glm", api_key_env="KEY"),
    )
    elsewhere = replace(server, base_url="http://127.0.0.1:8080/v1")
    taken = replace(settings, profiles={"vllm": ProfileSettings("vllm")})
    assert proposed(taken, elsewhere, "glm", "http://127.0.0.1:8000/v1") == (
        "vllm-2",
        ProfileSettings("vllm", "glm", "http://127.0.0.1:8080/v1"),
    )
