"""The worker process comes, stays and goes."""

from __future__ import annotations

import time

from desktop_helper.backends.local import warm_worker
from desktop_helper.core.child import ChildProcess


def test_a_new_worker_waits_until_the_memory_of_the_old_one_is_free(tmp_path, monkeypatch):
    """Two models at once may be more than fits, and the question would be refused."""
    ended = []

    class Slow(ChildProcess):
        def close(self, grace=1.0):
            time.sleep(0.5)
            super().close(grace)
            ended.append(self)

    monkeypatch.setattr(warm_worker, "ChildProcess", Slow)
    worker = warm_worker.WarmWorker(tmp_path / "log", 0.05, saves=False)
    with worker.lease() as first:
        pass
    time.sleep(0.2)
    with worker.lease() as second:
        assert second is not first
        assert ended == [first]
    worker.close()
