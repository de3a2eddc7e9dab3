"""The format is Chrome's "JSON Array Format", which Perfetto reads: one file, however the process ended."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from desktop_helper.core import trace
from tests.support.traces import read_trace


@pytest.fixture
def path(tmp_path: Path):
    found = tmp_path / "trace.json"
    trace.start(found)
    yield found
    trace.stop()


def test_nothing_happens_while_it_is_off() -> None:
    trace.instant("unheard")
    with trace.span("unheard"):
        assert not trace.enabled()


def test_events_of_every_kind(path: Path) -> None:
    begin = trace.now_us()
    trace.instant("now", what="é 图")
    trace.complete("lasted", begin, count=3)
    with trace.span("block"):
        pass
    now, lasted, block = read_trace(path)
    assert (now["ph"], now["args"]) == ("i", {"what": "é 图"})
    assert (lasted["ph"], lasted["ts"], lasted["args"]) == ("X", begin, {"count": 3})
    assert block["name"] == "block"


def test_a_span_is_written_even_if_its_block_fails(path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), trace.span("failed"):
        raise ValueError("inside")
    assert [event["name"] for event in read_trace(path)] == ["failed"]


def test_a_lane_is_a_row_with_a_name(path: Path) -> None:
    begin = trace.now_us()
    trace.complete("outer", begin)
    trace.complete("overlapping", begin, lane="stalls")
    trace.complete("overlapping", begin, lane="stalls")
    outer, *others = read_trace(path)
    assert {event["tid"] for event in others} != {outer["tid"]}
    rows = [json.loads(line.rstrip(",")) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert [row["args"] for row in rows if row["ph"] == "M"] == [{"name": "stalls"}]


def test_every_event_is_on_disk_at_once(path: Path) -> None:
    trace.instant("before the kill")
    assert len(read_trace(path)) == 1


def test_threads_do_not_write_into_each_other(path: Path) -> None:
    threads = [threading.Thread(target=lambda: [trace.instant("event") for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = read_trace(path)
    assert len(events) == 800
    assert len({event["tid"] for event in events}) == 4


def test_starting_again_closes_the_first_file(path: Path, tmp_path: Path) -> None:
    trace.instant("first")
    trace.start(tmp_path / "other.json")
    trace.instant("second")
    assert [event["name"] for event in read_trace(path)] == ["first"]
    assert json.loads((tmp_path / "other.json").read_text(encoding="utf-8").rstrip(",\n") + "]")[0]["name"] == "second"
