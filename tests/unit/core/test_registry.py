"""Plugs are found by walking their package, and a broken one spoils nothing but itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core import registry

SOUND = "PLUG = __name__\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An importable package `plugs_of_a_test` with one sound plug."""
    folder = tmp_path / "plugs_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "good.py").write_text(SOUND)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == folder.name]:
        del sys.modules[name]


def found(package: Path) -> list[str]:
    return [name.split(".")[1] for name in registry.discover(package.name, "PLUG")]


def test_files_and_folders_are_found_and_helpers_are_not(package: Path) -> None:
    (package / "_helper.py").write_text(SOUND)
    (package / "plain.py").write_text("")
    (package / "big").mkdir()
    (package / "big" / "__init__.py").write_text(SOUND)
    assert found(package) == ["big", "good"]
    assert registry.load(package.name, "good", "PLUG") == f"{package.name}.good"
    assert [registry.load(package.name, name, "PLUG") for name in ("_helper", "plain", "none", "")] == [None] * 4


@pytest.mark.parametrize("code", ["import no_such_module", "def broken(", "1 / 0"])
def test_a_module_that_cannot_be_imported_is_told_about_once(package: Path, code: str, expect_log) -> None:
    (package / "bad.py").write_text(code)
    with expect_log("plugs_of_a_test.bad cannot be loaded: "):
        assert found(package) == ["good"]
    assert found(package) == ["good"]  # told once
    assert list(registry.broken()) == ["plugs_of_a_test.bad"]
    (package / "bad.py").write_text(SOUND + "# mended, and of another size than it was\n")
    assert found(package) == ["bad", "good"]
    assert not registry.broken()


def test_asked_for_by_name_it_raises(package: Path) -> None:
    (package / "bad.py").write_text("1 / 0")
    with pytest.raises(ZeroDivisionError):
        registry.load(package.name, "bad", "PLUG")
