"""Each bench runs, once and briefly: a bench that nobody runs is broken by the next change. Judges no figure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.app import ROOT
from tests.support.xrig import missing_programs

BENCHES = sorted((ROOT / "tests" / "bench").glob("bench_*.py"))

pytestmark = [
    pytest.mark.bench,
    pytest.mark.e2e,
    pytest.mark.skipif(bool(missing_programs("tint2")), reason="needs a private X desktop"),
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Modules are compiled once for all of them, wherever Python was told not to."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return env | {"PYTHONPYCACHEPREFIX": str(tmp_path_factory.mktemp("compiled"))}


@pytest.mark.parametrize("script", BENCHES, ids=lambda script: script.stem)
def test_each_prints_a_ratio(script: Path, environment: dict[str, str]) -> None:
    argv = [sys.executable, "-m", f"tests.bench.{script.stem}", "--quick"]
    done = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " ratio " in done.stdout
