"""What is said in videos and sounds, through the real whisper.cpp and a model that always says the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.core import speech
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.clip_span import Cut, Span
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import NOTE_MIME, ImagePart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services import whisper_file
from desktop_helper.services.converter import Converter
from desktop_helper.services.screen_settings import SpeechSettings
from desktop_helper.services.transcriber import WORKER, Transcriber
from tests.support import clip_files, tiny_whisper

SENTENCE = "hello from the sound"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_whisper.write(tmp_path_factory.mktemp("model") / "ggml-tiny.bin")


@pytest.fixture
def converter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Converter]:
    """The real one; `indirect` says which model hears."""
    chosen = getattr(request, "param", "")
    path = str(request.getfixturevalue("model")) if chosen == "good" else chosen
    listening = Transcriber(child_argv(WORKER), tmp_path, lambda: SpeechSettings(path, "en"))
    made = Converter(child_argv("desktop_helper.attachments._worker"), tmp_path, transcriber=listening)
    yield made
    made.close()
    listening.close()


@pytest.mark.parametrize("converter", ["good"], indirect=True)
class TestWithAModel:
    def test_a_sound_alone_becomes_what_is_said(self, converter: Converter) -> None:
        said: list[Progress] = []
        (part,) = converter.convert_bytes(clip_files.tone(3), "talk.wav", on_progress=said.append)
        assert (part.name, part.text) == ("What is said in talk.wav", f"[0:00] {SENTENCE}")
        assert "Listening to talk.wav" in said[-1].message

    def test_a_video_keeps_its_pictures_and_gets_the_words(self, converter: Converter, tmp_path: Path) -> None:
        path = tmp_path / "talk.mkv"
        path.write_bytes(clip_files.clip("mkv", sound=True, sound_s=2))
        note, *pictures, words = converter.convert_file(path)
        assert "sound is left out" not in note.text
        assert all(isinstance(part, ImagePart) for part in pictures)
        assert words.text == f"[0:00] {SENTENCE}"

    def test_times_are_those_of_the_whole_file(self, converter: Converter) -> None:
        options = ConvertOptions(cut=Cut(Span(35.0, 40.0)))
        (part,) = converter.convert_bytes(clip_files.tone(70), "talk.wav", options)
        assert part.text == f"[0:35] {SENTENCE}"

    def test_another_part_needs_no_second_listening(self, converter: Converter, tmp_path: Path) -> None:
        path = tmp_path / "talk.mkv"
        path.write_bytes(clip_files.clip("mkv", sound=True, sound_s=2))
        converter.convert_file(path)
        told: list[Progress] = []
        part = ConvertOptions(cut=Cut(Span(0.5, 1.5)))
        words = converter.convert_file(path, part, on_progress=told.append)[-1]
        assert words.text == f"[0:00] {SENTENCE}"
        assert not [one for one in told if "Listening" in one.message]

    def test_it_can_be_stopped(self, converter: Converter) -> None:
        cancel = CancelToken()
        threading.Timer(0.5, cancel.cancel).start()
        with pytest.raises(HelperError) as caught:
            converter.convert_bytes(clip_files.tone(600, rate=8000), "talk.wav", cancel=cancel)
        assert caught.value.kind is ErrorKind.CANCELLED


class TestWithout:
    def test_sound_is_left_out_and_that_is_told(self, converter: Converter, tmp_path: Path) -> None:
        path = tmp_path / "talk.mkv"
        path.write_bytes(clip_files.clip("mkv", sound=True, sound_s=2))
        assert "Its sound is left out" in converter.convert_file(path)[0].text

    @pytest.mark.parametrize("converter", ["/nowhere/ggml.bin", __file__], indirect=True)
    def test_a_bad_model_costs_no_pictures(self, converter: Converter, tmp_path: Path) -> None:
        path = tmp_path / "talk.mkv"
        path.write_bytes(clip_files.clip("mkv", sound=True, sound_s=2))
        *_, last = converter.convert_file(path)
        assert last.mime == NOTE_MIME
        assert "cannot be opened" in last.text or "is not a whisper.cpp model" in last.text
        with pytest.raises(HelperError) as caught:
            converter.convert_bytes(clip_files.tone(1), "talk.wav")
        assert caught.value.kind is ErrorKind.CONFIG
        assert "Settings" in caught.value.fix


@pytest.mark.parametrize("length", [3, 20, 50, 60_000, 600_000, 1_600_000, 3_000_000, -1])
def test_a_model_that_is_not_whole_is_refused(tmp_path: Path, model: Path, length: int) -> None:
    """whisper.cpp would end its process over most of them."""
    cut = tmp_path / "cut.bin"
    cut.write_bytes(model.read_bytes()[:length])
    listening = Transcriber(child_argv(WORKER), tmp_path, lambda: SpeechSettings(str(cut)))
    try:
        with pytest.raises(HelperError) as caught:
            listening.with_transcript(
                (speech.unheard("a.wav"),), clip_files.tone(1), Span(), CancelToken(), lambda _: None
            )
        assert caught.value.kind is ErrorKind.CONFIG
        assert str(cut) in caught.value.message
    finally:
        listening.close()


def test_the_status_says_what_to_do(tmp_path: Path, model: Path) -> None:
    assert whisper_file.availability(str(model)).ok
    for odd in ("", str(tmp_path), str(tmp_path / "no.bin"), __file__, "a\0b"):
        found = whisper_file.availability(odd)
        assert not found.ok
        assert found.fix
