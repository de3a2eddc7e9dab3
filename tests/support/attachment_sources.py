"""Sources of every kind that a user may attach, small, with pictures that are larger than `LIMIT` allows."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.support import office_files, sample_files
from tests.support.clip_files import clip, three_colours

LIMIT = 1500  # tokens of a picture
LONG = "The pump is checked every month, because the pressure in its valves falls when it is warm. " * 250


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _zipped(path: Path, members: Mapping[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def _small() -> bytes:
    return sample_files.picture(280, 280)


def names_in(path: Path) -> list[str]:
    """Of a folder, an archive or a mail."""
    if path.is_dir():
        return [str(one.relative_to(path)) for one in sorted(path.rglob("*")) if one.is_file()]
    if not path.exists():
        return []
    if path.suffix == ".tgz":
        with tarfile.open(path) as packed:
            return packed.getnames()
    if path.suffix == ".eml":
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        return [str(part.get_filename()) for part in mail.iter_attachments()]
    return zipfile.ZipFile(path).namelist() if path.suffix == ".zip" else []


def _large(shade: int = 90) -> bytes:
    return sample_files.encoded(Image.linear_gradient("L").resize((2200, 1300)).point(lambda at: at ^ shade), "PNG")


def _picture(folder: Path) -> Path:
    return _written(folder / "large.png", _large())


def _pictures_in_zip(folder: Path) -> Path:
    members: dict[str, bytes | str] = {
        "readme.md": "marmalade",
        "one.png": _large(1),
        "deep/two.png": _large(2),
        "small.png": _small(),
    }
    return _zipped(folder / "pictures.zip", members)


def _picture_in_zip(folder: Path) -> Path:
    return _zipped(folder / "mixed.zip", {"a.txt": "marmalade", "b.txt": "honey", "one.png": _large(3)})


def _tar(folder: Path) -> Path:
    path = folder / "mixed.tgz"
    with tarfile.open(path, "w:gz") as made:
        for name, data in {"a.txt": b"marmalade", "deep/b.txt": b"honey", "deep/one.png": _large(6)}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            made.addfile(info, BytesIO(data))
    return path


def _mail(folder: Path) -> Path:
    made = EmailMessage()
    made["From"], made["Subject"] = "ann@example.org", "jars"
    made.set_content("ten jars of honey")
    for name, data in {"a.txt": b"marmalade", "one.png": _large(7), "plan.pdf": sample_files.pdf(3)}.items():
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return _written(folder / "jars.eml", made.as_bytes())


def _crowded_zip(folder: Path) -> Path:
    members: dict[str, bytes | str] = {f"{number:02}.txt": f"{number}: {LONG[:900]}" for number in range(60)}
    return _zipped(folder / "crowded.zip", members | {"one.png": _large(5)})


def _folder(folder: Path) -> Path:
    root = folder / "project"
    (root / "src").mkdir(parents=True)
    (root / "readme.md").write_text("marmalade")
    (root / "src/a.py").write_text("a = 1")
    (root / "large.png").write_bytes(_large(4))
    (root / "film.mp4").write_bytes(clip("mp4"))
    (root / "plan.pdf").write_bytes(sample_files.pdf(3))
    return root


def _folder_of_pictures(folder: Path) -> Path:
    root = folder / "shots"
    root.mkdir()
    for number in range(3):
        (root / f"{number}.png").write_bytes(_large(number))
    return root


def _packed_text(folder: Path) -> Path:
    return _written(folder / "old.log.gz", gzip.compress(LONG.encode()))


def _packed_report(folder: Path) -> Path:
    return _written(folder / "report.pdf.gz", gzip.compress(sample_files.pdf(4)))


def _office(folder: Path) -> Path:
    return _written(folder / "quarter.docx", office_files.docx())


def _slides(folder: Path) -> Path:
    return _written(folder / "zebras.pptx", office_files.pptx())


def _report(folder: Path) -> Path:
    return _written(folder / "report.pdf", sample_files.pdf(8))


def _book(folder: Path) -> Path:
    return _written(folder / "book.pdf", sample_files.pdf(23))


def _scan(folder: Path) -> Path:
    pages = [Image.linear_gradient("L").resize((1700, 2200)).point(lambda at, by=by: at ^ by) for by in range(3)]
    path = folder / "scan.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_deflate")
    return path


def _film(folder: Path) -> Path:
    return _written(folder / "film.mp4", clip("mp4", list(three_colours(1280, 720)), sound=True, sound_s=2.0))


def _moving_picture(folder: Path) -> Path:
    return _written(folder / "moves.gif", clip("gif"))


def _text(folder: Path) -> Path:
    return _written(folder / "manual.txt", LONG.encode())


def _nothing(folder: Path) -> Path:
    return _written(folder / "empty.pdf", b"")


SOURCES: Mapping[str, Callable[[Path], Path]] = {
    "picture": _picture,
    "zip of pictures": _pictures_in_zip,
    "zip with a picture": _picture_in_zip,
    "zip with more than goes": _crowded_zip,
    "tar": _tar,
    "mail with files": _mail,
    "folder": _folder,
    "folder of pictures": _folder_of_pictures,
    "gz of text": _packed_text,
    "gz of pages": _packed_report,
    "office": _office,
    "slides": _slides,
    "report": _report,
    "book": _book,
    "scan": _scan,
    "film": _film,
    "moving picture": _moving_picture,
    "long text": _text,
    "nothing": _nothing,
}
