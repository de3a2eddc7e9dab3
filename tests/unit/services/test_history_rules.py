"""How long conversations and media are kept, words of pictures, and how much room all of it takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import FilePart, Message, Role, TextPart
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.history import History
from desktop_helper.services.history_records import STATUS_COMPLETE, ImportedConversation, StoredMessage
from desktop_helper.services.paths import Paths
from desktop_helper.services.settings import HistorySettings
from tests.support.archive import ask, go_on, picture

DAY_S = 86400.0
NOTES = FilePart(b"text", "text/plain", "notes.txt", "text")


@dataclass
class Rules:
    """The settings of a user who changes their mind."""

    now: HistorySettings = field(default_factory=HistorySettings)

    def __call__(self) -> HistorySettings:
        return self.now


@pytest.fixture
def rules() -> Rules:
    return Rules()


@pytest.fixture
def history(tmp_path: Path, rules: Rules) -> Iterator[History]:
    opened = History(tmp_path / "history.db", tmp_path / "blobs", rules=rules)
    yield opened
    opened.close()


def later(monkeypatch: pytest.MonkeyPatch, days: float, start: float = time.time()) -> None:
    monkeypatch.setattr("time.time", lambda: start + days * DAY_S)


def ids(history: History) -> list[int]:
    return [one.id for one in history.conversations()]


def test_without_rules_everything_is_kept(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = ask(history, picture(), TextPart("x"))
    before = history.messages(conversation)
    later(monkeypatch, 5000)
    history.maintain()
    assert history.messages(conversation) == before


def test_old_conversations_go_into_the_trash_and_a_day_later_for_good(
    history: History, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, 0)
    old, pinned, used = (ask(history, TextPart(word), picture()) for word in ("old", "pinned", "used"))
    history.set_pinned(pinned, True)
    later(monkeypatch, 20)
    go_on(history, used, TextPart("again"))
    rules.now = HistorySettings(keep_days=30)
    later(monkeypatch, 31)
    history.maintain()
    assert ids(history) == [used, pinned]
    history.restore(old)
    assert ids(history) == [used, pinned, old]
    history.maintain()
    later(monkeypatch, 32.5)
    history.maintain()
    with pytest.raises(HelperError):
        history.restore(old)
    assert ids(history) == [used, pinned]
    assert history.blob(picture().sha256) == picture().data


def test_media_go_before_the_words_do(history: History, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> None:
    later(monkeypatch, 0)
    old = ask(history, picture("Region"), NOTES, TextPart("old words"))
    pinned = ask(history, picture("Region", 9), TextPart("pinned"))
    history.set_pinned(pinned, True)
    later(monkeypatch, 20)
    shared = ask(history, picture("Region"), TextPart("young"))
    rules.now = HistorySettings(keep_media_days=10)
    history.maintain()
    assert history.blob(NOTES.sha256) is None
    first = history.messages(old)[0].message
    assert first.parts[:2] == (
        TextPart("[Region is not kept any more]"),
        TextPart("[notes.txt is not kept any more]"),
    )
    assert history.messages(pinned)[0].message.media == (picture("Region", 9),)
    assert history.messages(shared)[0].message.media == (picture("Region"),)
    thumbnails = {one.id: one.thumbnail for one in history.conversations()}
    assert thumbnails == {old: None, pinned: picture("", 9).sha256, shared: picture().sha256}
    assert [hit.conversation_id for hit in history.search("notes old")] == [old]
    history.delete_conversation(old)
    assert history.search("notes") == []


def test_what_was_imported_is_kept_from_that_day_on(
    history: History, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, 0)
    asked = StoredMessage(
        id=0,
        message=Message(Role.USER, (picture(), TextPart("last year"))),
        status=STATUS_COMPLETE,
        error="",
        model="",
        usage=None,
        created=datetime(2025, 11, 29, tzinfo=UTC),
        parent_id=None,
    )
    record = ImportedConversation("Last year", asked.created, asked.created, False, (asked,))
    brought = history.add_conversation(record)
    assert brought is not None
    rules.now = HistorySettings(keep_days=30, keep_media_days=10)
    later(monkeypatch, 9)
    ours = ask(history, TextPart("today"))
    history.maintain()
    assert [(one.id, one.thumbnail is not None) for one in history.conversations()] == [(ours, False), (brought, True)]
    assert history.conversations()[1].updated == asked.created, "it is shown with its own date"
    assert history.messages(brought)[0].message.media == (picture(),)
    later(monkeypatch, 11)
    history.maintain()
    assert history.messages(brought)[0].message.media == ()
    later(monkeypatch, 31)
    history.maintain()
    assert ids(history) == [ours]
    history.restore(brought)
    go_on(history, brought, TextPart("again"))
    later(monkeypatch, 60)
    history.maintain()
    assert ids(history) == [brought], "what was asked in it since counts as in any other"


def test_settings_that_cannot_be_read_delete_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = Paths.below(tmp_path)
    paths.ensure()
    paths.settings_file.write_text("[history]\nkeep_days = 1\n", encoding="utf-8")
    made = Services(paths, Plugs(list, lambda _: None, list, list, list))
    conversation = ask(made.history, TextPart("x"))
    paths.settings_file.write_text("[history]\nkeep_days = 1\nbroken", encoding="utf-8")
    later(monkeypatch, 100)
    made.history.maintain()
    assert ids(made.history) == [conversation]
    paths.settings_file.write_text("[history]\nkeep_days = 1\n", encoding="utf-8")
    made.settings.load()
    made.history.maintain()
    assert ids(made.history) == []
    made.close()


@pytest.mark.parametrize("line", ["keep_days = -1", "keep_days = 1.5", "keep_media_days = 100_000", "keep_days = true"])
def test_rules_have_limits(tmp_path: Path, line: str) -> None:
    paths = Paths.below(tmp_path)
    paths.ensure()
    paths.settings_file.write_text(f"[history]\n{line}\n", encoding="utf-8")
    made = Services(paths, Plugs(list, lambda _: None, list, list, list))
    with pytest.raises(HelperError, match=r"line 2: history\.keep") as caught:
        made.settings.load()
    assert caught.value.kind is ErrorKind.CONFIG
    made.close()


def test_a_picture_is_found_by_the_words_in_it(history: History) -> None:
    first, second = (ask(history, picture(), TextPart(word)) for word in ("one", "two"))
    other = ask(history, picture("other", 9), TextPart("three"))
    history.add_words(picture().sha256, "Rechnung 发票 4711")
    assert {hit.conversation_id for hit in history.search("发票 rech")} == {first, second}
    (hit,) = history.search("one 4711")
    assert [hit.snippet[start:end] for start, end in hit.matches] == ["4711", "one"]
    history.add_words(picture().sha256, "something else")
    assert history.search("发票") == []
    assert len(history.search("else")) == 2
    history.add_words("0" * 64, "nowhere")
    history.delete_conversation(first)
    assert [hit.conversation_id for hit in history.search("else")] == [second]
    assert [hit.conversation_id for hit in history.search("three")] == [other]


def test_the_meter_counts_each_content_once(history: History) -> None:
    assert history.storage().conversations == 0
    ask(history, picture(), NOTES, TextPart("x"))
    history.trash(ask(history, picture(), picture("", 9), TextPart("y")))
    meter = history.storage()
    assert (meter.conversations, meter.trashed, meter.messages) == (1, 1, 4)
    assert (meter.pictures, meter.picture_bytes) == (2, len(picture().data) + len(picture("", 9).data))
    assert (meter.files, meter.file_bytes) == (1, 4)
    assert meter.database_bytes > 0
    assert meter.backup_bytes == 0
