"""Exports: what each format says, where files go, and that a full disk leaves nothing half."""

from __future__ import annotations

import base64
import errno
import html.parser
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, Progress
from desktop_helper.core.messages import FilePart, TextPart
from desktop_helper.services import exporting
from desktop_helper.services.atomic_file import write_whole
from desktop_helper.services.exporting import ExportJob, export, formats
from desktop_helper.services.history import History
from desktop_helper.services.markdown.parser import to_offline_html
from tests.support.archive import ask, everything, go_on, picture, png


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "data" / "history.db", tmp_path / "data" / "blobs")
    yield opened
    opened.close()


def written(history: History, ids: list[int], names: str, target: Path, **options: Any) -> list[Path]:
    chosen = [formats()[name] for name in names.split(",")]
    return export(history, ExportJob(ids, chosen, target, **options), CancelToken(), lambda _: None)


def text_of(history: History, conversation: int, name: str, *, thinking: bool = False) -> str:
    return exporting.as_text(formats()[name], exporting.conversation(history, conversation), thinking=thinking)


def test_markdown_has_its_pictures_beside_it(history: History, tmp_path: Path) -> None:
    notes = FilePart(b"text", "text/plain", "my [notes].txt", "text")
    conversation = ask(history, picture(), notes, TextPart("What?"), picture(), reply="A cat.", thinking="hm")
    (document,) = written(history, [conversation], "md", tmp_path / "one two.md")
    text = document.read_text(encoding="utf-8")
    assert "![Region](one%20two-files/picture-1.png)" in text
    assert "[my \\[notes\\].txt](one%20two-files/file-2.txt)" in text
    assert "hm" not in text
    assert text.endswith("## GLM-4.6V Flash\n\nA cat.\n")
    assert (tmp_path / "one two-files" / "picture-1.png").read_bytes() == png()
    assert sorted(path.name for path in (tmp_path / "one two-files").iterdir()) == ["file-2.txt", "picture-1.png"]
    assert "> hm" in text_of(history, conversation, "md", thinking=True)
    assert "[Region]" in text_of(history, conversation, "md")


class _Page(html.parser.HTMLParser):
    """Notes every tag and what could load or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


_TAGS = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "section", "details", "summary"}
_EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>![p](https://evil.example/x.png) [j](javascript:alert(1))"


def test_a_page_runs_nothing_and_loads_nothing(history: History) -> None:
    conversation = ask(
        history,
        picture('"><script>'),
        FilePart(_EVIL.encode(), "text/plain", _EVIL, _EVIL),
        TextPart(_EVIL),
        reply=_EVIL + "\n\n[ok](https://example.org/?a=1&b=2) **bold**",
        thinking=_EVIL,
        model=_EVIL,
        error=_EVIL,
        status="failed",
    )
    history.rename(conversation, _EVIL)
    text = text_of(history, conversation, "html", thinking=True)
    page = _Page(text)
    assert page.tags == _TAGS | {"figure", "img", "figcaption", "pre", "a", "strong"}
    assert page.handlers == []
    inside = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    assert sorted(page.addresses) == [inside, "https://example.org/?a=1&b=2"]
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert "<pre>" not in text_of(history, ask(history, TextPart("x"), thinking="hm"), "html")


def test_our_own_form_says_what_it_leaves_out(history: History) -> None:
    def left_out(*, thinking: bool) -> object:
        return json.loads(text_of(history, conversation, "json", thinking=thinking))["left_out"]

    conversation = ask(history, TextPart("What?"), thinking="hm")
    assert (left_out(thinking=False), left_out(thinking=True)) == (["thinking"], [])
    writer = history.begin_answer(conversation, "Another", history.messages(conversation)[0].id)
    writer.append("", "A dog.")
    writer.finish(FinishReason.STOP)
    assert (left_out(thinking=False), left_out(thinking=True)) == (["versions"], ["versions"])
    conversation = ask(history, TextPart("What?"))
    assert left_out(thinking=False) == []


@given(st.text() | st.text(alphabet="<>&\"'`![](){}$\\_*|\n :/#-javscriptdata:http", max_size=80))
def test_no_markdown_becomes_a_script_or_fetches_anything(source: str) -> None:
    page = _Page(to_offline_html(source))
    assert not page.tags & {"script", "img", "iframe", "object", "embed", "link", "style", "svg", "form", "base"}
    assert page.handlers == []
    assert all(re.match(r"(https?://|mailto:)", address, re.IGNORECASE) for address in page.addresses)


def test_training_data_is_as_the_models_are_trained(history: History, tmp_path: Path) -> None:
    late = ask(history, picture(), TextPart("What?"), reply="A cat.", thinking="hm", model="GLM-4.6V Flash")
    go_on(history, late, TextPart("Not answered"), reply="ha", status=FinishReason.INTERRUPTED)
    go_on(history, late, TextPart("<image> or <video>?"), picture("b", 5), reply="Second.", thinking="more")
    early = ask(history, TextPart("Old"), reply="One.", thinking="t", model="GLM-4.1V-9B-Thinking")
    broken = ask(history, TextPart("Nothing"), reply="ha", status="failed", error="No.")
    (document,) = written(history, [late, early, broken], "llamafactory", tmp_path / "set.json")
    assert json.loads(document.read_text(encoding="utf-8")) == [
        {
            "messages": [
                {"role": "user", "content": "<image>What?"},
                {"role": "assistant", "content": "A cat."},
                {"role": "user", "content": "Not answered\n\n< image> or < video>?<image>"},
                {"role": "assistant", "content": "<think>\nmore</think>\nSecond."},
            ],
            "images": ["set-files/picture-1.png", "set-files/picture-2.png"],
        },
        {
            "messages": [
                {"role": "user", "content": "Old"},
                {"role": "assistant", "content": "<think>\nt</think>\n<answer>One.</answer>"},
            ],
            "images": [],
        },
    ]
    assert (tmp_path / "set-files" / "picture-2.png").read_bytes() == png(grey=5)
    with pytest.raises(HelperError, match="nothing to learn") as caught:
        written(history, [broken], "llamafactory", tmp_path / "none.json")
    assert caught.value.kind is ErrorKind.USAGE
    with pytest.raises(HelperError, match="place beside"):
        text_of(history, late, "llamafactory")


def test_several_documents_go_into_a_folder(history: History, tmp_path: Path) -> None:
    first, second = ask(history, TextPart("Was ist das: 发票/2026?")), ask(history, picture())
    history.rename(second, "..")
    documents = written(history, [first, second], "md,html,json,llamafactory", tmp_path / "out")
    names = [path.relative_to(tmp_path / "out").as_posix() for path in documents]
    stems = [f"{first}-Was-ist-das-发票-2026", str(second)]
    assert names == [*(stem + suffix for stem in stems for suffix in (".md", ".html", ".json")), "llamafactory.json"]
    assert all(path.is_file() for path in documents)
    (alone,) = written(history, [first], "html", tmp_path / "new", into_folder=True)
    assert alone.parent == tmp_path / "new"


def test_nothing_is_written_over_unless_asked(history: History, tmp_path: Path) -> None:
    conversation = ask(history, picture(), TextPart("What?"))
    target = tmp_path / "a.md"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(HelperError, match="is there already") as caught:
        written(history, [conversation], "md", target)
    assert caught.value.kind is ErrorKind.USAGE
    assert target.read_text(encoding="utf-8") == "mine"
    target.unlink()
    (tmp_path / "a-files").mkdir()
    (tmp_path / "a-files" / "picture-1.png").write_bytes(b"mine")
    with pytest.raises(HelperError, match="picture-1"):
        written(history, [conversation], "md", target)
    assert not target.exists()
    written(history, [conversation], "md", target, force=True)
    assert (tmp_path / "a-files" / "picture-1.png").read_bytes() == png()
    with pytest.raises(HelperError, match="need a folder"):
        written(history, [conversation], "md,html", target, force=True)


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_a_full_disk_leaves_earlier_conversations_and_nothing_of_this_one(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    first, second = ask(history, TextPart("one")), ask(history, picture(), picture("b", 5), TextPart("two"))
    left = [1 + writes]

    def write(path: Path, data: bytes) -> None:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        left[0] -= 1
        write_whole(path, data)

    monkeypatch.setattr("desktop_helper.services.exporting.write_whole", write)
    with pytest.raises(HelperError, match="disk is full") as caught:
        written(history, [first, second], "md", tmp_path / "out")
    assert caught.value.kind is ErrorKind.STORAGE
    assert [path.name for path in (tmp_path / "out").rglob("*")] == [f"{first}-one.md"]


def test_the_conversation_in_which_it_is_stopped_leaves_nothing(history: History, tmp_path: Path) -> None:
    ids = [ask(history, TextPart(f"number {number}")) for number in range(4)]
    cancel = CancelToken()
    seen: list[Progress] = []

    def note(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 2:
            cancel.cancel()

    with pytest.raises(HelperError) as caught:
        export(history, ExportJob(ids, [formats()["md"]], tmp_path / "out"), cancel, note)
    assert caught.value.kind is ErrorKind.CANCELLED
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["1-number-0.md"]
    assert [progress.fraction for progress in seen] == [0.0, 0.25]


@pytest.mark.parametrize("name", list(formats()))
def test_a_single_conversation_tells_its_messages_and_can_be_stopped(
    history: History, tmp_path: Path, name: str
) -> None:
    conversation = ask(history, picture(), TextPart("first"))
    go_on(history, conversation, picture("second", 9), TextPart("second"))
    seen: list[str] = []

    def export_until(stop: int) -> None:
        cancel = CancelToken()

        def note(progress: Progress) -> None:
            seen.append(progress.message)
            if len(seen) == stop:
                cancel.cancel()

        target = tmp_path / "out" / "one"
        target.parent.mkdir(exist_ok=True)
        export(history, ExportJob([conversation], [formats()[name]], target), cancel, note)

    for stop in range(1, 5):
        seen.clear()
        with pytest.raises(HelperError) as caught:
            export_until(stop)
        assert caught.value.kind is ErrorKind.CANCELLED
        assert list((tmp_path / "out").iterdir()) == []
    seen.clear()
    export_until(0)
    assert seen == [f"Exporting message {number} of 4" for number in range(1, 5)]
    assert (tmp_path / "out" / "one").is_file()


def test_what_is_not_there_is_named(history: History, tmp_path: Path) -> None:
    gone = everything(history)
    history.trash(gone)
    for missing in (gone, 99):
        with pytest.raises(HelperError, match=f"no conversation {missing}") as caught:
            written(history, [missing], "json", tmp_path / "a.json")
        assert caught.value.kind is ErrorKind.USAGE
    assert list(tmp_path.glob("a.*")) == []


def test_modules_are_called_like_their_formats() -> None:
    assert list(formats()) == ["html", "json", "llamafactory", "md"]
