"""A log record of level WARNING or above fails its test, unless the test says that it expects it.

`expect_log` is the fixture for that:

    def test_a_broken_line_is_skipped(expect_log):
        with expect_log("cannot read line 3"):
            ...

The marker `allow_warnings` accepts any record, for tests that provoke many.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager


class UnexpectedLog(AssertionError):
    """The test logged a warning that it did not announce, or announced one that did not come."""


class LogGuard(logging.Handler):
    """Collects records of level WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Called by `logging`, from any thread."""
        self.records.append(record)

    @contextmanager
    def expect(self, pattern: str) -> Iterator[None]:
        """The block logs at least one record matching `pattern` (a regular expression); other records still fail."""
        start = len(self.records)
        yield
        recent = self.records[start:]
        others = [record for record in recent if not re.search(pattern, record.getMessage())]
        if len(others) == len(recent):
            raise UnexpectedLog(f"no warning like {pattern!r} was logged")
        self.records[start:] = others

    def complaints(self) -> str:
        """What was logged and not expected, one line each."""
        return "\n".join(f"{record.levelname} {record.name}: {record.getMessage()}" for record in self.records)
