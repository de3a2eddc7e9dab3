"""Free and total memory, from what each system says about itself."""

from __future__ import annotations

import sys

import psutil
import pytest

from desktop_helper.core import memory

GB = 1 << 30
VM_STAT = """Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            300000.
Pages inactive:                          200000.
Pages speculative:                         2000.
Pages throttled:                              0.
Pages wired down:                        100000.
Pages purgeable:                           1000.
"Translation faults":                 123456789.
File-backed pages:                       150000.
Anonymous pages:                         350000.
"""


@pytest.fixture
def machine(tmp_path):
    """Writes the files of a Linux machine; returns (proc, cgroup)."""
    proc, cgroup = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "meminfo").write_text("MemTotal:       16777216 kB\nMemFree:  1 kB\nMemAvailable:    8388608 kB\n")

    def write(groups="", **files):
        (proc / "self" / "cgroup").write_text(groups)
        for name, text in files.items():
            path = cgroup / name.replace("__", "/").replace("_IN_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return proc, cgroup

    return write


def amounts(places):
    return memory._linux_free(*places), memory._linux_total(*places)


def test_here():
    total, free = memory.total_bytes(), memory.free_bytes()
    assert total is not None
    assert free is not None
    assert 0 < free <= total <= psutil.virtual_memory().total * 1.01


def test_a_machine_without_limits(machine):
    assert amounts(machine("0::/user.slice\n")) == (8 * GB, 16 * GB)


def test_the_limit_of_a_container_counts(machine):
    places = machine(
        "0::/box/inner\n",
        box__inner__memory_IN_max="max\n",
        box__inner__memory_IN_current="1\n",
        box__memory_IN_max=str(4 * GB),
        box__memory_IN_current=str(3 * GB),
        box__memory_IN_stat=f"anon 5\ninactive_file {GB}\n",
    )
    assert amounts(places) == (2 * GB, 4 * GB)


def test_the_limit_of_a_container_of_the_old_kind_counts(machine):
    places = machine(
        "4:cpu,memory:/docker/abc\n0::/\n",
        memory__memory_IN_limit_in_bytes=str(2 * GB),
        memory__memory_IN_usage_in_bytes=str(GB),
    )
    assert amounts(places) == (GB, 2 * GB)


def test_the_old_kind_without_a_limit(machine):
    assert amounts(machine("4:memory:/\n", memory__memory_IN_limit_in_bytes="9223372036854771712")) == (8 * GB, 16 * GB)


def test_more_used_than_allowed_is_nothing_left(machine):
    places = machine("0::/\n", memory_IN_max=str(GB), memory_IN_current=str(2 * GB))
    assert amounts(places) == (0, GB)


def test_unknown(tmp_path):
    assert amounts((tmp_path / "none", tmp_path / "none")) == (None, None)


def test_what_vm_stat_says():
    assert memory._vm_stat_free(VM_STAT) == 16384 * (10000 + 2000 + 1000 + 150000)
    assert memory._vm_stat_free("something else") is None


@pytest.mark.parametrize("system", ["darwin"])
def test_a_system_whose_programs_are_missing(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(memory, "_output", lambda *_command: "")
    assert (memory.free_bytes(), memory.total_bytes()) == (None, None)
