from __future__ import annotations

import errno

import psutil
import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services import alive
from desktop_helper.services.alive import AliveMark, is_alive


def test_a_mark_lives_until_it_is_closed(tmp_path):
    mark = AliveMark(tmp_path / "writers")
    assert is_alive(tmp_path / "writers", mark.name)
    mark.close()
    assert not is_alive(tmp_path / "writers", mark.name)
    assert list((tmp_path / "writers").iterdir()) == []


def test_the_mark_of_a_killed_process_is_dead_and_goes(tmp_path):
    (tmp_path / "left").touch()
    assert not is_alive(tmp_path, "left")
    assert not is_alive(tmp_path, "never")
    assert not is_alive(tmp_path, "")
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_is_told_and_costs_nothing(tmp_path, monkeypatch):
    def refuse(_descriptor):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(alive, "_lock", refuse)
    with pytest.raises(HelperError) as caught:
        AliveMark(tmp_path / "writers")
    assert caught.value.kind is ErrorKind.STORAGE
    assert list((tmp_path / "writers").iterdir()) == []
    assert not [file for file in psutil.Process().open_files() if file.path.startswith(str(tmp_path))]
