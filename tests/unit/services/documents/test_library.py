"""Where documents are, what is kept of them, and what is not."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import Reference, references
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.ocr import models
from desktop_helper.services.documents import library as module
from tests.support.pdf_library import HereConverter, library, pdf_of

TEXTS = [f"This is page {number}. " + ("The turbine needs oil." if number == 25 else "") for number in range(1, 31)]


def attached(converter: HereConverter, path: Path, password: str = "") -> Reference:
    options = ConvertOptions(100, password=password)
    (reference,) = references(converter.convert_file(path, options))
    return reference


def ignore(_progress: Progress) -> None:
    """For tests that look at something else."""


def pages(documents: module.Documents, reference: Reference, question: str) -> list[int]:
    index = documents.index(reference, CancelToken(), ignore)
    assert index is not None
    return [hit.page for hit in index.search(question, 5)]


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    path = tmp_path / "manual.pdf"
    path.write_bytes(pdf_of(TEXTS))
    return path


def test_a_document_is_read_bit_by_bit_and_only_once(manual: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "PAGES_AT_ONCE", 8)
    documents, converter, _reader = library(tmp_path / "cache")
    reference = attached(converter, manual)
    assert (reference.pages, reference.shown, reference.name) == (30, tuple(range(1, 21)), "manual.pdf")
    heard: list[Progress] = []
    index = documents.index(reference, CancelToken(), heard.append)
    assert index is not None
    assert [(one.first, one.last) for one in converter.batches] == [(1, 8), (9, 16), (17, 24), (25, 32)]
    assert heard[0].message == "Reading manual.pdf, page 1 of 30"
    assert index.complete
    assert pages(documents, reference, "turbine oil") == [25]
    documents.close()
    documents, converter, _reader = library(tmp_path / "cache")  # another day; nobody has attached it again
    assert pages(documents, reference, "turbine oil") == [25]
    assert not converter.batches
    assert len(documents.pictures(reference, [25], ConvertOptions(100), CancelToken())) == 1
    documents.close()


def test_who_waits_for_another_document_can_stop(manual: Path, tmp_path: Path) -> None:
    documents, converter, _reader = library(tmp_path / "cache")
    reference, cancel = attached(converter, manual), CancelToken()
    with documents._building:  # as while another one is read
        threading.Timer(0.2, cancel.cancel).start()
        with pytest.raises(HelperError, match="Stopped"):
            documents.index(reference, cancel, ignore)
    assert pages(documents, reference, "turbine oil") == [25]
    documents.close()


def test_what_was_begun_is_gone_on_with(manual: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "PAGES_AT_ONCE", 8)
    documents, converter, _reader = library(tmp_path / "cache")
    reference, cancel = attached(converter, manual), CancelToken()
    with pytest.raises(HelperError, match="Stopped"):
        documents.index(reference, cancel, lambda told: cancel.cancel() if (told.fraction or 0) > 0.2 else None)
    assert [one.first for one in converter.batches] == [1]
    assert pages(documents, reference, "turbine oil") == [25]
    assert [one.first for one in converter.batches] == [1, 9, 17, 25]
    documents.close()


def test_a_file_that_is_gone_or_another_is_not_read(manual: Path, tmp_path: Path) -> None:
    documents, converter, _reader = library(tmp_path / "cache")
    reference = attached(converter, manual)
    manual.write_bytes(pdf_of(["Another one."] * 30))
    assert documents.index(reference, CancelToken(), ignore) is None
    assert documents.pictures(reference, [1], ConvertOptions(100), CancelToken()) == []
    manual.unlink()
    assert documents.index(reference, CancelToken(), ignore) is None
    documents.close()


def test_what_a_password_protects_is_not_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_bytes(pdf_of(TEXTS, encryption=5, owner_pw="x", user_pw="x"))
    documents, converter, _reader = library(tmp_path / "cache")
    reference = attached(converter, path, "x")
    assert pages(documents, reference, "turbine oil") == [25]
    assert len(documents.pictures(reference, [25], ConvertOptions(100), CancelToken())) == 1
    assert not (tmp_path / "cache").exists()
    documents.close()


def test_nor_is_it_after_somebody_went_on_with_an_old_conversation_about_it(tmp_path: Path) -> None:
    path = tmp_path / "secret.pdf"
    path.write_bytes(pdf_of(TEXTS, encryption=5, owner_pw="x", user_pw="x"))
    before, converter, _reader = library(tmp_path / "other")
    reference = attached(converter, path, "x")
    before.close()
    documents, converter, _reader = library(tmp_path / "cache")
    assert documents.index(reference, CancelToken(), ignore) is None  # nobody knows where it is
    attached(converter, path, "x")
    assert pages(documents, reference, "turbine oil") == [25]
    assert not list((tmp_path / "cache").glob("*"))
    documents.close()


def test_nothing_is_left_when_it_is_to_be_forgotten(manual: Path, tmp_path: Path) -> None:
    documents, converter, _reader = library(tmp_path / "cache")
    reference = attached(converter, manual)
    assert pages(documents, reference, "turbine oil") == [25]
    (file,) = (tmp_path / "cache").iterdir()
    assert file.name == f"{reference.digest}.db"
    assert os.name != "posix" or file.stat().st_mode & 0o077 == 0
    documents.forget()
    assert not (tmp_path / "cache").exists()
    assert pages(documents, reference, "turbine oil") == [25]  # the file is still there
    documents.close()


def test_what_is_old_or_too_much_goes(tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    now = time.time()
    for name, days, size in (("a", 1, 400), ("b", 2, 400), ("c", 3, 400), ("d", 40, 10)):
        path = folder / f"{name}.db"
        path.write_bytes(b"x" * size)
        os.utime(path, (now - days * 86_400,) * 2)
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    documents, _converter, _reader = library(folder)
    documents.tidy()
    assert sorted(path.name for path in folder.iterdir()) == ["a.db", "b.db"]
    documents.close()


def test_scans_are_read_in_their_pictures(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(models, "availability", lambda: AVAILABLE)
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of([""] * 25))
    documents, converter, reader = library(tmp_path / "cache", "Invoice of March", "The sum is 14.75")
    reference, cancel = attached(converter, path), CancelToken()
    index = documents.index(reference, cancel, ignore)
    assert index is not None
    assert index.unread_count() == 25
    assert documents.read_scans(reference, index, index.unread(2), cancel, ignore) == 2
    assert (reader.asked, index.unread_count()) == (2, 23)
    assert pages(documents, reference, "What is the sum?") == [2]
    documents.close()


def test_forgetting_does_not_wait_for_a_document_that_is_being_read(manual: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "PAGES_AT_ONCE", 8)
    documents, converter, _reader = library(tmp_path / "cache")
    reference, told = attached(converter, manual), list[float]()

    def forget_once(progress: Progress) -> None:
        if not told and (progress.fraction or 0) > 0.2:
            other = threading.Thread(target=documents.forget)  # somebody deletes a conversation meanwhile
            other.start()
            other.join(5)
            assert not other.is_alive()
            assert not (tmp_path / "cache").exists()
            told.append(progress.fraction or 0)

    index = documents.index(reference, CancelToken(), forget_once)
    assert told
    assert index is not None
    assert index.complete
    assert [hit.page for hit in index.search("turbine oil", 5)] == [25]
    documents.close()


def test_who_reads_a_document_when_the_app_ends_does_not_begin_anew(manual: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "PAGES_AT_ONCE", 8)
    documents, converter, _reader = library(tmp_path / "cache")
    reference = attached(converter, manual)
    with pytest.raises(HelperError):
        documents.index(reference, CancelToken(), lambda _told: documents.close())
    assert len(converter.batches) == 1
