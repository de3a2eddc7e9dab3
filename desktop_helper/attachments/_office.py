"""Office files: which reader a container belongs to, and one sentence for those that none can read."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO

from desktop_helper.attachments import _errors, _parts
from desktop_helper.attachments._document import Document
from desktop_helper.attachments._zip import Archive
from desktop_helper.core import office_program
from desktop_helper.core.documents import PageReading, PageText
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import MediaPart
from desktop_helper.core.protocols import ConvertOptions

if TYPE_CHECKING:
    from desktop_helper.attachments._source import Source

ZIP = b"PK\x03\x04"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MANIFEST = "META-INF/manifest.xml"  # of OpenDocument
# What an OLE2 file's directory lists. It may be anywhere in the file.
OLD_FORMATS = (("WordDocument", ".doc"), ("Workbook", ".xls"), ("Book", ".xls"), ("PowerPoint Document", ".ppt"))
# The part that each kind of container begins with, and the module whose `read` understands it.
OPEN_KINDS = ((b"text", ".odt"), (b"presentation", ".odp"), (b"spreadsheet", ".ods"))
MAIN_PARTS = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))

guarded = _errors.guarded
Reader = Callable[[Archive, Document], None]


def looks_like(head: bytes, name: str, folder: bytes, suffixes: tuple[str, ...]) -> bool:
    """Whether a file may be an Office file with its parts in `folder`."""
    return head.startswith(ZIP) and (folder in head or name.lower().endswith(suffixes))


def convert(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """The parts of any Office file, whatever its name says it is."""
    if not data:
        raise _errors.empty(name)
    if not data.startswith((ZIP, OLE2)):
        raise _not_office(name)
    return guarded(name, lambda: _read(data, name, options))


def page_texts(source: bytes | BinaryIO, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    """What the pages of any Office file say, or its parts."""
    data = _parts.content(source, name)
    if not data.startswith((ZIP, OLE2)):
        raise _not_office(name)
    return guarded(name, lambda: _texts(data, name, wanted))


def _read(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    from desktop_helper.attachments import _faithful

    if _is_plain_zip(data, name):
        return _as_zip(data, name, options)
    return _faithful.parts(reading(data, name), options)


def reading(data: bytes, name: str) -> Source:
    """What a file is read and printed from. Raises `HelperError`."""
    from desktop_helper.attachments import _libreoffice
    from desktop_helper.attachments._source import Old, Source

    if is_protected(data, name):
        raise _errors.protected(name)
    if data.startswith(OLE2):
        command, old_suffix = _old_format(data, name)
        old = Old(command, data, name, old_suffix)

        def tell(document: Document) -> None:
            document.progress(_libreoffice.reads(name))
            reading(old.converted(), name).tell(document)

        return Source(data, name, f"{old_suffix}x", tell, old)
    module, suffix = _kind(Archive(data, name))
    if not module:
        raise _not_office(name)
    reader: Reader = import_module(f"desktop_helper.attachments.{module}").read
    # Each reading has an archive of its own, which counts what is unpacked.
    return Source(data, name, suffix, lambda document: reader(Archive(data, name), document))


def is_protected(data: bytes, name: str) -> bool:
    """Whether only a password opens a document. Raises what a broken container makes of itself."""
    if data.startswith(OLE2):
        return "EncryptedPackage".encode("utf-16-le") in data
    archive = Archive(data, name)
    return MANIFEST in archive and b"encryption-data" in archive.read(MANIFEST)


def _is_plain_zip(data: bytes, name: str) -> bool:
    """Whether it is one with documents in it, which look alike."""
    return data.startswith(ZIP) and name.lower().endswith(".zip") and not _kind(Archive(data, name))[0]


def _texts(data: bytes, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    from desktop_helper.attachments import _faithful

    if _is_plain_zip(data, name):
        return _texts_of_zip(data, name, wanted)
    return _faithful.texts(reading(data, name), wanted)


def _as_zip(data: bytes, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    from desktop_helper.attachments import archive

    return archive.HANDLER.convert(data, name, options)


def _texts_of_zip(data: bytes, name: str, wanted: PageReading) -> tuple[int, list[PageText]]:
    from desktop_helper.attachments import archive

    return archive.page_texts(data, name, wanted)


def _kind(archive: Archive) -> tuple[str, str]:
    """The module that reads it, and the file ending of its kind; nothing for what is no document."""
    if "mimetype" in archive:
        kind = archive.read("mimetype")[:100].strip()
        if kind.startswith(b"application/epub+zip"):
            return "epub", ".epub"
        if not kind.startswith(b"application/vnd.oasis.opendocument."):
            return "", ""
        word = kind.split(b".")[-1]
        return "odf", next((suffix for start, suffix in OPEN_KINDS if word.startswith(start)), "")
    if "[Content_Types].xml" in archive:
        starts = [start for start, _ in MAIN_PARTS if any(member.startswith(start) for member in archive.members)]
        return (dict(MAIN_PARTS)[starts[0]], f".{dict(MAIN_PARTS)[starts[0]]}") if starts else ("", "")
    return "", ""


def main_part(archive: Archive, usual: str) -> str:
    """The part that a package's own relations call its document."""
    targets = (one.target for one in archive.relations("").values() if one.kind == "officeDocument")
    return next((target for target in targets if target in archive), usual)


def _not_office(name: str) -> HelperError:
    return _errors.unreadable(
        tr("{name} is not a document of the kind that its name says.", name=name),
        tr("Check what kind of file it is."),
    )


def _old_format(data: bytes, name: str) -> tuple[str, str]:
    """What reads a file of an old format, and the file ending of its kind. Raises `HelperError`."""
    for stream, suffix in OLD_FORMATS:
        if (stream + "\0").encode("utf-16-le") in data:
            command = office_program.program()
            if command is not None:
                return command, suffix
            raise _errors.unreadable(
                tr("{name} is in the old format of Office, which only LibreOffice can read here.", name=name),
                tr("Install LibreOffice, or save it as {suffix} or PDF and attach that.", suffix=f"{suffix}x"),
            )
    if "__properties_version1.0".encode("utf-16-le") in data:
        raise _errors.unreadable(
            tr("{name} is a mail in Outlook's own format, which cannot be read here.", name=name),
            tr("Save it as .eml, HTML or PDF in the mail program and attach that. Attached files can be saved, too."),
        )
    raise _errors.unreadable(
        tr("{name} is in an old format that cannot be read here.", name=name),
        tr("Open it in the program it comes from, save it as PDF and attach that."),
    )
