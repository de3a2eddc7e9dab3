"""A folder becomes parts of a message: its tree, and those of its files that were chosen or that there is room for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core import many_files
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.documents import renamed
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.file_tree import drawn, most_files, weight
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.many_files import some
from desktop_helper.core.messages import FilePart, MediaPart
from desktop_helper.core.names import printable
from desktop_helper.core.notes import note
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.folder_tree import MOST_FILES as LOOKED_AT
from desktop_helper.services.folder_tree import Entry, FolderTree, Kind, Reason, fingerprint, scan
from desktop_helper.services.question_estimate import part_tokens

if TYPE_CHECKING:
    from desktop_helper.services.converter import Converter

Told = Callable[[Progress], object]
USUAL_FILES = 50  # if nobody chooses
MOST_FILES = 500
_SHARE = 0.5  # of what the model can read
_USUAL_TOKENS = 40_000  # where nobody knows that


def listing_name(name: str) -> str:
    """What the tree is called among the parts; a zip file's is called the same."""
    return tr("{name}, files in it", name=name)


def usual(tree: FolderTree, limit: int) -> list[str]:
    """The files that go if nobody chooses: those that say most come first, as many as there is room for.

    Args:
        tree: of the folder.
        limit: tokens that the model can read; 0 if nobody knows.
    """
    room, wanted = _room(limit), set[str]()
    for entry in sorted(tree.entries, key=lambda entry: weight(entry.path)):
        if len(wanted) < USUAL_FILES and entry.tokens <= room:
            room -= entry.tokens
            wanted.add(entry.path)
    return [entry.path for entry in tree.entries if entry.path in wanted]


def read(
    folder: Path,
    converter: Converter,
    options: ConvertOptions,
    limit: int,
    cancel: CancelToken,
    on_progress: Told = lambda _progress: None,
) -> tuple[MediaPart, ...]:
    """The parts of a folder: a note, the tree, and the files. Raises `HelperError`: SOURCE, or CANCELLED.

    Args:
        folder: whose files are read, those that `options.members` names, or the usual ones.
        converter: reads each of them.
        options: for each of them.
        limit: tokens that the model can read; 0 if nobody knows.
        cancel: looked at between them, too.
        on_progress: told how far it is.
    """
    on_progress(Progress(tr("Looking through {name}", name=folder.name), None))
    tree = scan(folder, cancel)
    if not tree.entries:
        nothing = tr("There is nothing in {name} that can be read.", name=tree.name)
        raise HelperError(ErrorKind.SOURCE, sentences(nothing, why_left_out(tree)))
    chosen = options.members if options.members is not None else tuple(usual(tree, limit))
    wanted = [entry for entry in tree.entries if entry.path in set(chosen)][:MOST_FILES]
    bag = _Bag(None if options.members is not None else _room(limit))
    for number, entry in enumerate(wanted):
        cancel.raise_if_cancelled()
        on_progress(Progress(tr("Reading {name}", name=entry.path), number / len(wanted)))
        try:
            parts = _converted(folder, entry, converter, replace(options, members=None), cancel)
        except HelperError as error:
            if error.kind is ErrorKind.CANCELLED:
                raise
            bag.refuse(entry.path, error)
        else:
            bag.take(entry.path, parts)
    tree_text = "\n".join(drawn((entry.path for entry in tree.entries), most_files(limit)))
    listing = FilePart(tree_text.encode(errors="replace"), "text/plain", listing_name(tree.name), tree_text)
    as_chosen = options.members is not None
    found = [] if as_chosen or options.as_pictures else _found_later(tree, bag)
    if not found and (as_chosen or options.as_pictures or not bag.may_be_too_much(options)):
        said = _note(tree, bag, chosen=as_chosen)
        fact = not bag.refused and not bag.too_large and (as_chosen or bag.count == len(tree.entries))
        return (note(tree.name, said, fact=fact), listing, *(part for parts in bag.files for part in parts))
    size = sum(entry.size for entry in tree.entries)
    reference = many_files.referred(tree.name, fingerprint(folder, tree), size, complete=not found)
    converter.on_document(reference, folder, "")
    left = len(tree.entries) - bag.count - len(found)
    said = _note_of_all(tree, bag, found)
    files = many_files.searchable(reference, bag.files, bag.count)
    return (note(tree.name, said, fact=not left), listing, *files)


def taken(paths: Collection[str], parts: Collection[MediaPart]) -> list[str]:
    """Which of these files the parts were made of: “report.pdf, page 3 of 8” in any language."""
    names = {part.name for part in parts}
    return [
        path for path in paths if path in names or any(name.startswith((f"{path}, ", f"{path}，")) for name in names)
    ]


def why_left_out(tree: FolderTree) -> str:
    """How many others there are, and why, in a sentence; empty if there are none."""
    told = [_told(reason, f"{tree.left_out[reason]:,}") for reason in Reason if reason in tree.left_out]
    return tr("Not among them: {reasons}.", reasons=tr(", ").join(told)) if told else ""


def _told(reason: Reason, count: str) -> str:
    match reason:
        case Reason.BINARY:
            return tr("{count} that are neither text, picture nor document", count=count)
        case Reason.EMPTY:
            return tr("{count} that are empty", count=count)
        case Reason.PACKED:
            return tr("{count} compressed files (attach one by itself to ask about it)", count=count)
        case Reason.IGNORED:
            return tr("{count} ignored (.gitignore, caches)", count=count)
        case Reason.LARGE:
            return tr("{count} too large", count=count)
        case Reason.LINK:
            return tr("{count} links", count=count)
        case Reason.UNREADABLE:
            return tr("{count} that may not be read", count=count)
        case Reason.TOO_MANY:
            return tr("{count} beyond the first {most}", count=count, most=f"{LOOKED_AT:,}")


@dataclass(slots=True)
class _Bag:
    """What was read, as long as there is room; None for as much as was chosen."""

    room: int | None
    files: list[tuple[MediaPart, ...]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    locked: list[str] = field(default_factory=list)
    protected: list[str] = field(default_factory=list)  # for good: no password can be entered
    too_large: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.files)

    @property
    def refused(self) -> list[str]:
        """Those that nothing was made of."""
        return [*self.failed, *self.locked, *self.protected]

    def may_be_too_much(self, options: ConvertOptions) -> bool:
        """Whether the text of its files may be more than there is room for when the question is asked."""
        texts = (part for parts in self.files if many_files.may_give_way(parts) for part in parts)
        return sum(map(part_tokens, texts)) > options.max_video_tokens

    def refuse(self, path: str, error: HelperError) -> None:
        """It cannot be read, or not without its password, which nobody is asked for among so many files."""
        lists = {ErrorKind.LOCKED: self.locked, ErrorKind.PROTECTED: self.protected}
        lists.get(error.kind, self.failed).append(path)

    def take(self, path: str, parts: tuple[MediaPart, ...]) -> None:
        cost = sum(map(part_tokens, parts))
        if not parts:
            self.failed.append(path)
        elif self.room is not None and cost > self.room:
            self.too_large.append(path)
        else:
            self.room = None if self.room is None else self.room - cost
            self.files.append(parts)
            self.paths.append(path)


def _converted(
    folder: Path, entry: Entry, converter: Converter, options: ConvertOptions, cancel: CancelToken
) -> tuple[MediaPart, ...]:
    """Its parts, with their place in the folder. Raises `HelperError`."""
    options = replace(options, as_pictures=options.as_pictures and entry.kind is Kind.TEXT)
    parts = converter.convert_file(folder / entry.path, options, cancel)
    above, slash, file = entry.path.rpartition("/")

    def place(name: str) -> str:
        """Files that are attached to a mail are below it."""
        return f"{above}{slash}{name}" if name.startswith(printable(file)) else f"{entry.path}/{name}"

    return tuple(renamed(part, place) for part in parts)


def _note(tree: FolderTree, bag: _Bag, *, chosen: bool) -> str:
    count = len(tree.entries)
    text = tr("{name} holds {count} files; {read} of them are attached.", name=tree.name, count=count, read=bag.count)
    said = [text]
    said += _refused(bag)
    if bag.too_large:
        said.append(tr("For these there was no room: {names}.", names=some(bag.too_large)))
    if bag.count < count and not chosen:
        said.append(tr("Choose files to ask about others."))
    return sentences(*said, why_left_out(tree))


def _found_later(tree: FolderTree, bag: _Bag) -> list[str]:
    """Files that are not attached, of which parts may be chosen when a question is asked."""
    gone = {*bag.paths, *bag.refused}
    return [entry.path for entry in tree.entries if entry.kind is not Kind.PICTURE and entry.path not in gone]


def _note_of_all(tree: FolderTree, bag: _Bag, found: list[str]) -> str:
    """The same where more of it is found later."""
    said = [tr("{name} holds {count} files.", name=tree.name, count=len(tree.entries)), why_left_out(tree)]
    said += _refused(bag)
    known = {*bag.paths, *bag.refused, *found}
    if left := [entry.path for entry in tree.entries if entry.path not in known]:
        said.append(tr("Neither attached nor searched: {names}.", names=some(left)))
        said.append(tr("Choose files to ask about others."))
    return sentences(*said)


def _refused(bag: _Bag) -> list[str]:
    """Which files nothing was made of, and why."""
    said = []
    if bag.failed:
        said.append(tr("These cannot be read: {names}.", names=some(bag.failed)))
    if bag.locked:
        said.append(tr("Protected with a password: {names}.", names=some(bag.locked)))
        said.append(tr("Attach one by itself to enter its password."))
    if bag.protected:
        said.append(tr("Protected with a password, which cannot be entered here: {names}.", names=some(bag.protected)))
    return said


def _room(limit: int) -> int:
    return int(limit * _SHARE) if limit else _USUAL_TOKENS
