"""A label that is shortened shows what matters of its text, and all of it where there is room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.theme import Theme, set_role


@pytest.fixture(autouse=True)
def plain():
    Theme.current().apply("light")


def shown(qtbot, label, width):
    qtbot.addWidget(label)
    label.resize(width, label.sizeHint().height())
    label.show()
    qtbot.waitExposed(label)
    qtbot.wait(1)
    return label


@pytest.mark.parametrize("text", ["↗ open.bigmodel.cn", "GLM-4.6V", "中文名称 12", "WWW iii", "a", "AVAVAVAV To"])
def test_a_label_that_was_shortened_is_whole_again_in_the_room_that_it_asks_for(qtbot, text):
    label = ElidedLabel(text)
    set_role(label, "pill-ok")
    shown(qtbot, label, 40)
    for _ in range(3):
        label.resize(label.sizeHint())
        assert label.text() == text


def test_a_label_shows_the_ends_of_a_name_and_all_of_it_when_there_is_room(qtbot):
    label = shown(qtbot, ElidedLabel("report-of-the-third-quarter.pdf"), 80)
    assert label.text().startswith("re")
    assert label.text().endswith("f")
    assert "…" in label.text()
    label.resize(label.sizeHint())
    assert label.text() == label.full_text


def test_a_label_of_several_parts_leaves_out_whole_ones(qtbot):
    whole = "GLM-4.6V-Flash · 3.6 s to first token · 40 tokens/s"
    label = shown(qtbot, ElidedLabel(whole, at=Qt.TextElideMode.ElideRight, between=" · "), 600)
    assert label.text() == whole
    seen = set()
    for width in range(label.sizeHint().width(), 20, -3):
        label.resize(width, label.height())
        seen.add(label.text())
    assert {"GLM-4.6V-Flash · 3.6 s to first token", "GLM-4.6V-Flash"} <= seen
    assert not [text for text in seen if "…" in text and " · " in text]
    assert label.text().endswith("…"), "the last part is shortened"


def test_a_label_counts_the_padding_of_its_role(qtbot):
    label = shown(qtbot, ElidedLabel("On this machine"), 10)
    bare = label.sizeHint().width()
    set_role(label, "pill-ok")
    assert label.sizeHint().width() >= bare + 16
