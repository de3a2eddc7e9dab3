"""Only the processors that this process may run on are ours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

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


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Writes the files of a control group on a machine with eight processors; returns how many are ours."""
    monkeypatch.setattr(processors, "usable_processors", lambda: set(range(8)))

    def count(groups: str, **files: str) -> int:
        (tmp_path / "self").mkdir()
        (tmp_path / "self" / "cgroup").write_text(groups)
        for name, text in files.items():
            path = tmp_path / "groups" / name.replace("__", "/").replace("_IN_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return processors.processor_count(tmp_path, tmp_path / "groups")

    return count


@pytest.mark.parametrize(
    ("groups", "files", "ours"),
    [
        ("", {}, 8),
        ("0::/\n", {"cpu_IN_max": "max 100000\n"}, 8),
        ("0::/\n", {"cpu_IN_max": "200000 100000\n"}, 2),
        ("0::/\n", {"cpu_IN_max": "150000 100000\n"}, 2),
        ("0::/\n", {"cpu_IN_max": "5000 100000\n"}, 1),
        ("0::/\n", {"cpu_IN_max": "9000000 100000\n"}, 8),
        ("0::/\n", {"cpu_IN_max": "nonsense\n"}, 8),
        ("0::/\n", {"cpu_IN_max": "100000 0\n"}, 8),
        ("0::/a/b\n", {"a__cpu_IN_max": "300000 100000\n", "a__b__cpu_IN_max": "max 100000\n"}, 3),
        ("4:cpu,cpuacct:/x\n", {"cpu__cpu_IN_cfs_quota_us": "400000\n", "cpu__cpu_IN_cfs_period_us": "100000\n"}, 4),
        ("4:cpu,cpuacct:/x\n", {"cpu__cpu_IN_cfs_quota_us": "-1\n", "cpu__cpu_IN_cfs_period_us": "100000\n"}, 8),
        ("5:cpuset:/\n", {"cpu__cpu_IN_cfs_quota_us": "100000\n", "cpu__cpu_IN_cfs_period_us": "100000\n"}, 8),
    ],
)
def test_a_container_has_as_many_as_it_may_keep_busy(
    container: Callable[..., int], groups: str, files: dict[str, str], ours: int
) -> None:
    assert container(groups, **files) == ours


def test_here() -> None:
    assert 1 <= processors.processor_count() <= len(processors.usable_processors())
