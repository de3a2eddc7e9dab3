"""What `--trace` tells of a real run, and what the app must not hold while it waits in the tray."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app import App, running_app, server_profile
from tests.support.glm_server import MODEL, GlmServer, answer
from tests.support.traces import read_trace
from tests.support.xrig import XRig, wait_until, x_rig

pytestmark = pytest.mark.e2e

# Each has a library of its own.
HEAVY = ("numpy", "cv2", "PIL", "cryptography", "pymupdf", "pydantic_core", "libssl", "libcrypto")
PHASES = ("start:imports", "start:application", "start:theme", "start:shell", "start:tray-ready", "start:chat")


@pytest.fixture
def rig() -> Iterator[XRig]:
    with x_rig(panel="tint2") as running:
        yield running


def test_a_run_can_be_looked_at_in_perfetto(rig: XRig, tmp_path: Path) -> None:
    with (
        GlmServer(answer("An answer, **in bold**.\n\n" * 20)) as server,
        running_app(rig, tmp_path, profile=server_profile(server.base_url, MODEL)) as app,
    ):
        app.pick_region()
        app.ask("What is this?")
        app.wait_answer()
        wait_until(lambda: app.traced("render:chunk"), "the answer on the page")
        assert app.quit() == 0
    events = read_trace(app.trace)
    first = {event["name"]: event for event in reversed(events)}
    assert set(PHASES) <= set(first)
    ready = first["start:tray-ready"]
    assert ready["args"]["cpu_ms"] > 0
    for phase in PHASES[:4]:
        assert ready["ts"] <= first[phase]["ts"]
        assert first[phase]["ts"] + first[phase]["dur"] <= ready["ts"] + ready["dur"]
    order = ["shell:action", "overlay:shown", "egress:request_sent", "render:chunk"]
    assert sorted(order, key=lambda name: first[name]["ts"]) == order
    assert first["shell:action"]["ts"] <= first["overlay:open"]["ts"] + first["overlay:open"]["dur"]
    assert first["answer.first_token"]["dur"] > 0
    stalls = [event for event in events if event["name"] == "loop:stall"]
    longest = stalls[-1]["args"]["longest_ms"] if stalls else 0.0
    assert first["loop:longest-stall"]["args"]["ms"] == longest


def test_nothing_heavy_is_loaded_while_it_waits(rig: XRig, tmp_path: Path) -> None:
    """With the settings of a first start, whose provider needs a key: the keyring is asked when somebody looks."""
    app = App(rig, tmp_path)
    assert _libraries(app) == set()
    app.command("trigger", "chat")
    app.wait_focus()
    assert app.quit() == 0


def _libraries(app: App) -> set[str]:
    """Those of `HEAVY` that are mapped into the process."""
    maps = Path(f"/proc/{app.process.pid}/maps").read_text(encoding="utf-8")
    paths = {line.split(maxsplit=5)[5] for line in maps.splitlines() if line.count("/")}
    return {name for name in HEAVY for path in paths if name in path}
