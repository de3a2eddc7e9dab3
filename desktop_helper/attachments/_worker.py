"""The converter process: reads files that nobody has checked, so that what they break is not the window.

Frames from the parent (`services.converter`): `warm`, to have imported what files with such `names` need, and `convert`
with a `path`, or with the file's bytes as payload. Frames back: `progress`, `part` for a picture that can be shown
already, and at the end `done` with the parts, or `error`. `texts` asks the same way what some pages of a document say.
`printed` of any of them is the folder of `_printed_before`.
`look` is for who chooses a part of a video (`_clip_looks`), `pages` for who chooses pages (`_page_looks`), `members`
for who chooses files of an archive.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from desktop_helper.attachments import _errors, _printed_before
from desktop_helper.attachments._choose import HEAD_BYTES, all_handlers, choose
from desktop_helper.core import pages
from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.clip_span import Cut, span_of
from desktop_helper.core.clips import fields_of
from desktop_helper.core.coming import Coming, unseen
from desktop_helper.core.documents import LONGEST, PageReading, PageText, ReadTexts, Unit
from desktop_helper.core.events import Progress
from desktop_helper.core.frames import Frame
from desktop_helper.core.i18n import set_language, tr
from desktop_helper.core.image_parts import Wish
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.names import printable
from desktop_helper.core.native_video import native_video
from desktop_helper.core.protocols import AttachmentHandler, ConvertOptions

MAX_FILE_BYTES = 256 * 1024 * 1024
MOST_CHARACTERS = 40_000  # of one page's text
MOST_NAME = 300  # characters of what a part is called


def handle(frame: Frame, channel: Channel) -> None:
    """Answer one frame of the parent."""
    if frame.type == "warm":
        _get_ready(tuple(map(str, frame.header["names"])))
        return
    _printed_before.keep_in(str(frame.header.get("printed", "")))
    if frame.type == "look":
        from desktop_helper.attachments import _clip_looks

        _clip_looks.answer(frame, channel)
        return
    if frame.type == "pages":
        from desktop_helper.attachments import _page_looks

        _page_looks.answer(frame, channel)
        return
    if frame.type == "members":
        _list(frame, channel)
        return
    set_language(frame.header["language"])
    if frame.type == "texts":
        _tell_texts(frame, channel)
        return
    ahead = _Ahead(channel)
    ahead.finish(_converted(frame, _options(frame.header, channel, ahead)))


def _get_ready(names: tuple[str, ...]) -> None:
    """Import what takes a while."""
    for handler in all_handlers():
        if handler.availability().ok and any(name.lower().endswith(handler.suffixes) for name in names):
            for package in handler.packages:
                importlib.import_module(package)


def _list(frame: Frame, channel: Channel) -> None:
    """Tell what is in an archive, or attached to a mail."""
    from desktop_helper.attachments import _inside, archive

    set_language(frame.header["language"])
    path = Path(frame.header["path"])
    with _opened(path) as file:
        inside = _inside.opened(_bytes(file, path), str(frame.header["name"]))
    listed = [(member.path, member.size) for member in inside.members]
    told = {"left_out": archive.left_out(inside), "is_mail": inside.is_mail, "most": archive.MAX_FILES}
    channel.send({"type": "members", "members": listed} | told)


def _options(header: dict[str, Any], channel: Channel, ahead: _Ahead) -> ConvertOptions:
    return ConvertOptions(
        header["max_image_tokens"],
        lambda progress: _report(channel, progress),
        header["max_video_tokens"],
        Cut(span_of(*header["span"]), header["most_frames"], header["most_tokens"], header["evenly"]),
        Wish(header["in_full"], tuple(header["area"]) if header["area"] else None, header["enlarged"]),
        pages.checked(header["pages"]),
        header["password"],
        tuple(header["paper"]),
        header["hears"],
        None if header["members"] is None else tuple(map(str, header["members"])),
        header["as_pictures"],
        native_video(header),
        ahead.send if header["shown"] else unseen,
    )


def _converted(frame: Frame, options: ConvertOptions) -> tuple[MediaPart, ...]:
    name = str(frame.header["name"])
    if frame.payloads:
        data = frame.payloads[0]
        parts = _fitting(data, name, options).convert(data, name, options)
    else:
        parts = convert_file(Path(frame.header["path"]), name, options)
    if options.as_pictures:
        from desktop_helper.attachments import _text_pictures

        parts = _text_pictures.in_pictures(parts, name, options)
    return parts


def convert_file(path: Path, name: str, options: ConvertOptions) -> tuple[MediaPart, ...]:
    """The parts of an ordinary file. Only kinds that need not read all of it may be large. Raises `HelperError`."""
    with _opened(path) as file:
        head = _bytes(file, path, HEAD_BYTES)
        handler = _fitting(head, name, options)
        if handler.convert_file is not None:
            return handler.convert_file(file, name, options)
        return handler.convert(head + _bytes(file, path), name, options)


def _fitting(head: bytes, name: str, options: ConvertOptions) -> AttachmentHandler:
    handler = choose(all_handlers(), head, name)
    if options.pages and not handler.has_pages:
        raise _errors.pageless(name)
    return handler


def _tell_texts(frame: Frame, channel: Channel) -> None:
    """How many pages a document has, and what those that are wanted say. Raises `HelperError(SOURCE)`."""
    header, name = frame.header, str(frame.header["name"])
    unit = Unit(header["unit"])
    wanted = PageReading(int(header["first"]), int(header["last"]), str(header["password"]), unit)
    if frame.payloads:
        data = frame.payloads[0]
        count, texts = _with_texts(data[:HEAD_BYTES], name)(data, name, wanted)
    else:
        path = Path(header["path"])
        with _opened(path) as file:
            count, texts = _with_texts(_bytes(file, path, HEAD_BYTES), name)(file, name, wanted)
    told = [_described(page) for page in texts[:LONGEST]]
    channel.send({"type": "done", "count": min(count, LONGEST)}, json.dumps(told).encode())


def _described(page: PageText) -> tuple[str, bool, str, str]:
    text, name, heading = (
        said[:most].encode(errors="replace").decode()  # half of a surrogate pair is no text
        for said, most in ((page.text, MOST_CHARACTERS), (page.name, MOST_NAME), (page.heading, MOST_NAME))
    )
    return text, page.scanned, name, heading


def _with_texts(head: bytes, name: str) -> ReadTexts:
    read = choose(all_handlers(), head, name).page_texts
    if read is None:
        raise _errors.pageless(name)
    return read


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """An ordinary file. Raises `HelperError(SOURCE)`."""
    name = printable(str(path))
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise _errors.unreadable(tr("{name} is a folder.", name=name), tr("Attach the files in it one by one."))
        if not stat.S_ISREG(mode):
            raise _errors.unreadable(
                tr("{name} is not an ordinary file.", name=name),
                tr("Copy what it holds into a file, and attach that."),
            )
        file = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte in it
        raise _not_opened(error, name) from error
    with file:
        yield file


def _bytes(file: BinaryIO, path: Path, most: int | None = None) -> bytes:
    """So many, or all that are left if that is reasonable. Raises `HelperError(SOURCE)`."""
    name = printable(str(path))
    try:
        if most is not None:
            return file.read(most)
        size = os.fstat(file.fileno()).st_size
        if size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // (1024 * 1024)
            raise _errors.unreadable(tr("{name} is larger than {limit} MB.", name=name, limit=limit))
        # One that grows is read as far as it went when it was opened. Those of the system say that they have no size.
        return file.read(max(0, size - file.tell()) if size else MAX_FILE_BYTES)
    except OSError as error:
        raise _not_opened(error, name) from error


class _Ahead:
    """Sends pictures as soon as they are made; the last frame only tells where they stand among the others."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._sent: list[ImagePart] = []

    def send(self, coming: Coming) -> None:
        self._sent.append(coming.part)
        counted = {"number": coming.number, "count": coming.count, "pages": coming.pages}
        self._channel.send({"type": "part"} | counted | describe(coming.part), coming.part.data)

    def finish(self, parts: tuple[MediaPart, ...]) -> None:
        places = {id(part): place for place, part in enumerate(self._sent)}
        told = [{"part": "ahead", "place": places[id(one)]} if id(one) in places else describe(one) for one in parts]
        rest = (one.data for one in parts if id(one) not in places)
        self._channel.send({"type": "done", "parts": told}, *rest)


def describe(part: MediaPart) -> dict[str, Any]:
    """What `services.converter` makes a part of, but for its bytes."""
    if isinstance(part, ImagePart):
        sizes = {"width": part.width, "height": part.height, "tokens": part.tokens}
        moment = {"moment": fields_of(part.moment)} if part.moment is not None else {}
        return {"part": "image", "mime": part.mime, "name": part.name, "full_size": part.full_size, **sizes, **moment}
    return {"part": "file", "mime": part.mime, "name": part.name, "text": part.text}


def _not_opened(error: OSError | ValueError, name: str) -> Exception:
    number = error.errno if isinstance(error, OSError) else errno.ENOENT
    if number in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG):
        return _errors.unreadable(tr("There is no file {name}.", name=name), tr("Check how its path is written."))
    if number in (errno.EACCES, errno.EPERM):
        return _errors.unreadable(
            tr("{name} may not be read by you.", name=name), tr("Ask its owner for access, or copy it.")
        )
    why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return _errors.unreadable(tr("{name} cannot be opened: {why}.", name=name, why=why))


def _report(channel: Channel, progress: Progress) -> None:
    channel.send({"type": "progress", "message": progress.message, "fraction": progress.fraction})


if __name__ == "__main__":
    serve(handle, finish=_printed_before.forget)
