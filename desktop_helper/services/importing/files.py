"""Several files one after the other, also after one that cannot be read, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.importing.job import ImportReport, import_file

if TYPE_CHECKING:
    from desktop_helper.core.messages import MediaPart
    from desktop_helper.services.container import Services

_AS_THEY_ARE = 1_000_000  # tokens: pictures were made small enough when they were first attached


@dataclass(slots=True)
class Outcome:
    """What became of all files."""

    reports: list[ImportReport] = field(default_factory=list)
    unreadable: list[HelperError] = field(default_factory=list)

    def told(self) -> tuple[str, list[str]]:
        """How many conversations there are now, and what else is to be known, each a line."""
        imported, known = sum(one.imported for one in self.reports), sum(one.known for one in self.reports)
        damaged, lost = sum(one.damaged for one in self.reports), sum(one.lost for one in self.reports)
        unreadable = len(self.unreadable)
        lines = (
            (unreadable, tr("Files that cannot be imported: {count}", count=unreadable)),
            (known, tr("Here already: {count}", count=known)),
            (damaged, tr("Damaged conversations and messages, left out: {count}", count=damaged)),
            (lost, tr("Pictures and files that cannot be read, replaced by a line of text: {count}", count=lost)),
        )
        return tr("Conversations imported: {count}", count=imported), [text for count, text in lines if count]


def import_files(
    services: Services,
    files: Sequence[Path],
    cancel: CancelToken,
    on_progress: Callable[[Progress], None],
    outcome: Outcome | None = None,
) -> Outcome:
    """Import what `files` hold.

    Raises `HelperError` for what the next file would meet too, such as a full disk, and where none can be read; what
    came in before is in the `outcome` that was given.
    """
    outcome = Outcome() if outcome is None else outcome
    for path in files:
        try:
            import_one(services, path, cancel, on_progress, outcome)
        except HelperError as error:
            if error.kind is not ErrorKind.SOURCE:
                raise
            outcome.unreadable.append(error)
    if outcome.unreadable and not outcome.reports:
        raise outcome.unreadable[0]
    return outcome


def import_one(
    services: Services, path: Path, cancel: CancelToken, on_progress: Callable[[Progress], None], outcome: Outcome
) -> None:
    """See `import_file`; pictures are read in the converter process. What came in is in `outcome`, however it ends."""
    options = ConvertOptions(max_image_tokens=_AS_THEY_ARE)

    def convert(data: bytes, name: str) -> tuple[MediaPart, ...]:
        return services.converter.convert_bytes(data, name, options, cancel)

    report, whole = ImportReport(), False
    try:
        import_file(services.history, path, convert, cancel, on_progress, report)
        whole = True
    finally:
        if whole or report.imported or report.known:
            outcome.reports.append(report)
