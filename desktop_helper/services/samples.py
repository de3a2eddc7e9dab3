"""Pictures that come with the app, each with a question that the practice model answers well.

`training/samples.py` draws them; `resources/samples/samples.toml` has the questions.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from desktop_helper.core.i18n import language
from desktop_helper.core.resources import resource

_LIST = "samples.toml"


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture and what to ask about it, in the user's language."""

    path: Path
    question: str


def samples() -> tuple[Sample, ...]:
    """All of them; none where the app came without."""
    folder = resource("samples")
    try:
        table = tomllib.loads((folder / _LIST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    found = (
        Sample(folder / str(entry["file"]), str(entry["question"].get(language(), entry["question"]["en"])))
        for entry in table["samples"]
    )
    return tuple(sample for sample in found if sample.path.is_file())
