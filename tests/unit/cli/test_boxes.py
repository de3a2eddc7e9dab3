"""A terminal draws nothing, so it is told what the numbers of a box mean."""

from __future__ import annotations

import argparse
from dataclasses import replace

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _boxes, ask
from desktop_helper.cli._conversation import Conversation
from desktop_helper.cli._output import PlainOutput
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Finished, TextDelta
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role, TextPart
from desktop_helper.core.protocols import ModelProfile
from tests.support.scripted_backend import ScriptedBackend

PICTURE = ImagePart(b"1", "image/png", 28, 28, "Region", 8)
ASKED = ChatRequest((Message(Role.USER, (PICTURE, TextPart("Where?"))),))
PROFILE = ModelProfile(name="mine", provider="custom", backend="openai_compatible", title="M", model="m")
ANSWER = "There: [[580,510,770,830]]"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_boxes, "is_terminal", lambda _stream: True)


@pytest.mark.usefixtures("terminal")
def test_the_unit_is_told() -> None:
    told = _boxes.explained(ANSWER, ASKED, PROFILE, as_json=False)
    assert told == "Boxes are left, top, right, bottom in thousandths of the picture."
    pixels = replace(PROFILE, quirks={"boxes": "pixels"})
    assert "in pixels of the picture as it was sent" in _boxes.explained(ANSWER, ASKED, pixels, as_json=False)


@pytest.mark.usefixtures("terminal")
def test_nothing_is_told_where_there_is_no_box_or_no_picture_or_a_program_reads() -> None:
    assert not _boxes.explained("There: [1].", ASKED, PROFILE, as_json=False)
    assert not _boxes.explained(ANSWER, ASKED, PROFILE, as_json=True)
    blind = ChatRequest((Message(Role.USER, (TextPart("Where?"),)),))
    assert not _boxes.explained(ANSWER, blind, PROFILE, as_json=False)


def test_a_pipe_gets_nothing_but_the_answer() -> None:
    assert not _boxes.explained(ANSWER, ASKED, PROFILE, as_json=False)


@pytest.mark.usefixtures("terminal")
def test_it_is_told_once_behind_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever pieces a box comes in."""
    backend = ScriptedBackend([TextDelta("There: [[580,"), TextDelta("510,770,830]]"), Finished()])
    services = build_services()
    asked = ask._Ask(argparse.Namespace(json=False), services, PlainOutput(show_thinking=False), CancelToken())
    try:
        asked._stream(backend, ASKED, Conversation(None, None), PROFILE, "")
    finally:
        services.close()
    shown = capsys.readouterr()
    assert shown.out.strip() == ANSWER
    assert shown.err.count("in thousandths of the picture.") == 1
