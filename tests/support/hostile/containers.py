"""Archives and mails that are made to do harm: bombs in bombs, links that lead elsewhere, heads that lie."""

from __future__ import annotations

import base64
import tarfile
import zlib

from tests.support import office_files
from tests.support.hostile.bombs import TOO_LARGE, overlapping_zip
from tests.support.hostile.case import Case


def zip_of_bombs(count: int = 20) -> bytes:
    """A zip of zips, each of a gigabyte."""
    bomb = overlapping_zip(60)
    members: dict[str, bytes | str] = {f"{at}.zip": bomb for at in range(count)}
    return office_files.zipped(members | {"readme.txt": "harmless words"})


def crowd_of_zips(count: int = 1000) -> bytes:
    """A zip of a thousand zips."""
    one = office_files.zipped({f"{at}.txt": b"x" for at in range(30)})
    return office_files.zipped({f"{at}.zip": one for at in range(count)})


def nested_tar(depth: int = 30) -> bytes:
    """A tar in a tar in a tar."""
    data = tar((member("0.txt", 5), b"words"))
    for at in range(depth):
        data = tar((member(f"{at}.tar", len(data)), data))
    return data


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """One whose heads say whatever they want."""
    blocks = b"".join(
        info.tobuf(tarfile.GNU_FORMAT) + data + bytes(-len(data) % tarfile.BLOCKSIZE) for info, data in members
    )
    return blocks + bytes(2 * tarfile.BLOCKSIZE)


def member(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """The head of a file, or whatever `kind` says."""
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, target
    return info


def tar_of_links() -> bytes:
    """Links out of it and to themselves, devices, and names that lead elsewhere."""
    return tar(
        (member("../../../../tmp/climbed.txt", 14), b"harmless words"),
        (member("/etc/passwd", 4), b"mine"),
        (member("passwd", kind=tarfile.SYMTYPE, target="/etc/passwd"), b""),
        (member("hard", kind=tarfile.LNKTYPE, target="/etc/passwd"), b""),
        (member("loop", kind=tarfile.SYMTYPE, target="loop"), b""),
        (member("up", kind=tarfile.SYMTYPE, target=".."), b""),
        (member("up/escaped.txt", 4), b"mine"),
        (member("zero", kind=tarfile.CHRTYPE), b""),
        (member("disk", kind=tarfile.BLKTYPE), b""),
        (member("pipe", kind=tarfile.FIFOTYPE), b""),
    )


def heads_of_heads(count: int = 5000) -> bytes:
    """A tar in which each head says more about the next one."""
    record = b"13 comment=x\n"
    return tar(*[(member("x", len(record), tarfile.XHDTYPE), record)] * count, (member("a.txt", 4), b"mine"))


def packed_tar(size: int) -> bytes:
    """A tar of so many bytes in a thousandth of them."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [squeeze.compress(member("a.txt", size).tobuf(tarfile.GNU_FORMAT))]
    pieces += [squeeze.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*pieces, squeeze.compress(bytes(1024)), squeeze.flush()])


def mail(files: dict[str, bytes]) -> bytes:
    """A mail with files."""
    attached = [
        b"--x\nContent-Disposition: attachment; filename=%b\nContent-Type: application/octet-stream\n"
        b"Content-Transfer-Encoding: base64\n\n%b\n" % (name.encode(), base64.b64encode(data))
        for name, data in files.items()
    ]
    head = b"From: a@example.org\nSubject: files\nContent-Type: multipart/mixed; boundary=x\n\n"
    return head + b"--x\nContent-Type: text/plain\n\nharmless words\n" + b"".join(attached) + b"--x--\n"


def mails_in_mails(depth: int = 200) -> bytes:
    """A mail that was forwarded again and again."""
    head = b"From: a@b\nSubject: x\nContent-Type: message/rfc822\n\n"
    return head * depth + b"From: a@b\nSubject: x\n\nharmless words"


def containers() -> list[Case]:
    """Archives in archives, tars and mails."""
    return [
        Case("a zip of zip bombs", zip_of_bombs, "a.zip", words="harmless words"),
        Case("a zip of a thousand zips", crowd_of_zips, "a.zip", words="nor searched: 100.zip", slow=True),
        Case("a tar of a terabyte", lambda: tar((member("a.txt", 1 << 40), b"words")), "a.tar", refused="damaged"),
        Case("a tar of 300 MB", lambda: packed_tar(300 << 20), "a.tar.gz", refused=TOO_LARGE, slow=True),
        Case("a tar of 60,000 files", lambda: tar(*[(member("a.txt"), b"")] * 60_000), "a.tar", refused=TOO_LARGE,
             slow=True),
        Case("a tar of links and devices", tar_of_links, "a.tar", words="harmless words"),
        Case("heads of heads of a tar", heads_of_heads, "a.tar"),
        Case("half a tar", lambda: tar_of_links()[:1100], "a.tar", refused="damaged"),
        Case("a tar in a tar in a tar", nested_tar, "a.tar"),
        Case("a mail of zip bombs", lambda: mail({"bomb.zip": overlapping_zip(), "more.zip": zip_of_bombs()}), "a.eml",
             words="harmless words", slow=True),
        Case("a mail with broken files", lambda: mail({"a.pdf": b"%PDF-1.7", "b.docx": b"PK\3\4", "c.png": b"\x89PNG",
             "d.zip": b"PK\3\4", "e.tar": bytes(512), "f.eml": b"\0"}), "a.eml", words="harmless words"),
        Case("a mail with 3,000 files", lambda: mail({f"{at}.txt": b"x" for at in range(3000)}), "a.eml",
             words="harmless words", slow=True),
        Case("mails in mails", mails_in_mails, "a.eml"),
    ]  # fmt: skip
