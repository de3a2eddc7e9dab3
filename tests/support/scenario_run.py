"""One scenario, from `desktop-helper ask` to a server on loopback and back, in words that can be compared.

In this process, so that a hundred of them take seconds; `tests/e2e/test_scenarios.py` starts real ones.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import tomlkit

from desktop_helper import bootstrap
from desktop_helper.backends.openai_compatible import _backend
from desktop_helper.core.scenarios.reading import scenario
from desktop_helper.core.scenarios.script import Scenario
from desktop_helper.services.paths import Paths
from desktop_helper.services.scenario_server import ScenarioServer

KEY = "sk-f00dfeed1234567890.SECRET"
KEY_VARIABLE = "SCENARIO_TEST_KEY"
QUESTION = "What is the answer?"
TIMEOUT_S = 0.3  # for servers that say nothing
LONG = 60  # characters of a text that are worth being compared


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one question led to.

    Args:
        asked: how often the question was sent.
        code: what the command ended with.
        events: one line each; addresses and times are left out.
    """

    asked: int
    code: int
    events: list[str]


def settings_for(profile: Mapping[str, str]) -> str:
    """The settings file with one model profile."""
    return tomlkit.dumps({"active_profile": "played", "profiles": {"played": dict(profile)}})


def profile_for(played: Scenario, base_url: str) -> dict[str, str]:
    """Of the server that plays it."""
    return {
        "provider": played.provider,
        "base_url": base_url,
        "model": played.model,
        "api_key_env": KEY_VARIABLE,
    }


def play(name: str, home: Path, *options: str, proxy_user: str = "") -> tuple[Outcome, str]:
    """Ask the server that plays scenario `name`. Also returns all that was printed.

    `proxy_user` is the name and the password in the address of the proxy, if the way leads through one.
    """
    played = scenario(name)
    with ScenarioServer(played) as server:
        config = Paths.below(home).config_dir
        config.mkdir(parents=True, exist_ok=True)
        (config / "settings.toml").write_text(settings_for(profile_for(played, server.base_url)), encoding="utf-8")
        user = f"//{proxy_user}@" if proxy_user else "//"
        environment = {name: url.replace("//", user) for name, url in server.environment.items()}
        with surroundings(home, environment), captured() as (out, err):
            argv = ["ask", "--json", "--timeout", str(TIMEOUT_S), *options, QUESTION]
            code = bootstrap.run_command(argv)
        assert server.strays == [], "something went to another host"
        events = [json.loads(line) for line in out.getvalue().splitlines()]
        places = {
            server.base_url: "{url}",
            server.elsewhere: "{elsewhere}",
            **{url.partition("//")[2]: "{proxy}" for url in server.environment.values()},
        }
        lines = [_with_places(line, places) for line in _lines(events)]
        return Outcome(len(server.asked), code, lines), out.getvalue() + err.getvalue()


def told_by(name: str, home: Path, *argv: str) -> str:
    """All that another command prints while the server plays scenario `name`."""
    played = scenario(name)
    with ScenarioServer(played) as server:
        config = Paths.below(home).config_dir
        config.mkdir(parents=True, exist_ok=True)
        (config / "settings.toml").write_text(settings_for(profile_for(played, server.base_url)), encoding="utf-8")
        with surroundings(home, server.environment), captured() as (out, err):
            bootstrap.run_command(list(argv))
    return out.getvalue() + err.getvalue()


@contextlib.contextmanager
def surroundings(home: Path, more: Mapping[str, str]) -> Iterator[None]:
    """A home, a key, and no long waits between two tries."""
    variables = {"DESKTOP_HELPER_HOME": str(home), KEY_VARIABLE: KEY, **more}
    with (
        mock.patch.dict(os.environ, variables),
        mock.patch.object(_backend, "RETRY_DELAYS_S", (0.01, 0.01, 0.01)),
    ):
        yield


@contextlib.contextmanager
def captured() -> Iterator[tuple[io.StringIO, io.StringIO]]:
    """Standard output and standard error; standard input is empty."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch("sys.stdin", None):
        yield out, err


def _lines(events: list[dict[str, Any]]) -> list[str]:
    """One for each event; those of text and thinking that follow one another are one."""
    lines: list[str] = []
    texts: list[tuple[str, str]] = []
    for event in [*events, {"type": "end"}]:
        kind = event["type"]
        if kind in ("text", "thinking"):
            if texts and texts[-1][0] == kind:
                texts[-1] = (kind, texts[-1][1] + event["text"])
            else:
                texts.append((kind, event["text"]))
            continue
        lines += [f"{name}: {_short(text)}" for name, text in texts]
        texts = []
        lines += [] if kind == "end" else [_line(event)]
    return lines


def _with_places(line: str, places: Mapping[str, str]) -> str:
    for found, name in places.items():
        line = line.replace(found, name) if found else line
    return line


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:3]}… ({len(text)} characters)"


def _line(event: dict[str, Any]) -> str:
    match event["type"]:
        case "usage":
            counts = [event[f"{name}_tokens"] for name in ("prompt", "completion", "cached")]
            return "usage: " + " ".join("-" if count is None else str(count) for count in counts)
        case "finished":
            return f"finished: {event['reason']}"
        case "error":
            return f"{event['kind']}: {event['message']} {event['fix']}".rstrip()
        case "tool":
            return f"tool: {event['name']} {event['arguments']}"
    return f"{event['type']}: {event['message']}"
