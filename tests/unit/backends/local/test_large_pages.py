"""What llama.cpp computes in lies in large pages where Linux gives them, and the user's own tunables stay."""

from __future__ import annotations

import re
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
def test_the_worker_gets_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: str) -> None:
    monkeypatch.setenv("GLIBC_TUNABLES", own)
    with local_backend(tiny_pair(), tmp_path) as backend:
        backend.probe(CancelToken())
        worker = worker_process()
        assert large_pages(worker.pid) > 4096
        assert own in worker.environ()["GLIBC_TUNABLES"]
