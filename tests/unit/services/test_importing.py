"""Import of our own JSON: what was exported comes back, twice is once, and nothing in a file is believed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, UsageReported
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart, ToolCall
from desktop_helper.services import exporting
from desktop_helper.services.export.format import Conversation, ExportOptions
from desktop_helper.services.export.json import as_data
from desktop_helper.services.exporting import formats
from desktop_helper.services.history import History
from desktop_helper.services.history_records import ConversationInfo, ImportedConversation, StoredMessage
from desktop_helper.services.importing import own_json
from desktop_helper.services.importing.job import ImportReport, import_file
from desktop_helper.services.importing.media import MediaReader
from tests.support.archive import ask, convert, everything, go_on, picture, png


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "data" / "history.db", tmp_path / "data" / "blobs")
    yield opened
    opened.close()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "other" / "history.db", tmp_path / "other" / "blobs")
    yield opened
    opened.close()


def exported(history: History, conversation: int, path: Path, *, thinking: bool = True) -> Path:
    found = exporting.conversation(history, conversation)
    path.write_text(exporting.as_text(formats()["json"], found, thinking=thinking), encoding="utf-8")
    return path


def imported(history: History, path: Path) -> ImportReport:
    return import_file(history, path, convert, CancelToken(), lambda _: None)


def plain(messages: list[StoredMessage]) -> list[tuple[object, ...]]:
    """All but the ids, which are each history's own."""
    return [(one.message, one.status, one.error, one.model, one.usage, one.created, one.notices) for one in messages]


def test_all_that_a_history_holds_comes_back(history: History, elsewhere: History, tmp_path: Path) -> None:
    conversation = everything(history)
    history.rename(conversation, "My title")
    file = exported(history, conversation, tmp_path / "a.json")
    assert imported(elsewhere, file) == ImportReport(1, 0, 0, 0)
    (there,) = elsewhere.conversations()
    (here,) = history.conversations()
    assert replace(there, id=0) == replace(here, id=0)
    assert plain(elsewhere.messages(there.id)) == plain(history.messages(conversation))
    assert [hit.conversation_id for hit in elsewhere.search("什么")] == [there.id]
    assert elsewhere.search("title")[0].title == "My title"
    assert exported(elsewhere, there.id, tmp_path / "b.json").read_bytes() == file.read_bytes()


def test_twice_is_once(history: History, elsewhere: History, tmp_path: Path) -> None:
    conversation = everything(history)
    file = exported(history, conversation, tmp_path / "a.json", thinking=False)
    assert imported(history, file) == ImportReport(0, 1, 0, 0)  # it came from here
    assert imported(elsewhere, file) == ImportReport(1, 0, 0, 0)
    (there,) = elsewhere.conversations()
    elsewhere.rename(there.id, "another title")
    go_on(elsewhere, there.id, TextPart("more"))
    assert imported(elsewhere, file) == ImportReport(0, 1, 0, 0)  # it is longer by now
    go_on(history, conversation, TextPart("something else"))
    longer = exported(history, conversation, tmp_path / "b.json")
    assert imported(elsewhere, longer) == ImportReport(1, 0, 0, 0)  # nothing is mixed, nothing is lost
    assert imported(elsewhere, longer) == ImportReport(0, 1, 0, 0)
    assert elsewhere.count() == 2


def test_a_picture_that_is_written_anew_makes_no_second_conversation(history: History, tmp_path: Path) -> None:
    conversation = everything(history)
    file = exported(history, conversation, tmp_path / "a.json")
    before = [part.sha256 for stored in history.messages(conversation) for part in stored.message.media]

    def anew(data: bytes, name: str) -> tuple[MediaPart, ...]:
        return tuple(replace(part, data=part.data + b" ") for part in convert(data, name))

    report = import_file(history, file, anew, CancelToken(), lambda _: None)
    assert before
    assert report == ImportReport(0, 1, 0, 0)


_texts = st.text(max_size=30)
_when = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
_parts = st.one_of(
    _texts.map(TextPart),
    st.builds(
        lambda name, grey: ImagePart(png(8, 8, grey), "image/png", 8, 8, name, convert(png(8, 8), "")[0].tokens),
        _texts,
        st.integers(0, 255),
    ),
    st.builds(FilePart, st.binary(max_size=20), st.sampled_from(["text/plain", "x/y"]), _texts, _texts),
)
_usages = st.builds(
    UsageReported,
    prompt_tokens=st.none() | st.integers(0, 10**9),
    ttft_s=st.none() | st.floats(0, 1e6),
    tokens_per_s=st.none() | st.floats(0, 1e6),
    cost=st.none() | st.floats(0, 1e6),
    currency=st.none() | st.sampled_from(["USD", "CNY"]),
)
_messages = st.builds(
    StoredMessage,
    id=st.just(0),
    message=st.builds(
        Message,
        role=st.sampled_from(Role),
        parts=st.lists(_parts, max_size=3).map(tuple),
        thinking=_texts,
        tool_calls=st.lists(st.builds(ToolCall, _texts, _texts, _texts), max_size=2).map(tuple),
        call_id=_texts,
    ),
    status=st.sampled_from(["complete", "interrupted", "failed", *map(str, FinishReason)]),
    error=_texts,
    model=_texts,
    usage=st.none() | _usages,
    created=_when,
    parent_id=st.none(),
    notices=st.lists(_texts, max_size=2).map(tuple),
    thinking_s=st.none() | st.floats(0, 1e6),
)


@settings(max_examples=60, deadline=None)
@given(messages=st.lists(_messages, min_size=1, max_size=4), title=_texts, began=_when, changed=_when)
def test_any_conversation_survives_the_way(
    messages: list[StoredMessage], title: str, began: datetime, changed: datetime
) -> None:
    info = ConversationInfo(1, title, began, changed, len(messages), None, True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.json"
        data = as_data(Conversation(info, messages), ExportOptions(thinking=True))
        file.write_text(json.dumps(data), encoding="utf-8")
        read = own_json.read(file, MediaReader(convert))
        assert read == ImportedConversation(title, began, changed, True, tuple(messages))
        history = History(Path(folder) / "history.db", Path(folder) / "blobs")
        try:
            conversation = history.add_conversation(read)
            assert conversation is not None
            assert plain(history.messages(conversation)) == plain(messages)
            assert history.add_conversation(read) is None
        finally:
            history.close()


def spoilt(change: Callable[[dict[str, Any]], object]) -> bytes:
    info = ConversationInfo(1, "t", datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), 1, None)
    asked = Message(Role.USER, (picture(), TextPart("x")))
    stored = StoredMessage(0, asked, "complete", "", "", None, info.created, None)
    data = as_data(Conversation(info, [stored]), ExportOptions())
    change(data)
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"format": NaN}', "not valid JSON"),
        (b"[" + b"[]," * own_json.MAX_VALUES + b"[]]", "too many values"),
        (b'{"n": ' + b"9" * 10_000 + b"}", "not valid JSON"),
        (b"[1]", "not a conversation"),
        (b'{"format": "x", "version": 1}', "not a conversation"),
        (spoilt(lambda data: data.update(version=2)), "newer version"),
        (spoilt(lambda data: data.update(messages=[])), "no messages"),
        (spoilt(lambda data: data.update(messages={"a": 1})), "“messages” is not"),
        (spoilt(lambda data: data.update(messages=[3])), "not what it should be"),
        (spoilt(lambda data: data.update(media=[])), "“media” is not"),
        (spoilt(lambda data: data.update(title=7)), "“title” is not"),
        (spoilt(lambda data: data.update(created="yesterday")), "“created” is not a time"),
        (spoilt(lambda data: data["messages"][0].update(role="robot")), "no role"),
        (spoilt(lambda data: data["messages"][0].update(created=None)), "“created” is not"),
        (spoilt(lambda data: data["messages"][0]["parts"][0].update(type="program")), "unknown kind"),
        (spoilt(lambda data: None)[:-40], "not valid JSON"),
    ],
)
def test_what_is_no_such_file_is_refused_whole(history: History, tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(data)
    with pytest.raises(HelperError, match=said) as caught:
        imported(history, file)
    assert caught.value.kind is ErrorKind.SOURCE
    assert "a.json" in caught.value.message
    assert history.conversations() == []


def test_a_file_of_absurd_size_is_not_even_read(history: History, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    with file.open("wb") as made:
        made.truncate(own_json.MAX_FILE + 1)
    with pytest.raises(HelperError, match="larger than 512 MB"):
        imported(history, file)


@pytest.mark.parametrize(
    "change",
    [
        lambda media, key: media.clear(),
        lambda media, key: media.update({key: "no base64!"}),
        lambda media, key: media.update({key: 5}),
        lambda media, key: media.update({key: "AAAA"}),  # the bytes of something else
    ],
)
def test_a_picture_that_cannot_be_read_becomes_a_line_of_text(
    history: History, tmp_path: Path, change: Callable[[dict[str, Any], str], None]
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(spoilt(lambda data: change(data["media"], next(iter(data["media"])))))
    assert imported(history, file) == ImportReport(1, 0, 0, 1)
    (stored,) = history.messages(history.latest() or 0)
    assert stored.message.media == ()
    assert stored.message.text == "[Region could not be read when it was imported]x"


def test_only_what_the_other_process_made_of_a_picture_is_kept(history: History, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(spoilt(lambda _: None))
    clean = png(grey=1)

    def rewrite(data: bytes, name: str) -> tuple[MediaPart, ...]:
        return (FilePart(b"", "text/x-note", "", ""), ImagePart(clean, "image/png", 64, 48, "x", 8))

    import_file(history, file, rewrite, CancelToken(), lambda _: None)
    (part,) = history.messages(history.latest() or 0)[0].message.media
    assert (part.data, part.name) == (clean, "Region")


def test_odd_values_become_harmless_ones(history: History, tmp_path: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["title"] = "half \ud83d"
        message = data["messages"][0]
        message |= {
            "status": "open",
            "usage": {"prompt_tokens": True, "ttft_s": 1},
            "thinking_s": 10**400,
            "call_id": "\udc00",
            "extra": 1,
        }
        message["notices"] = ["kept", 5]

    file = tmp_path / "a.json"
    file.write_bytes(spoilt(change))
    imported(history, file)
    (info,) = history.conversations()
    (stored,) = history.messages(info.id)
    assert info.title == "half \ufffd"
    assert (stored.status, stored.usage, stored.notices) == ("interrupted", UsageReported(ttft_s=1.0), ("kept",))


def test_a_stopped_import_leaves_no_half_conversation(history: History, tmp_path: Path) -> None:
    file = exported(history, ask(history, picture(), picture("b", 5), TextPart("x")), tmp_path / "a.json")
    history.delete_conversation(1)
    cancel = CancelToken()

    def stop(data: bytes, name: str) -> tuple[MediaPart, ...]:
        cancel.cancel()
        raise HelperError(ErrorKind.CANCELLED, "Stopped.")

    with pytest.raises(HelperError) as caught:
        import_file(history, file, stop, cancel, lambda _: None)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert history.conversations() == []
