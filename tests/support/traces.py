"""Reads `--trace` files as strictly as the Trace Event Format document asks of a JSON array of events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PHASES = {"X", "i", "M"}


def read_trace(path: Path) -> list[dict[str, Any]]:
    """The events of a complete or cut-off file, names of rows left out. AssertionError if one would be misread."""
    text = path.read_text(encoding="utf-8").rstrip()
    assert text.startswith("[")
    # The closing bracket may be missing, so that the file of a killed process can be read.
    events: list[dict[str, Any]] = json.loads(text if text.endswith("]") else text.rstrip(",") + "]")
    for event in events:
        assert event["ph"] in PHASES, event
        assert isinstance(event["name"], str), event
        assert event["name"], event
        times = {"X": ["ts", "dur"], "i": ["ts"], "M": []}[event["ph"]]
        for number in ("pid", "tid", *times):
            assert isinstance(event[number], int), event
            assert event[number] >= 0, event
        if event["ph"] == "i":
            assert event["s"] in ("g", "p", "t"), event
        assert isinstance(event["args"], dict), event
    _assert_nested(events)
    return [event for event in events if event["ph"] != "M"]


def _assert_nested(events: list[dict[str, Any]]) -> None:
    """What overlaps its neighbour on a row, neither inside nor beside it, is dropped by Perfetto."""
    open_until: dict[tuple[int, int], list[dict[str, Any]]] = {}
    lasting = [event for event in events if event["ph"] == "X"]
    for event in sorted(lasting, key=lambda event: (event["ts"], -event["dur"])):
        around = open_until.setdefault((event["pid"], event["tid"]), [])
        while around and around[-1]["ts"] + around[-1]["dur"] <= event["ts"]:
            around.pop()
        assert not around or event["ts"] + event["dur"] <= around[-1]["ts"] + around[-1]["dur"], (around[-1], event)
        around.append(event)
