"""The page of local models: real store and downloads against a hub on loopback, real settings."""

from __future__ import annotations

import json
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from desktop_helper.core.i18n import set_language
from desktop_helper.services.model_store.machine import Machine
from desktop_helper.services.model_store.names import id_from
from desktop_helper.services.model_store.store import ModelStore
from desktop_helper.ui.theme import Theme
from tests.support.changed_gguf import changed
from tests.support.hub_server import Hold, HubServer, gguf_bytes
from tests.support.tiny_gguf import tiny_pair

REPO = "owner/tiny-GGUF"
MODEL, MMPROJ = gguf_bytes("glm4", 400_000), gguf_bytes("clip", 30_000)
LONG = "An-exceedingly-long-model-name-that-somebody-thought-was-a-good-idea-70B-Instruct-Thinking-Q4_K_M"


@pytest.fixture
def hub():
    with HubServer() as hub:
        hub.put(REPO, "tiny.gguf", MODEL)
        hub.put(REPO, "mmproj-tiny.gguf", MMPROJ)
        yield hub


@pytest.fixture
def catalogue(desk):
    """Two models of the user's own, before ours."""
    entry = {"repo": REPO, "files": ["tiny.gguf"], "mmproj": "mmproj-tiny.gguf", "parameters": 0.001, "licence": "MIT"}
    lines = []
    for model_id, title in (("tiny", "Tiny"), ("long", LONG)):
        lines.append("[[models]]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in {"id": model_id, "title": title, **entry}.items()]
    (desk.services.paths.config_dir / "models.toml").write_text("\n".join(lines))


@pytest.fixture
def page(open_settings, catalogue, hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    window = open_settings()
    window.show_page(window.models)
    return window.models


def button(page, model_id: str, text: str) -> QPushButton:
    return next(one for one in page.rows[model_id].buttons if one.text() == text)


def press(page, model_id: str, text: str, qtbot) -> None:
    pressed = button(page, model_id, text)
    page.ensureWidgetVisible(pressed)
    qtbot.waitUntil(lambda: not pressed.visibleRegion().isEmpty())
    qtbot.mouseClick(pressed, Qt.MouseButton.LeftButton)


def shown(row) -> list[str]:
    return [one.text() for one in row.findChildren(QLabel) if one.isVisibleTo(row)]


def words(page, model_id: str) -> list[str]:
    return [one.text() for one in page.rows[model_id].buttons]


def installed(page, qtbot, model_id: str = "tiny") -> None:
    press(page, model_id, "Download", qtbot)
    qtbot.waitUntil(lambda: "Remove" in words(page, model_id), timeout=20_000)


def test_shows_what_there_is_and_whether_it_fits(page) -> None:
    assert {"tiny", "glm-4.6v-flash", "qwen3-vl-4b"} <= page.rows.keys()
    text = page.rows["glm-4.6v-flash"].text
    assert "7.1 GB" in text
    assert "MIT" in text
    assert "about" in page.rows["glm-4.6v"].text
    assert words(page, "tiny") == ["Download"]


def test_the_best_for_this_machine_comes_first_and_says_so(open_settings, catalogue, monkeypatch) -> None:
    monkeypatch.setattr(Machine, "this", lambda vram=None: Machine(16_000_000_000))
    window = open_settings()
    window.show_page(window.models)
    rows = window.models.rows
    assert next(iter(rows)) == "tiny"  # the user's own come before ours
    assert [name for name, row in rows.items() if "Best for this machine" in shown(row)] == ["tiny"]


def test_downloads_shows_progress_and_offers_to_use_it(page, qtbot, desk) -> None:
    seen: list[float] = []
    page.downloads.progressed.connect(lambda model_id: seen.append(page.rows[model_id].fraction))
    installed(page, qtbot)
    assert max(seen) > 0.9
    assert words(page, "tiny") == ["Use", "Remove"]
    press(page, "tiny", "Use", qtbot)
    window = page.window()
    assert window.navigation.currentRow() == 0
    assert "Save" in window.message.text
    assert desk.saved().active_profile == ""
    window.save_button.click()
    saved = desk.saved()
    assert saved.active_profile == "tiny"
    assert saved.profiles["tiny"].gguf.endswith("tiny.gguf")
    assert saved.profiles["tiny"].mmproj.endswith("mmproj-tiny.gguf")
    window.show()
    window.show_page(page)
    assert words(page, "tiny") == ["Remove"]


def test_pause_and_resume(page, hub, qtbot) -> None:
    hub.script(Hold(after=200_000))
    press(page, "tiny", "Download", qtbot)
    assert words(page, "tiny") == ["Pause", "Cancel"]
    qtbot.waitUntil(hub.sending.is_set, timeout=20_000)
    qtbot.waitUntil(lambda: (page.rows["tiny"].fraction or 0) > 0, timeout=20_000)
    press(page, "tiny", "Pause", qtbot)
    qtbot.waitUntil(lambda: words(page, "tiny") == ["Resume", "Discard"], timeout=20_000)
    assert "have arrived" in page.rows["tiny"].text
    hub.asked.clear()
    press(page, "tiny", "Resume", qtbot)
    qtbot.waitUntil(lambda: "Remove" in words(page, "tiny"), timeout=20_000)
    assert hub.downloads()[0].headers["range"].startswith("bytes=")


def test_cancel_discards_what_arrived(page, hub, qtbot, desk, monkeypatch) -> None:
    """On another thread: to delete gigabytes takes a while."""
    remove, threads = ModelStore.remove, []
    monkeypatch.setattr(
        ModelStore, "remove", lambda *given: threads.append(threading.current_thread()) or remove(*given)
    )
    hub.script(Hold(after=200_000))
    press(page, "tiny", "Download", qtbot)
    qtbot.waitUntil(lambda: (page.rows["tiny"].fraction or 0) > 0, timeout=20_000)
    press(page, "tiny", "Cancel", qtbot)
    qtbot.waitUntil(lambda: words(page, "tiny") == ["Download"], timeout=20_000)
    assert not list((desk.services.paths.data_dir / "models").iterdir())
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


def test_a_failure_says_why_and_offers_another_try(page, hub, qtbot) -> None:
    hub.sha256["tiny.gguf"] = "ab" * 32
    press(page, "tiny", "Download", qtbot)
    qtbot.waitUntil(lambda: "SHA-256" in page.rows["tiny"].text, timeout=20_000)
    del hub.sha256["tiny.gguf"]
    press(page, "tiny", words(page, "tiny")[0], qtbot)
    qtbot.waitUntil(lambda: "Remove" in words(page, "tiny"), timeout=20_000)


def test_a_download_goes_on_while_the_window_is_closed(page, hub, qtbot) -> None:
    hold = Hold(after=200_000)
    hub.script(hold)
    press(page, "tiny", "Download", qtbot)
    qtbot.waitUntil(hub.sending.is_set, timeout=20_000)
    window = page.window()
    window.close()
    hold.event.set()
    qtbot.waitUntil(lambda: not page.downloads.running, timeout=20_000)
    window.show()
    assert words(page, "tiny") == ["Use", "Remove"]


def test_removing_asks_first(page, qtbot, desk) -> None:
    installed(page, qtbot)
    press(page, "tiny", "Remove", qtbot)
    assert words(page, "tiny") == ["Keep", "Delete"]
    assert "430 kB" in page.rows["tiny"].text
    press(page, "tiny", "Keep", qtbot)
    assert words(page, "tiny") == ["Use", "Remove"]
    press(page, "tiny", "Remove", qtbot)
    press(page, "tiny", "Delete", qtbot)
    qtbot.waitUntil(lambda: words(page, "tiny") == ["Download"], timeout=20_000)
    assert not desk.services.models.installed()


def test_files_of_ones_own(page, qtbot, tmp_path, monkeypatch) -> None:
    (tmp_path / "own.gguf").write_bytes(MODEL)
    (tmp_path / "mmproj-own.gguf").write_bytes(MMPROJ)
    chosen = [str(tmp_path / "own.gguf")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    page.add_button.click()
    qtbot.waitUntil(lambda: "own" in page.rows, timeout=20_000)
    assert "cannot see" not in page.rows["own"].text
    before = page.rows["own"]
    page.add_button.click()
    qtbot.waitUntil(lambda: page.rows["own"] is not before, timeout=20_000)
    assert not page.status.text, "adding the same file again is no mistake"
    press(page, "own", "Remove", qtbot)
    press(page, "own", "Take off", qtbot)
    qtbot.waitUntil(lambda: "own" not in page.rows, timeout=20_000)
    assert (tmp_path / "own.gguf").exists()


def test_a_model_whose_file_was_cut_says_so_and_cannot_be_used(page, qtbot, tmp_path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(MODEL[:-1000])
    page.add_files([own])
    qtbot.waitUntil(lambda: "own.gguf is incomplete" in page.status.text, timeout=20_000)
    assert "own" not in page.rows
    own.write_bytes(MODEL)
    page.add_files([own])
    qtbot.waitUntil(lambda: "own" in page.rows, timeout=20_000)
    assert words(page, "own") == ["Use", "Remove"]
    own.write_bytes(MODEL[:-1000])
    page.window().close()
    page.window().show()
    qtbot.waitUntil(lambda: "own.gguf is incomplete" in page.rows["own"].text, timeout=20_000)
    assert words(page, "own") == ["Remove"]
    own.write_bytes(MODEL)
    page.refresh()
    assert "incomplete" in page.rows["own"].text, "known from the last look until the next one is done"
    qtbot.waitUntil(lambda: "incomplete" not in page.rows["own"].text, timeout=20_000)
    assert words(page, "own") == ["Use", "Remove"]


def test_a_projector_that_hardly_belongs_to_a_model_is_doubted(page, qtbot, tmp_path) -> None:
    gguf = changed(tiny_pair().gguf, tmp_path / "own.gguf", values={"general.name": "GLM 4.6V Flash"})
    eyes = changed(tiny_pair().mmproj, tmp_path / "mmproj.gguf", values={"general.name": "GLM 4.1V 9B Thinking"})
    page.add_files([gguf, eyes])
    qtbot.waitUntil(lambda: "own" in page.rows and "GLM 4.1V 9B Thinking" in page.rows["own"].text, timeout=20_000)
    assert words(page, "own") == ["Use", "Remove"]


def test_long_sentences_are_shown_to_their_end(page, qtbot, tmp_path) -> None:
    """The column is narrower than the page, and a sentence takes more lines in it."""
    folder = tmp_path / "a folder with a long name" / "and another one in it, which is long as well"
    folder.mkdir(parents=True)
    own = folder / f"{LONG}.gguf"
    own.write_bytes(MODEL)
    page.window().resize(1000, 700)
    page.add_files([own])
    name = id_from(LONG)
    qtbot.waitUntil(lambda: name in page.rows, timeout=20_000)
    own.write_bytes(MODEL[:-1000])
    page.refresh()
    qtbot.waitUntil(lambda: "is incomplete" in page.rows[name].text, timeout=20_000)
    qtbot.wait(1)
    texts = [one for one in page.rows[name].findChildren(QLabel) if one.isVisibleTo(page) and one.wordWrap()]
    assert len(texts) == 3
    for one in texts:
        assert one.height() >= one.heightForWidth(one.width()), one.text()


def test_two_projectors_at_once_are_not_silently_none(page, tmp_path) -> None:
    for name in ("a.gguf", "mmproj-F16.gguf", "mmproj-Q8_0.gguf"):
        (tmp_path / name).write_bytes(MODEL if name == "a.gguf" else MMPROJ)
    page.add_files(list(tmp_path.iterdir()))
    assert "several mmproj files" in page.status.text


def test_several_models_at_once_are_not_silently_one(page, qtbot, tmp_path) -> None:
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(MODEL)
    for number in (0, 1):
        (tmp_path / f"big-{number + 1:05}-of-00002.gguf").write_bytes(gguf_bytes("glm4", 5000, part=(number, 2)))
    page.add_files([tmp_path / "a.gguf", tmp_path / "b.gguf"])
    assert "several models" in page.status.text
    assert not {"a", "b"} & page.rows.keys()
    page.add_files([tmp_path / "big-00002-of-00002.gguf", tmp_path / "big-00001-of-00002.gguf"])
    qtbot.waitUntil(lambda: "big-00001-of-00002" in page.rows, timeout=20_000)


def test_the_keyboard_stays_on_the_row(page, hub, qtbot) -> None:
    hub.script(Hold(after=200_000))
    page.window().activateWindow()
    button(page, "tiny", "Download").setFocus()
    qtbot.waitUntil(lambda: button(page, "tiny", "Download").hasFocus())
    qtbot.keyClick(button(page, "tiny", "Download"), Qt.Key.Key_Space)
    assert button(page, "tiny", "Pause").hasFocus()
    qtbot.waitUntil(hub.sending.is_set, timeout=20_000)
    press(page, "tiny", "Pause", qtbot)
    qtbot.waitUntil(lambda: "Resume" in words(page, "tiny"), timeout=20_000)


def test_every_button_has_a_name_of_its_own(page) -> None:
    names = [one.accessibleName() for row in page.rows.values() for one in row.buttons]
    assert len(set(names)) == len(names)
    assert f"Download: {LONG}" in names


def test_a_broken_catalogue_is_told(open_settings, desk) -> None:
    (desk.services.paths.config_dir / "models.toml").write_text("[[models]]")
    window = open_settings()
    window.show_page(window.models)
    assert "models.toml" in window.models.status.text


def test_the_server_is_saved(page, qtbot, desk) -> None:
    page.endpoint.setCurrentText("https://hf-mirror.com")
    page.window().save_button.click()
    assert desk.saved().models.endpoint == "https://hf-mirror.com"


def test_a_bad_server_is_told_at_the_row(page, qtbot) -> None:
    page.endpoint.setCurrentText("http://mirror.example")
    press(page, "tiny", "Download", qtbot)
    assert "https://" in page.rows["tiny"].text


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_nothing_is_cut_off(open_settings, catalogue, language, scale, qtbot) -> None:
    set_language(language)
    Theme.current().apply("light", scale)
    window = open_settings()
    window.show_page(window.models)
    qtbot.wait(1)
    for row in window.models.rows.values():
        for one in row.buttons:
            right = one.mapTo(window, one.rect().topRight()).x()
            assert right < window.width(), one.text()
            assert one.width() >= one.sizeHint().width()
    Theme.current().apply("light", 1.0)
