"""The practice model in the window: what it is called, what it offers, and how it is chosen and put away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.i18n import set_language
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.protocols import BackendPlug
from desktop_helper.services import practice
from desktop_helper.services.container import Plugs
from desktop_helper.services.samples import samples
from desktop_helper.services.settings import ProfileSettings, Settings
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.settings_window import SettingsWindow
from desktop_helper.ui.theme import Theme
from tests.support.accessible import faults
from tests.support.chat_desk import ChatDesk, said
from tests.support.practice_files import empty_files

NOTICE = "Practice model: shows how the app works. Choose a real one in Settings."


@pytest.fixture
def files(tmp_path, monkeypatch):
    folder = empty_files(tmp_path / "models")
    monkeypatch.setattr(practice, "model_folder", lambda: folder)
    monkeypatch.setattr(practice, "has_engine", lambda _services: True)  # wherever the tests run


@pytest.fixture
def new_user(files, tmp_path, monkeypatch):
    """A chat of somebody who has configured nothing; the practice model's engine says what it is told."""
    monkeypatch.setattr("tests.support.chat_desk.SETTINGS", "")
    made = []

    def begin(*scripts):
        desk = ChatDesk(tmp_path / "home", *scripts)
        plug = BackendPlug("local", lambda: AVAILABLE, lambda _profile, _tools: desk.backend)
        desk.services.plugs = Plugs(lambda: [plug], lambda _name: plug, list, list, list)
        desk.chat.models.refresh()
        made.append(desk)
        return desk

    yield begin
    for desk in made:
        desk.close()
    set_language("en")
    Theme.current().apply("light")


def names(desk) -> list[str]:
    actions = desk.window.header._menu.actions()
    return [action.text() for action in actions if action.isCheckable() and "\t" not in action.text()]


def test_the_header_the_menu_and_the_empty_page_say_what_it_is(new_user, qtbot):
    desk = new_user()
    desk.window.show()
    header = desk.window.header
    assert header._model.text() == "Practice model"
    assert NOTICE in header._model.toolTip()
    assert header._places[0] == "On this machine"
    checked = [action.text() for action in header._menu.actions() if action.isChecked()]
    assert checked[0] == "Practice model · shows how the app works"
    card = desk.window.welcome.samples
    assert card.isVisible()
    assert NOTICE in [label.text() for label in card.findChildren(QLabel)]
    assert not desk.window.welcome._setup.isVisible()


def test_nothing_is_loaded_for_it_before_a_question(new_user, qtbot, monkeypatch):
    desk = new_user()
    opened: list[object] = []
    monkeypatch.setattr(desk.services, "open_backend", opened.append)
    desk.chat.open()
    qtbot.wait(50)
    assert opened == []


def test_a_click_attaches_the_picture_and_types_the_question(new_user, qtbot):
    desk = new_user(said("[[590,510,770,840]]"))
    desk.window.show()
    button = desk.window.welcome.samples.buttons[0]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert desk.composer.edit.toPlainText() == samples()[0].question == "Where is the blue star?"
    qtbot.waitUntil(lambda: len(desk.composer.media) == 1, timeout=10_000)
    (picture,) = desk.composer.media
    assert isinstance(picture, ImagePart)
    assert (picture.name, picture.width, picture.full_size) == ("shapes.png", 896, None)
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        desk.composer.submit()
    (request,) = desk.backend.requests
    (message,) = request.messages
    assert message.text == "Where is the blue star?"
    assert message.media[0].sha256 == picture.sha256


def test_another_sample_takes_its_place_and_what_was_attached_stays(new_user, qtbot, tmp_path):
    own = tmp_path / "own.txt"
    own.write_text("mine", encoding="utf-8")
    desk = new_user()
    desk.window.show()
    desk.window.files_dropped.emit([own])
    desk.composer.edit.insertPlainText("Mine")
    first, second, _third = desk.window.welcome.samples.buttons
    first.click()
    second.click()
    assert desk.composer.edit.toPlainText() == samples()[1].question
    qtbot.waitUntil(lambda: len(desk.composer.media) == 2, timeout=10_000)
    assert [part.name for part in desk.composer.media] == ["own.txt", "stars.png"]
    desk.composer.edit.undo()
    desk.composer.edit.undo()
    assert desk.composer.edit.toPlainText() == "Mine"


def test_the_samples_speak_chinese(new_user):
    set_language("zh_CN")
    desk = new_user()
    desk.window.show()
    questions = [button.sample.question for button in desk.window.welcome.samples.buttons]
    assert questions == [sample.question for sample in samples()]
    assert all("？" in question for question in questions)


def test_choosing_another_model_takes_the_samples_away(new_user, qtbot):
    desk = new_user()
    desk.window.show()
    desk.chat.models.choose("zai")
    assert desk.window.header._model.text() == "GLM-4.6V Flash (free)"
    assert not desk.window.welcome.samples.isVisible()
    assert names(desk)[-1] == "Practice model · shows how the app works"
    desk.chat.models.choose("practice")
    assert desk.window.welcome.samples.isVisible()
    assert desk.services.settings.current.active_profile == "practice"


def test_a_broken_choice_is_told_and_not_replaced(new_user):
    desk = new_user()
    desk.window.show()
    desk.chat.models.choose("gone")
    assert desk.window.header._model.text() == "Choose a model"
    assert not desk.window.welcome.samples.isVisible()


def test_the_samples_are_made_when_somebody_looks(new_user):
    desk = new_user()
    cards = [desk.window.welcome.samples]
    desk.chat.models.choose("zai")
    desk.window.show()
    cards.append(desk.window.welcome.samples)
    desk.window.hide()
    desk.chat.models.choose("practice")
    cards.append(desk.window.welcome.samples)
    assert cards == [None] * 3
    desk.window.show()
    assert desk.window.welcome.samples.isVisible()


def test_without_its_files_nothing_is_as_if_there_were_one(open_desk):
    desk = open_desk()
    desk.chat.models.refresh()
    assert desk.window.welcome.samples is None
    assert not any("Practice" in name for name in names(desk))


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_card_can_be_read_and_reached(new_user, qtbot, look):
    desk = new_user()
    Theme.current(look)
    desk.window.show()
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow)
    assert faults(desk.window) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("scale", [1.0, 2.0, 3.0])
def test_the_card_has_room_in_the_smallest_window(qtbot, language, scale):
    set_language(language)
    Theme.current().apply("light", scale)
    window = ChatWindow(on_taskbar=True)
    qtbot.addWidget(window)
    window.welcome.show_practice(practice.notice())
    window.resize(1, 1)
    window.show()
    qtbot.wait(10)
    assert window.welcome.widget().width() <= window.welcome.viewport().width()
    for label in window.welcome.samples.findChildren(QLabel):
        if label.text():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
    window.dispose()
    set_language("en")
    Theme.current().apply("light")


def page(window: SettingsWindow, name: str) -> SettingsWindow:
    window.show_page(getattr(window, name))
    return window


def test_the_first_page_shows_it_with_nothing_to_fill_in(files, open_settings, desk):
    window = open_settings()
    assert window.model.provider.currentText() == "Practice model"
    assert window.model._pill.text() == "On this machine"
    fields = ("_url_field", "_model_field", "_key_field", "_gguf_field", "_mmproj_field", "options", "server")
    assert [name for name in fields if not getattr(window.model, name).isHidden()] == []


def test_saving_something_else_chooses_nothing(files, open_settings, desk):
    window = open_settings()
    window.save_button.click()
    assert desk.saved().active_profile == ""
    assert "practice" not in desk.saved().profiles


def test_a_real_model_can_be_chosen_and_the_practice_model_again(files, open_settings, desk):
    window = open_settings()
    window.model.provider.select("zai")
    window.model.provider.activated.emit(window.model.provider.currentIndex())
    window.save_button.click()
    assert desk.saved().active_profile == "zai"
    window = open_settings()
    window.model.provider.select("practice")
    window.model.provider.activated.emit(window.model.provider.currentIndex())
    window.save_button.click()
    assert desk.saved().active_profile == "practice"
    assert "practice" not in desk.saved().profiles


def test_it_can_be_chosen_beside_a_profile_of_the_user_under_its_name(files, open_settings, desk):
    own = ProfileSettings("custom", "m", "http://127.0.0.1:9/v1")
    desk.services.settings.save(Settings(active_profile="practice", profiles={"practice": own}))
    window = open_settings()
    assert window.model.provider.currentData() == "custom"
    window.model.provider.select("practice")
    window.model.provider.activated.emit(window.model.provider.currentIndex())
    window.save_button.click()
    assert desk.saved().profiles["practice"] == own
    assert practice.is_practice(desk.services.active_profile())


def test_it_can_be_put_away_and_brought_back(files, open_settings, desk):
    window = page(open_settings(), "models")
    assert window.models.practice.isVisible()
    window.models.practice.offered.click()
    window.save_button.click()
    assert not desk.saved().models.practice
    assert not practice.is_offered(desk.services)
    window = page(open_settings(), "models")
    assert window.model.provider.currentData() == "zai"
    assert window.model.provider.findData("practice") < 0
    window.models.practice.offered.click()
    window.save_button.click()
    assert desk.saved().models.practice
    assert desk.saved().active_profile == ""


def test_there_is_no_switch_where_no_model_can_run(files, monkeypatch, open_settings):
    monkeypatch.setattr(practice, "has_engine", lambda _services: False)
    window = page(open_settings(), "models")
    assert not window.models.practice.isVisible()


def test_there_is_no_switch_for_what_is_not_there(open_settings):
    window = page(open_settings(), "models")
    assert not window.models.practice.isVisible()
    assert window.model.provider.findData("practice") < 0
