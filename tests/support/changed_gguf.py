"""Copies of GGUF files with something changed: other metadata, fewer tensors, several parts."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import gguf

_OWN_KEYS = ("GGUF.", "general.architecture", "split.")  # the writer adds these itself


def changed(
    source: Path,
    target: Path,
    *,
    values: Mapping[str, Any] | None = None,
    drop: Collection[str] = (),
    without_tensors: Collection[str] = (),
    architecture: str = "",
    tensors_per_part: int = 0,
) -> Path:
    """Write `target` as a copy of `source`; with `tensors_per_part` in parts. Returns the path, of the first part.

    Args:
        source, target: files.
        values: metadata that is added or replaced (texts, whole numbers, lists of these).
        drop: metadata that is left out.
        without_tensors: names of tensors that are left out.
        architecture: in place of the source's; its keys keep their names.
        tensors_per_part: at most.
    """
    reader = gguf.GGUFReader(str(source))
    arch = architecture or str(reader.fields["general.architecture"].contents())
    writer = gguf.GGUFWriter(str(target), arch, split_max_tensors=tensors_per_part)
    replaced = dict(values or {})
    for name, field in reader.fields.items():
        if name.startswith(_OWN_KEYS) or name in drop or name in replaced:
            continue
        kinds = field.types
        writer.add_key_value(name, field.contents(), kinds[0], kinds[-1] if len(kinds) > 1 else None)
    for name, value in replaced.items():
        _add(writer, name, value)
    for tensor in reader.tensors:
        if tensor.name not in without_tensors:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return min(target.parent.glob(f"{target.stem}-00001-of-*.gguf"), default=target)


def with_tensor_kind(source: Path, target: Path, name: str, kind: int) -> Path:
    """A copy of `source` whose tensor `name` claims to be in the number format `kind`."""
    content = bytearray(source.read_bytes())
    encoded = name.encode()
    at = content.index(struct.pack("<Q", len(encoded)) + encoded) + 8 + len(encoded)
    (dimensions,) = struct.unpack_from("<I", content, at)
    struct.pack_into("<I", content, at + 4 + 8 * dimensions, kind)
    target.write_bytes(content)
    return target


def _add(writer: gguf.GGUFWriter, name: str, value: Any) -> None:
    if isinstance(value, bool):
        writer.add_bool(name, value)
    elif isinstance(value, int):
        writer.add_uint32(name, value)
    elif isinstance(value, str):
        writer.add_string(name, value)
    else:
        writer.add_array(name, value)
