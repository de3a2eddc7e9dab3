"""The files in a folder or an archive, for who chooses some of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.child import child_argv
from desktop_helper.core.i18n import tr
from desktop_helper.services.clip_choice import percent
from desktop_helper.services.folder_reading import MOST_FILES, why_left_out
from desktop_helper.services.folder_tree import Entry, Kind, kind_of, scan, tokens_of
from desktop_helper.services.looks_child import LooksChild
from desktop_helper.services.question_estimate import short

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

TIME_LIMIT_S = 20.0
_WORKER = "desktop_helper.attachments._worker"


@dataclass(frozen=True, slots=True)
class Listing:
    """Files that may be chosen.

    Args:
        name: of what they are in.
        entries: the files.
        left_out: a sentence about the others; empty if there are none.
        none_will_do: it says something without any of them: a mail.
        most: so many of them go at most.
    """

    name: str
    entries: tuple[Entry, ...]
    left_out: str = ""
    none_will_do: bool = False
    most: int = MOST_FILES


def listing_of(services: Services, path: Path, cancel: CancelToken) -> Listing:
    """What is in a folder or an archive, or attached to a mail. Blocks. Raises `HelperError`: SOURCE, or CANCELLED."""
    if path.is_dir():
        tree = scan(path, cancel)
        return Listing(tree.name, tree.entries, why_left_out(tree))
    services.prepare()
    child = LooksChild(child_argv(_WORKER), services.paths.log_dir, path, time_limit_s=TIME_LIMIT_S)
    forget = cancel.on_cancel(child.close)
    try:
        frame = child.ask({"type": "members"}, "members")
        with child.no_trust():
            found = [(str(member), max(0, int(size))) for member, size in frame.header["members"]]
            left_out, is_mail = str(frame.header["left_out"]), bool(frame.header["is_mail"])
            most = max(1, int(frame.header["most"]))
    finally:
        forget()
        child.close()
    return Listing(path.name, tuple(_entry(member, size) for member, size in found), left_out, is_mail, most)


def sentence(entries: Collection[Entry], count: int, limit: int) -> str:
    """`12 of 230 files · about 34k tokens · 27% of what the model can read`.

    Args:
        entries: that are chosen.
        count: how many there are.
        limit: what the model can read; 0 if nobody knows.
    """
    tokens = sum(entry.tokens for entry in entries)
    said = [tr("{chosen} of {count} files", chosen=f"{len(entries):,}", count=f"{count:,}")]
    if tokens:
        said.append(tr("about {used} tokens", used=short(tokens)))
        if limit:
            said.append(tr("{share} of what the model can read", share=percent(tokens / limit)))
    return " · ".join(said)


def warning(entries: Collection[Entry], listing: Listing, limit: int) -> str:
    """What is to be known before these files of the listing are taken; empty if nothing."""
    if not entries and not listing.none_will_do:
        return tr("Choose at least one file.")
    if len(entries) > listing.most:
        return tr("At most {most} files go: the first {most} of those.", most=listing.most)
    if limit and sum(entry.tokens for entry in entries) > limit:
        return tr("This is probably more than the model can read.")
    return ""


def _entry(member: str, size: int) -> Entry:
    kind = kind_of(member) or Kind.TEXT
    return Entry(member, size, kind, tokens_of(kind, size))
