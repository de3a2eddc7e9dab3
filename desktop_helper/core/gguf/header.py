"""Reads the head of a GGUF file: what the file says about itself, without its weights.

Format: ggml/docs/gguf.md, versions 2 and 3, little-endian; what ggml's own reader (gguf.cpp) refuses is refused here,
too. The file is untrusted: every length is checked against what is left of the file, and lists are bounded, so nonsense
ends in `NotGguf` and costs neither time nor memory. It is read, not mapped: a mapped file that shrinks meanwhile, or
lies on a share that goes away, ends the whole process.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from desktop_helper.core.gguf.number_formats import BLOCKS

MAGIC = b"GGUF"
_MAX_PAIRS = 65_536
_MAX_TENSORS = 200_000
_MAX_ITEMS = 10_000_000  # of all lists together: a vocabulary of 300,000 words has as many again for pairs of them
_MAX_DIMENSIONS = 4  # GGML_MAX_DIMS
_MAX_NAME = 63  # GGML_MAX_NAME with its end
_MAX_BYTES = 1 << 62
_KEEP_ITEMS = 256  # of an array: one for each layer of any model; vocabularies are skipped
_KEEP_BYTES = 4096  # of a string; chat templates are skipped
_BLOCK = 1 << 20  # that is read at once while a list of texts is passed over

UINT16, UINT32, FLOAT32, BOOL = 2, 4, 6, 7
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_LENGTH = struct.Struct("<Q")
_CONTEXT = ".context_length"  # behind the architecture
_LAYER = re.compile(r"(?:v\.)?blk\.(\d+)\.")

Value = int | float | bool | str | list["Value"] | None


class NotGguf(Exception):
    """The file is not a GGUF, or broken. `truncated`: it ends too early."""

    def __init__(self, why: str, *, truncated: bool = False) -> None:
        super().__init__(why)
        self.truncated = truncated


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: `shape` as ggml counts (the row's length first); `size` in bytes, None if the format is unknown."""

    name: str
    shape: tuple[int, ...]
    kind: int
    size: int | None

    @property
    def layer(self) -> int | None:
        """The number of the layer it belongs to."""
        found = _LAYER.match(self.name)
        return int(found[1]) if found else None


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF file says about itself.

    Args:
        version: of the format.
        values: metadata; None for texts and lists too long to be of use here.
        types: of the metadata, as the file numbers them: libmtmd ends the process over one that it does not expect.
        tensors: what it holds, in the file's order.
        needed_bytes: the file is at least this long if nothing is missing.
    """

    version: int
    values: dict[str, Value] = field(repr=False)
    tensors: tuple[Tensor, ...] = field(repr=False)
    needed_bytes: int
    types: dict[str, int] = field(default_factory=dict, repr=False)

    @property
    def architecture(self) -> str:
        """`glm4`, `clip` ...; empty if it does not say."""
        return self.text("general.architecture")

    @property
    def unknown_kinds(self) -> tuple[int, ...]:
        """Number formats of its tensors that llama.cpp does not know."""
        return tuple(sorted({tensor.kind for tensor in self.tensors if tensor.size is None}))

    @property
    def weights(self) -> int:
        """Bytes of all tensors."""
        return sum(tensor.size or 0 for tensor in self.tensors)

    def text(self, key: str) -> str:
        """A text; empty if it is not there."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def count(self, key: str, default: int = 0) -> int:
        """A number under `key`, of a list the largest: some models have one value for each layer."""
        value = self.values.get(key)
        numbers = value if isinstance(value, list) else [value]
        whole = [number for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
        return max(whole, default=default)

    def of_model(self, key: str, default: int = 0) -> int:
        """`count` of a key of the model's own architecture, e.g. `block_count`."""
        return self.count(f"{self.architecture}.{key}", default)

    def tensor(self, name: str) -> Tensor | None:
        """The tensor called `name`."""
        return next((tensor for tensor in self.tensors if tensor.name == name), None)


def read_header(path: Path) -> GgufHeader:
    """Read the head of the file. Raises NotGguf, or OSError if it cannot be opened."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise NotGguf("magic")
        return _Cursor(file, os.fstat(file.fileno()).st_size).header()


def trained_context(path: Path) -> int:
    """How many tokens the model of this file was trained to read; 0 if nobody can tell. Reads no further than that."""
    try:
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                return 0
            pairs = _Cursor(file, os.fstat(file.fileno()).st_size).pairs()
            found = (value for key, _kind, value in pairs if key.endswith(_CONTEXT))
            value = next(found, None)
    except (OSError, NotGguf):
        return 0
    return value if isinstance(value, int) else 0


class _Cursor:
    """A position in the file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._at = len(MAGIC)
        self._items = 0
        self._version = self._tensor_count = 0

    def header(self) -> GgufHeader:
        values: dict[str, Value] = {}
        types: dict[str, int] = {}
        for key, kind, value in self.pairs():
            if key in values:
                raise NotGguf("key")
            types[key], values[key] = kind, value
        alignment = _alignment(values)
        found = self._tensors(self._tensor_count, alignment)
        start = -(-self._at // alignment) * alignment
        end = max((offset + (tensor.size or 0) for tensor, offset in found), default=0)
        tensors_found = tuple(tensor for tensor, _ in found)
        return GgufHeader(self._version, values, tensors_found, start + end if found else self._at, types)

    def pairs(self) -> Iterator[tuple[str, int, Value]]:
        """Keys with the types and values of the metadata, in the file's order."""
        self._version = self._number("<I")
        if self._version not in (2, 3):
            raise NotGguf(f"version {self._version}")
        self._tensor_count, pairs = self._number("<Q"), self._number("<Q")
        if self._tensor_count > _MAX_TENSORS or pairs > _MAX_PAIRS:
            raise NotGguf("counts")
        for _ in range(pairs):
            key = self._text() or ""
            if not key:
                raise NotGguf("key")
            kind = self._number("<I")
            yield key, kind, self._value(kind)

    def _tensors(self, count: int, alignment: int) -> list[tuple[Tensor, int]]:
        """Each tensor with its place in the data: they lie one after the other, without gaps."""
        found: list[tuple[Tensor, int]] = []
        names = set()
        expected: int | None = 0
        for _ in range(count):
            tensor, offset = self._tensor()
            if tensor.name in names or (expected is not None and offset != expected) or offset > _MAX_BYTES:
                raise NotGguf("tensors")
            names.add(tensor.name)
            found.append((tensor, offset))
            expected = None if tensor.size is None else offset + -(-tensor.size // alignment) * alignment
        return found

    def _tensor(self) -> tuple[Tensor, int]:
        name = self._text() or ""
        dimensions = self._number("<I")
        if len(name.encode()) > _MAX_NAME or dimensions > _MAX_DIMENSIONS:
            raise NotGguf("tensor")
        shape = tuple(self._number("<q") for _ in range(dimensions))
        kind = self._number("<I")
        return Tensor(name, shape, kind, _size(shape, kind)), self._number("<Q")

    def _value(self, kind: int) -> Value:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            return self._array()
        if kind not in _SCALARS:
            raise NotGguf(f"type {kind}")
        return self._scalar(_SCALARS[kind])

    def _array(self) -> Value:
        kind, count = self._number("<I"), self._number("<Q")
        if kind != _STRING and kind not in _SCALARS:  # lists of lists as well: ggml refuses them
            raise NotGguf(f"type {kind}")
        if kind == _STRING:
            return self._texts(count)
        if count > _KEEP_ITEMS:
            self._skip(struct.calcsize(_SCALARS[kind]) * count)
            return None
        return [self._scalar(_SCALARS[kind]) for _ in range(count)]

    def _texts(self, count: int) -> Value:
        if count > (self._size - self._at) // _LENGTH.size:  # each takes as much at least
            raise NotGguf("array", truncated=True)
        self._items += count
        if self._items > _MAX_ITEMS:
            raise NotGguf("array")
        if count <= _KEEP_ITEMS:
            return [self._text() for _ in range(count)]
        while count:
            count -= self._pass_texts(count)
        return None

    def _pass_texts(self, count: int) -> int:
        """Go past the texts that begin in the next block, at most `count`; returns how many: vocabularies are long."""
        block = self._file.read(_BLOCK)
        at, last, passed = 0, len(block) - _LENGTH.size, 0
        while passed < count and at <= last:
            at += _LENGTH.unpack_from(block, at)[0] + _LENGTH.size
            passed += 1
        if not passed:
            raise NotGguf("ends too early", truncated=True)
        self._file.seek(self._at)
        self._skip(at)
        return passed

    def _text(self) -> str | None:
        length = self._number("<Q")
        if length > _KEEP_BYTES:
            self._skip(length)
            return None
        return self._take(length).decode("utf-8", "replace")

    def _number(self, layout: str) -> int:
        return int(self._scalar(layout))

    def _scalar(self, layout: str) -> int | float | bool:
        (value,) = struct.unpack(layout, self._take(struct.calcsize(layout)))
        number: int | float | bool = value
        return number

    def _take(self, size: int) -> bytes:
        taken = self._file.read(size) if size <= self._size - self._at else b""
        if len(taken) < size:  # also if the file has become shorter meanwhile
            raise NotGguf("ends too early", truncated=True)
        self._at += size
        return taken

    def _skip(self, size: int) -> None:
        if size > self._size - self._at:
            raise NotGguf("ends too early", truncated=True)
        self._at += size
        self._file.seek(self._at)


def _alignment(values: dict[str, Value]) -> int:
    alignment = values.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 0 < alignment <= 1 << 20 or alignment & (alignment - 1):
        raise NotGguf("alignment")
    return alignment


def _size(shape: tuple[int, ...], kind: int) -> int | None:
    """Bytes of a tensor; None if the format is unknown."""
    count = 1
    for length in shape:
        count *= length
        if length < 0 or count > _MAX_BYTES:
            raise NotGguf("shape")
    if kind not in BLOCKS:
        return None
    numbers, size = BLOCKS[kind]
    if shape and shape[0] % numbers:
        raise NotGguf("row")
    return count // numbers * size
