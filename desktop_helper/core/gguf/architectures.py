"""Which kinds of models the installed llama.cpp knows.

It has no function that tells, so its library is searched for the name as C stores it. A name that is not in there is
unknown for certain; what is in there for another reason is left to llama.cpp, which refuses it without harm.
"""

from __future__ import annotations

import importlib.util
import mmap
from functools import cache
from pathlib import Path

_NAMES = ("libllama.so", "libllama.dylib", "llama.dll")


def library_folder() -> Path | None:
    """Where llama-cpp-python keeps its libraries; None if it is not installed. Imports nothing."""
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "lib"


@cache
def is_known(architecture: str) -> bool:
    """Whether llama.cpp can know it. True if that cannot be found out."""
    folder = library_folder()
    for name in _NAMES if folder else ():
        path = folder / name if folder else Path(name)
        try:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return data.find(architecture.encode() + b"\0") != -1
        except (OSError, ValueError):
            continue
    return True
