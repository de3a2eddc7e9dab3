"""Every kind of source meets everything that can be done with an attachment: nothing is lost, and nothing is hidden."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from desktop_helper.ui.companion import Companion
from tests.support.attachment_sources import SOURCES
from tests.support.attachment_walk import Walk, steps
from tests.support.chat_desk import said


@pytest.fixture(autouse=True)
def _quiet_platform(monkeypatch):
    monkeypatch.setattr(Companion, "raise_", lambda _self: None)  # this platform says that it cannot


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def walk(qtbot, open_desk, tmp_path, temporary) -> Walk:
    desk = open_desk(*[said("So.")] * 4)
    (tmp_path / "sources").mkdir()
    return Walk(qtbot, desk, tmp_path / "sources")


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=pytest.mark.slow) for kind in SOURCES])
def test_one_kind_meets_every_deed(walk, kind):
    chip = walk.attach(kind)
    for step in steps(walk, chip):
        step()
