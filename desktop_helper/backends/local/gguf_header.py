"""Reads the head of a GGUF file: what the file says about itself, without its weights.

Only what `guards` needs. Format: ggml/docs/gguf.md, versions 2 and 3, little-endian. The file is untrusted: every
length is checked against what is left of the file, so nonsense ends in `NotGguf` and costs neither time nor memory.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass, field
from pathlib import Path

MAGIC = b"GGUF"
_MAX_PAIRS = 65_536
_MAX_TENSORS = 1_000_000
_MAX_DIMENSIONS = 8
_MAX_DEPTH = 4
_KEEP_ITEMS = 64  # of an array; vocabularies are skipped
_KEEP_BYTES = 4096  # of a string; chat templates are skipped

_STRING, _ARRAY = 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}

Value = int | float | bool | str | list["Value"] | None


class NotGguf(Exception):
    """The file is not a GGUF, or broken. `truncated`: it ends too early."""

    def __init__(self, why: str, *, truncated: bool = False) -> None:
        super().__init__(why)
        self.truncated = truncated


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says about itself.

    Args:
        version: of the format.
        values: metadata; None for texts and lists too long to be of use here.
        tensors: how many tensors it holds.
        needed_bytes: the file is at least this long if nothing is missing.
    """

    version: int
    values: dict[str, Value] = field(repr=False)
    tensors: int
    needed_bytes: int

    @property
    def architecture(self) -> str:
        """`glm4`, `clip` ...; empty if it does not say."""
        value = self.values.get("general.architecture")
        return value if isinstance(value, str) else ""


def read_header(path: Path) -> GgufHeader:
    """Read the head of the file. Raises NotGguf, or OSError if it cannot be opened."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise NotGguf("magic")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _Cursor(data).header()


class _Cursor:
    """A position in the file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._size = len(data)
        self._at = len(MAGIC)

    def header(self) -> GgufHeader:
        version = self._number("<I")
        if version not in (2, 3):
            raise NotGguf(f"version {version}")
        tensors, pairs = self._number("<Q"), self._number("<Q")
        if tensors > _MAX_TENSORS or pairs > _MAX_PAIRS:
            raise NotGguf("counts")
        values: dict[str, Value] = {}
        for _ in range(pairs):
            key = self._text() or ""
            values[key] = self._value(self._number("<I"), 0)
        last = max((self._tensor_offset() for _ in range(tensors)), default=0)
        return GgufHeader(version, values, tensors, self._data_start(values) + last)

    def _value(self, kind: int, depth: int) -> Value:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY and depth < _MAX_DEPTH:
            return self._array(depth)
        if kind not in _SCALARS:
            raise NotGguf(f"type {kind}")
        return self._scalar(_SCALARS[kind])

    def _array(self, depth: int) -> Value:
        kind, count = self._number("<I"), self._number("<Q")
        if kind in _SCALARS:
            size = struct.calcsize(_SCALARS[kind])
            if count > _KEEP_ITEMS:
                self._skip(size * count)
                return None
        elif count > self._size:  # each item takes a byte at least
            raise NotGguf("array", truncated=True)
        items = [self._value(kind, depth + 1) for _ in range(min(count, _KEEP_ITEMS))]
        for _ in range(count - len(items)):
            self._value(kind, depth + 1)
        return items if count == len(items) else None

    def _tensor_offset(self) -> int:
        self._text()
        dimensions = self._number("<I")
        if dimensions > _MAX_DIMENSIONS:
            raise NotGguf("dimensions")
        self._skip(8 * dimensions + 4)
        return self._number("<Q")

    def _data_start(self, values: dict[str, Value]) -> int:
        alignment = values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20:
            raise NotGguf("alignment")
        return -(-self._at // alignment) * alignment

    def _text(self) -> str | None:
        length = self._number("<Q")
        begin = self._at
        self._skip(length)
        return self._data[begin : self._at].decode("utf-8", "replace") if length <= _KEEP_BYTES else None

    def _number(self, layout: str) -> int:
        return int(self._scalar(layout))

    def _scalar(self, layout: str) -> int | float | bool:
        begin = self._at
        self._skip(struct.calcsize(layout))
        (value,) = struct.unpack_from(layout, self._data, begin)
        number: int | float | bool = value
        return number

    def _skip(self, size: int) -> None:
        if size > self._size - self._at:
            raise NotGguf("ends too early", truncated=True)
        self._at += size
