"""Local backends over tiny models, for the tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.backends.local.warm_worker import WORKER
from desktop_helper.core.image_tokens import image_tokens
from desktop_helper.core.messages import ImagePart
from desktop_helper.core.protocols import ModelProfile
from tests.support.tiny_gguf import GgufPair


def local_profile(gguf: Path | None, mmproj: Path | None, *, context: int = 8192, **quirks: Any) -> ModelProfile:
    """A profile as the settings would give it."""
    return ModelProfile(
        name="local",
        provider="local",
        backend="local",
        title="Tiny",
        model="tiny",
        gguf=gguf,
        mmproj=mmproj,
        context_tokens=context,
        quirks=quirks,
    )


@contextmanager
def local_backend(pair: GgufPair, log_dir: Path, *, context: int = 8192, **quirks: Any) -> Iterator[LocalBackend]:
    """A backend that is closed at the end of the block."""
    quirks.setdefault("keep_warm_s", 0)  # a timer would outlive the test
    backend = LocalBackend(local_profile(pair.gguf, pair.mmproj, context=context, **quirks), log_dir, log_dir)
    try:
        yield backend
    finally:
        backend.close()


def worker_process(owner: int | None = None) -> psutil.Process:
    """The model worker that the process `owner` (by default ours) started last."""
    workers = []
    for child in psutil.Process(owner).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # zombies, too
            if WORKER in " ".join(child.cmdline()):
                workers.append(child)
    return max(workers, key=lambda worker: worker.create_time())


def noise(width: int, height: int) -> ImagePart:
    """A picture of random pixels as PNG."""
    import cv2
    import numpy as np

    pixels = np.random.default_rng(width).integers(0, 255, (height, width, 3), dtype=np.uint8)
    done, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 0])
    assert done
    return ImagePart(data.tobytes(), "image/png", width, height, "Region", image_tokens(width, height))
