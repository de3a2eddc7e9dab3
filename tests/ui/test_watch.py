"""A region that is watched, offscreen: card, bar, questions that ask themselves. The process that looks is a test's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.geometry import Rect
from desktop_helper.core.messages import ImagePart, Role
from desktop_helper.core.protocols import Frame
from desktop_helper.core.watch import Rule, WatchSpec
from desktop_helper.services import screen_lock
from desktop_helper.services.watch_budget import Budget, WatchEnd
from desktop_helper.ui.icons import IconButton
from desktop_helper.ui.shortcuts import watching
from desktop_helper.ui.theme import Theme
from desktop_helper.ui.tray import Tray
from desktop_helper.ui.watch import words
from desktop_helper.ui.watch.bar import WatchBar
from desktop_helper.ui.watch.desk import WatchDesk
from desktop_helper.ui.watch.setup import WatchSetup
from tests.support.chat_desk import ChatDesk, said
from tests.ui.test_shortcuts import real_shortcuts

AREA = Rect(100, 100, 300, 120)


class FakeWatch:
    def __init__(
        self, spec: WatchSpec, on_seen: Callable[[int], None], on_picture: Callable[[Frame, bool], None]
    ) -> None:
        self.spec, self.on_seen, self.on_picture = spec, on_seen, on_picture
        self.covers: list[tuple[Rect, ...] | None] = []
        self.problem: HelperError | None = None
        self.over = threading.Event()

    def follow(self) -> None:
        assert self.over.wait(30)
        if self.problem is not None:
            raise self.problem

    def cover(self, _number: int, covers: tuple[Rect, ...] | None) -> None:
        self.covers.append(covers)

    def stop(self) -> None:
        self.over.set()

    def show(self, grey: int, *, news: bool = True) -> None:
        """As the process would, from its thread."""
        frame = Frame(bytes((grey, grey, grey, 0)) * (60 * 40), Rect(100, 100, 60, 40))
        thread = threading.Thread(target=self.on_picture, args=(frame, news))
        thread.start()
        thread.join()


class Rig:
    """A chat with a scripted model, and a desk."""

    def __init__(self, qtbot: QtBot, home: Any, monkeypatch: pytest.MonkeyPatch, *scripts: Any) -> None:
        self.qtbot, self.chat_desk = qtbot, ChatDesk(home, *scripts)
        self.chat, self.services = self.chat_desk.chat, self.chat_desk.services
        self.tray = Tray(Theme.current())
        self.watches: list[FakeWatch] = []
        self.told: list[HelperError] = []
        self.notices: list[tuple[str, str]] = []
        self.came_back = 0
        self.lock: Callable[[bool], None] = lambda _locked: None
        monkeypatch.setattr(self.services, "watch", self._watch)
        monkeypatch.setattr(screen_lock, "watch", self._locks)
        monkeypatch.setattr(self.tray, "notify", lambda title, text, _clicked=None: self.notices.append((title, text)))
        self.desk = WatchDesk(
            self.services, self.chat_desk.background, self.tray, lambda: self.chat, self._come_back, self.told.append
        )

    def _watch(self, *arguments: Any) -> FakeWatch:
        self.watches.append(FakeWatch(*arguments))
        return self.watches[-1]

    def _locks(self, on_change: Callable[[bool], None], cancel: CancelToken) -> None:
        self.lock = on_change
        cancel.wait(30)

    def _come_back(self) -> None:
        self.came_back += 1

    def window(self, kind: type) -> Any:
        (found,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
        return found

    def press_escape(self, kind: type) -> None:
        """In a window that has been clicked."""
        window = self.window(kind)
        window.activateWindow()
        self.qtbot.waitUntil(window.isActiveWindow)
        self.qtbot.keyClick(window, Qt.Key.Key_Escape)

    def shown(self, kind: type) -> bool:
        return any(isinstance(one, kind) and one.isVisible() for one in QApplication.topLevelWidgets())

    def watch(self, question: str = "Is it done?", **limits: Any) -> FakeWatch:
        """Until it is looked at, and the first picture is there."""
        if limits:
            self.services.settings.update(lambda old: replace(old, watch=replace(old.watch, **limits)))
        before = len(self.watches)
        self.desk.begin(AREA)
        card = self.window(WatchSetup)
        card.question.setText(question)
        self.qtbot.keyClick(card.question, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: len(self.watches) > before)
        self.watches[-1].show(10, news=False)
        return self.watches[-1]

    def questions(self) -> list[tuple[str, int]]:
        """Words and number of pictures of each question in the newest conversation."""
        stored = [one.message for one in self.chat_desk.stored() if one.message.role is Role.USER]
        return [(one.text, sum(isinstance(part, ImagePart) for part in one.media)) for one in stored]

    def wait_answers(self, count: int) -> None:
        def answered() -> bool:
            found = [one for one in self.chat_desk.stored() if one.message.role is Role.ASSISTANT]
            return len(found) == count and all(one.status != "open" for one in found)

        self.qtbot.waitUntil(answered, timeout=10_000)

    def button(self, name: str) -> IconButton:
        (found,) = [one for one in self.window(WatchBar).findChildren(IconButton) if name in one.accessibleName()]
        return found

    def says(self, words_: str) -> bool:
        return any(words_ in one.text() for one in self.window(WatchBar).findChildren(QLabel))

    def close(self) -> None:
        self.desk.close()
        self.chat_desk.close()
        self.tray.hide()
        for part in (self.tray.menu, self.tray, self.desk):
            part.deleteLater()


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Rig]]:
    made: list[Rig] = []

    def begin(*scripts: Any) -> Rig:
        made.append(Rig(qtbot, tmp_path, monkeypatch, *scripts))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def test_the_card_asks_what_is_wanted_and_the_settings_remember_it(make: Callable[..., Rig]) -> None:
    rig = make()
    rig.desk.begin(AREA)
    card = rig.window(WatchSetup)
    assert (card.rule.currentData(), card.questions.currentData()) == ("rest", 10)
    card.question.setText("  Has it failed? ")
    card.rule.setCurrentIndex(card.rule.findData("change"))
    card.questions.setCurrentIndex(card.questions.findData(3))
    card.minutes.setCurrentIndex(card.minutes.findData(30))
    rig.qtbot.keyClick(card.question, Qt.Key.Key_Return)
    rig.qtbot.waitUntil(lambda: bool(rig.watches))
    assert rig.watches[0].spec == WatchSpec(AREA, Rule.CHANGE)
    rig.qtbot.waitUntil(lambda: rig.services.settings.load().watch.question == "Has it failed?")
    watch = rig.services.settings.current.watch
    assert (watch.rule, watch.questions, watch.minutes) == ("change", 3, 30)
    assert not rig.shown(WatchSetup)
    assert rig.came_back == 1


def test_esc_on_the_card_leaves_nothing(make: Callable[..., Rig]) -> None:
    rig = make()
    rig.desk.begin(AREA)
    rig.press_escape(WatchSetup)
    assert not rig.desk.running
    assert rig.watches == []
    assert not rig.shown(WatchSetup)
    assert not rig.shown(WatchBar)


def test_what_was_written_into_the_settings_by_hand_is_among_the_choices(make: Callable[..., Rig]) -> None:
    rig = make()
    rig.services.settings.update(lambda old: replace(old, watch=replace(old.watch, questions=7, minutes=45, tokens=1)))
    rig.desk.begin(AREA)
    card = rig.window(WatchSetup)
    assert [combo.currentData() for combo in (card.questions, card.minutes, card.tokens)] == [7, 45, 1]


def test_each_change_is_asked_about_in_one_conversation_that_nobody_sees(make: Callable[..., Rig]) -> None:
    rig = make(said("No."), said("Yes."))
    watch = rig.watch()
    watch.show(90)
    rig.wait_answers(1)
    watch.show(200)
    rig.wait_answers(2)
    assert rig.questions() == [("Is it done?", 2), ("Is it done?", 1)], "what was there before goes with the first"
    assert len(rig.services.history.conversations()) == 1
    assert not rig.chat.window.isVisible()
    assert rig.chat_desk.answers == [], "the window shows another conversation"
    rig.qtbot.waitUntil(lambda: rig.says("2 of 10"))


def test_without_a_question_it_asks_what_has_changed(make: Callable[..., Rig]) -> None:
    rig = make(said("All."))
    rig.watch("").show(90)
    rig.wait_answers(1)
    assert rig.questions()[0][0] == "What has changed?"


def test_what_changes_while_it_is_answered_is_asked_about_once_then(make: Callable[..., Rig]) -> None:
    released = threading.Event()
    rig = make([lambda: released.wait(20), *said("One.")], said("Two."))
    watch = rig.watch()
    watch.show(60)
    rig.qtbot.waitUntil(lambda: rig.says("Asking (1 of 10)") and bool(rig.chat_desk.backend.requests))
    for grey in (90, 120, 200):
        watch.show(grey)
    released.set()
    rig.wait_answers(2)
    assert len(rig.questions()) == 2


def test_the_window_goes_on_in_the_conversation_and_so_does_the_watch(make: Callable[..., Rig]) -> None:
    rig = make(said("No."), said("I said no."), said("Yes."))
    watch = rig.watch()
    watch.show(90)
    rig.wait_answers(1)
    rig.qtbot.waitUntil(lambda: rig.says("1 of 10"))
    rig.button("Show the answers").click()
    rig.qtbot.waitUntil(lambda: len(rig.chat_desk.answers) == 1)
    rig.chat_desk.ask(rig.qtbot, "Sure?")
    watch.show(200)
    rig.wait_answers(3)
    assert [text for text, _count in rig.questions()] == ["Is it done?", "Sure?", "Is it done?"]
    rig.qtbot.waitUntil(lambda: len(rig.chat_desk.answers) == 3)


def test_it_follows_the_end_that_somebody_else_made(make: Callable[..., Rig]) -> None:
    rig = make(said("No."), said("I said no."), said("Yes."))
    watch = rig.watch()
    watch.show(90)
    rig.wait_answers(1)
    rig.qtbot.waitUntil(lambda: rig.says("1 of 10"))
    rig.button("Show the answers").click()
    rig.qtbot.waitUntil(lambda: len(rig.chat_desk.answers) == 1)
    rig.chat_desk.ask(rig.qtbot, "Sure?")
    rig.chat.new()
    watch.show(200)
    rig.wait_answers(3)
    assert [text for text, _count in rig.questions()] == ["Is it done?", "Sure?", "Is it done?"]
    assert rig.chat_desk.answers == []


def test_a_deleted_conversation_is_followed_by_another_one(make: Callable[..., Rig]) -> None:
    rig = make(said("No."), said("Yes."))
    watch = rig.watch()
    watch.show(90)
    rig.wait_answers(1)
    latest = rig.services.history.latest()
    assert latest is not None
    rig.qtbot.waitUntil(lambda: rig.says("1 of 10"))
    rig.services.history.delete_conversation(latest)
    watch.show(200)
    rig.qtbot.waitUntil(lambda: len(rig.chat_desk.stored()) == 2, timeout=10_000)
    assert rig.services.history.latest() != latest


def test_it_ends_after_so_many_questions_and_says_so(make: Callable[..., Rig]) -> None:
    rig = make(said("No."))
    watch = rig.watch(questions=1)
    watch.show(90)
    rig.qtbot.waitUntil(lambda: not rig.desk.running, timeout=10_000)
    assert watch.over.is_set()
    assert not rig.shown(WatchBar)
    assert rig.notices == [("The region is no longer watched", words.ending(WatchEnd.QUESTIONS))]


def test_it_ends_when_the_tokens_are_used_up(make: Callable[..., Rig]) -> None:
    rig = make(said("No."), said("No."))
    watch = rig.watch(tokens=42)
    watch.show(90)
    rig.qtbot.waitUntil(lambda: not rig.desk.running, timeout=10_000)
    assert rig.notices[0][1] == words.ending(WatchEnd.TOKENS)


def test_it_ends_when_its_time_is_over(make: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch) -> None:
    rig = make()
    watch = rig.watch(minutes=1)
    assert rig.says("1 min left")
    monkeypatch.setattr(Budget, "left_s", property(lambda _self: 0.0))
    rig.qtbot.waitUntil(lambda: not rig.desk.running)
    assert watch.over.is_set()
    assert rig.notices[0][1] == words.ending(WatchEnd.TIME)


def test_esc_on_the_bar_and_the_button_stop_it(make: Callable[..., Rig]) -> None:
    rig = make()
    for stop in (
        lambda: rig.press_escape(WatchBar),
        lambda: rig.button("Stop").click(),
    ):
        watch = rig.watch()
        stop()
        assert watch.over.is_set()
        assert not rig.shown(WatchBar)
        assert rig.notices == [], "the user knows"


def test_nobody_sees_the_screen_while_it_is_locked(make: Callable[..., Rig]) -> None:
    rig = make()
    watch = rig.watch()
    watch.on_seen(1)
    rig.qtbot.waitUntil(lambda: len(watch.covers) == 1)
    assert watch.covers[0] is not None
    rig.lock(True)
    rig.qtbot.waitUntil(lambda: len(watch.covers) == 2)  # at once: a locked session may show nothing that changes
    watch.on_seen(2)
    rig.qtbot.waitUntil(lambda: len(watch.covers) == 3)
    assert watch.covers[1:] == [None, None]
    rig.lock(False)
    rig.qtbot.waitUntil(lambda: len(watch.covers) == 4)
    watch.on_seen(3)
    rig.qtbot.waitUntil(lambda: len(watch.covers) == 5)
    assert None not in watch.covers[3:]


def test_a_lock_that_is_told_too_late_does_not_blind_the_next_watch(make: Callable[..., Rig]) -> None:
    rig = make()
    rig.watch()
    lock = rig.lock
    rig.desk.stop()
    lock(True)
    watch = rig.watch()
    watch.on_seen(1)
    rig.qtbot.waitUntil(lambda: bool(watch.covers))
    assert watch.covers[0] is not None


def test_if_it_breaks_off_that_is_told(make: Callable[..., Rig]) -> None:
    rig = make()
    watch = rig.watch()
    watch.problem = HelperError(ErrorKind.WORKER, "It stopped.", "Again.")
    watch.over.set()
    rig.qtbot.waitUntil(lambda: bool(rig.told))
    assert not rig.desk.running
    assert not rig.shown(WatchBar)


def test_without_a_model_it_ends_and_says_why(make: Callable[..., Rig]) -> None:
    rig = make()
    watch = rig.watch()
    rig.services.settings.update(lambda old: replace(old, active_profile="nobody"))
    watch.show(90)
    rig.qtbot.waitUntil(lambda: bool(rig.told))
    assert not rig.desk.running


def test_the_sheet_names_the_keys_of_the_bar(make: Callable[..., Rig]) -> None:
    rig = make()
    rig.watch()
    (group,) = watching()
    named = {key for line in group.shortcuts for key in line.keys}
    assert real_shortcuts(rig.window(WatchBar)) == named
