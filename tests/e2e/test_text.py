"""`desktop-helper text` as a process: what it prints, and that Ctrl+C ends it with everything that it has started."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from desktop_helper.ocr import WORKER
from tests.support import cli_process, written
from tests.support.xrig import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_a_table_in_a_picture(tmp_path: Path) -> None:
    table = [("Item", "Price"), ("Tea", "2.50"), ("Milk", "1.20")]
    cells = [(40 + 260 * x, 40 + 50 * y, cell) for y, row in enumerate(table) for x, cell in enumerate(row)]
    picture = tmp_path / "list.png"
    picture.write_bytes(written.png(cells))
    done = cli_process.run(tmp_path / "home", "text", "--file", str(picture))
    assert (done.returncode, done.stdout, done.stderr) == (0, "Item\tPrice\nTea\t2.50\nMilk\t1.20\n", "")


@pytest.mark.timed
@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_ctrl_c_ends_it_within_a_second(tmp_path: Path) -> None:
    rows = [(10, 10 + 30 * row, "All work and no play makes Jack a dull boy. " * 3) for row in range(35)]
    picture = tmp_path / "screen.png"
    picture.write_bytes(written.png(rows, (1920, 1080)))
    with cli_process.running(tmp_path / "home", "text", "--json", "--file", str(picture)) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "Reading line" in line:
                break
        (worker,) = [child for child in psutil.Process(process.pid).children() if WORKER in child.cmdline()]
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(10) == 5
        assert time.monotonic() - begun < 1.5
        wait_until(lambda: not worker.is_running(), "the end of the process that reads")
