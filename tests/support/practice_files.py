"""The practice model's files: those that come with the app, where there are some, or stand-ins of random weights."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from desktop_helper.core.resources import resource
from tests.support.tiny_gguf import GgufPair, TinyModel, tiny_pair

MODEL = "practice-glm-4v"
NONE_SHIPPED = f"resources/models has no {MODEL}.gguf and mmproj-{MODEL}.gguf: the practice model is not trained yet"


def shipped() -> GgufPair | None:
    """The trained files of this checkout; None if they are not in it."""
    pair = GgufPair(resource("models", f"{MODEL}.gguf"), resource("models", f"mmproj-{MODEL}.gguf"))
    return pair if pair.gguf.is_file() and pair.mmproj.is_file() else None


def shipped_or_skip() -> GgufPair:
    """The same for a test about what the trained model says."""
    if (pair := shipped()) is None:
        pytest.skip(NONE_SHIPPED)
    return pair


def empty_files(folder: Path) -> Path:
    """Two empty files under the right names: enough wherever the model is only named."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (f"{MODEL}.gguf", f"mmproj-{MODEL}.gguf"):
        (folder / name).write_bytes(b"")
    return folder


def stand_ins(folder: Path) -> Path:
    """A pair that llama.cpp loads, which looks at pictures and says nothing that means anything."""
    folder.mkdir(parents=True, exist_ok=True)
    pair = tiny_pair(TinyModel())
    shutil.copyfile(pair.gguf, folder / f"{MODEL}.gguf")
    shutil.copyfile(pair.mmproj, folder / f"mmproj-{MODEL}.gguf")
    return folder


def command(models: Path, *arguments: str) -> list[str]:
    """`desktop-helper` as it is with the files in `models` in place of those that it came with."""
    code = (
        "import sys; from pathlib import Path; from desktop_helper.services import practice; "
        "folder = Path(sys.argv.pop(1)); practice.model_folder = lambda: folder; "
        "from desktop_helper.__main__ import main; sys.exit(main())"
    )
    return [sys.executable, "-c", code, str(models), *arguments]
