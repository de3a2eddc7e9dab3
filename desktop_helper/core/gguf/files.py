"""Opens a model that may lie in several files, and says in one sentence what is wrong with them.

llama.cpp is given the first part; it finds the others by their names, which must follow its pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.header import UINT16, GgufHeader, NotGguf, read_header
from desktop_helper.core.i18n import tr

_PART = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf")
_MAX_PARTS = 1000
COUNT, NUMBER, TENSORS = "split.count", "split.no", "split.tensors.count"


@dataclass(frozen=True, slots=True)
class GgufFile:
    """A model or a projector.

    Args:
        path: what llama.cpp is to be given: the first part, if there are several.
        header: the first part's metadata and the tensors of all parts.
        parts: every file.
    """

    path: Path
    header: GgufHeader
    parts: tuple[Path, ...]

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name


def open_gguf(path: Path) -> GgufFile:
    """Read the heads of the file and its other parts. Raises `HelperError` if one is missing, damaged or foreign."""
    header = complete_header(path)
    count = header.count(COUNT)
    if count <= 1:
        return GgufFile(path, header, (path,))
    parts = _part_paths(path, count)
    headers = [header if part == path else _part_header(part, parts) for part in parts]
    for number, (part, its) in enumerate(zip(parts, headers, strict=True)):
        # llama.cpp reads the number as 16 bits without looking, and ends the process if it is something else.
        if its.count(NUMBER, -1) != number or its.count(COUNT) != count or its.types.get(NUMBER) != UINT16:
            raise _foreign(part, parts[0])
    return GgufFile(parts[0], _joined(parts, headers), parts)


def first_part(path: Path) -> Path:
    """By its name, the first file of the model that `path` is a part of; of any other, itself."""
    found = _PART.fullmatch(path.name)
    return path.with_name(f"{found['stem']}-{1:05}-of-{found['count']}.gguf") if found else path


def part_ending(path: Path) -> str:
    """`-00001-of-00003.gguf`, which says which part of a model it is; empty if its name does not."""
    found = _PART.fullmatch(path.name)
    return path.name[found.end("stem") :] if found else ""


def complete_header(path: Path, name: str = "") -> GgufHeader:
    """The head of one file that is there, is a GGUF and is complete. Raises `HelperError`.

    Args:
        path: the file.
        name: what it is called in messages, if that is not yet its own name.
    """
    name = name or path.name
    try:
        size = path.stat().st_size
        if size == 0:
            raise HelperError(ErrorKind.MODEL, tr("{name} is empty.", name=name), tr("Download it again."))
        header = read_header(path)
    except FileNotFoundError:
        message = tr("The model file {path} does not exist.", path=path)
        raise HelperError(
            ErrorKind.CONFIG,
            message,
            tr("Choose the model's files in Settings."),
            command_fix=tr("On the command line, --gguf and --mmproj name them."),
        ) from None
    except OSError as error:
        message = tr("The model file {path} cannot be read ({why}).", path=path, why=error.strerror)
        raise HelperError(ErrorKind.CONFIG, message, tr("Check the file and its permissions.")) from error
    except NotGguf as error:
        if error.truncated:
            raise _incomplete(name) from error
        message = tr("{name} is not a GGUF file that llama.cpp could read.", name=name)
        raise HelperError(ErrorKind.MODEL, message, tr("Choose a file in GGUF format.")) from error
    if size < header.needed_bytes:
        raise _incomplete(name)
    return header


def _part_paths(path: Path, count: int) -> tuple[Path, ...]:
    found = _PART.fullmatch(path.name)
    if found is None or int(found["count"]) != count or count > _MAX_PARTS:
        raise HelperError(
            ErrorKind.CONFIG,
            tr(
                "{name} is one of {count} parts of a model, but its name no longer says which.",
                name=path.name,
                count=count,
            ),
            tr("Give the parts their names back: they end in {ending}.", ending=f"-00001-of-{count:05}.gguf"),
        )
    return tuple(path.with_name(f"{found['stem']}-{number:05}-of-{count:05}.gguf") for number in range(1, count + 1))


def _part_header(part: Path, parts: tuple[Path, ...]) -> GgufHeader:
    if not part.is_file():
        raise HelperError(
            ErrorKind.CONFIG,
            tr("The model has {count} parts, and {name} is missing.", count=len(parts), name=part.name),
            tr("Put it into the folder of the others: {folder}", folder=part.parent),
        )
    return complete_header(part)


def _joined(parts: tuple[Path, ...], headers: list[GgufHeader]) -> GgufHeader:
    """The first head with the tensors of all. Parts of another model give themselves away by what they hold."""
    names: set[str] = set()
    for part, header in zip(parts, headers, strict=True):
        added = {tensor.name for tensor in header.tensors}
        if added & names or header.count(TENSORS) != headers[0].count(TENSORS):
            raise _foreign(part, parts[0])
        names |= added
    if headers[0].count(TENSORS) not in (0, len(names)):
        raise _foreign(parts[-1], parts[0])
    tensors = tuple(tensor for header in headers for tensor in header.tensors)
    return replace(headers[0], tensors=tensors, needed_bytes=sum(header.needed_bytes for header in headers))


def _incomplete(name: str) -> HelperError:
    return HelperError(ErrorKind.MODEL, tr("{name} is incomplete.", name=name), tr("Download it again."))


def _foreign(part: Path, first: Path) -> HelperError:
    return HelperError(
        ErrorKind.MODEL,
        tr("{part} does not belong to the same model as {first}.", part=part.name, first=first.name),
        tr("Download all parts of the model from one place."),
    )
