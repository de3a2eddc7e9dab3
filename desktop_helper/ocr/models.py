"""The networks that find and read text: files in rapidocr's wheel, whose code is never run (docs/adr/028)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from desktop_helper.core.availability import Availability
from desktop_helper.core.i18n import tr

DETECTION = "PP-OCRv6_det_small.onnx"
RECOGNITION = "PP-OCRv6_rec_small.onnx"


def availability() -> Availability:
    """Whether text can be read here. Imports nothing heavy."""
    missing = [name for name in ("onnxruntime", "cv2", "numpy") if find_spec(name) is None]
    missing += [name for name in (DETECTION, RECOGNITION) if model_file(name) is None]
    if not missing:
        return Availability(ok=True, reason=tr("English, Chinese and other languages, without a model."))
    return Availability(
        ok=False,
        reason=tr("Text in pictures cannot be read without {names}.", names=", ".join(missing)),
        fix=tr("Install the packages rapidocr and onnxruntime."),
    )


def model_file(name: str) -> Path | None:
    """Where the network called `name` lies, or None if it is not installed."""
    spec = find_spec("rapidocr")
    folders = spec.submodule_search_locations if spec is not None else None
    files = [Path(folder) / "models" / name for folder in folders or ()]
    return next((file for file in files if file.is_file()), None)
