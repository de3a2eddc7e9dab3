"""Every fault that a model server can have, in the accents of eight: what `ask` says, how it ends, how often it asks.

The rows are in `scenario_table.toml`. After each of them, the key is looked for wherever something is written.
"""

from __future__ import annotations

import base64
import logging
import tomllib
from pathlib import Path

import pytest

from desktop_helper.backends.openai_compatible import _answer, _codes
from desktop_helper.core import trace
from desktop_helper.core.errors import EXIT_CODES, ErrorKind
from desktop_helper.core.scenarios.reading import dialects, names
from desktop_helper.services.faults import log_and_explain
from tests.support.scenario_run import KEY, QUESTION, captured, play, surroundings, told_by
from tests.support.secrecy import places_with

TABLE = tomllib.loads(Path(__file__).with_name("scenario_table.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all rows: making a history takes longer than most of them."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture, home: Path):
    """All that the packages can be made to say, and a trace."""
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2", "desktop_helper"):
        caplog.set_level(logging.DEBUG, logger=name)
    trace.start(home / "trace.json")
    yield caplog
    trace.stop()


@pytest.mark.allow_warnings
@pytest.mark.parametrize("name", TABLE)
def test_what_comes_of_it(name: str, home: Path, everything_logged: pytest.LogCaptureFixture) -> None:
    row = TABLE[name]
    outcome, printed = play(name, home)
    assert outcome.events == row["events"]
    assert (outcome.asked, outcome.code) == (row["asked"], row["code"])
    trace.stop()
    assert places_with(KEY, home, {"output": printed, "log": everything_logged.text}) == []
    assert QUESTION not in everything_logged.text


def test_the_table_is_whole() -> None:
    """Each fault in one accent at least, each accent with an answer, a fault at once and one in its middle."""
    assert len(TABLE) >= 60
    assert {name.split("/")[1] for name in TABLE} == set(names())
    for dialect in dialects():
        assert {f"{dialect}/{fault}" for fault in ("answer", "one-byte", "cut-in-answer", "busy-once")} <= set(TABLE)


def test_every_code_is_in_it() -> None:
    played = {name.partition("code.")[2] for name in TABLE if "code." in name}
    assert played == {code for code in _codes.BY_CODE if code.isdigit()}


@pytest.mark.parametrize("name", TABLE)
def test_its_end_is_a_sentence_with_a_remedy(name: str) -> None:
    *before, last = TABLE[name]["events"]
    assert not [event for event in before if event.startswith("finished")]
    kind, _, said = last.partition(": ")
    if kind != "finished":
        assert TABLE[name]["code"] == EXIT_CODES[ErrorKind(kind)]
        assert said.count(". ") + said.count("”. ") >= 1, "what happened, and what to do"
        assert said.endswith(".")


@pytest.mark.allow_warnings
@pytest.mark.parametrize("name", ["zai/proxy-refuses", "zai/proxy-asks", "zai/proxy-down"])
def test_a_proxys_password_is_a_key_as_well(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for logger in ("", "openai", "httpx2", "httpcore2", "desktop_helper"):
        caplog.set_level(logging.DEBUG, logger=logger or None)
    password = "pr0xy-pass.word-SECRET"
    outcome, printed = play(name, tmp_path, proxy_user=f"somebody:{password}")
    assert outcome.code == 4
    assert "{proxy}" in outcome.events[-1]
    for told in (password, "somebody"):
        assert places_with(told, tmp_path, {"output": printed, "log": caplog.text}) == []


@pytest.mark.allow_warnings
def test_a_fault_of_our_own_tells_no_key(home: Path, everything_logged: pytest.LogCaptureFixture, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(KEY, QUESTION)

    monkeypatch.setattr(_answer.AnswerReader, "_delta", broken)
    outcome, printed = play("zai/answer", home)
    trace.stop()
    assert "unexpected" in outcome.events[-1]
    assert places_with(KEY, home, {"output": printed, "log": everything_logged.text}) == []
    assert QUESTION not in everything_logged.text


@pytest.mark.allow_warnings
def test_what_nobody_caught_is_logged_without_it(home: Path) -> None:
    try:
        raise ValueError(f"Bearer {KEY}")
    except ValueError as error:
        with surroundings(home, {}), captured() as (out, err):
            told = log_and_explain(error)
    assert places_with(KEY, home, {"told": str(told), "out": out.getvalue(), "err": err.getvalue()}) == []
    assert "ValueError" in (home / "log" / "desktop-helper.log").read_text(encoding="utf-8")


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"\0\1" + KEY.encode() + b"\0")
    (tmp_path / "b.log").write_text(f"ends in {KEY[-12:]}", encoding="utf-8")
    (tmp_path / "c.log").write_text(f"begins with {KEY[:12]}…", encoding="utf-8")
    (tmp_path / "d.json").write_bytes(base64.b64encode(f"Authorization: Bearer {KEY}".encode()))
    (tmp_path / "e.reg").write_text(KEY, encoding="utf-16-le")
    (tmp_path / f"{KEY}.tmp").touch()
    found = ["a.db", "b.log", "c.log", "d.json", "e.reg", "log", f"{KEY}.tmp"]
    assert places_with(KEY, tmp_path, {"log": f"x{KEY}x", "other": "nothing"}) == found


@pytest.mark.allow_warnings
def test_other_commands_tell_no_key_either(home: Path, everything_logged: pytest.LogCaptureFixture) -> None:
    """After a server has written it into everything that it says."""
    play("zai/key-in-answer", home)
    (out_of := home / "dry").mkdir()
    told = {}
    for number, (name, argv) in enumerate(
        [
            ("zai/key-quoted", ("models", "test")),
            ("zai/key-in-answer", ("models", "test", "--json")),
            ("zai/answer", ("doctor", "--json")),
            ("zai/answer", ("ask", "--dry-run", str(out_of), QUESTION)),
            ("zai/key-in-answer", ("history", "list")),
            ("zai/key-in-answer", ("history", "export", "1", "--format", "json")),
            ("zai/key-in-answer", ("ask", "--json", "--continue", "1", QUESTION)),
        ]
    ):
        told[f"{number} {argv[0]}"] = told_by(name, home, *argv)
    assert all(told.values()), "each of them says something"
    trace.stop()
    assert places_with(KEY, home, {**told, "log": everything_logged.text}) == []
