"""A model that its server knows by the path of a file is called by that file; servers are asked by the path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.provider_file import ModelSpec
from desktop_helper.services.settings import ProfileSettings
from desktop_helper.ui.answer_meta import meta_line
from desktop_helper.ui.chat_header import ChatHeader
from desktop_helper.ui.settings.model_combo import ModelCombo
from desktop_helper.ui.theme import Theme
from tests.support.settings_desk import choose

PATH, NAME = "/models/GLM-4.6V-Flash-Q4_K_M.gguf", "GLM-4.6V-Flash-Q4_K_M"


def test_the_settings_show_its_name_and_keep_its_path(open_settings, desk):
    saved = ProfileSettings("llama-server", PATH, "http://127.0.0.1:9/v1")
    desk.services.settings.update(
        lambda settings: replace(settings, active_profile="here", profiles={"here": saved, **settings.profiles})
    )
    window = open_settings()
    combo = window.model.model
    assert (combo.currentText(), combo.model_id) == (NAME, PATH)
    assert PATH in combo.toolTip()
    choose(window.model.provider, "custom")
    assert combo.toolTip() == ""
    choose(window.model.provider, "llama-server")
    window.save()
    assert desk.saved().profiles["here"] == saved
    assert desk.services.profile("here").title == NAME
    assert desk.services.profile("here").model == PATH


def test_what_a_server_has_is_offered_by_name(qtbot):
    combo = ModelCombo()
    qtbot.addWidget(combo)
    combo.fill([ModelSpec("/a/x.gguf", "x"), ModelSpec("/b/y.gguf", "y")], "/b/y.gguf")
    assert (combo.currentText(), combo.count()) == ("y", 2)
    combo.setEditText("x")
    assert combo.model_id == "/a/x.gguf"
    assert "/a/x.gguf" in combo.toolTip()
    combo.setEditText("z")
    assert (combo.model_id, combo.toolTip()) == ("z", "")
    combo.fill([ModelSpec("/a/x.gguf", "x")], "/c/x.gguf")
    assert combo.model_id == "/c/x.gguf"


def test_the_header_and_answers_show_its_name(qtbot):
    header = ChatHeader()
    qtbot.addWidget(header)
    header.show_profile(ModelProfile("here", "llama-server", "openai_compatible", NAME, PATH, "http://127.0.0.1:9/v1"))
    assert header._model.text() == NAME
    assert PATH in header._model.toolTip()
    assert meta_line(PATH, None) == NAME


@pytest.mark.parametrize(
    ("scale", "host", "below"),
    [
        (1.0, "gpu.example", False),
        (1.0, "gpu-17.a-long-name.machines.internal.example", True),
        (2.0, "gpu.example", True),
    ],
)
def test_who_answers_and_where_questions_go_are_whole(open_settings, qtbot, scale, host, below):
    window = open_settings()
    Theme.current().apply("light", scale)
    page = window.model
    choose(page.provider, "custom")
    page.url.setText(f"https://{host}/v1")
    page.url.textEdited.emit(page.url.text())
    qtbot.waitUntil(lambda: page._pill.text() == f"↗ {host}")
    needed = page.provider.fontMetrics().horizontalAdvance(page.provider.currentText())
    qtbot.waitUntil(lambda: page.provider.width() >= needed + 30)
    qtbot.waitUntil(lambda: (page._pill.y() >= page.provider.geometry().bottom()) is below)
    for widget in (page.provider, page._pill):
        qtbot.waitUntil(lambda widget=widget: widget.height() >= widget.minimumSizeHint().height())
