"""The model that hears, as the user chose it: a file for whisper.cpp.

whisper.cpp ends its process over a file that is not whole, so the file is looked through first. Its format is the one
that `whisper_model_load` in whisper.cpp reads: numbers, the vocabulary, then tensors to the end of the file.
"""

from __future__ import annotations

import math
import os
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from desktop_helper.core.availability import Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.gguf.number_formats import BLOCKS
from desktop_helper.core.i18n import tr

MAGIC = 0x67676D6C
_MOST_LAYERS, _MOST_TOKENS, _MOST_DIMENSIONS = 1000, 1_000_000, 4
_TENSORS, _OF_AN_AUDIO_LAYER, _OF_A_TEXT_LAYER = 11, 15, 24


def availability(model: str) -> Availability:
    """Whether speech can be written down here with the file `model`; empty is none. Imports nothing heavy."""
    if not model:
        return Availability(
            ok=False,
            reason=tr("No model is chosen that hears: the sound of videos is left out, and told."),
            fix=tr("Choose a whisper.cpp model in Settings, Recordings, e.g. ggml-base.bin."),
        )
    if find_spec("pywhispercpp") is None:
        return Availability(
            ok=False,
            reason=tr("Speech cannot be written down without the package pywhispercpp."),
            fix=tr("Install desktop-helper[speech], or run the set-up again."),
        )
    try:
        check(model)
    except HelperError as error:
        return Availability(ok=False, reason=error.message, fix=error.fix)
    return Availability(ok=True, reason=Path(model).name)


def check(model: str) -> None:
    """Look through the file. Raises `HelperError(CONFIG)` if whisper.cpp cannot load it."""
    path = Path(model).expanduser()
    try:
        with path.open("rb") as file:
            whole = _is_whole(file, os.fstat(file.fileno()).st_size)
    except (OSError, ValueError):  # ValueError: a name with a zero byte in it
        raise HelperError(
            ErrorKind.CONFIG,
            tr("The model that hears, {path}, cannot be opened.", path=str(path)),
            tr("Choose another file in Settings, Recordings, or none."),
        ) from None
    if whole is None:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{path} is not a whisper.cpp model.", path=str(path)),
            tr("Choose a file like ggml-base.bin in Settings, Recordings, or none."),
        )
    if not whole:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("{path} is not whole.", path=str(path)),
            tr("Download it again, or choose another file in Settings, Recordings."),
        )


def _is_whole(file: BinaryIO, size: int) -> bool | None:
    """None: it is no model at all."""
    head = file.read(12 * 4)
    if len(head) < 4 or struct.unpack_from("<I", head)[0] != MAGIC:
        return None
    try:
        shape = struct.unpack("<I11i", head)
        layers, texts = shape[5], shape[9]
        if not (0 < layers <= _MOST_LAYERS and 0 < texts <= _MOST_LAYERS):
            return False
        mels, width = struct.unpack("<2i", file.read(8))
        file.seek(mels * width * 4, os.SEEK_CUR)
        _skip_vocabulary(file)
        count = 0
        while file.tell() < size:
            _skip_tensor(file)
            count += 1
    except (struct.error, OSError, ValueError, KeyError):
        return False
    wanted = _TENSORS + layers * _OF_AN_AUDIO_LAYER + texts * _OF_A_TEXT_LAYER
    return file.tell() == size and count == wanted


def _skip_vocabulary(file: BinaryIO) -> None:
    (tokens,) = struct.unpack("<i", file.read(4))
    if not 0 < tokens <= _MOST_TOKENS:
        raise ValueError(tokens)
    for _ in range(tokens):
        (length,) = struct.unpack("<I", file.read(4))
        file.seek(length, os.SEEK_CUR)


def _skip_tensor(file: BinaryIO) -> None:
    dimensions, name, kind = struct.unpack("<3i", file.read(12))
    if not 0 < dimensions <= _MOST_DIMENSIONS:
        raise ValueError(dimensions)
    shape = struct.unpack(f"<{dimensions}i", file.read(4 * dimensions))
    numbers, size = BLOCKS[kind]
    file.seek(name + math.prod(shape) // numbers * size, os.SEEK_CUR)
