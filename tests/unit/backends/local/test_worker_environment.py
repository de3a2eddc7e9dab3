"""What the worker's libraries are told: large pages where Linux gives them, short waits; the user's own words stay."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from desktop_helper.core.cancel import CancelToken
from tests.support.local_models import local_backend, worker_process
from tests.support.tiny_gguf import tiny_pair

SWITCH = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def large_pages(pid: int) -> int:
    """In kB."""
    return sum(map(int, re.findall(r"AnonHugePages: +(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())))


@pytest.mark.skipif(not SWITCH.exists() or "[never]" in SWITCH.read_text(), reason="this kernel gives none")
@pytest.mark.parametrize("own", ["", "glibc.malloc.arena_max=3"])
def test_it_computes_in_large_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", own)
    with local_backend(tiny_pair(), tmp_path) as backend:
        backend.probe(CancelToken())
        worker = worker_process()
        assert large_pages(worker.pid) > 4096
        assert own in worker.environ()["GLIBC_TUNABLES"]


@pytest.mark.skipif(sys.platform != "linux", reason="GNU's OpenMP is what llama.cpp uses there")
@pytest.mark.parametrize(
    ("own", "spins"), [({}, "30000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "active"}, None)]
)
def test_its_threads_do_not_wait_awake_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: dict[str, str], spins: str | None
) -> None:
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    with local_backend(tiny_pair(), tmp_path) as backend:
        backend.probe(CancelToken())
        told = worker_process().environ()
    assert told.get("GOMP_SPINCOUNT") == spins
    assert own.items() <= told.items()
