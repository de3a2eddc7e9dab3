"""`shot` and `ask --region` on a real X server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cli_process import command, environment, run
from tests.support.sample_files import decoded
from tests.support.xrig import XRig, missing_programs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(missing_programs()), reason=f"needs {', '.join(missing_programs())}"),
]


@pytest.fixture
def rig() -> Iterator[XRig]:
    with XRig(320, 200, wm=False) as made:
        yield made


def test_a_screen_a_region_and_a_wrong_one(rig: XRig, tmp_path: Path) -> None:
    home, display = tmp_path / "home", {"DISPLAY": rig.display}
    target = tmp_path / "a.png"
    assert run(home, "shot", "-o", str(target), **display).returncode == 0
    assert decoded(target.read_bytes()).size == (320, 200)
    assert run(home, "shot", "--region", "10,20,30,40", "-o", str(target), **display).returncode == 0
    assert decoded(target.read_bytes()).size == (30, 40)
    for wrong, code in (("--screen=2", 3), ("--window=Nobody", 3), ("--region=900,900,5,5", 3), ("--region=1", 2)):
        refused = run(home, "shot", wrong, "-o", str(target), **display)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (code, "", 1)


def test_standard_output(rig: XRig, tmp_path: Path) -> None:
    done = subprocess.run(
        command("shot", "--screen", "1", "-o", "-"),
        env=environment(tmp_path / "home", DISPLAY=rig.display),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert decoded(done.stdout).size == (320, 200)


def test_ask_about_a_region(rig: XRig, tmp_path: Path) -> None:
    dry = tmp_path / "dry"
    done = run(tmp_path / "home", "ask", "--region", "0,0,60,50", "What?", "--dry-run", str(dry), DISPLAY=rig.display)
    assert done.returncode == 0, done.stderr
    content = json.loads((dry / "request.json").read_text())["messages"][0]["content"]
    assert (content[0]["width"], content[0]["height"]) == (60, 50)
    assert decoded((dry / content[0]["file"]).read_bytes()).size == (60, 50)
