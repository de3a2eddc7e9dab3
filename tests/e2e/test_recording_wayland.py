"""A recording in a real Wayland session: by trigger, since a compositor gives programs no keys."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomlkit

from desktop_helper.services.paths import Paths
from tests.support.app import ROOT, server_profile, write_settings
from tests.support.videos import decoded
from tests.support.wayland_rig import WaylandRig, wayland_rig
from tests.support.xrig import stop, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120), pytest.mark.allow_leaks("processes")]


@pytest.fixture
def rig() -> Iterator[WaylandRig]:
    with wayland_rig((800, 600, 1.0), shares="HEADLESS-1") as made:
        yield made


def titles(tree: dict[str, object]) -> list[str]:
    """Of all windows that the compositor knows."""
    nodes: list[dict[str, object]] = [*tree["nodes"], *tree["floating_nodes"]]  # type: ignore[misc]
    return [str(tree["name"]), *(title for node in nodes for title in titles(node))]


@pytest.mark.parametrize("way", ["screencopy", "portal"])
def test_the_trigger_begins_and_ends(rig: WaylandRig, way: str, tmp_path: Path) -> None:
    write_settings(tmp_path, server_profile("http://127.0.0.1:9/v1", "glm"))
    paths = Paths.below(tmp_path)
    document = tomlkit.parse(paths.settings_file.read_text(encoding="utf-8"))
    document["recording"] = {"countdown": 1}
    paths.settings_file.write_text(tomlkit.dumps(document), encoding="utf-8")
    env = {"DESKTOP_HELPER_HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    env |= rig.like_gnome if way == "portal" else {}
    app = rig.spawn([sys.executable, "-m", "desktop_helper"], env=env, cwd=ROOT)

    def trigger() -> bool:
        argv = [sys.executable, "-m", "desktop_helper", "trigger", "record-screen"]
        done = subprocess.run(argv, env=rig.env | env, cwd=ROOT, capture_output=True, timeout=60, check=False)
        return done.returncode == 0

    def files() -> list[Path]:
        return sorted(paths.recordings_dir.glob("*.mp4"))

    def shown(title: str) -> bool:
        return any(title in name for name in titles(rig.sway("-t", "get_tree")))

    try:
        wait_until(trigger, "the app", 30)
        wait_until(lambda: shown("Recording"), "the bar", 20)
        assert not shown("Frame around")
        (bar,) = [one for one in rig.windows() if str(one["name"]).startswith("Recording")]
        assert bar["rect"]["height"] < 100, "it is no tile, which would hide what is recorded"
        wait_until(lambda: files() and files()[0].stat().st_size > 2000, "some pictures", 20)
        assert trigger()
        wait_until(lambda: files() and ".recording" not in files()[0].name, "the end of the file", 20)
        wait_until(lambda: not shown("Recording"), "the bar to go", 20)
        video = decoded(files()[0])
        assert (video.width, video.height) == (800, 600)
        assert paths.consent_file.exists() is (way == "portal")
    finally:
        stop(app)
