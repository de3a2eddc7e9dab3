"""Tar archives that nobody has checked: the files in one that is not packed, or was unpacked before."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from tarfile import BLOCKSIZE, TarFile, TarInfo

from desktop_helper.attachments import _errors
from desktop_helper.attachments._members import MAX_MEMBERS, Found, Member, once, shown

_SUM = slice(148, 156)  # where a head has the sum of all its other bytes


def looks_like(head: bytes) -> bool:
    """Whether it begins with the head of a file in a tar."""
    block = head[:BLOCKSIZE]
    if len(block) < BLOCKSIZE or not block[0]:
        return False
    try:
        return int(block[_SUM].strip(b" \0"), 8) == sum(block) - sum(block[_SUM]) + 8 * ord(" ")
    except ValueError:
        return False


def found(data: bytes, name: str) -> Found:
    """The files in it. Links are not followed, and nothing else but files is looked at. Raises `HelperError`."""
    tar = TarFile(fileobj=BytesIO(data), encoding="utf-8", errors="surrogateescape")
    members: list[Member] = []
    left_out = 0
    for number, info in enumerate(tar):
        if info.size < 0:
            raise _errors.damaged(name)  # which would lead back to the same place for ever
        if number >= MAX_MEMBERS:
            raise _errors.too_large(name)
        if info.isreg():
            members.append(Member(_path(info.name), info.size, partial(_begin, tar, info)))
        elif not info.isdir():
            left_out += 1
    if data[tar.offset : tar.offset + BLOCKSIZE].strip(b"\0"):  # no end: the reader takes a broken head for one
        raise _errors.damaged(name)
    return Found(once(members), left_out)


def _begin(tar: TarFile, info: TarInfo, most: int) -> bytes:
    file = tar.extractfile(info)
    return b"" if file is None else file.read(most)


def _path(name: str) -> str:
    """As it was meant: old programs write Chinese names in GBK."""
    raw = name.encode("utf-8", "surrogateescape").removeprefix(b"./")
    for encoding in ("utf-8", "gb18030"):
        try:
            return shown(raw.decode(encoding))
        except UnicodeError:
            continue
    return shown(raw.decode(errors="replace"))
