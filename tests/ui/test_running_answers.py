"""Answers go on while another conversation is shown, and are all there when the reader comes back."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtWidgets import QApplication

from desktop_helper.bootstrap import build_services
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Progress,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from desktop_helper.core.protocols import BackendPlug
from desktop_helper.qt.background import Background
from desktop_helper.services.container import Plugs
from desktop_helper.services.paths import Paths
from desktop_helper.ui.chat import Chat
from desktop_helper.ui.thinking_view import ThinkingView
from desktop_helper.ui.user_message_view import UserMessageView
from tests.support.app import server_profile, write_settings
from tests.support.chat_desk import said
from tests.support.glm_server import MODEL, GlmServer, answer

LOCAL = """
active_profile = "mine"
[profiles.mine]
provider = "local"
gguf = "model.gguf"
"""


class Gate:
    """Lets an answer go on piece by piece."""

    def __init__(self):
        self._open = threading.Semaphore(0)

    def __call__(self):
        assert self._open.acquire(timeout=10)

    def let(self, pieces=1):
        self._open.release(pieces)


@pytest.fixture
def gates():
    made = [Gate(), Gate(), Gate()]
    yield made
    for gate in made:
        gate.let(10_000)


def begin(qtbot, desk, question, first):
    """Ask, and wait for the beginning of the answer."""
    desk.composer.edit.setPlainText(question)
    desk.composer.submit()
    qtbot.waitUntil(lambda: bool(desk.answers) and desk.answers[-1].markdown() == first)


def open_talk(qtbot, desk, question):
    """Show the conversation that began with a question."""
    infos = desk.services.history.conversations()
    desk.chat._conversation.load(next(info.id for info in infos if info.title == question))
    qtbot.waitUntil(lambda: questions(desk)[:1] == [question])


def questions(desk):
    return [view.message.text for view in desk.window.messages.messages() if isinstance(view, UserMessageView)]


def texts(desk):
    return [view.markdown() for view in desk.answers]


def stored(desk, question):
    history = desk.services.history
    number = next(info.id for info in history.conversations() if info.title == question)
    return [(one.message.text, one.status) for one in history.messages(number)]


def test_an_answer_is_the_same_whether_it_was_looked_at_or_not(qtbot, open_desk, gates):
    gate = gates[0]
    pieces = [
        "# One\n\n",
        "Some *te",
        "xt*.\n\n```py\n",
        "x = 1\n",
        "```\n\n| a | b |\n|-|-|\n",
        "| 1 | 2 |\n",
        "\nEnd.",
    ]
    script = [step for piece in pieces for step in (TextDelta(piece), gate)]
    desk = open_desk([*script, UsageReported(40, 2), Finished()])
    begin(qtbot, desk, "Away?", pieces[0])
    for number in range(1, len(pieces)):
        desk.chat.new()
        gate.let()
        if number % 2:  # half of them come while it is away, the others while it is looked at
            written = "".join(pieces[: number + 1])
            answers = desk.chat._conversation.answers
            qtbot.waitUntil(lambda: [a.so_far.text for a in answers._answers.values()] == [written])  # noqa: B023
        open_talk(qtbot, desk, "Away?")
        qtbot.waitUntil(lambda: texts(desk) == ["".join(pieces[: number + 1])])  # noqa: B023
        assert desk.composer.busy
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        gate.let()
    whole = "".join(pieces)
    assert texts(desk) == [whole]
    assert stored(desk, "Away?") == [("Away?", "complete"), (whole, "stop")]
    seen = desk.answers[0].text_view.document().toHtml()
    desk.chat.new()
    open_talk(qtbot, desk, "Away?")
    assert desk.answers[0].text_view.document().toHtml() == seen
    assert not desk.composer.busy
    assert desk.backend.open_streams == 0


def test_what_came_before_the_text_is_there_again(qtbot, open_desk, gates):
    one, two, three = gates
    script = [ThinkingDelta("Hm, "), one, ThinkingDelta("yes."), two, TextDelta("Yes"), three, *said(".")]
    desk = open_desk([Progress("Reading picture 2 of 5…", 0.4), one, *script])
    desk.composer.edit.setPlainText("Sure?")
    desk.composer.submit()
    progress = "Reading picture 2 of 5… · 40\N{NO-BREAK SPACE}%"
    qtbot.waitUntil(lambda: desk.answers[0]._progress._text.text() == progress)
    desk.chat.new()
    open_talk(qtbot, desk, "Sure?")
    assert desk.answers[0]._progress._text.text() == progress
    assert not desk.answers[0]._progress.isHidden()
    desk.chat.new()
    one.let(2)
    answers = desk.chat._conversation.answers
    qtbot.waitUntil(lambda: [a.so_far.thinking for a in answers._answers.values()] == ["Hm, yes."])
    open_talk(qtbot, desk, "Sure?")
    view = desk.answers[0]
    assert view.thinking() == "Hm, yes."
    assert view._progress.isHidden()
    assert "Thinking…" in view.findChild(ThinkingView)._header.text()
    two.let()
    qtbot.waitUntil(lambda: view.markdown() == "Yes")
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        three.let()
    assert (view.thinking(), view.markdown()) == ("Hm, yes.", "Yes.")


def test_two_conversations_are_answered_at_once_and_stop_stops_the_one_that_is_shown(qtbot, open_desk, gates):
    one, two, _ = gates
    desk = open_desk([TextDelta("A"), one, *said("a")], [TextDelta("B"), two, *said("b")])
    elsewhere = []
    desk.chat.answered_elsewhere.connect(lambda answer: elsewhere.append((answer.title, answer.so_far.text)))
    begin(qtbot, desk, "First?", "A")
    desk.chat.new()
    begin(qtbot, desk, "Second?", "B")
    assert desk.backend.open_streams == 2
    desk.composer.stop_requested.emit()
    assert not desk.composer.busy
    assert texts(desk) == ["B"]
    two.let()
    one.let()
    qtbot.waitUntil(lambda: elsewhere == [("First?", "Aa")])
    assert texts(desk) == ["B"]
    qtbot.waitUntil(lambda: stored(desk, "Second?")[-1] == ("B", "cancelled"))
    assert stored(desk, "First?")[-1] == ("Aa", "stop")


def test_leaving_the_app_saves_every_answer_that_is_written(qtbot, open_desk, gates):
    one, two, _ = gates
    desk = open_desk([TextDelta("A"), one, *said("a")], [TextDelta("B"), two, *said("b")])
    begin(qtbot, desk, "First?", "A")
    desk.chat.new()
    begin(qtbot, desk, "Second?", "B")
    threading.Timer(0.2, lambda: [gate.let() for gate in gates]).start()
    desk.chat.close()
    assert stored(desk, "First?")[-1] == ("A", "cancelled")
    assert stored(desk, "Second?")[-1] == ("B", "cancelled")


def test_an_answer_that_ends_while_its_conversation_is_read_is_shown_whole(qtbot, open_desk, gates, monkeypatch):
    desk = open_desk([TextDelta("Half"), gates[0], *said(" more")])
    begin(qtbot, desk, "Why?", "Half")
    desk.chat.new()
    messages = desk.services.history.messages

    def read_and_end(*args, **options):
        found = messages(*args, **options)
        if options.get("last", 0) > 2:
            monkeypatch.undo()
            gates[0].let()
            for _ in range(100):
                if found[-1].status == "open" and messages(args[0])[-1].status == "stop":
                    break
                time.sleep(0.02)
        return found

    monkeypatch.setattr(desk.services.history, "messages", read_and_end)
    open_talk(qtbot, desk, "Why?")
    qtbot.waitUntil(lambda: texts(desk) == ["Half more"] and desk.answers[0].finished)
    qtbot.waitUntil(lambda: not desk.composer.busy)


def test_coming_back_before_the_question_is_saved_shows_it_and_its_answer(qtbot, open_desk, gates, monkeypatch):
    desk = open_desk(said("Old."), [TextDelta("New"), gates[1], *said(".")])
    desk.ask(qtbot, "First?")
    add = desk.services.history.add_message

    def slowly(*args):
        gates[0]()
        return add(*args)

    monkeypatch.setattr(desk.services.history, "add_message", slowly)
    desk.composer.edit.setPlainText("Next?")
    desk.composer.submit()
    desk.chat.new()
    open_talk(qtbot, desk, "First?")
    qtbot.waitUntil(lambda: questions(desk) == ["First?", "Next?"])
    assert desk.composer.busy
    gates[0].let()
    qtbot.waitUntil(lambda: texts(desk) == ["Old.", "New"])
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        gates[1].let()
    assert texts(desk) == ["Old.", "New."]


def test_an_answer_that_fails_where_nobody_looks_is_told_and_shown_later(qtbot, open_desk, gates):
    error = HelperError(ErrorKind.NETWORK, "The line is dead.", "Try again.")
    desk = open_desk([TextDelta("Half"), gates[0], Failed(error)])
    begin(qtbot, desk, "Why?", "Half")
    desk.chat.new()
    with qtbot.waitSignal(desk.chat.answered_elsewhere, timeout=5000) as told:
        gates[0].let()
    assert told.args[0].so_far.end == Failed(error)
    open_talk(qtbot, desk, "Why?")
    assert texts(desk) == ["Half"]
    assert stored(desk, "Why?")[-1] == ("Half", "failed")


def test_the_history_is_not_tidied_up_while_a_hidden_answer_is_written(qtbot, open_desk, gates):
    desk = open_desk([TextDelta("Half"), gates[0], *said(" more")])
    begin(qtbot, desk, "Why?", "Half")
    desk.chat.new()
    assert desk.chat._upkeep._busy
    with qtbot.waitSignal(desk.chat.answered_elsewhere, timeout=5000):
        gates[0].let()
    assert not desk.chat._upkeep._busy


def test_a_model_on_this_machine_answers_one_question_after_the_other(qtbot, open_desk, gates):
    desk = open_desk([TextDelta("A"), gates[0], *said("a")], said("B"))
    desk.paths.settings_file.write_text(LOCAL, encoding="utf-8")
    desk.services.settings.load()
    plug = BackendPlug("local", lambda: AVAILABLE, lambda _profile, _tools: desk.backend)
    desk.services.plugs = Plugs(lambda: [plug], lambda _name: plug, list, list, list)
    begin(qtbot, desk, "First?", "A")
    desk.chat.new()
    desk.composer.edit.setPlainText("Second?")
    desk.composer.submit()
    waiting = "Waiting for the answer before this one…"
    qtbot.waitUntil(lambda: bool(desk.answers) and desk.answers[0]._progress._text.text() == waiting)
    assert desk.backend.open_streams == 1
    with qtbot.waitSignal(desk.chat.answered, timeout=5000):
        gates[0].let()
    assert texts(desk) == ["B"]
    assert stored(desk, "First?")[-1] == ("Aa", "stop")


def test_a_question_that_waits_can_be_stopped(qtbot, open_desk, gates):
    desk = open_desk([TextDelta("A"), gates[0], *said("a")])
    desk.paths.settings_file.write_text(LOCAL, encoding="utf-8")
    desk.services.settings.load()
    plug = BackendPlug("local", lambda: AVAILABLE, lambda _profile, _tools: desk.backend)
    desk.services.plugs = Plugs(lambda: [plug], lambda _name: plug, list, list, list)
    begin(qtbot, desk, "First?", "A")
    desk.chat.new()
    desk.composer.edit.setPlainText("Second?")
    desk.composer.submit()
    qtbot.waitUntil(lambda: bool(desk.answers) and "Waiting for the answer" in desk.answers[0]._progress._text.text())
    desk.composer.stop_requested.emit()
    qtbot.waitUntil(lambda: stored(desk, "Second?")[-1] == ("", str(FinishReason.CANCELLED)))
    with qtbot.waitSignal(desk.chat.answered_elsewhere, timeout=5000):
        gates[0].let()
    assert len(desk.backend.requests) == 1


def test_two_answers_of_one_server_come_at_the_same_time_through_the_real_wire(qtbot, tmp_path):
    """Each to its own conversation, whatever is shown meanwhile."""
    long = [" ".join(f"{name}{number}" for number in range(60)) for name in "ab"]
    services = build_services(Paths.below(tmp_path / "home"))
    with GlmServer(*(answer(text, delay=0.02) for text in long)) as server:
        services.paths.ensure()
        write_settings(tmp_path / "home", server_profile(server.base_url, MODEL))
        background = Background()
        chat = Chat(services, background, on_taskbar=True)
        try:
            both_at_once(qtbot, chat, services, long)
        finally:
            chat.close()
            background.close()
            services.close()
            QApplication.sendPostedEvents(None, 52)  # DeferredDelete: the window goes now


def both_at_once(qtbot, chat, services, long):
    conversation, composer = chat._conversation, chat.window.composer
    for question in ("First?", "Second?"):
        chat.new()
        composer.edit.setPlainText(question)
        composer.submit()
        qtbot.waitUntil(lambda: bool(conversation.answers.of(conversation.transcript.talk).so_far.text), timeout=20_000)
    assert len(conversation.answers.numbers) == 2
    numbers = {info.title: info.id for info in services.history.conversations()}
    while conversation.answers.running:
        for number in numbers.values():
            conversation.load(number)
            qtbot.wait(60)
    for number, text in zip((numbers["First?"], numbers["Second?"]), long, strict=True):
        conversation.load(number)
        views = chat.window.messages.messages
        qtbot.waitUntil(lambda: conversation.number == number and views()[-1].finished)  # noqa: B023
        assert views()[-1].markdown() == text
        assert services.history.messages(number)[-1].message.text == text
