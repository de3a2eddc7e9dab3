"""`desktop-helper history` export, import, delete, restore, rename, pin, unpin and storage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli import _history_export, _main, history
from desktop_helper.core.messages import TextPart
from desktop_helper.services.container import Services
from desktop_helper.services.exporting import formats
from desktop_helper.services.storage_errors import disk_full
from tests.support.archive import ancestor_file, ask, data_url, everything, picture, png

NO_CONVERSATION = "desktop-helper: There is no conversation {}. “desktop-helper history list” shows those there are.\n"


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


def run(services: Services, *words: object) -> int:
    return _main.run(["history", *map(str, words)], services, lambda _: history.COMMAND, lambda: [history.COMMAND])


def titles(services: Services) -> list[str]:
    return [one.title for one in services.history.conversations()]


def test_a_conversation_that_was_exported_and_deleted_comes_back(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Through the real converter process, which looks at every picture."""
    conversation = everything(services.history)
    before = services.history.messages(conversation)
    assert run(services, "export", "--all", "--format", "json,md", "--thinking", "-o", tmp_path / "out") == 0
    assert capsys.readouterr().err == f"Documents written to {tmp_path / 'out'}: 2\n"
    (document,) = (tmp_path / "out").glob("*.json")
    assert run(services, "import", document) == 0
    assert capsys.readouterr() == ("Conversations imported: 0\n", "Here already: 1\n")
    assert run(services, "delete", conversation, "--now") == 0
    assert services.history.conversations() == []
    assert capsys.readouterr().out == f"Deleted for good: {conversation}\n"
    assert run(services, "import", document) == 0
    assert capsys.readouterr() == ("Conversations imported: 1\n", "")
    (info,) = services.history.conversations()
    after = services.history.messages(info.id)
    assert [one.message for one in after] == [one.message for one in before]


def test_what_vlm_helper_left_is_imported_and_what_is_damaged_is_said(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages = [
        {"role": "user", "content": "What?", "image": data_url(png())},
        {"role": "user", "content": "And?", "image": data_url(b"no picture")},
        {"role": "nobody", "content": "x"},
    ]
    file = ancestor_file(tmp_path / "vlm_helper.db", {"Old": messages})
    assert run(services, "import", file) == 0
    out, error = capsys.readouterr()
    assert out == "Conversations imported: 1\n"
    assert error.splitlines() == [
        "Damaged conversations and messages, left out: 1",
        "Pictures and files that cannot be read, replaced by a line of text: 1",
    ]
    assert titles(services) == ["Old"]
    assert len(services.history.messages(services.history.latest() or 0)[0].message.media) == 1


def test_each_file_that_cannot_be_read_is_named_and_the_others_are_imported(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(services.history, TextPart("one"))
    assert run(services, "export", "--all", "--format", "json", "-o", tmp_path / "out") == 0
    (document,) = (tmp_path / "out").iterdir()
    run(services, "delete", 1, "--now")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    capsys.readouterr()
    assert run(services, "import", tmp_path / "broken.json", document, tmp_path / "missing.json") == 3
    out, error = capsys.readouterr()
    assert out == "Conversations imported: 1\n"
    assert "broken.json cannot be imported: it is not valid JSON." in error
    assert "missing.json cannot be imported: No such file or directory." in error
    assert error.splitlines()[-1] == "Files that cannot be imported: 2"


def test_a_full_disk_ends_the_import(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The next file would meet it too."""
    ask(services.history, TextPart("one"))
    assert run(services, "export", "--all", "--format", "json", "-o", tmp_path / "out") == 0
    (document,) = (tmp_path / "out").iterdir()

    def full(record: object) -> None:
        raise disk_full(tmp_path)

    monkeypatch.setattr(services.history, "add_conversation", full)
    capsys.readouterr()
    assert run(services, "import", document, document) == 1
    out, error = capsys.readouterr()
    assert out == ""
    assert error.count("because the disk is full") == 1


def test_delete_restore_and_delete_now(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = ask(services.history, TextPart("one")), ask(services.history, TextPart("two"))
    assert run(services, "delete", first, second) == 0
    assert capsys.readouterr().out.endswith(f"history restore {first} {second}\n")
    assert titles(services) == []
    assert run(services, "show", first) == 2
    assert capsys.readouterr().err == NO_CONVERSATION.format(first)
    assert run(services, "restore", first) == 0
    assert capsys.readouterr().out == f"Restored: {first}\n"
    assert titles(services) == ["one"]
    assert run(services, "delete", first, second, "--now") == 0
    assert run(services, "restore", first) == run(services, "restore", second) == 2


def test_each_conversation_is_said_to_be_done_or_not(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    """One that is not there does not keep the others from their turn."""
    first, second = ask(services.history, TextPart("one")), ask(services.history, TextPart("two"))
    assert run(services, "pin", first, 99, second) == 2
    assert capsys.readouterr() == (f"Pinned: {first} {second}\n", NO_CONVERSATION.format(99))
    assert [one.pinned for one in services.history.conversations()] == [True, True]
    assert run(services, "delete", first, first) == 0
    assert capsys.readouterr().out.endswith(f"history restore {first}\n")
    assert run(services, "restore", first, second) == 2
    out, error = capsys.readouterr()
    assert out == f"Restored: {first}\n"
    assert f"Conversation {second} is not in the trash" in error


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pin", "1"], {"pinned": [1], "errors": []}),
        (["unpin", "1"], {"unpinned": [1], "errors": []}),
        (["delete", "1"], {"deleted": [1], "errors": []}),
        (["delete", "1", "--now"], {"deleted_for_good": [1], "errors": []}),
        (["rename", "1", " 另一个 \n title"], {"renamed": 1, "title": "另一个 title"}),
    ],
)
def test_what_was_done_is_json(
    services: Services, capsys: pytest.CaptureFixture[str], words: list[str], told: object
) -> None:
    ask(services.history, TextPart("one"))
    assert run(services, *words, "--json") == 0
    out, error = capsys.readouterr()
    assert (json.loads(out), error) == (told, "")


def test_what_was_not_done_is_json_too(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    ask(services.history, TextPart("one"))
    assert run(services, "restore", 1, 99, "--json") == 2
    out, error = capsys.readouterr()
    told = json.loads(out)
    assert told["restored"] == []
    assert [(one["id"], one["kind"]) for one in told["errors"]] == [(1, "usage"), (99, "usage")]
    assert len(error.splitlines()) == 2


def test_rename_pin_and_unpin(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    conversation = ask(services.history, TextPart("one"))
    assert run(services, "rename", conversation, "  Mein \n Titel ") == 0
    assert run(services, "pin", conversation) == 0
    assert titles(services) == ["Mein Titel"]
    assert (
        capsys.readouterr().out == f"Conversation {conversation} is now called “Mein Titel”.\nPinned: {conversation}\n"
    )
    run(services, "list")
    assert capsys.readouterr().out.lstrip().startswith(f"{conversation}* ")
    assert run(services, "unpin", conversation) == 0
    assert capsys.readouterr().out == f"No longer pinned: {conversation}\n"
    run(services, "list", "--json")
    assert json.loads(capsys.readouterr().out)[0]["pinned"] is False


def test_a_title_is_found_and_its_places_are_told(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    conversation = ask(services.history, TextPart("one"))
    services.history.rename(conversation, "Receipts 2026")
    assert run(services, "search", "receipts") == 0
    assert capsys.readouterr().out.rstrip().endswith("Receipts 2026")
    assert run(services, "search", "receipts", "--json", "--limit", 1) == 0
    (hit,) = json.loads(capsys.readouterr().out)
    assert (hit["message_id"], hit["title_matches"]) == (None, [[0, 8]])


def test_storage_counts(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    everything(services.history)
    services.history.trash(ask(services.history, picture(), TextPart("in the trash")))
    assert run(services, "storage", "--json") == 0
    meter = json.loads(capsys.readouterr().out)
    assert (meter["conversations"], meter["trashed"], meter["messages"]) == (1, 1, 7)
    assert (meter["pictures"], meter["files"]) == (2, 2)
    assert meter["picture_bytes"] == len(png()) + len(png(grey=9))
    assert meter["file_bytes"] == len("笔记\r\n".encode()) + 4
    assert meter["database_bytes"] == sum(path.stat().st_size for path in services.paths.data_dir.glob("history.db*"))
    assert run(services, "storage") == 0
    assert f"Pictures: 2, {meter['picture_bytes']} B\n" in capsys.readouterr().out


def test_the_formats_of_the_command_are_those_that_there_are() -> None:
    assert sorted(_history_export._FORMATS) == sorted(formats())
