"""`ask` about a text without pages that is larger than what the model reads: chosen parts, and tools that read more."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from desktop_helper.services.container import Services
from tests.support.glm_server import GlmServer, answer, error
from tests.support.large_documents import ENGLISH, manual
from tests.support.long_texts import KINDS
from tests.unit.cli.test_ask_large_document import call, run, services, texts

__all__ = ["services"]

MANUAL = manual(ENGLISH, 3, pages=240, cases=4)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_bytes(KINDS["manual.txt"](MANUAL) + b"\n\nAppendix\nUse mineral grade VG 46.\n")
    return path


def test_the_model_searches_reads_and_answers(services: Services, notes: Path, capsys) -> None:
    last = len(notes.read_text().splitlines())
    with GlmServer() as server:
        server.script(
            call("search_document", query="recommended mineral grade"),
            call("read_parts", parts=f"lines {last}-{last}"),
            answer("VG 46."),
        )
        common = "--base-url", server.base_url, "--model", "m", "--file", str(notes)
        assert run(services, *common, MANUAL.cases[0].question) == 0
        first, second, third = (request.body for request in server.requests)
    out = capsys.readouterr()
    assert out.out.strip() == "VG 46."
    assert "parts of notes.txt, " in out.err
    assert " were chosen for the question: lines " in out.err
    assert [tool["function"]["name"] for tool in first["tools"]] == ["read_parts", "search_document"]
    sent = texts(first["messages"][-1])
    assert MANUAL.cases[0].told in sent
    assert "VG 46" not in sent
    assert len(sent) < len(notes.read_text()) / 2
    assert "(notes.txt, lines " in sent  # how to name a place
    assert "VG 46" in second["messages"][-1]["content"]
    assert third["messages"][-1]["content"].startswith("[notes.txt, part ")
    assert third["messages"][-1]["content"].endswith("Appendix\nUse mineral grade VG 46.")


def test_a_server_without_tools_gets_what_they_found_as_text(services: Services, notes: Path) -> None:
    refusal = error(400, "400", "registry.ollama.ai/library/x does not support tools")
    with GlmServer() as server:
        server.script(call("read_parts", parts="2"), answer("Well."), refusal, answer("Yes."))
        common = "--base-url", server.base_url, "--model", "other"
        assert run(services, *common, "--file", str(notes), MANUAL.cases[0].question) == 0
        assert run(services, *common, "--continue", "0", "Really?") == 0
        second, last = server.requests[1].body, server.requests[-1].body
    assert "tools" not in last
    assert [message["role"] for message in last["messages"]] == ["user", "assistant", "user"]
    found = second["messages"][-1]["content"]
    assert found in texts(last["messages"][0])


def test_a_dry_run_tells_what_would_go(
    services: Services, notes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "--base-url", "http://127.0.0.1:9/v1", "--model", "m", "--file", str(notes), "--dry-run"
    assert run(services, *words, str(tmp_path / "out"), "--json", MANUAL.cases[1].question) == 0
    (told,) = [one for one in map(json.loads, capsys.readouterr().out.splitlines()) if one["type"] == "budget"]
    (item,) = told["items"]
    assert item["name"] == "notes.txt"
    assert item["tokens"] + told["text_tokens"] == told["total_tokens"] < 20_000
    (left,) = item["left_out"]
    assert "were chosen for the question" in left
    sent = (tmp_path / "out" / "request.json").read_text()
    assert json.dumps(MANUAL.cases[1].told)[1:-1] in sent or MANUAL.cases[1].told in sent


def test_a_text_that_fits_goes_whole_and_without_tools(services: Services, notes: Path) -> None:
    short = notes.with_name("short.txt")
    short.write_text("\n".join(notes.read_text().splitlines()[:100]))
    with GlmServer() as server:
        server.script(answer("Yes."))
        assert run(services, "--base-url", server.base_url, "--model", "m", "--file", str(short), "Is it long?") == 0
        body = server.requests[0].body
    assert "tools" not in body
    assert short.read_text() in texts(body["messages"][-1])


def test_files_of_a_zip_that_do_not_fit_are_searched_and_read(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.zip"
    with zipfile.ZipFile(path, "w") as made:
        for number, page in enumerate(MANUAL.pages):
            made.writestr(f"machine-{number:03}.txt", page)
    case = next(case for case in MANUAL.cases if case.page > 60)
    with GlmServer() as server:
        server.script(call("read_parts", parts="machine-201.txt"), answer("Yes."))
        common = "--base-url", server.base_url, "--model", "m", "--file", str(path)
        assert run(services, *common, case.question) == 0
        first, second = (request.body for request in server.requests)
    assert case.told in texts(first["messages"][-1])
    assert second["messages"][-1]["content"].startswith("[plant.zip, part 202 of 240: machine-201.txt, lines 1–")
    said = capsys.readouterr().err
    assert "plant.zip holds 240 files." in said
    assert "Of the 240 parts of plant.zip, " in said
