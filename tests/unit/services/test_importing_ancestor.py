"""Import of `vlm_helper.db`, as vlm-helper wrote it, and of databases that only look like it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.messages import FilePart, Role, TextPart
from desktop_helper.services.history import History
from desktop_helper.services.importing.job import ImportReport, import_file
from tests.support.archive import ancestor_file, convert, data_url, png

MP4 = b"\0\0\0\x18ftypisom" + b"\0" * 40
WEBM = b"\x1a\x45\xdf\xa3" + b"\0" * 40


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "data" / "history.db", tmp_path / "data" / "blobs")
    yield opened
    opened.close()


def imported(history: History, path: Path) -> ImportReport:
    return import_file(history, path, convert, CancelToken(), lambda _: None)


def file_of(tmp_path: Path, *messages: dict[str, Any]) -> Path:
    return ancestor_file(tmp_path / "vlm_helper.db", {"Title": list(messages)})


def test_conversations_with_every_kind_of_media(history: History, tmp_path: Path) -> None:
    pages = [data_url(png(grey=1)), data_url(png(grey=2))]
    file = ancestor_file(
        tmp_path / "vlm_helper.db",
        {
            "图片": [
                {"role": "user", "content": "这是什么?", "image": data_url(png())},
                {
                    "role": "assistant",
                    "content": "<think>看一看\n</think>\n\n是<|begin_of_box|>猫<|end_of_box|>。`<answer>`",
                },
            ],
            "Documents": [
                {"role": "user", "content": "", "pdf_images": pages, "pdf_name": "报告.pdf"},
                {"role": "user", "content": "Slides", "ppt_images": pages[:1], "ppt_name": None},
                {"role": "user", "content": "Film", "video_blob": MP4, "video": "data:video/mp4;base64,AAAA"},
                {"role": "user", "content": "Film", "video": data_url(WEBM, "video/webm")},
            ],
        },
    )
    assert imported(history, file) == ImportReport(2, 0, 0, 0)
    documents, pictures = history.conversations()
    assert (pictures.title, documents.title) == ("图片", "Documents")
    assert pictures.created == datetime.fromtimestamp(1_750_000_000, UTC)
    assert (pictures.updated - pictures.created).total_seconds() == 1
    asked, answered = history.messages(pictures.id)
    assert (asked.message.media[0].data, asked.message.text, asked.status) == (png(), "这是什么?", "complete")
    assert (answered.message.role, answered.message.thinking) == (Role.ASSISTANT, "看一看")
    assert (answered.message.text, answered.status, answered.model) == ("是猫。`<answer>`", "stop", "vlm-helper")
    pdf, slides, film, other = (one.message for one in history.messages(documents.id))
    assert [part.name for part in pdf.media] == ["报告.pdf, page 1", "报告.pdf, page 2"]
    assert not any(isinstance(part, TextPart) for part in pdf.parts)
    assert [part.name for part in slides.media] == ["Imported document, page 1"]
    assert [(part.data, part.mime) for part in (*film.media, *other.media)] == [
        (MP4, "video/mp4"),
        (WEBM, "video/webm"),
    ]
    assert all(isinstance(part, FilePart) for part in film.media)
    assert imported(history, file) == ImportReport(0, 2, 0, 0)


def test_the_file_is_not_touched(history: History, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    file = ancestor_file(folder / "vlm_helper.db", {"Title": [{"role": "user", "content": "x"}]})
    before = file.read_bytes()
    folder.chmod(0o500)
    try:
        assert imported(history, file).imported == 1
    finally:
        folder.chmod(0o700)
    assert [path.name for path in folder.iterdir()] == ["vlm_helper.db"]
    assert file.read_bytes() == before


def test_what_the_program_has_not_written_back_yet_is_seen(history: History, tmp_path: Path) -> None:
    file = file_of(tmp_path, {"role": "user", "content": "x"})
    with closing(sqlite3.connect(file)) as running:
        running.execute("PRAGMA journal_mode = WAL")
        running.execute("UPDATE messages SET content = 'newer'")
        running.commit()
        imported(history, file)
    assert history.messages(1)[0].message.text == "newer"


@pytest.mark.parametrize(
    ("message", "report", "text"),
    [
        ({"role": "robot", "content": "x"}, ImportReport(0, 0, 2, 0), None),
        ({"role": "user", "content": b"\xff\xfe"}, ImportReport(0, 0, 2, 0), None),
        ({"role": "user", "content": "  "}, ImportReport(0, 0, 2, 0), None),
        ({"role": "user", "content": "x", "image": "https://evil.example/x.png"}, ImportReport(1, 0, 0, 1), "picture"),
        ({"role": "user", "content": "x", "image": "data:image/png;base64,@@"}, ImportReport(1, 0, 0, 1), "picture"),
        ({"role": "user", "content": "x", "image": data_url(b"not one")}, ImportReport(1, 0, 0, 1), "picture"),
        ({"role": "user", "content": "x", "image": 7}, ImportReport(1, 0, 0, 1), "picture"),
        ({"role": "user", "content": "x", "video_blob": b"MZ program"}, ImportReport(1, 0, 0, 1), "video"),
        ({"role": "user", "content": "x", "pdf_images": "[" * 50_000}, ImportReport(1, 0, 0, 1), "document"),
        ({"role": "user", "content": "x", "pdf_images": '{"a": 1}'}, ImportReport(1, 0, 0, 1), "document"),
        ({"role": "user", "content": "x", "ppt_images": [5, None]}, ImportReport(1, 0, 0, 2), "page 2"),
        ({"role": "user", "content": "x", "timestamp": "soon"}, ImportReport(1, 0, 0, 0), "x"),
        ({"role": "user", "content": "x", "timestamp": 1e300}, ImportReport(1, 0, 0, 0), "x"),
    ],
)
def test_damaged_rows_are_counted(
    history: History, tmp_path: Path, message: dict[str, Any], report: ImportReport, text: str | None
) -> None:
    assert imported(history, file_of(tmp_path, message)) == report
    if text is None:
        assert history.conversations() == []
    else:
        (stored,) = history.messages(1)
        assert text in stored.message.text
        assert stored.message.media == ()


def test_messages_without_a_conversation_are_counted_and_mangled_ids_do_no_harm(
    history: History, tmp_path: Path
) -> None:
    file = file_of(
        tmp_path,
        {"id": "conv_0_conv_0_2", "role": "user", "content": "second", "timestamp": 1_750_000_002_000},
        {"id": "_", "role": "user", "content": "first", "timestamp": 1_750_000_001_000},
        {"role": "user", "content": "lost", "conversation_id": "gone"},
    )
    assert imported(history, file) == ImportReport(1, 0, 1, 0)
    assert [one.message.text for one in history.messages(1)] == ["first", "second"]


def test_columns_that_a_version_did_not_have_are_empty(history: History, tmp_path: Path) -> None:
    file = tmp_path / "vlm_helper.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "CREATE TABLE conversations (id, title, timestamp); CREATE TABLE messages (conversation_id, role, content);"
            "INSERT INTO conversations VALUES (1, 't', 1750000000000); INSERT INTO messages VALUES (1, 'user', 'x');"
        )
    assert imported(history, file) == ImportReport(1, 0, 0, 0)


@pytest.mark.parametrize("size", [16, 100, 5000, 9000])
def test_a_truncated_file_is_said_to_be_damaged(history: History, tmp_path: Path, size: int) -> None:
    messages = [{"role": "user", "content": f"number {number} " * 50} for number in range(40)]
    file = ancestor_file(tmp_path / "vlm_helper.db", {f"Title {number}": messages for number in range(5)})
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(HelperError, match="damaged|another program") as caught:
        imported(history, file)
    assert caught.value.kind is ErrorKind.SOURCE


def test_damage_in_the_middle_costs_what_is_damaged(history: History, tmp_path: Path) -> None:
    messages = [{"role": "user", "content": f"number {number} " * 200} for number in range(20)]
    file = ancestor_file(tmp_path / "vlm_helper.db", {f"Title {number}": messages for number in range(5)})
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = b"\xa5" * 4096
    file.write_bytes(data)
    report = imported(history, file)
    assert report.imported > 0
    assert report.damaged > 0
    assert history.count() == report.imported


def test_what_is_absurdly_large_is_left_out_and_counted(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_helper.services.importing.media.MAX_BYTES", 3000)
    monkeypatch.setattr("desktop_helper.services.importing.ancestor.MAX_BYTES", 3000)
    monkeypatch.setattr("desktop_helper.services.importing.ancestor._LIMIT_LENGTH", 40_000)
    monkeypatch.setattr("desktop_helper.services.importing.ancestor.MAX_PAGES", 3)
    file = file_of(
        tmp_path,
        {"role": "user", "content": "picture", "image": data_url(png() + b"x" * 4000)},
        {"role": "user", "content": "video", "video_blob": MP4 + b"x" * 4000},
        {"role": "user", "content": "pages", "pdf_images": [data_url(png())] * 9, "pdf_name": "a.pdf"},
        {"role": "user", "content": "text " * 20_000},
        {"role": "user", "content": "the next one"},
    )
    assert imported(history, file) == ImportReport(1, 0, 1, 3)
    picture, video, pages, after = (one.message for one in history.messages(1))
    assert after.text == "the next one"
    assert (picture.media, video.media, len(pages.media)) == ((), (), 3)
    assert "a.pdf, page 4 could not be read" in pages.text


_VIEW_BOMB = """
CREATE TABLE conversations (id, title, timestamp);
INSERT INTO conversations VALUES (1, 't', 1750000000000);
CREATE VIEW messages AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
    SELECT 1 AS conversation_id, 'user' AS role, 'x' AS content FROM n;
"""


@pytest.mark.parametrize(
    "script",
    ["CREATE TABLE songs (id)", "CREATE TABLE conversations (id); CREATE TABLE messages (id)", _VIEW_BOMB],
)
def test_other_databases_are_refused(history: History, tmp_path: Path, script: str) -> None:
    file = tmp_path / "vlm_helper.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)
    with pytest.raises(HelperError, match="another program") as caught:
        imported(history, file)
    assert caught.value.kind is ErrorKind.SOURCE


def test_it_can_be_stopped_between_two_conversations(history: History, tmp_path: Path) -> None:
    file = ancestor_file(
        tmp_path / "vlm_helper.db", {f"t{number}": [{"role": "user", "content": "x"}] for number in range(5)}
    )
    cancel = CancelToken()
    seen: list[float | None] = []
    report = ImportReport()

    def note(progress: Progress) -> None:
        seen.append(progress.fraction)
        if len(seen) == 2:
            cancel.cancel()

    with pytest.raises(HelperError) as caught:
        import_file(history, file, convert, cancel, note, report)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert report == ImportReport(2), "what came in is known"
    assert seen == [0.2, 0.4]
    assert history.count() == 2
