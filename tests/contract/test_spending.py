"""What `ask` says about money, and the limit that it does not pass unasked. Nothing is sent: a scenario answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop_helper import bootstrap
from desktop_helper.services.paths import Paths
from tests.support.scenario_run import captured, surroundings

PROVIDER = """
title = "Hosted"
backend = "scripted"
base_url = "https://api.hosted.invalid/v1"
quirks = { scenario = "zai/answer" }
models = [{ id = "glm", price = { input = 1.0, output = 10.0, cached = 0.1 } }]
"""


@pytest.fixture
def ask(tmp_path: Path):
    config = Paths.below(tmp_path).config_dir
    (config / "providers").mkdir(parents=True)
    (config / "providers" / "hosted.toml").write_text(PROVIDER, encoding="utf-8")

    def ask(*options: str, limit: str = "") -> tuple[int, str, str]:
        profile = '[profiles.hosted]\nprovider = "hosted"\n'
        text = f'active_profile = "hosted"\n{profile}[spending]\n{limit}\n'
        (config / "settings.toml").write_text(text, encoding="utf-8")
        with surroundings(tmp_path, {}), captured() as (out, err):
            code = bootstrap.run_command(list(options))
        return code, out.getvalue(), err.getvalue()

    return ask


def events(printed: str) -> list[dict]:
    return [json.loads(line) for line in printed.splitlines()]


def test_each_answer_says_what_it_cost_and_the_sums_are_kept(ask) -> None:
    cost = (205 * 1.0 + 1000 * 0.1 + 17 * 10.0) / 1_000_000
    for _ in range(2):
        code, out, _err = ask("ask", "--json", "What?")
        (usage,) = (event for event in events(out) if event["type"] == "usage")
        assert (code, usage["cost"], usage["currency"]) == (0, pytest.approx(cost), "USD")
    code, out, _err = ask("history", "costs", "--json")
    sums = json.loads(out)
    assert sums["today"] == sums["month"]
    assert sums["month"]["costs"] == {"USD": pytest.approx(2 * cost)}
    assert ask("history", "delete", "--now", "1", "2")[0] == 0
    code, out, _err = ask("history", "costs")
    told = out.splitlines()[1]
    assert told.startswith("This month: $0.000")
    assert told.endswith("; 2 answers, 2,410 tokens read, 34 written")


def test_the_limit_holds_until_the_user_says_otherwise(ask) -> None:
    code, out, _err = ask("ask", "--json", "What?", limit="monthly_cost = 0.01")
    error = events(out)[-1]
    assert (code, error["kind"]) == (4, "limit")
    assert "Nothing was sent." in error["message"]
    assert error["fix"].endswith("On the command line, --over-limit sends it.")
    assert ask("ask", "--json", "--over-limit", "What?", limit="monthly_cost = 0.01")[0] == 0
    assert ask("ask", "--json", "What?", limit="monthly_tokens = 1_000_000")[0] == 0
    assert ask("ask", "--json", "What?", limit="monthly_tokens = 3_000")[0] == 4
