"""`desktop-helper ask` as a real process: answers, and one sentence for all that goes wrong."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import glm_server, sample_files
from tests.support.cli_process import run, running
from tests.support.glm_server import HANG, GlmServer
from tests.support.tiny_gguf import TinyModel, tiny_pair

pytestmark = pytest.mark.e2e


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def server() -> Iterator[GlmServer]:
    with GlmServer() as running_server:
        yield running_server


def model(server: GlmServer) -> tuple[str, ...]:
    """The options that reach the scripted server."""
    return ("--base-url", server.base_url, "--model", "glm-test")


def one_sentence(process: subprocess.CompletedProcess[str], code: int) -> str:
    """What the user is told; nothing else may be on either stream."""
    assert process.returncode == code, process.stderr
    assert process.stdout == ""
    lines = process.stderr.splitlines()
    assert len(lines) == 1, process.stderr
    assert lines[0].startswith("desktop-helper: ")
    return lines[0].removeprefix("desktop-helper: ")


def test_the_answer_goes_to_standard_output(server: GlmServer, home: Path, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(sample_files.picture())
    server.script(glm_server.answer("Two **cats**, 两只猫.", thinking="Let me look."))
    done = run(home, "ask", "--file", str(picture), "What is this?", *model(server))
    assert (done.returncode, done.stdout, done.stderr) == (0, "Two **cats**, 两只猫.\n", "")
    content = server.chats[0].body["messages"][0]["content"]
    url = content[0]["image_url"]["url"]
    assert base64.b64decode(url.removeprefix("data:image/png;base64,")) == picture.read_bytes()
    assert content[1] == {"type": "text", "text": "What is this?"}
    shown = run(home, "history", "show", "1").stdout
    assert "What is this?" in shown
    assert "Two **cats**, 两只猫." in shown


def test_what_an_action_began_is_called_by_it(server: GlmServer, home: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Bonjour", encoding="utf-8")
    server.script(glm_server.answer("Hello"), glm_server.answer("Good day"), glm_server.answer("Hi"))
    assert run(home, "ask", "--action", "translate", "--file", str(letter), *model(server)).returncode == 0
    assert run(home, "ask", "--action", "translate", "Guten Tag", *model(server)).returncode == 0
    assert run(home, "ask", "--continue", "1", "--action", "translate", "Salut", *model(server)).returncode == 0
    found = json.loads(run(home, "history", "list", "--json").stdout)
    assert {one["id"]: one["title"] for one in found} == {1: "Translate: letter.txt", 2: "Translate: Guten Tag"}


def test_a_busy_server_is_told_while_it_is_waited_for(server: GlmServer, home: Path) -> None:
    """Also in a log: a script that waits must not look as if it hung."""
    server.script(glm_server.error(429, "1302", retry_after=0), glm_server.answer("Yes."))
    done = run(home, "ask", "Really?", *model(server))
    assert (done.returncode, done.stdout) == (0, "Yes.\n")
    assert len(done.stderr.splitlines()) == 1
    assert "is busy and takes no more requests now" in done.stderr
    assert "Trying again in 1 s." in done.stderr


def test_json_lines(server: GlmServer, home: Path) -> None:
    server.script(glm_server.answer("Yes.", thinking="Hm."))
    done = run(home, "ask", "--json", "Really?", *model(server))
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert "".join(event["text"] for event in events if event["type"] == "thinking") == "Hm."
    assert "".join(event["text"] for event in events if event["type"] == "text") == "Yes."
    usage = next(event for event in events if event["type"] == "usage")
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["cached_tokens"]) == (1205, 17, 1000)
    assert usage["ttft_s"] > 0
    assert set(usage) == {"type", "prompt_tokens", "completion_tokens", "cached_tokens", "ttft_s", "tokens_per_s"}
    assert events[-1] == {"type": "finished", "reason": "stop"}


def test_continue_sends_the_conversation_again(server: GlmServer, home: Path) -> None:
    server.script(glm_server.answer("Paris."), glm_server.answer("Two million."))
    run(home, "ask", "Capital of France?", *model(server))
    done = run(home, "ask", *model(server), "--continue", "How many live there?")
    assert done.stdout == "Two million.\n"
    assert [(one["role"], one["content"]) for one in server.chats[1].body["messages"]] == [
        ("user", "Capital of France?"),
        ("assistant", "Paris."),
        ("user", "How many live there?"),
    ]
    listed = json.loads(run(home, "history", "list", "--json").stdout)
    assert [(one["id"], one["messages"]) for one in listed] == [(1, 4)]


def test_a_cut_answer_ends_with_6(server: GlmServer, home: Path) -> None:
    server.script(glm_server.answer("Once upon a", finish="length"))
    done = run(home, "ask", "Tell a story.", *model(server))
    assert (done.returncode, done.stdout) == (6, "Once upon a\n")
    assert done.stderr.count("\n") == 1


def test_thinking_is_shown_on_request(server: GlmServer, home: Path) -> None:
    server.script(glm_server.answer("4", thinking="2 and 2"))
    done = run(home, "ask", "--show-thinking", "2+2?", *model(server))
    assert (done.stdout, done.stderr) == ("4\n", "2 and 2\n\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_and_keeps_what_came(server: GlmServer, home: Path, number: signal.Signals) -> None:
    reply = glm_server.answer("Half an answer", piece=100)
    server.script(reply.but(steps=(*reply.steps[:2], HANG)))
    with running(home, "ask", "Go on.", *model(server)) as process:
        assert process.stdout is not None
        assert process.stdout.read(len("Half an answer")) == "Half an answer"
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=10)
    assert (process.returncode, stdout, stderr) == (5, "\n", "Stopped.\n")
    assert "Half an answer" in run(home, "history", "show", "1").stdout


def test_a_stopped_answer_of_a_local_model_is_counted(home: Path) -> None:
    pair = tiny_pair(TinyModel(endless=True))
    options = ("--json", "--thinking", "off", "--gguf", str(pair.gguf), "--mmproj", str(pair.mmproj))
    with running(home, "ask", "Go on.", *options) as process:
        assert process.stdout is not None
        while '"type": "text"' not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=10)
    usage, finished = (json.loads(line) for line in rest.splitlines()[-2:])
    assert (process.returncode, finished) == (5, {"type": "finished", "reason": "cancelled"})
    assert usage["prompt_tokens"] > 0
    assert usage["completion_tokens"] > 0


def test_a_reader_that_leaves_is_no_error(server: GlmServer, home: Path) -> None:
    reply = glm_server.answer("word " * 400, piece=5, delay=0.005)
    server.script(reply)
    with running(home, "ask", "Go on.", *model(server)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(5) == "word "
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 128 + signal.SIGPIPE


def test_wrong_key(server: GlmServer, home: Path) -> None:
    server.script(glm_server.error(401, "1000", "token expired or incorrect"))
    options = (*model(server), "--api-key-env", "MY_KEY")
    done = run(home, "ask", "Hello?", *options, MY_KEY="sk-very-secret")
    assert "key" in one_sentence(done, 4)
    assert "sk-very-secret" not in done.stderr
    assert server.chats[0].headers["authorization"] == "Bearer sk-very-secret"


def test_nobody_listens(home: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    done = run(home, "ask", "Hello?", "--base-url", f"http://127.0.0.1:{port}/v1", "--model", "x", "--json")
    assert done.returncode == 4
    assert done.stderr == ""
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["type"], last["kind"]) == ("error", "network")
    assert last["message"]
    assert last["fix"]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("none.png", None, "There is no file"),
        ("fake.png", b"this is no picture", "fake.png is not a picture, or not of a format that can be read."),
        ("half.png", sample_files.picture(300, 300)[:200], "half.png is damaged and cannot be read to its end."),
        ("empty.png", b"", "empty.png is empty."),
        ("huge.png", sample_files.huge_png(), "huge.png is too large: 60000 x 60000 pixels."),
        ("film.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0", "film.mp4 is damaged and cannot be read to its end."),
        ("film.bin", bytes(range(256)), "film.bin is not a kind of file that can be read here."),
        ("secret.pdf", sample_files.pdf(password="x"), "secret.pdf is protected with a password."),
    ],
)
def test_a_file_that_cannot_be_read(home: Path, tmp_path: Path, name: str, data: bytes | None, expected: str) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    done = run(home, "ask", "--file", str(path), "What is it?", "--dry-run", str(tmp_path / "dry"))
    assert one_sentence(done, 3).startswith(expected)
    assert not (tmp_path / "dry").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.touch(mode=0o000)
    assert "may not be read by you" in one_sentence(run(home, "ask", "--file", str(path), "What?"), 3)


def test_missing_mmproj(home: Path, tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(sample_files.picture())
    question = ("ask", "--file", str(picture), "What?", "--gguf", str(tiny_pair().gguf))
    missing = run(home, *question, "--mmproj", str(tmp_path / "none.gguf"))
    assert "none.gguf" in one_sentence(missing, 4)
    assert "mmproj" in one_sentence(run(home, *question), 4)


def test_no_key_for_a_hosted_model(home: Path) -> None:
    assert "key" in one_sentence(run(home, "ask", "--provider", "zai", "Hello?"), 4)


def test_no_display(home: Path) -> None:
    assert one_sentence(run(home, "ask", "--screen", "What?"), 3).startswith("There is no display")
    assert one_sentence(run(home, "ask", "--clipboard", "What?"), 3).startswith("There is no clipboard")
    assert one_sentence(run(home, "shot", "-o", "x.png"), 3).startswith("There is no display")


def test_no_instance_runs(home: Path) -> None:
    assert one_sentence(run(home, "trigger", "region"), 1).startswith("Desktop Helper is not running.")


def test_doctor_lists_everything(home: Path) -> None:
    found = {one["name"]: one for one in json.loads(run(home, "doctor", "--json").stdout)}
    assert {"settings", "model", "keyring", "history", "display", "attachment image", "backend local"} <= set(found)
    assert all(one["ok"] or (one["reason"] and one["fix"]) for one in found.values())
    assert not found["keyring"]["ok"]
    assert run(home, "doctor").stdout.count("\n") == len(found)
