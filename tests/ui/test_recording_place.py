"""Where a recording's file goes, and what of the screen is in it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from desktop_helper.core.geometry import Rect
from desktop_helper.services.settings import Settings
from tests.ui.test_recording_desk import Rig, rig, services

__all__ = ["rig", "services"]  # fixtures


def test_a_folder_of_the_users_gets_the_file_and_keeps_what_is_there(rig: Rig, tmp_path: Path) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "old.mp4").write_bytes(b"x")
    os.utime(folder / "old.mp4", (0, 0))

    def change(settings: Settings) -> Settings:
        return replace(settings, recording=replace(settings.recording, folder=str(folder), keep_days=1))

    rig.services.settings.update(change)
    assert rig.begin().file.parent == folder
    assert (folder / "old.mp4").exists()


def test_a_region_of_odd_size_is_framed_and_recorded_a_pixel_larger(rig: Rig) -> None:
    assert rig.begin(Rect(100, 100, 301, 201)).options["area"] == Rect(100, 100, 302, 202)
