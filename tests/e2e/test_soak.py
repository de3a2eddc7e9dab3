"""A day in minutes: a thousand questions with pictures to the whole app, and nothing piles up.

The app runs in a process of its own, without a display; a scripted server answers, breaks off or refuses.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import ROOT, server_profile, write_settings
from tests.support.glm_server import CUT, HANG, MODEL, GlmServer, Reply, answer, error
from tests.support.soak_app import CYCLE, PER_TALK, STOPPED

QUESTIONS, QUICK_QUESTIONS = 1_000, 75
WARM_UP = 200  # questions until everything that is loaded or kept once is there
BROKEN, REFUSED = 7, 17  # of each cycle: in the middle, and before the first word
GROWTH = 1.10

TEXT = """## What it shows

The **third** quarter did best with `4.8 M`, see [the table](https://a.example/1). 第四季度的下降来自欧洲。

| Region | Q3 | Q4 |
|---|--:|--:|
| Europe | 1.9 M | 1.2 M |

```python
def load(key: str) -> bytes:
    return open(f"/data/{key}", "rb").read()
```

The mean is $\\bar x = \\frac{1}{n}\\sum_i x_i$.
"""

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")]


def replies(questions: int) -> list[Reply]:
    """One for each question."""
    usual = answer(TEXT, thinking="They ask about a picture, so I look at it.\n" * 3, piece=24)
    some = answer(TEXT[:120], piece=24, finish=None, done=False)
    special = {
        BROKEN: some.but(steps=(*some.steps, CUT)),
        REFUSED: error(401, "1002", "scripted"),
        STOPPED: some.but(steps=(*some.steps, HANG)),
    }
    return [special.get(number % CYCLE, usual) for number in range(questions)]


def soak(home: Path, questions: int) -> list[dict[str, Any]]:
    """What the app held after each conversation."""
    temporary = home / "tmp"
    temporary.mkdir(parents=True)
    with GlmServer() as server:
        write_settings(home, server_profile(server.base_url, MODEL), max_tokens=None)
        server.script(*replies(questions))
        env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")} | {
            "DESKTOP_HELPER_HOME": str(home),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "QT_QPA_PLATFORM": "offscreen",
            "TMPDIR": str(temporary),
        }
        argv = [sys.executable, "-m", "tests.support.soak_app", str(questions)]
        complaints = (home / "stderr.txt").open("wb")
        with (
            complaints,
            subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=complaints, text=True) as app,
        ):
            assert app.stdout is not None
            found = []
            for line in app.stdout:
                found.append(json.loads(line))
                server.requests.clear()  # they hold the pictures
        assert app.returncode == 0, (home / "stderr.txt").read_text(errors="replace")[-2000:]
    assert "stuck" not in found[-1], found[-1]
    assert [path for path in temporary.rglob("*") if path.is_file()] == []
    return found


def assert_nothing_piled_up(early: dict[str, Any], late: dict[str, Any]) -> None:
    assert late["threads"] == early["threads"]
    assert late["native_threads"] <= early["native_threads"]
    assert len(late["handles"]) <= len(early["handles"]), set(late["handles"]) - set(early["handles"])
    assert late["temporary"] == early["temporary"]


@pytest.mark.timeout(110)
def test_three_conversations_leave_nothing_behind(tmp_path: Path) -> None:
    found = soak(tmp_path, QUICK_QUESTIONS)
    assert [held["questions"] for held in found] == list(range(0, QUICK_QUESTIONS + 1, PER_TALK))
    assert_nothing_piled_up(found[1], found[-1])


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_thousand_questions_with_pictures(tmp_path: Path) -> None:
    found = soak(tmp_path, QUESTIONS)
    early, late = found[WARM_UP // PER_TALK], found[-1]
    print("MB:", *(round(held["mb"], 1) for held in found))
    assert_nothing_piled_up(early, late)
    assert late["mb"] < early["mb"] * GROWTH
