"""Which file an attachment was made of is known as long as it is there, and whether it is still the same."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import FilePart
from desktop_helper.services import file_origins
from desktop_helper.services.draft import INDEX, Draft, DraftFile
from desktop_helper.services.file_origins import FileOrigin, FileOrigins, Setting, ensure_unchanged

CHOSEN = Setting(((2, 3), (7, None)), 900, ("a/b.txt", "c.pdf"), as_pictures=True)


def part(text: str = "words") -> FilePart:
    return FilePart(text.encode(), "text/plain", "a.txt", text)


def sealed(path: Path) -> FileOrigin:
    origins, parts = FileOrigins(), (part(),)
    origins.remember(parts, FileOrigin(path))
    found = origins.sealed(parts)
    assert found is not None
    assert found.seal is not None
    return found


def told(origin: FileOrigin) -> str:
    with pytest.raises(HelperError) as caught:
        ensure_unchanged(origin)
    assert caught.value.kind is ErrorKind.SOURCE
    assert caught.value.fix
    return caught.value.message


def test_it_goes_by_the_very_parts_and_with_them() -> None:
    origins, parts = FileOrigins(), (part(),)
    origins.remember(parts, FileOrigin(Path("/a.txt"), CHOSEN))
    assert origins.find(parts) == FileOrigin(Path("/a.txt"), CHOSEN)
    assert origins.find((part(),)) is None, "the same words, but from elsewhere"
    assert origins.find(()) is None
    del parts
    gc.collect()
    assert not origins._known


def test_a_file_that_is_the_same_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"one")
    origin = sealed(path)
    ensure_unchanged(origin)
    os.utime(path, (1, 1))
    ensure_unchanged(origin)  # somebody copied it back
    ensure_unchanged(FileOrigin(tmp_path / "nowhere"))  # without a seal, nothing is to be told


def test_one_that_was_changed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"one")
    origin = sealed(path)
    path.write_bytes(b"two")
    os.utime(path, (1, 1))
    assert told(origin) == "a.pdf has been changed since it was attached."
    path.unlink()
    assert told(origin) == "a.pdf is not where it was when it was attached."
    path.mkdir()
    assert told(origin) == "a.pdf has been changed since it was attached."


def test_a_large_one_is_known_by_its_size_and_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_origins, "MOST_HASHED", 2)
    path = tmp_path / "a.mkv"
    path.write_bytes(b"one")
    origin = sealed(path)
    assert origin.seal is not None
    assert origin.seal.digest == ""
    ensure_unchanged(origin)
    os.utime(path, (1, 1))
    assert "changed" in told(origin)


def test_a_folder_need_only_be_there(tmp_path: Path) -> None:
    folder = tmp_path / "things"
    folder.mkdir()
    origin = sealed(folder)
    (folder / "new.txt").write_bytes(b"x")
    ensure_unchanged(origin)
    (folder / "new.txt").unlink()
    folder.rmdir()
    assert "not where it was" in told(origin)


def test_the_seal_is_that_of_the_first_time(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"one")
    origins, parts = FileOrigins(), (part(),)
    origins.remember(parts, FileOrigin(path))
    first = origins.sealed(parts)
    path.write_bytes(b"other")
    assert origins.sealed(parts) == first
    origins.remember(parts, FileOrigin(path, CHOSEN))  # e.g. when it could not be read again
    again = origins.sealed(parts)
    assert again is not None
    assert first is not None
    assert (again.seal, again.setting) == (first.seal, CHOSEN)


def test_a_draft_brings_it_back(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"one")
    origins, parts = FileOrigins(), (part(),)
    origins.remember(parts, FileOrigin(path, CHOSEN, locked=True))
    draft = Draft("Why?", (("a.pdf", parts), ("other", (part("other"),))))
    DraftFile(tmp_path / "draft", origins).save(draft)
    again = FileOrigins()
    loaded = DraftFile(tmp_path / "draft", again).load()
    assert loaded == draft
    (_name, first), (_other, second) = loaded.attachments
    assert again.find(first) == origins.sealed(parts)
    assert again.find(second) is None
    path.unlink()
    DraftFile(tmp_path / "draft", again).save(loaded)  # with what was known of it
    assert "digest" in (tmp_path / "draft" / INDEX).read_text()


def test_one_whose_file_is_gone_before_it_was_written_down_has_none(tmp_path: Path) -> None:
    origins, parts = FileOrigins(), (part(),)
    origins.remember(parts, FileOrigin(tmp_path / "gone.pdf"))
    DraftFile(tmp_path / "draft", origins).save(Draft("", (("gone.pdf", parts),)))
    assert "origin" not in (tmp_path / "draft" / INDEX).read_text()


@pytest.mark.parametrize("origin", [None, [], {}, {"path": "/a.pdf"}, "with an endless size"])
def test_one_that_means_nothing_does_not_cost_the_attachment(tmp_path: Path, origin: object) -> None:
    """E.g. of a later version, which tells it in another way."""
    path = tmp_path / "a.pdf"
    path.write_bytes(b"one")
    origins, parts = FileOrigins(), (part(),)
    origins.remember(parts, FileOrigin(path))
    draft = Draft("Why?", (("a.pdf", parts),))
    DraftFile(tmp_path / "draft", origins).save(draft)
    index = tmp_path / "draft" / INDEX
    told = json.loads(index.read_text())
    attachment = told["attachments"][0]
    attachment["origin"] = attachment["origin"] | {"size": float("inf")} if isinstance(origin, str) else origin
    index.write_text(json.dumps(told))
    again = FileOrigins()
    loaded = DraftFile(tmp_path / "draft", again).load()
    assert loaded == draft
    assert again.find(loaded.attachments[0][1]) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = ("path", "locked", "pages", "detail", "members", "as_pictures", "size", "changed", "digest")


@given(st.fixed_dictionaries(dict.fromkeys(KEYS, JSON)))
def test_what_somebody_wrote_into_a_draft_is_understood_or_refused(told: dict[str, object]) -> None:
    try:
        origin = file_origins.from_written(json.loads(json.dumps(told)))
    except (KeyError, TypeError, ValueError, OverflowError):
        return
    assert file_origins.from_written(json.loads(json.dumps(file_origins.written(origin)))) == origin
