"""Which uv is used, and with what."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installers import system_needs, uv_tool


def fake_uv(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    program = folder / "uv"
    program.write_text(f"#!/bin/sh\necho uv {version} '(some build)'\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where our own uv would be; there is none on PATH."""
    monkeypatch.setattr(uv_tool, "SETUP_FOLDER", tmp_path / "setup")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    return tmp_path / "setup" / "uv" / "bin"


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the fake uv is a shell script")


def test_the_users_uv_is_preferred(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_uv(own, "0.13.9")
    theirs = fake_uv(tmp_path / "theirs", "0.12.0")
    monkeypatch.setattr("shutil.which", lambda _name: str(theirs))
    assert uv_tool.find(tmp_path / "log") == str(theirs)


def test_a_uv_that_does_not_know_system_certificates_is_passed_over(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = fake_uv(own, "0.13.9")
    monkeypatch.setattr("shutil.which", lambda _name: str(fake_uv(tmp_path / "theirs", "0.10.4")))
    assert uv_tool.find(tmp_path / "log") == str(ours)


@pytest.mark.usefixtures("own")
def test_without_a_uv_python_must_be_able_to_make_environments() -> None:
    assert uv_tool.needs() == (system_needs.PYTHON_VENV,)


def test_with_a_uv_nothing_else_is_needed(own: Path) -> None:
    fake_uv(own, "0.13.9")
    assert uv_tool.needs() == ()


def test_a_home_that_cannot_be_written_moves_the_cache(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    monkeypatch.setattr("os.access", lambda _path, _mode: False)
    assert uv_tool.environment()["UV_CACHE_DIR"] == str(own.parent.parent / "uv-cache")
    monkeypatch.setattr("os.access", lambda _path, _mode: True)
    assert "UV_CACHE_DIR" not in uv_tool.environment()


def test_other_environments_do_not_leak_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    variables = uv_tool.environment()
    assert "VIRTUAL_ENV" not in variables
    assert "PYTHONPATH" not in variables
    assert variables["UV_SYSTEM_CERTS"] == "1"
