"""Which saved memory is chosen, kept, and thrown away."""

from __future__ import annotations

import json

import pytest

from desktop_helper.backends.local.engine.entries import (
    Entry,
    Media,
    common_prefix,
    count_positions,
    count_tokens,
    text_runs,
)
from desktop_helper.backends.local.engine.states import MOST, MOST_FILES, SavedStates
from desktop_helper.core import memory
from tests.support.engine_rig import engine_rig, question
from tests.support.local_models import noise
from tests.support.tiny_gguf import tiny_pair

PICTURE = Media("ab" * 32, (560, 420), 0, 300, 20)
OTHER = Media("cd" * 32, (560, 420), 0, 300, 20)


@pytest.fixture(scope="module")
def model():
    with engine_rig(tiny_pair()) as rig:
        rig.ask(question(noise(140, 140), "What?"), max_tokens=1)
        yield rig.engine._model


class TestEntries:
    def test_a_picture_counts_once_as_a_place_and_fully_as_memory(self):
        entries: list[Entry] = [1, 2, PICTURE, 3]
        assert count_tokens(entries) == 303
        assert count_positions(entries) == 23

    @pytest.mark.parametrize(
        ("known", "wanted", "length"),
        [
            ([], [], 0),
            ([1, 2], [1, 2, 3], 2),
            ([1, 2, 3], [1, 2], 2),
            ([1, PICTURE, 2], [1, OTHER, 2], 1),
            ((1, PICTURE, 2), [1, PICTURE, 3], 2),
        ],
    )
    def test_what_both_begin_with(self, known, wanted, length):
        assert common_prefix(known, wanted) == length

    def test_runs(self):
        assert list(text_runs([1, 2, PICTURE, OTHER, 3])) == [[1, 2], PICTURE, OTHER, [3]]


class TestStates:
    def test_the_most_useful_one_is_chosen_if_it_is_worth_it(self, model):
        states = SavedStates()
        states.save([1, PICTURE, 2], model)
        states.save([1, OTHER, 2], model)
        assert states.take([1, OTHER, 3], more_than=301) is None
        assert states.take([7], more_than=0) is None
        assert states.take([1, OTHER, 3], more_than=0).entries == (1, OTHER, 2)

    def test_what_a_newer_one_begins_with_is_dropped(self, model):
        states = SavedStates()
        states.save([1, PICTURE], model)
        states.save([1, PICTURE, 2], model)
        assert [state.entries for state in states._states] == [(1, PICTURE, 2)]

    def test_the_oldest_go(self, model):
        states = SavedStates()
        for number in range(MOST + 3):
            states.save([number, PICTURE], model)
        assert [state.entries[0] for state in states._states] == list(range(3, MOST + 3))

    def test_one_that_is_too_large_is_not_kept(self, model):
        states = SavedStates(limit=10)
        states.save([1, PICTURE], model)
        assert states.take([1, PICTURE], more_than=0) is None

    def test_where_memory_is_short_the_oldest_go_and_then_none_is_kept(self, model, monkeypatch):
        kept = SavedStates()
        kept.save([1, PICTURE], model)
        kept.save([2, PICTURE], model)
        room = [0, 1 << 40]
        monkeypatch.setattr(memory, "free_bytes", lambda: room.pop(0) if room else 0)
        kept.save([3, PICTURE], model)
        assert [state.entries[0] for state in kept._states] == [2, 3]
        kept.save([4, PICTURE], model)
        assert kept._states == []


class TestFiles:
    def test_another_models_files_are_left_alone(self, model, tmp_path):
        states = SavedStates(folder=tmp_path, fingerprint="one")
        states.save([1, PICTURE], model)
        states.keep()
        assert SavedStates(folder=tmp_path, fingerprint="two").take([1, PICTURE], more_than=0) is None
        SavedStates(folder=tmp_path, fingerprint="two").keep()
        assert SavedStates(folder=tmp_path, fingerprint="one").take([1, PICTURE], more_than=0) is not None

    def test_models_that_were_removed_leave_nothing_for_ever(self, model, tmp_path):
        (tmp_path / "cut-short.part").write_bytes(b"x")
        for number in range(MOST_FILES + 3):
            states = SavedStates(folder=tmp_path, fingerprint=str(number))
            states.save([1, PICTURE], model)
            states.keep()
        assert len(list(tmp_path.iterdir())) == MOST_FILES
        assert SavedStates(folder=tmp_path, fingerprint=str(number)).take([1, PICTURE], more_than=0) is not None

    def test_a_head_that_was_changed_is_not_believed(self, model, tmp_path):
        states = SavedStates(folder=tmp_path)
        states.save([1, PICTURE], model)
        states.keep()
        (file,) = tmp_path.iterdir()
        file.write_bytes(file.read_bytes().replace(b"[1, ", b"[2, ", 1))
        states = SavedStates(folder=tmp_path)
        state = states.take([2, PICTURE], more_than=0)
        assert state is not None
        assert not states.restore(state, model)

    @pytest.mark.parametrize(
        "content", [b"", b"\0" * 4, b"\xff" * 64, b"\x02\0\0\0\0\0\0\0{]", b"\x03\0\0\0\0\0\0\0[{}"]
    )
    def test_nonsense_is_no_state(self, model, tmp_path, content):
        states = SavedStates(folder=tmp_path)
        states.save([1, PICTURE], model)
        states.keep()
        (file,) = tmp_path.iterdir()
        file.write_bytes(content)
        assert SavedStates(folder=tmp_path)._states == []

    def test_a_head_that_lies_about_its_entries(self, model, tmp_path):
        states = SavedStates(folder=tmp_path)
        states.save([1, PICTURE], model)
        states.keep()
        (file,) = tmp_path.iterdir()
        head = json.dumps([{"picture": "x"}]).encode()
        file.write_bytes(len(head).to_bytes(8, "little") + head)
        assert SavedStates(folder=tmp_path)._states == []

    def test_a_folder_that_cannot_be_written_costs_nothing_else(self, model, tmp_path):
        (tmp_path / "file").write_text("in the way")
        states = SavedStates(folder=tmp_path / "file" / "below")
        states.save([1, PICTURE], model)
        states.keep()
        assert states.take([1, PICTURE], more_than=0) is not None
