from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.paths import MAX_SOCKET_PATH, Paths

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes and owners are POSIX")


def test_home_variable_overrides_every_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DESKTOP_HELPER_HOME", str(tmp_path))
    found = Paths.default()
    folders = (found.config_dir, found.data_dir, found.cache_dir, found.log_dir, found.runtime_dir)
    assert all(folder.parent == tmp_path for folder in folders)
    assert len(set(folders)) == 5


def test_a_relative_home_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESKTOP_HELPER_HOME", "here")
    assert Paths.default().config_dir == tmp_path / "here" / "config"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG")
def test_system_folders_follow_xdg(tmp_path, monkeypatch):
    monkeypatch.delenv("DESKTOP_HELPER_HOME")
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    found = Paths.default()
    assert found.settings_file == tmp_path / "CONFIG" / "desktop-helper" / "settings.toml"
    assert found.history_file == tmp_path / "DATA" / "desktop-helper" / "history.db"
    assert found.runtime_dir == tmp_path / "desktop-helper"


@posix_only
def test_without_a_runtime_folder_the_temp_folder_is_used_and_private(tmp_path, monkeypatch):
    monkeypatch.delenv("DESKTOP_HELPER_HOME")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    runtime = Paths.default().runtime_dir
    assert runtime.parent == tmp_path
    assert str(os.getuid()) in runtime.name


@posix_only
def test_ensure_creates_private_folders(tmp_path):
    found = Paths.below(tmp_path / "home")
    found.ensure()
    found.ensure()
    for folder in (found.config_dir, found.data_dir, found.cache_dir, found.log_dir, found.runtime_dir):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix_only
def test_an_open_runtime_folder_is_closed_to_others(tmp_path):
    found = Paths.below(tmp_path)
    found.runtime_dir.mkdir()
    found.runtime_dir.chmod(0o777)
    found.ensure()
    assert stat.S_IMODE(found.runtime_dir.stat().st_mode) == 0o700


@posix_only
def test_a_link_planted_for_the_runtime_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    found = Paths.below(tmp_path / "home")
    found.runtime_dir.parent.mkdir()
    found.runtime_dir.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HelperError) as caught:
        found.ensure()
    assert caught.value.kind is ErrorKind.STORAGE


def test_a_file_in_the_way_gives_one_sentence(tmp_path):
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(HelperError) as caught:
        Paths.below(tmp_path / "home").ensure()
    assert caught.value.kind is ErrorKind.STORAGE
    assert str(tmp_path / "home") in caught.value.message


@posix_only
def test_the_socket_path_is_short_enough_for_every_kernel(tmp_path):
    short = Paths.below(Path("/run/user/1000"))
    assert short.socket_path == Path("/run/user/1000/run/instance.sock")
    long = Paths.below(tmp_path / ("deep" * 30))
    other = Paths.below(tmp_path / ("deeq" * 30))
    assert len(os.fsencode(long.socket_path)) < MAX_SOCKET_PATH
    assert long.socket_path == Paths.below(tmp_path / ("deep" * 30)).socket_path != other.socket_path
    long.ensure()
    try:
        assert stat.S_IMODE(long.socket_path.parent.stat().st_mode) == 0o700
    finally:
        long.socket_path.parent.rmdir()
