"""Standard output that cannot be written: one sentence, no complaint of the interpreter."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support import cli_process

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
@pytest.mark.parametrize(
    "command",
    [("history", "storage"), ("doctor",), ("models", "list"), ("--help",), ("ask", "--help"), ("--version",)],
)
def test_a_full_disk_behind_standard_output_is_one_sentence(tmp_path, command):
    with FULL.open("w") as full:
        done = subprocess.run(
            cli_process.command(*command),
            env=cli_process.environment(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.stderr.strip() == "desktop-helper: The output cannot be written: No space left on device."
    assert done.returncode == 1


def test_a_reader_that_has_left_is_no_complaint(tmp_path):
    with cli_process.running(tmp_path, "history", "storage") as process:
        process.stdout.close()
        said = process.stderr.read()
        process.wait(60)
        process.stdout = None  # nothing is left to read at the end
    assert said == ""
