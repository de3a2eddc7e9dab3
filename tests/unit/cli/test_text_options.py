"""`ask --file manual.txt --as-pictures`: long text as pages of small print; it is proposed where that is cheaper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_helper.bootstrap import build_services
from desktop_helper.cli._chosen_file import meant_of
from desktop_helper.cli._text_options import proposals
from desktop_helper.core.documents import Reference, Unit, note
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import NOTE_MIME, FilePart
from desktop_helper.core.protocols import ConvertOptions, ModelProfile
from desktop_helper.core.speech import SPOKEN_MIME
from desktop_helper.services.container import Services
from tests.unit.cli.test_ask import CUSTOM, dry_run, parse

LONG = "The pump is checked every month, because the pressure in its valves falls when it is warm. " * 250
SERVER = ModelProfile("test", "custom", "openai_compatible", "M", "m", "http://127.0.0.1:9/v1")


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    yield made
    made.close()


def part(name: str, words: str = LONG, mime: str = "text/plain") -> FilePart:
    return FilePart(words.encode(), mime, name, words)


def test_the_option_is_about_the_file_before_it() -> None:
    sources = parse("--file", "a.txt", "--as-pictures", "--file", "b.txt", "Why?").sources
    assert [meant_of(path).as_pictures for _kind, path in sources] == [True, False]
    with pytest.raises(SystemExit):
        parse("--as-pictures", "--file", "a.txt", "Why?")


def test_a_long_text_is_proposed_and_drawn(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "manual.txt"
    path.write_text(LONG, encoding="utf-8")
    request = dry_run(services, tmp_path / "text", "--file", str(path), *CUSTOM, "Why?")
    assert "The pump is checked" in json.dumps(request)
    said = capsys.readouterr().err
    assert "manual.txt takes about 6,500 tokens as text and 2,400 as 2 pictures (--as-pictures)." in said
    drawn = dry_run(services, tmp_path / "drawn", "--file", str(path), "--as-pictures", *CUSTOM, "Why?")
    (message,) = [one for one in drawn["messages"] if one["role"] == "user"]
    pictures = [one for one in message["content"] if "file" in one]
    assert sum(one["tokens"] for one in pictures) == 2400
    assert "The pump" not in json.dumps(drawn)
    assert "[manual.txt, page 2 of 2]" in [one.get("text") for one in message["content"]]
    assert "--as-pictures" not in capsys.readouterr().err


def test_a_file_without_text_is_refused(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "blank.txt"
    path.write_text(" \n", encoding="utf-8")
    with pytest.raises(HelperError, match="no text in blank.txt"):
        services.converter.convert_file(path, ConvertOptions(as_pictures=True))


def test_only_models_that_read_pictures_get_a_proposal() -> None:
    assert len(list(proposals([part("a.txt"), part("b.md")], SERVER))) == 2
    blind = ModelProfile("test", "local", "local", "M", "m", gguf=Path("m.gguf"))
    assert list(proposals([part("a.txt")], blind)) == []
    seeing = replace(blind, mmproj=Path("mm.gguf"), max_image_tokens=1500)
    assert len(list(proposals([part("a.txt")], seeing))) == 1
    few = replace(SERVER, quirks={"max_images": 1})
    assert list(proposals([part("a.txt")], few)) == [], "so many pictures would be refused"


def test_what_is_proposed_for_a_document_counts_all_of_its_texts() -> None:
    halves = [part(f"a.docx, text {number} of 2", LONG[: len(LONG) // 2]) for number in (1, 2)]
    (sentence,) = proposals(halves, SERVER)
    assert sentence.startswith("a.docx takes about 6,500 tokens as text")
    assert list(proposals([part("a.pdf, text of the pages"), part("note", mime=NOTE_MIME)], SERVER)) == []
    assert list(proposals([part("What is said in a.mp4", mime=SPOKEN_MIME)], SERVER)) == []
    assert list(proposals([part("a.txt", LONG[:9_000])], SERVER)) == []


def test_nothing_is_proposed_that_would_not_go() -> None:
    small = replace(SERVER, context_tokens=2_000)  # 2,400 tokens are too much for it either way
    assert not list(proposals([part("a.txt")], small))
    assert list(proposals([part("a.txt")], replace(SERVER, context_tokens=8_000)))
    begins = note("a.txt", "Only its first.", Reference("a" * 64, "a.txt", 1, (), unit=Unit.PART))
    assert not list(proposals([begins, part("a.txt")], SERVER)), "all of it is too long for pictures"
    assert list(proposals([begins, part("a.txt"), part("b.txt")], SERVER))
