"""What is asked about pictures of the screen by a model that takes none: it is told before anything is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop_helper.services.container import Services
from desktop_helper.ui.watch.setup import WatchSetup
from tests.support.chat_desk import ChatDesk, said
from tests.ui.test_watch import AREA, Rig, make

__all__ = ["make"]  # a fixture


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Services, int | None], None]:
    """Let the model in use take so many pictures."""

    def change(services: Services, most: int | None) -> None:
        quirks = {} if most is None else {"max_images": most}
        profile = replace(services.active_profile(), title="Teller 2", quirks=quirks)
        monkeypatch.setattr(services, "active_profile", lambda: profile)

    return change


@pytest.mark.parametrize("most", [0, 1, None])
def test_the_line_at_a_region_says_where_a_question_goes_or_why_not(
    open_desk: Callable[[], ChatDesk], takes: Callable[..., None], most: int | None
) -> None:
    desk = open_desk()
    takes(desk.services, most)
    to = desk.chat.offer_here().destination
    assert to.refused is (most == 0)
    assert to.words == ("Teller 2 takes no pictures" if most == 0 else "On this machine")


def test_nothing_is_watched_by_one(make: Callable[..., Rig], takes: Callable[..., None]) -> None:
    rig = make()
    takes(rig.services, 0)
    rig.desk.begin(AREA)
    card = rig.window(WatchSetup)
    told = "Teller 2 takes no pictures: choose a model that sees in Settings."
    assert told in [one.text() for one in card.findChildren(QLabel) if one.isVisible()]
    assert card.question.accessibleDescription() == told
    (start,) = [one for one in card.findChildren(QPushButton) if one.text() == "Watch"]
    assert not start.isEnabled()
    rig.qtbot.keyClick(card.question, Qt.Key.Key_Return)
    assert rig.window(WatchSetup) is card
    assert rig.watches == []
    rig.press_escape(WatchSetup)


def test_where_one_picture_is_taken_that_of_before_stays_away(
    make: Callable[..., Rig], takes: Callable[..., None]
) -> None:
    rig = make(said("Yes."))
    takes(rig.services, 1)
    rig.watch().show(90)
    rig.wait_answers(1)
    assert rig.questions() == [("Is it done?", 1)]
