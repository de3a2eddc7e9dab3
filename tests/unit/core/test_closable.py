"""What is left early ends at once."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_helper.core.closable import closable


def test_whoever_leaves_early_ends_the_source() -> None:
    ended: list[int] = []

    def source() -> Iterator[int]:
        try:
            yield from range(9)
        finally:
            ended.append(1)

    kept = source()  # so that nobody collects it
    with closable(kept) as items:
        assert next(items) == 0
        assert not ended
    assert ended == [1]


def test_so_does_who_leaves_before_the_first_one() -> None:
    closed: list[int] = []

    class Source:
        def __iter__(self) -> Iterator[int]:
            return self

        def __next__(self) -> int:
            return 1

        def close(self) -> None:
            closed.append(1)

    with closable(Source()):
        pass
    assert closed == [1]


def test_what_cannot_be_closed_is_left_as_it_is() -> None:
    source = iter([1, 2, 3])
    with closable(source) as items:
        assert next(items) == 1
    assert next(source) == 2
