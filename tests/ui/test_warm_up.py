"""A model on this machine gets ready before Enter, and nothing else does."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from desktop_helper.core.geometry import Rect
from desktop_helper.core.messages import ImagePart, Role
from desktop_helper.core.protocols import Frame
from desktop_helper.services.paths import Paths
from desktop_helper.services.settings import ProfileSettings
from tests.support.chat_desk import said
from tests.support.scripted_backend import ScriptedBackend

LOCAL = """
active_profile = "mine"
[profiles.mine]
provider = "local"
gguf = "/nowhere/model.gguf"
[answer]
system = "Be brief."
"""


class LocalModel(ScriptedBackend):
    """Writes down what is asked of it, and takes as long to prepare as the test wants."""

    def __init__(self, *scripts):
        super().__init__(*scripts)
        self.calls, self.cancels, self.threads = [], [], []
        self.go_on = threading.Event()
        self.go_on.set()

    def prepare(self, request, cancel):
        self.calls.append("load" if request is None else request)
        self.cancels.append(cancel)
        self.threads.append(threading.current_thread())
        cancel.on_cancel(self.go_on.set)
        assert self.go_on.wait(5)

    def stream(self, request, cancel):
        self.calls.append("ask")
        yield from super().stream(request, cancel)

    @property
    def kinds(self):
        return [call if isinstance(call, str) else "read" for call in self.calls]


@pytest.fixture
def local_desk(qtbot, tmp_path, open_desk):
    def begin(*scripts):
        paths = Paths.below(tmp_path / "home")
        paths.ensure()
        paths.settings_file.write_text(LOCAL, encoding="utf-8")
        desk = open_desk()
        desk.backend = LocalModel(*scripts)
        return desk

    return begin


def frame(width: int = 56) -> Frame:
    return Frame(bytes(width * 28 * 4), Rect(0, 0, width, 28))


def calls(qtbot, desk, *kinds: str) -> None:
    qtbot.waitUntil(lambda: desk.backend.kinds == list(kinds))


def test_opening_the_chat_loads_and_a_picture_is_read_before_the_question(qtbot, local_desk):
    desk = local_desk(said("A picture."))
    desk.chat.open()
    calls(qtbot, desk, "load")
    desk.chat.attach_frame(frame(), "Region")
    qtbot.waitUntil(lambda: "read" in desk.backend.kinds)
    desk.ask(qtbot, "What?")
    assert [kind for kind in desk.backend.kinds if kind != "load"] == ["read", "ask"]
    assert threading.main_thread() not in desk.backend.threads

    prepared = next(call for call in desk.backend.calls if not isinstance(call, str))
    (asked,) = desk.backend.requests
    assert prepared.sampling == asked.sampling
    assert prepared.messages[0] == asked.messages[0]  # the instructions
    assert prepared.messages[1].parts == asked.messages[1].parts[:1]  # the picture, byte for byte, and no words
    assert isinstance(prepared.messages[1].parts[0], ImagePart)


def test_the_conversation_so_far_comes_before_the_picture(qtbot, local_desk):
    desk = local_desk(said("One."), said("Two."))
    desk.ask(qtbot, "First?")
    desk.chat.attach_frame(frame(), "Region")
    qtbot.waitUntil(lambda: "read" in desk.backend.kinds)
    desk.ask(qtbot, "Second?")
    prepared = next(call for call in desk.backend.calls if not isinstance(call, str))
    asked = desk.backend.requests[1]
    assert [message.role for message in prepared.messages] == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER]
    assert prepared.messages[:-1] == asked.messages[:-1]


def test_two_pictures_are_read_together_and_only_the_last_wish_counts(qtbot, local_desk):
    desk = local_desk()
    desk.backend.go_on.clear()
    desk.chat.open()
    calls(qtbot, desk, "load")
    for width in (28, 56, 84):
        desk.chat.attach_frame(frame(width), f"Region {width}")
    qtbot.waitUntil(lambda: len(desk.composer.media) == 3)
    assert desk.backend.kinds == ["load"]  # one at a time
    desk.backend.go_on.set()
    calls(qtbot, desk, "load", "read")
    (last,) = [call for call in desk.backend.calls if not isinstance(call, str)]
    assert [part.width for part in last.messages[-1].parts] == [28, 56, 84]


def test_what_waits_is_forgotten_when_the_question_is_asked(qtbot, local_desk):
    desk = local_desk(said("A picture."))
    desk.backend.go_on.clear()
    desk.chat.open()
    calls(qtbot, desk, "load")
    desk.chat.attach_frame(frame(), "Region")
    qtbot.waitUntil(lambda: bool(desk.composer.media))
    desk.ask(qtbot, "What?")
    desk.backend.go_on.set()
    qtbot.wait(100)
    assert desk.backend.kinds == ["load", "ask"]


def test_a_picture_taken_while_an_answer_runs_is_read_after_it(qtbot, local_desk):
    go_on = threading.Event()
    desk = local_desk([lambda: go_on.wait(5), *said("One.")])
    desk.composer.edit.setPlainText("First?")
    desk.composer.submit()
    desk.chat.attach_frame(frame(), "Region")
    qtbot.waitUntil(lambda: bool(desk.composer.media))
    calls(qtbot, desk, "ask")
    go_on.set()
    calls(qtbot, desk, "ask", "read")
    assert desk.backend.calls[-1].messages[2].text == "One."


def test_a_remote_model_learns_nothing_before_the_question(qtbot, open_desk):
    desk = open_desk(said("A picture."))
    desk.backend = LocalModel(said("A picture."))
    desk.chat.open()
    desk.chat.attach_frame(frame(), "Region")
    desk.ask(qtbot, "What?")
    assert desk.backend.kinds == ["ask"]


def test_another_model_ends_what_runs(qtbot, local_desk):
    desk = local_desk()
    desk.backend.go_on.clear()
    desk.chat.open()
    calls(qtbot, desk, "load")
    other = ProfileSettings("custom", "glm", "http://127.0.0.1:9/v1")
    desk.services.settings.update(lambda old: replace(old, profiles=old.profiles | {"other": other}))
    desk.chat.models.choose("other")
    qtbot.waitUntil(lambda: desk.backend.cancels[0].cancelled)
    assert desk.backend.kinds == ["load"]


def test_nothing_after_close(qtbot, local_desk):
    desk = local_desk()
    desk.backend.go_on.clear()
    desk.chat.open()
    calls(qtbot, desk, "load")
    desk.chat.attach_frame(frame(), "Region")
    qtbot.waitUntil(lambda: bool(desk.composer.media))
    desk.chat.close()
    assert desk.backend.cancels[0].cancelled
    desk.chat.expect_question()
    desk.background.close()
    assert desk.backend.kinds == ["load"]


def test_a_model_that_cannot_be_opened_says_nothing_yet(qtbot, local_desk):
    desk = local_desk()
    desk.services.plugs = replace(desk.services.plugs, backend=lambda _name: None)
    desk.chat.open()
    qtbot.waitUntil(lambda: desk.chat._warm_up._running is None)
    assert not desk.composer._notice.isVisible()
