"""What may be set by hand about a model file: shown, folded, saved and kept."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop_helper.services.settings import ProfileSettings
from desktop_helper.ui.settings.local_options import LocalOptions
from tests.support.settings_desk import choose

MINE = ProfileSettings(
    "local",
    gguf="/m.gguf",
    context=8192,
    gpu_layers=12,
    vision_on_cpu=True,
    keep_warm_minutes=2.5,
    save_states=True,
)


@pytest.fixture
def options(qtbot):
    made = LocalOptions()
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_is_shown_is_what_is_saved(options):
    options.show_profile(MINE)
    assert options.applied(ProfileSettings("local", gguf="/m.gguf")) == MINE
    assert options.keep_warm.text() == "2.5"


def test_folded_unless_something_is_unusual(options):
    options.show_profile(ProfileSettings("local"))
    assert not options.context.isVisible()
    options.show_profile(MINE)
    assert options.context.isVisible()


def test_the_lowest_numbers_have_names(options):
    options.show_profile(replace(MINE, context=0, gpu_layers=-1, keep_warm_minutes=0))
    shown = [number.text() for number in (options.context, options.gpu_layers, options.keep_warm)]
    assert shown == ["Automatic", "Automatic", "As long as the app runs"]


def test_showing_is_no_change_and_typing_is(options, qtbot):
    with qtbot.assertNotEmitted(options.changed):
        options.show_profile(MINE)
    with qtbot.waitSignal(options.changed):
        options.gpu_layers.setValue(3)


def test_the_wheel_scrolls_the_page(options):
    options.show_profile(MINE)
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 120),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(options.context, wheel)
    assert options.context.value() == 8192


def test_saved_with_the_profile_of_a_model_file_only(open_settings, desk, qtbot, tmp_path):
    gguf = tmp_path / "m.gguf"
    gguf.write_bytes(b"GGUF")
    window = open_settings()
    assert window.model.options.isHidden()
    choose(window.model.provider, "local")
    assert not window.model.options.isHidden()
    window.model.gguf.set_path(str(gguf))
    window.model.options.gpu_layers.setValue(0)
    window.model.options.save_states.click()
    with qtbot.waitSignal(window.saved):
        window.save_button.click()
    settings = desk.saved()
    local = settings.profiles[settings.active_profile]
    assert (local.gpu_layers, local.save_states, local.context) == (0, True, 0)
    assert settings.profiles["zai"] == ProfileSettings("zai", "glm-4.6v-flash")
