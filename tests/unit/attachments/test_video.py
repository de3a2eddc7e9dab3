"""Videos of every container, sound and not: which pictures become parts, and what is said about the rest."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest

from desktop_helper.attachments import _clip_scan, image, text, video
from desktop_helper.attachments._choose import choose
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart
from desktop_helper.core.protocols import ConvertOptions
from tests.support import clip_files, sample_files
from tests.support.clip_files import COLOURS, clip, painted, playlist, sound_only

HANDLERS = (image.HANDLER, text.HANDLER, video.HANDLER)


def read(data: bytes, name: str = "clip.mp4", options: ConvertOptions | None = None) -> tuple[str, list[ImagePart]]:
    """What is said, and the pictures."""
    note, *pictures = choose(HANDLERS, data, name).convert(data, name, options or ConvertOptions())
    assert isinstance(note, FilePart)
    assert note.mime == NOTE_MIME
    return note.text, [part for part in pictures if isinstance(part, ImagePart)]


def refusal(data: bytes, name: str = "clip.mp4") -> str:
    with pytest.raises(HelperError) as caught:
        choose(HANDLERS, data, name).convert(data, name, ConvertOptions())
    assert caught.value.kind is ErrorKind.SOURCE
    return caught.value.message


def times(pictures: list[ImagePart]) -> list[float]:
    return [round(part.moment.at, 3) for part in pictures if part.moment is not None]


def colours(pictures: list[ImagePart]) -> list[int]:
    """Which of red, green and blue each picture shows in its middle."""
    found = []
    for part in pictures:
        shown = sample_files.decoded(part.data).convert("RGB")
        pixel = np.asarray(shown)[shown.height // 4, shown.width // 2].astype(int)
        found.append(min(range(3), key=lambda n: int(np.abs(np.array(COLOURS[n]) - pixel).sum())))
    return found


@pytest.mark.parametrize("kind", clip_files.CODECS)
def test_each_change_is_a_picture_with_its_time(kind: str) -> None:
    said, pictures = read(clip(kind), f"holiday.{kind}")
    assert times(pictures) == [0, 1, 2, 2.9]
    assert colours(pictures) == [0, 1, 2, 2]
    assert "4 of its 30 frames" in said
    assert "sound" not in said
    moment = pictures[1].moment
    assert moment is not None
    assert (moment.clip, moment.frames) == (f"holiday.{kind}", 30)
    assert moment.duration == pytest.approx(3, abs=0.25)
    assert pictures[1].name == f"holiday.{kind}, 0:01.0"


def test_content_counts_and_not_the_name() -> None:
    for name in ("clip.txt", "clip", "clip.png", "clip.pdf"):
        assert times(read(clip("mkv"), name)[1]) == [0, 1, 2, 2.9]


def test_sound_is_said_to_be_left_out() -> None:
    assert "Its sound is left out: the model does not hear it." in read(clip("mkv", sound=True))[0]


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg"])
def test_sound_alone_is_refused_in_one_sentence(kind: str) -> None:
    assert refusal(sound_only(kind), "talk") == "talk holds no moving pictures, and the model does not hear sound."


@pytest.mark.parametrize("turn", [90, 180, -90])
def test_a_turned_video_is_turned_back(turn: int) -> None:
    upper, lower = np.full((120, 320, 3), 250, np.uint8), np.full((120, 320, 3), 5, np.uint8)
    pictures = read(clip(pictures=[np.vstack((upper, lower))] * 5, turn=turn))[1]
    shown = sample_files.decoded(pictures[0].data).convert("L")
    assert shown.size == ((320, 240) if turn == 180 else (240, 320))
    bright = {180: (160, 200), 90: (40, 160), -90: (200, 160)}[turn]  # against the clock, as FFmpeg counts
    pixels = np.asarray(shown)
    assert pixels[bright[1], bright[0]] > 200
    assert pixels[-1 - bright[1], -1 - bright[0]] < 50


@pytest.mark.parametrize("size", [(16, 16), (18, 500), (1000, 20), (322, 242)])
def test_odd_sizes_become_pictures_that_models_take(size: tuple[int, int]) -> None:
    pictures = read(clip("mkv", [painted(COLOURS[0], *size)] * 3))[1]
    assert all(part.width >= 28 and part.height >= 28 for part in pictures)


def test_times_are_those_of_the_file_where_pictures_come_irregularly() -> None:
    shown = [painted(COLOURS[number]) for number in (0, 1, 2, 2)]
    assert times(read(clip("mkv", shown, times_ms=(0, 1700, 1950, 6000)))[1]) == [0, 1.7, 1.95, 6]


def test_a_single_picture_is_one() -> None:
    said, pictures = read(clip("mkv", [painted(COLOURS[1])]))
    assert times(pictures) == [0]
    assert "its only frame is attached" in said


def test_an_animated_picture_with_one_frame_stays_a_picture() -> None:
    data = clip("gif", [painted(COLOURS[1])])
    assert [type(part) for part in choose(HANDLERS, data, "a.gif").convert(data, "a.gif", ConvertOptions())] == [
        ImagePart
    ]


@pytest.mark.parametrize("each_ms", [40, 300])
def test_all_pictures_of_a_few_go_however_fast_they_are(each_ms: int) -> None:
    alike = (255, 0, 0), (0, 130, 0)  # equally bright
    shown = [painted(colour) for colour in (*alike, *alike, (0, 0, 255), (0, 0, 255))]
    said, pictures = read(clip("mkv", shown, times_ms=tuple(each_ms * number for number in range(6))))
    assert times(pictures) == pytest.approx([each_ms * number / 1000 for number in range(6)])
    assert "6 of its 6 frames" in said, "the last one, too, though it shows nothing new"


@pytest.mark.parametrize("kind", ["mp4", "mkv", "avi", "mpegts"])
def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(kind: str) -> None:
    data = clip(kind, rate=5)
    outcomes = []
    for tenth in range(1, 11):
        name = f"cut.{kind}"
        outcome = outcome_of(data[: len(data) * tenth // 10 - (tenth == 10)], name)
        if isinstance(outcome, HelperError):
            assert outcome.message in (f"{name} is damaged and cannot be read to its end.", f"{name} is empty.")
        else:
            outcomes.append(outcome)
            assert set(outcome) <= {n / 5 for n in range(15)}
    assert outcomes or kind == "mp4", "the index of an MP4 file stands at its end"


def outcome_of(data: bytes, name: str) -> list[float] | HelperError:
    try:
        return times(read(data, name)[1])
    except HelperError as error:
        return error


def test_a_recording_that_was_killed_is_said_to_break_off() -> None:
    rich = [np.random.default_rng(n // 10).integers(0, 255, (240, 320, 3), np.uint8) for n in range(60)]
    data = clip("mkv", rich)
    said, pictures = read(data[: len(data) // 2])
    assert "breaks off" in said
    assert pictures


def test_nothing_at_all_is_empty() -> None:
    with pytest.raises(HelperError, match="clip.mp4 is empty"):
        video.HANDLER.convert(b"", "clip.mp4", ConvertOptions())


def test_what_is_no_video_is_refused_under_its_name() -> None:
    assert refusal(b"\0\1\2" * 500) == "clip.mp4 is not a video that can be read here."


@pytest.mark.parametrize("name", ["list.mkv", "list.m3u8", "list.mp4"])
def test_a_playlist_opens_no_other_file_and_no_address(name: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.mkv"
    secret.write_bytes(clip("mkv"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        for target in (str(secret), secret.as_uri(), "/etc/passwd", address):
            for data in (playlist(target), f"ffconcat version 1.0\nfile '{target}'\n".encode()):
                assert "is not a video" in _video_refusal(data, name)
        with pytest.raises(TimeoutError):
            server.accept()


def _video_refusal(data: bytes, name: str) -> str:
    with pytest.raises(HelperError) as caught:
        video.HANDLER.convert(data, name, ConvertOptions())
    return caught.value.message


SLOW_BUDGETS = [pytest.param(6144, total, marks=pytest.mark.slow) for total in (30_000, 2_000)]


@pytest.mark.parametrize(("one", "all_of_them"), [(1500, 9_600), (40, 200), *SLOW_BUDGETS])
def test_the_pictures_stay_within_the_budget(one: int, all_of_them: int) -> None:
    shown = [painted(COLOURS[n % 3], 1280, 720, str(n)) for n in range(90) for _ in range(4)]
    said, pictures = read(clip("mkv", shown, 10), options=ConvertOptions(one, max_video_tokens=all_of_them))
    assert sum(part.tokens for part in pictures) <= all_of_them
    assert max(part.tokens for part in pictures) <= one
    assert len(pictures) >= min(64, all_of_them // 300)
    assert times(pictures)[0] == 0
    assert times(pictures)[-1] == pytest.approx(35.9)
    assert "smaller changes were left out" in said


def test_few_pictures_are_sent_in_full_and_many_smaller() -> None:
    few = read(clip("mkv", [painted(COLOURS[0], 1280, 720)] * 5))[1]
    many = read(clip("mkv", [painted(COLOURS[n % 3], 1280, 720, str(n)) for n in range(60) for _ in range(4)]))[1]
    assert (few[0].width, few[0].height) == (1280, 720)
    assert len(many) == 61  # the last state, and the last picture of it
    assert many[0].tokens <= 500


def test_what_takes_too_long_is_sampled_over_its_whole_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_clip_scan, "TRIAL_S", 0.0)
    monkeypatch.setattr(_clip_scan, "WHOLE_S", 0.0)
    shown = [painted(COLOURS[0 if n < 100 else 1 if n < 700 else 2]) for n in range(900)]
    heard: list[Progress] = []
    said, pictures = read(clip("mkv", shown, 10), options=ConvertOptions(on_progress=heard.append))
    assert times(pictures)[0] == 0
    assert times(pictures)[-1] == pytest.approx(89.9)
    assert set(colours(pictures)) == {0, 1, 2}
    assert "It is long" in said
    assert "of its 900 frames" in said
    fractions = [progress.fraction for progress in heard]
    assert fractions == sorted(fractions, key=lambda share: share or 0)


def test_the_end_is_not_looked_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last picture may lie hours behind the last one that can be decoded by itself."""
    for name in ("TRIAL_S", "WHOLE_S", "SAMPLING_S", "TAIL_S"):
        monkeypatch.setattr(_clip_scan, name, 0.0)
    said, pictures = read(clip("mkv", [painted(COLOURS[0])] * 200, 10))
    assert times(pictures)
    assert "It is long: " in said
    assert "200 of them were looked at" not in said


def test_progress_is_told() -> None:
    heard: list[Progress] = []
    read(clip("mkv", [painted(COLOURS[0])] * 200), options=ConvertOptions(on_progress=heard.append))
    assert heard[0].message == "Looking through clip.mp4, 0:04 of 0:20"
    assert all(0 <= (progress.fraction or 0) <= 1 for progress in heard)
