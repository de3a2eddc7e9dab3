"""Every kind of source meets everything that can be done with an attachment: nothing is lost, and nothing is hidden."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from desktop_helper.ui.companion import Companion
from tests.support.attachment_sources import SOURCES
from tests.support.attachment_walk import Walk, steps, wander
from tests.support.chat_desk import ChatDesk, said


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
def desk(open_desk) -> ChatDesk:
    made: ChatDesk = open_desk(*[said("So.")] * 20)
    return made


@pytest.fixture
def walk(qtbot, desk, tmp_path, temporary) -> Walk:
    (tmp_path / "sources").mkdir()
    return Walk(qtbot, desk, tmp_path / "sources")


def test_what_was_shown_goes_and_comes_back(walk, desk, temporary):
    for kind in ("picture", "folder", "zip of pictures", "gz of text", "office", "scan", "film"):
        walk.attach(kind)
    large, folder, _zipped, packed, _office, scan, film = desk.composer.chips
    walk.undone(lambda: walk.make_it_fit(0.5))
    walk.to_and_fro(large, "detail")
    walk.choose_files(folder)
    walk.to_and_fro(packed, "as pictures")
    walk.choose_pages(scan)
    walk.cut_out(scan)
    walk.trim(film)
    walk.without_the_file(film)
    walk.make_it_fit(0.7)
    walk.ask()
    walk.take_from_history()
    walk.make_it_fit(0.8)
    walk.ask()
    desk.close()
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", SOURCES)
def test_one_kind_meets_every_deed(walk, desk, temporary, kind):
    chip = walk.attach(kind)
    for step in steps(walk, chip):
        step()
    if chip.error is None:
        walk.ask()
        walk.take_from_history()
    desk.close()
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(12))
def test_any_deeds_in_any_order(walk, desk, temporary, seed):
    wander(walk, desk, seed, 40)
    desk.close()
    assert list(temporary.iterdir()) == []
