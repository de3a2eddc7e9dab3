"""What is deleted for good in the history is gone beside it, too: drafts, and the names of its videos' files."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.core.clip_span import Cut
from desktop_helper.core.messages import NOTE_MIME, FilePart, ImagePart, MediaPart, Message, Moment, Role, TextPart
from desktop_helper.services.clip_origins import Origin
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.draft import Draft
from desktop_helper.services.history_records import ROOT
from desktop_helper.services.paths import Paths
from tests.support.kept_drafts import drafts_on_disk

TEXT = TextPart("What happens?")


def film(name: str) -> tuple[MediaPart, ...]:
    note = FilePart(b"A note.", NOTE_MIME, "note", "A note.")
    moments = [Moment(name, at, 9.5, 9) for at in (0.0, 4.0)]
    return note, *(ImagePart(b"x", "image/jpeg", 28, 28, f"{name}, {moment.at}", 1, moment) for moment in moments)


@pytest.fixture
def services(tmp_path: Path):
    made = Services(Paths.below(tmp_path), Plugs(list, lambda _name: None, list, list, list))
    yield made
    made.close()


def ask(services: Services, *media: MediaPart, conversation: int | None = None) -> tuple[int, int]:
    number = conversation or services.history.new_conversation()
    return number, services.history.add_message(number, Message(Role.USER, (*media, TEXT)))


def remember(services: Services, folder: Path, name: str) -> tuple[MediaPart, ...]:
    (folder / name).write_bytes(b"x")
    parts = film(name)
    services.clip_origins.remember(parts, Origin(folder / name, Cut()))
    return parts


def test_the_files_of_its_videos_are_not_named_any_more(services: Services, tmp_path: Path) -> None:
    names = [f"{letter}.mp4" for letter in "abc"]
    one, two, three = (remember(services, tmp_path, name) for name in names)
    first, _question = ask(services, *one, *two)
    ask(services, *three)
    written = services.paths.clips_file
    assert all(name in written.read_text() for name in names)
    services.history.trash(first)
    assert all(name in written.read_text() for name in names), "that can be undone"
    services.history.delete_conversation(first)
    assert [name in written.read_text() for name in names] == [False, False, True]
    assert services.clip_origins.find(three) is not None


def test_nor_those_of_a_single_question(services: Services, tmp_path: Path) -> None:
    parts = remember(services, tmp_path, "a.mp4")
    conversation, _question = ask(services)
    _conversation, question = ask(services, *parts, conversation=conversation)
    deleted = services.history.delete_message(question)
    assert "a.mp4" in services.paths.clips_file.read_text()
    services.history.purge(deleted)
    assert "a.mp4" not in services.paths.clips_file.read_text()


def test_what_another_version_of_the_question_shows_keeps_its_file(services: Services, tmp_path: Path) -> None:
    parts = remember(services, tmp_path, "a.mp4")
    others = remember(services, tmp_path, "b.mp4")  # the same pictures, of another video
    conversation, first = ask(services, *parts)
    second = services.history.add_message(conversation, Message(Role.USER, (*parts, TextPart("Why?"))), ROOT)
    ask(services, *others)
    services.history.purge(services.history.delete_message(first))
    assert services.clip_origins.find(parts) is not None
    services.history.purge(services.history.delete_message(second))
    assert services.clip_origins.find(parts) is None
    assert services.clip_origins.find(others) is not None


def test_what_is_attached_and_not_asked_yet_stays(services: Services, tmp_path: Path) -> None:
    parts = remember(services, tmp_path, "a.mp4")
    conversation, _question = ask(services)
    services.history.delete_conversation(conversation)
    assert services.clip_origins.find(parts) is not None


def test_its_draft_goes_and_the_others_stay(services: Services) -> None:
    (first, _question), (second, _other), (third, _last) = ask(services), ask(services), ask(services)
    for key in (first, second, third, -1):
        services.drafts.keep(key, Draft("Half a question"))
    services.history.trash(third)
    services.history.delete_conversation(first)
    services.drafts.close()
    assert drafts_on_disk(services.paths).keys() == {second, third, -1}
    assert services.history.existing([first, second, third]) == {second, third}
