"""Only the processors that this process may run on are ours."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from desktop_helper.core import processors


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to processors")
def test_one_that_is_bound_has_fewer() -> None:
    last = max(os.sched_getaffinity(0))
    code = (
        "import os; from desktop_helper.core.processors import usable_processors; "
        f"os.sched_setaffinity(0, {{{last}}}); print(usable_processors())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str({last})


def test_where_the_system_does_not_say_all_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert processors.usable_processors() == {0, 1, 2}
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors.usable_processors() == {0}
