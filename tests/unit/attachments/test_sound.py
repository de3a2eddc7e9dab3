"""The sound of files as whisper.cpp wants it: the right pitch, the right times, in pieces that cut no word."""

from __future__ import annotations

from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest

from desktop_helper.attachments._sound import RATE, duration_of, pieces
from desktop_helper.core.clip_span import Span
from tests.support import clip_files

WHOLE = Span()


def joined(data: bytes, span: Span = WHOLE, piece_s: int = 300) -> tuple[float, np.ndarray]:
    found = list(pieces(BytesIO(data), span, piece_s))
    for (begin, samples), (after, _) in pairwise(found):
        assert after == pytest.approx(begin + len(samples) / RATE, abs=0.01)
    return found[0][0], np.concatenate([samples for _, samples in found])


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg", "mp4"])
def test_a_tone_keeps_its_pitch_and_length(kind: str) -> None:
    begin, samples = joined(clip_files.tone(3, kind=kind))
    assert begin == pytest.approx(0, abs=0.06)
    assert len(samples) / RATE == pytest.approx(3, abs=0.1)
    strongest = np.argmax(np.abs(np.fft.rfft(samples[RATE : 2 * RATE])))
    assert strongest == pytest.approx(clip_files.TONE_HZ, abs=2)


@pytest.mark.parametrize("kind", ["wav", "mp3", "ogg", "mp4"])
def test_a_part_begins_and_ends_where_it_was_asked_for(kind: str) -> None:
    begin, samples = joined(clip_files.tone(6, kind=kind), Span(2.0, 4.5))
    assert begin == pytest.approx(2.0, abs=0.06)
    assert len(samples) / RATE == pytest.approx(2.5, abs=0.1)


def test_long_sounds_come_in_pieces_that_are_cut_where_it_is_quiet() -> None:
    data = clip_files.tone(40, pause=(14.0, 15.0), rate=RATE)
    (_, first), *_ = pieces(BytesIO(data), WHOLE, 16)
    assert 14.0 < len(first) / RATE < 15.0
    assert len(joined(data, WHOLE, 16)[1]) == 40 * RATE


def test_its_length_is_known_before() -> None:
    data = clip_files.tone(6)
    assert duration_of(BytesIO(data), WHOLE) == pytest.approx(6, abs=0.1)
    assert duration_of(BytesIO(data), Span(2.0, 20.0)) == pytest.approx(4, abs=0.1)


def test_a_video_without_sound_has_none() -> None:
    assert list(pieces(BytesIO(clip_files.clip("mkv")), WHOLE)) == []
