"""PipeWire that cannot be used is a sentence, and nothing of it stays."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest

from desktop_helper.capture import _libpipewire, _pipewire
from desktop_helper.core.errors import ErrorKind, HelperError


class Library:
    """Its functions return `results`, by name, and 1 else."""

    def __init__(self, **results: int) -> None:
        self.results, self.called = results, list[str]()

    def __getattr__(self, name: str) -> Any:
        def call(*_arguments: object) -> int:
            self.called.append(name)
            return self.results.get(name, 1)

        return call


@pytest.mark.parametrize(
    ("results", "freed"),
    [
        ({"pw_thread_loop_new": 0}, []),
        ({"pw_context_new": 0}, ["pw_thread_loop_destroy"]),
        ({"pw_thread_loop_start": -12}, ["pw_context_destroy", "pw_thread_loop_destroy"]),
    ],
)
def test_a_part_that_is_not_made_ends_it(
    monkeypatch: pytest.MonkeyPatch, results: dict[str, int], freed: list[str]
) -> None:
    library = Library(**results)
    monkeypatch.setattr(_libpipewire, "library", lambda: library)
    read, write = os.pipe()
    with pytest.raises(HelperError) as caught:
        _pipewire.Remote(read)
    assert caught.value.kind is ErrorKind.CAPTURE
    assert [name for name in library.called if name.endswith("_destroy")] == freed
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(read)
    os.close(write)


def test_a_stream_that_is_not_made_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(pw_stream_new=0)
    monkeypatch.setattr(_libpipewire, "library", lambda: library)
    remote = _pipewire.Remote()
    with pytest.raises(HelperError):
        remote.stream(7, SimpleNamespace())  # type: ignore[arg-type]
    assert "pw_stream_add_listener" not in library.called
    remote.close()
