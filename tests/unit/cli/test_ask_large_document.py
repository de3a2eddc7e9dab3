"""`ask` about a document that is larger than what the model reads: chosen pages, tools, and servers without tools."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import ask
from desktop_helper.core.messages import Role
from desktop_helper.services.container import Services
from tests.support.glm_server import DONE, GlmServer, Reply, answer, chunk, error
from tests.support.pdf_library import pdf_of

FACTS = {
    50: "The turbine holds 42 litres of oil. For the kind of oil see the appendix.",
    88: "Appendix\nUse mineral grade VG 46, as recommended by the makers.",
}
TEXTS = [FACTS.get(number, f"Chapter {number}. Wear gloves.") for number in range(1, 91)]


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "manual.pdf"
    path.write_bytes(pdf_of(TEXTS))
    return path


def call(name: str, **arguments: object) -> Reply:
    function = {"name": name, "arguments": json.dumps(arguments)}
    called = {"tool_calls": [{"index": 0, "id": f"call-{name}", "type": "function", "function": function}]}
    return Reply((chunk(called), chunk(finish="tool_calls"), DONE))


def run(services: Services, *words: str) -> int:
    parser = argparse.ArgumentParser()
    ask.COMMAND.configure(parser)
    return ask.COMMAND.run(parser.parse_args(words), services)


def texts(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)


def test_the_model_searches_reads_and_answers(services: Services, manual: Path, capsys) -> None:
    with GlmServer() as server:
        server.script(
            call("search_document", query="recommended mineral grade"),
            call("read_pages", pages="88"),
            answer("VG 46."),
        )
        question = "Which oil does the turbine need?"
        assert run(services, "--base-url", server.base_url, "--model", "m", "--file", str(manual), question) == 0
        first, second, third = (request.body for request in server.requests)
    out = capsys.readouterr()
    assert out.out.strip() == "VG 46."
    assert "49–51 of 90 of manual.pdf were chosen for the question." in out.err
    assert [tool["function"]["name"] for tool in first["tools"]] == ["read_pages", "search_document", "zoom"]
    assert "42 litres" in texts(first["messages"][-1])
    assert "VG 46" not in texts(first["messages"][-1])
    assert second["messages"][: len(first["messages"])] == first["messages"]
    assert "[manual.pdf, page 88 of 90]" in second["messages"][-1]["content"]
    assert third["messages"][-1] == {
        "role": "tool",
        "tool_call_id": "call-read_pages",
        "content": f"[manual.pdf, page 88 of 90]\n{FACTS[88]}",
    }
    latest = services.history.latest()
    assert latest is not None
    roles = [stored.message.role for stored in services.history.messages(latest)]
    assert roles == [Role.USER, *[Role.ASSISTANT, Role.TOOL] * 2, Role.ASSISTANT]


def test_a_later_question_goes_on_behind_all_of_that(services: Services, manual: Path) -> None:
    with GlmServer() as server:
        server.script(call("read_pages", pages="88"), answer("VG 46."), answer("42 litres."))
        common = "--base-url", server.base_url, "--model", "m"
        assert run(services, *common, "--file", str(manual), "Which grade is recommended?") == 0
        assert run(services, *common, "--continue", "0", "And how much oil does the turbine hold?") == 0
        second, third = server.requests[1].body, server.requests[2].body
    assert third["messages"][: len(second["messages"])] == second["messages"]
    assert [message["role"] for message in third["messages"]] == ["user", "assistant", "tool", "assistant", "user"]
    assert "42 litres" in texts(third["messages"][-1])
    assert "Added from manual.pdf (90 pages)" in texts(third["messages"][-1])


@pytest.mark.parametrize(
    "refusal",
    [
        error(400, "400", '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        error(400, "400", "registry.ollama.ai/library/x does not support tools"),
    ],
)
def test_a_server_that_refuses_tools_is_asked_without_them(services: Services, manual: Path, refusal: Reply) -> None:
    with GlmServer() as server:
        server.script(refusal, answer("42 litres."), answer("Yes."))
        common = "--base-url", server.base_url, "--model", "m"
        assert run(services, *common, "--file", str(manual), "How much oil is in the turbine?") == 0
        assert run(services, *common, "--continue", "0", "Really?") == 0
        assert ["tools" in request.body for request in server.requests] == [True, False, False]


def test_without_a_large_document_there_are_no_tools(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "small.pdf"
    path.write_bytes(pdf_of(TEXTS[:3]))
    with GlmServer() as server:
        server.script(answer("Gloves."))
        assert run(services, "--base-url", server.base_url, "--model", "m", "--file", str(path), "What is worn?") == 0
        assert "tools" not in server.requests[0].body


def test_the_table_of_a_dry_run_tells_the_pages_that_would_go(
    services: Services, manual: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "--base-url", "http://127.0.0.1:9/v1", "--model", "m", "--file", str(manual), "--dry-run"
    assert run(services, *words, str(tmp_path / "out"), "--json", "Which oil does the turbine need?") == 0
    (told,) = [one for one in map(json.loads, capsys.readouterr().out.splitlines()) if one["type"] == "budget"]
    assert sum(item["tokens"] for item in told["items"]) + told["text_tokens"] == told["total_tokens"]


def test_a_dry_run_tells_the_tools_that_would_be_offered(
    services: Services, manual: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["read_pages", "search_document", "zoom"]
    words = "--base-url", "http://127.0.0.1:9/v1", "--model", "m", "--dry-run"
    about = "--file", str(manual), "Which oil does the turbine need?"
    assert run(services, *words, str(tmp_path / "out"), *about) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("Tool: ")] == [
        f"Tool: {name}" for name in names
    ]
    written = json.loads((tmp_path / "out" / "request.json").read_text())
    assert [tool["name"] for tool in written["tools"]] == names
    assert written["tools"][0]["parameters"]["required"] == ["pages"]
    assert run(services, *words, str(tmp_path / "out"), "--json", *about) == 0
    lines = list(map(json.loads, capsys.readouterr().out.splitlines()))
    assert {"type": "tools", "names": names} in lines
    assert run(services, *words, str(tmp_path / "other"), "--json", "Which oil does the turbine need?") == 0
    assert {"type": "tools", "names": []} in list(map(json.loads, capsys.readouterr().out.splitlines()))
