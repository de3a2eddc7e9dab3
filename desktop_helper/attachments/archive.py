"""Archives that are no document: the tree of what is in them, and the files that can be read, within limits.

The same for the files that are attached to a mail, behind what it says itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from desktop_helper.attachments import _errors, _inside, _mail, _office, _parts, _tar, pdf
from desktop_helper.attachments._choose import HEAD_BYTES, all_handlers, choose
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._encoding import is_text
from desktop_helper.attachments._inside import Inside
from desktop_helper.attachments._members import MAX_MEMBER_BYTES, Member
from desktop_helper.core import many_files
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.coming import unseen
from desktop_helper.core.documents import LONGEST, PageReading, PageText, Unit, by_themselves, references
from desktop_helper.core.errors import HelperError
from desktop_helper.core.events import Progress
from desktop_helper.core.file_tree import drawn, most_files, weight
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.many_files import Unread
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, is_note
from desktop_helper.core.notes import note
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions
from desktop_helper.core.text_tokens import text_tokens

MAX_FILES = 50  # that are read
MAX_PICTURES = 20
MAX_CHOSEN_PICTURES = 100  # pages of documents among them
MAX_CHARACTERS = 200_000
_MOST_BYTES = 4  # of a character in any encoding
KINDS = ("text", "image", "svg", "csv", "html", "ipynb", "rtf", "eml")  # what costs little
DOCUMENTS = ("pdf", "docx", "pptx", "xlsx", "odf", "epub")  # whose pages may be many: attached to a mail, or chosen
SEARCHED = ("text", "csv", "html", "ipynb", "rtf", "eml", *DOCUMENTS)  # by what they say


def _matches(head: bytes, name: str) -> bool:
    return head.startswith(_inside.ZIPS) or _tar.looks_like(head) or bool(_inside.other_archive(head))


def _convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    if not data:
        raise _errors.empty(name)
    if kind := _inside.other_archive(data):
        raise _errors.unreadable(
            tr("{name} is packed as {kind}, which cannot be read here.", name=name, kind=kind),
            tr("Unpack it and attach the folder, or pack it again as zip or tar.gz."),
        )
    if not _inside.is_archive(data):
        what = tr("{name} is not a zip or tar file, as its name says.", name=name)
        raise _errors.unreadable(what, tr("Check what kind of file it is."))
    return parts(_inside.opened(data, name), options)


def parts(inside: Inside, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """What goes of an archive, or of a mail with files. Raises `HelperError(SOURCE)`."""
    name, members = inside.name, inside.members
    if not members:
        raise _errors.unreadable(sentences(tr("There is no file in {name}.", name=name), left_out(inside)))
    if all(member.locked for member in members):
        raise _errors.protected(name)
    options = replace(options, on_coming=unseen)  # pages of one of its files are not what the archive looks like
    own = _mail_parts(inside.data, name, options, named_only=False) if inside.is_mail else ()
    bag, chosen = _Bag(options), members
    if options.members is not None:
        wanted = set(options.members)
        chosen = [one for one in members if one.path in wanted]
    for number, member in enumerate(sorted(chosen, key=lambda one: weight(one.path))):
        if bag.full:
            bag.missed.append(member)
            continue
        options.on_progress(Progress(tr("Reading {name}", name=name), number / len(chosen)))
        try:
            bag.add(member, *_converted(inside, member, options))
        except HelperError as error:
            bag.refuse(member, error)
    paths = (member.path for member in members)
    tree = "\n".join(drawn(paths, most_files(2 * options.max_video_tokens)))  # half of what is read
    listing = FilePart(tree.encode(errors="replace"), "text/plain", tr("{name}, files in it", name=name), tree)
    if own and (options.members is not None or _tokens(own) <= options.max_video_tokens):
        return (*own, *_told(inside, bag, options, listing))
    return _told(inside, bag, options, listing, own)


def _told(
    inside: Inside, bag: _Bag, options: ConvertOptions, listing: FilePart, own: tuple[MediaPart, ...] = ()
) -> tuple[MediaPart, ...]:
    """A note, the tree and the parts; of files that do not go, and of a long mail's `own` text, more is found later."""
    name, count, usual = inside.name, len(inside.members), options.members is None
    title = tr("{name}, what is attached to it", name=name) if inside.is_mail else name
    found = _found_later(inside, bag) if usual else []
    known = bag.read + len(found)
    told = {"name": name, "count": count, "read": bag.read}
    others = [
        tr("These cannot be read: {names}.", names=_some(bag.failed)) if bag.failed else "",
        tr("Protected with a password: {names}.", names=_some(bag.locked)) if bag.locked else "",
        tr("Attach one by itself to ask about it.") if known < count else "",
        left_out(inside),
    ]
    fact = not (bag.missed or bag.failed or bag.locked or inside.left_out) and (not usual or known == count)
    files = [own, *bag.files] if own else bag.files
    if usual and not options.as_pictures and (found or sum(map(_tokens, files)) > options.max_video_tokens):
        complete = not found and not any(map(is_note, own))
        reference = many_files.referred(name, inside.digest, len(inside.data), complete=complete)
        missing = tr("Neither attached nor searched: {names}.", names=_some(bag.missed)) if bag.missed else ""
        said = sentences(tr("{name} holds {count} files.", **told), missing, *others)
        return (note(title, said, fact=fact), listing, *many_files.searchable(reference, files, bag.read))
    missing = tr("Not among them: {reasons}.", reasons=_some(bag.missed)) if bag.missed else ""
    said = sentences(tr("{name} holds {count} files; {read} of them are attached.", **told), missing, *others)
    return (note(title, said, fact=fact), listing, *(part for each in files for part in each))


def left_out(inside: Inside) -> str:
    """What is in it besides the files, in a sentence or two; nothing if there is nothing."""
    kept = tr("{count} files that programs keep for themselves were left out (.git, caches).", count=inside.clutter)
    return sentences(
        tr("Links and devices in it were left out: {count}.", count=inside.left_out) if inside.left_out else "",
        kept if inside.clutter else "",
    )


def page_texts(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    """What the files in it say, as parts. Raises `HelperError(SOURCE)`."""
    return part_texts(_inside.opened(_parts.content(source, name), name), wanted)


def part_texts(inside: Inside, wanted: PageReading) -> tuple[int, list[PageText]]:
    """The same of what has been opened."""
    if wanted.unit is Unit.PAGE:
        raise _errors.pageless(inside.name)
    return _parts.from_page(many_files.within_limits(_texts(inside), len(inside.members)), wanted)


def _texts(inside: Inside) -> Iterator[list[PageText] | Unread]:
    """What a mail says, and each of the files, those first that say what it is about."""
    everything = PageReading(1, LONGEST, unit=Unit.PART)
    if inside.is_mail:
        yield many_files.parts_of_file(inside.name, _mail.texts(inside.data, inside.name, everything)[1])
    for member in sorted(inside.members, key=lambda one: weight(one.path)):
        if not _searched_as(inside, member):
            yield []  # which was said when it was attached
            continue
        try:
            data = inside.room.read(member)
            handler = _handler(data, member.path)
            read = _mail.texts if handler.name == "eml" else handler.page_texts
            if read is None:
                yield []
                continue
            pages = read(data, member.path, everything)[1]
            yield many_files.parts_of_file(member.path, pages, paged=handler.name == "pdf")
        except HelperError as error:
            yield Unread(member.path, error.needs_password)  # the others are searched nevertheless


def _found_later(inside: Inside, bag: _Bag) -> list[Member]:
    """Of what the bag missed, what is searched, since no other must be promised. The bag is told what is locked."""
    found, missed, bag.missed = list[Member](), bag.missed, []
    for member in missed:
        kind = _searched_as(inside, member)
        if member.locked or (kind in DOCUMENTS and _is_locked(inside, member, kind)):
            bag.locked.append(member)
        else:
            (found if kind else bag.missed).append(member)
    return found


def _searched_as(inside: Inside, member: Member) -> str:
    """The handler that reads a file to look for words in it; none for others."""
    kind = "" if member.locked or member.size > MAX_MEMBER_BYTES else _kind(inside, member)
    if kind not in SEARCHED or (kind == "text" and not is_text(inside.room.head(member, HEAD_BYTES))):
        return ""
    return kind


def _is_locked(inside: Inside, member: Member, kind: str) -> bool:
    """Whether only a password opens a document that has not been read yet."""
    is_locked = pdf.is_locked if kind == "pdf" else _office.is_protected
    try:
        data = inside.room.read(member)
        return _errors.guarded(member.path, lambda: is_locked(data, member.path))
    except HelperError:
        return False  # which is said when it is searched


def _kind(inside: Inside, member: Member) -> str:
    """The handler of a file; none for what cannot be read, and for an archive that was not opened."""
    if member.path.lower().endswith(_inside.ARCHIVES):
        return ""  # one whose files look like a document's would be opened by its handler, without our limits
    try:
        return _handler(inside.room.head(member, HEAD_BYTES), member.path).name
    except HelperError:
        return ""


def _handler(data: bytes, path: str) -> AttachmentHandler:
    return choose(all_handlers(), data, path)


def _converted(inside: Inside, member: Member, options: ConvertOptions) -> tuple[str, tuple[MediaPart, ...]]:
    """The kind of a file and its parts: none for kinds that are not read here. Raises `HelperError`."""
    kind = _kind(inside, member)
    usual = options.members is None
    if kind not in KINDS and (kind not in DOCUMENTS or (usual and not inside.is_mail)):
        return kind, ()
    if kind == "text" and member.size > _MOST_BYTES * MAX_CHARACTERS:
        return kind, ()  # too long, whatever it says
    data = inside.room.read(member)
    if kind == "eml":
        return kind, _mail_parts(data, member.path, options, named_only=member.path not in inside.opened)
    made = _handler(data, member.path).convert(data, member.path, options)
    if usual and kind in DOCUMENTS and not all(found.whole for found in references(made)):
        return kind, ()  # it is searched
    # Nobody has a file of what is in there, so no more of it can be found later.
    return kind, by_themselves(made)


def _mail_parts(data: bytes, name: str, options: ConvertOptions, *, named_only: bool) -> tuple[MediaPart, ...]:
    """What a mail says itself."""
    document = Document(name, options)
    attached = _errors.guarded(name, lambda: _mail.tell(data, document))
    if named_only and attached:
        said = tr("Files attached to the mail {name} are only named: {count}.", count=attached, name=name)
        document.note(said)
    return document.parts()


class _Bag:
    """What is taken out, as long as there is room."""

    def __init__(self, options: ConvertOptions) -> None:
        self.files: list[tuple[MediaPart, ...]] = []
        self.missed: list[Member] = []  # of those that were wanted
        self.failed: list[Member] = []
        self.locked: list[Member] = []
        usual = options.members is None
        self._pictures, self._characters = MAX_PICTURES if usual else MAX_CHOSEN_PICTURES, MAX_CHARACTERS
        self._of_documents = options.max_video_tokens if usual and not options.wish.in_full else None

    @property
    def read(self) -> int:
        return len(self.files)

    @property
    def full(self) -> bool:
        return self.read >= MAX_FILES

    def refuse(self, member: Member, error: HelperError) -> None:
        """Nothing can be made of it. An empty one is no failure."""
        why = self.locked if error.needs_password else self.failed if member.size else self.missed
        why.append(member)

    def add(self, member: Member, kind: str, parts: tuple[MediaPart, ...]) -> None:
        pictures = sum(isinstance(part, ImagePart) for part in parts)
        characters = sum(len(part.text) for part in parts if isinstance(part, FilePart))
        if parts and pictures <= self._pictures and characters <= self._characters and self._affords(kind, parts):
            self._pictures -= pictures
            self._characters -= characters
            self.files.append(parts)
        else:
            self.missed.append(member)

    def _affords(self, kind: str, parts: tuple[MediaPart, ...]) -> bool:
        """Whether there is room for a document, whose pages nobody has asked for."""
        if kind not in DOCUMENTS or self._of_documents is None:
            return True
        cost = _tokens(parts) + sum(part.tokens for part in parts if isinstance(part, ImagePart))
        if cost > self._of_documents:
            return False
        self._of_documents -= cost
        return True


def _tokens(parts: Sequence[MediaPart]) -> int:
    """Of text: what pictures cost is no reason to search for something."""
    return sum(text_tokens(part.text) for part in parts if isinstance(part, FilePart))


def _some(members: Sequence[Member]) -> str:
    return many_files.some([one.path for one in members])


HANDLER = AttachmentHandler(
    name="archive",
    title=lambda: tr("compressed files (zip, tar, gz)"),
    suffixes=(".zip", ".tar"),
    matches=_matches,
    convert=_convert,
    availability=lambda: AVAILABLE,
    priority=-50,  # documents are zip files as well
    page_texts=page_texts,
)
