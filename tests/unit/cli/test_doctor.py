"""What `doctor` says of plugs and provider files that do not work."""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import time
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import doctor
from desktop_helper.core import registry
from desktop_helper.core.availability import AVAILABLE, Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.known_servers import Abilities, KnownServers
from desktop_helper.core.protocols import BackendPlug
from desktop_helper.services.checkup import Checkup
from desktop_helper.services.paths import Paths


@pytest.fixture
def providers() -> Path:
    """The user's folder for provider files."""
    folder = Paths.default().config_dir / "providers"
    folder.mkdir(parents=True)
    return folder


def off(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[str, str]]:
    """Name to reason and fix of what does not work."""
    services = build_services()
    try:
        assert doctor.COMMAND.run(argparse.Namespace(json=True), services) == 0
    finally:
        services.close()
    return {one["name"]: (one["reason"], one["fix"]) for one in json.loads(capsys.readouterr().out) if not one["ok"]}


def test_sound_provider_files_are_not_mentioned(providers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (providers / "mine.toml").write_text('backend = "local"')
    assert not [name for name in off(capsys) if name.startswith("provider ")]


def test_a_provider_with_an_unknown_backend(providers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (providers / "mine.toml").write_text('backend = "lokal"')
    reason, fix = off(capsys)["provider mine"]
    assert reason == "There is no backend called “lokal”."
    assert fix.startswith("There are these: ")
    assert "local, " in fix


def test_a_misspelt_name_in_a_provider_file(providers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (providers / "mine.toml").write_text("[quirks]\nthinking_stile = 'zai'\n")
    reason, fix = off(capsys)["provider mine"]
    assert reason.endswith(":2: “quirks.thinking_stile” has no effect; did you mean “quirks.thinking_style”?")
    assert fix


def test_a_provider_file_that_cannot_be_read(providers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (providers / "mine.toml").write_text("backend = ")
    reason, fix = off(capsys)["provider mine"]
    assert str(providers / "mine.toml") in reason
    assert fix == "Correct that line, or delete the file."


@pytest.mark.parametrize("table", ["[quirks]", "[[models]]\nid = 'm'\n[models.quirks]"])
def test_a_value_in_a_provider_file_that_nobody_knows(
    providers: Path, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    (providers / "mine.toml").write_text(f"title = 'Mine'\n{table}\nthinking_style = 'often'\n")
    reason, fix = off(capsys)["provider mine"]
    assert reason.startswith("In the provider file of Mine, “thinking_style” has a value")
    assert "chat_template_kwargs" in fix


def test_mistakes_in_quick_actions_are_told(providers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "quick actions" not in off(capsys)
    Paths.default().actions_file.write_text("[a]\nprompt = 3\n")
    assert off(capsys)["quick actions"][0] == "actions.toml, line 2: prompt must be a text."


def test_without_a_display_there_are_no_hotkeys(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    assert off(capsys)["hotkeys"] == ("There is no X display.", "Start from a graphical session.")


def test_on_wayland_hotkeys_are_a_matter_of_the_desktop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    _reason, fix = off(capsys)["hotkeys"]
    assert "desktop-helper trigger region" in fix
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    assert "hotkeys" not in off(capsys)


def test_a_module_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(registry._broken, "desktop_helper.backends.mine", "SyntaxError: invalid syntax")
    assert off(capsys)["desktop_helper.backends.mine"] == (
        "It cannot be loaded (SyntaxError: invalid syntax).",
        "Correct it or delete it.",
    )


def backend_lines(capsys: pytest.CaptureFixture[str], *plugs: BackendPlug, as_json: bool = True) -> str:
    """What is printed if there are these backends."""
    services = build_services()
    services.plugs = dataclasses.replace(services.plugs, backends=lambda: list(plugs))
    try:
        assert doctor.COMMAND.run(argparse.Namespace(json=as_json), services) == 0
    finally:
        services.close()
    return capsys.readouterr().out


def no_backend(*_: object) -> Any:
    raise AssertionError("doctor makes no backend")


def test_a_backend_says_more_about_itself(capsys: pytest.CaptureFixture[str]) -> None:
    card = ("graphics card", Availability(ok=False, reason="None is used.", fix="Build for it."))
    plug = BackendPlug("mine", lambda: AVAILABLE, no_backend, details=lambda: (("engine", AVAILABLE), card))
    found = {one["name"]: one for one in json.loads(backend_lines(capsys, plug))}
    assert found["engine"]["ok"] is True
    assert found["graphics card"] == {
        "name": "graphics card",
        "ok": False,
        "reason": "None is used.",
        "fix": "Build for it.",
    }
    text = backend_lines(capsys, plug, as_json=False)
    assert re.search(r"^off  graphics card +None is used. Build for it.$", text, re.MULTILINE)


def test_details_that_fail_hide_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> tuple[tuple[str, Availability], ...]:
        raise HelperError(ErrorKind.WORKER, "The driver hangs.", "Restart.")

    plugs = [
        BackendPlug("bad", lambda: AVAILABLE, no_backend, details=fail),
        BackendPlug("off", lambda: Availability(ok=False, reason="Not here."), no_backend, details=no_backend),
    ]
    found = {one["name"]: one for one in json.loads(backend_lines(capsys, *plugs))}
    assert found["backend bad"]["ok"] is True
    assert found["backend bad: details"]["reason"] == "The driver hangs."
    assert found["backend off"]["reason"] == "Not here."
    assert "attachment image" in found


def test_the_engine_for_local_models_is_described(capsys: pytest.CaptureFixture[str]) -> None:
    services = build_services()
    try:
        assert doctor.COMMAND.run(argparse.Namespace(json=True), services) == 0
    finally:
        services.close()
    found = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["engine"]["reason"].startswith("llama-cpp-python ")
    assert "GB free" in found["device CPU"]["reason"]


def test_hotkeys_that_are_none_or_have_another_use(capsys: pytest.CaptureFixture[str]) -> None:
    path = Paths.default().settings_file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('[hotkeys]\nregion = "Ctrl+Nonsense"\nchat = "Ctrl+Alt+C"\nnew = "Alt+Ctrl+C"\nscreen = ""\n')
    found = off(capsys)
    assert found["hotkey region"] == ("There is no key called “Nonsense”.", "Choose another key in Settings.")
    assert found["hotkey new"][0] == "Ctrl+Alt+C is the key of “chat” already."
    assert not {"hotkey chat", "hotkey screen"} & found.keys()


def test_a_drive_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter(range(1000))  # and no more
    services = build_services()
    folder = Mock(spec=Path, exists=lambda: next(looks) < 0, parents=[])
    folder.parent = folder
    folder.__fspath__ = lambda _self: "/nowhere/at/all"
    monkeypatch.setattr(services, "paths", dataclasses.replace(services.paths, data_dir=folder))
    checkup = Checkup(services, commands=True)
    state = checkup._checked(checkup._disk)
    assert not state.ok
    assert "FileNotFoundError" in state.reason
    services.close()


def test_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "disk" not in off(capsys)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: Mock(free=3_000_000))
    reason, fix = off(capsys)["disk"]
    assert reason.startswith("3.0 MB are free in ")
    assert fix == "Free some space: answers can be lost when none is left."


def test_what_a_test_has_found_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    paths = Paths.default()
    paths.ensure()
    paths.settings_file.write_text(
        'active_profile = "mine"\n[profiles.mine]\nprovider = "vllm"\nmodel = "glm"', encoding="utf-8"
    )
    found = Abilities(time.time(), 0.2, pictures=True, sees=True, thinks=False, tools=False)
    KnownServers(paths.servers_dir).keep("http://127.0.0.1:8000/v1", "glm", found)
    services = build_services()
    told = dict(Checkup(services, commands=True).findings())["model"]
    services.close()
    assert told.ok
    assert told.reason.startswith("glm, http://127.0.0.1:8000/v1. Tested on ")
    assert told.reason.endswith("It sees pictures. It answers without thinking. It takes no tools.")


def test_a_certificate_for_an_address_without_encryption(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Paths.default().settings_file
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(
        "active_profile = 'mine'\n[profiles.mine]\nprovider = 'custom'\nmodel = 'm'\n"
        "base_url = 'http://gpu.lan/v1'\nca_file = 'ca.pem'\n"
    )
    reason, fix = off(capsys)["model"]
    assert reason == "The certificate has no effect: http://gpu.lan/v1 is not encrypted."
    assert "https://" in fix
