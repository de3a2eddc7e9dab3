"""Spoilt files of every kind through the converter, for as long as one likes:

    python -m tests.fuzz.fuzz_converters --seconds 3600 --seed 7 --keep FOLDER

The corpus is spoilt (`tests.support.mutation`) and read as the app does it. What the app must never do: raise anything
but a clear sentence, hang, or hand on parts that cannot be sent. What the converter process should not do: end with an
exception of Python's, which is a mistake of ours; be ended by a signal, which is one of a library's, and a sentence to
the user. Each finding is printed with its number: `--only NUMBER` with the same seed makes the same file again.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from desktop_helper.core.child import ChildDied, child_argv
from desktop_helper.core.child_exit import OUT_OF_MEMORY, UNEXPECTED_ERROR
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart
from desktop_helper.core.protocols import ConvertOptions
from desktop_helper.services.converter import Converter
from tests.support import sample_files
from tests.support.corpus.catalogue import entries
from tests.support.mutation import mutated

LIMIT_S = 20.0
SLACK_S = 5.0
MOST_BYTES = 400_000  # of a file to begin with: small ones are read often
WRONG_NAME = 0.1
FATAL = ("app", "python", "hang", "parts")  # kinds of findings that must not be


@dataclass(frozen=True)
class Finding:
    """What one file did."""

    number: int
    kind: str
    name: str
    words: str


@dataclass
class Report:
    """What was tried, and what came of it."""

    files: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    @property
    def fatal(self) -> list[Finding]:
        """What must be mended."""
        return [one for one in self.findings if one.kind in FATAL]


class Fuzzer:
    """Makes and reads files.

    Args:
        seed: decides about everything.
        folder: for the converter's log.
        keep: where files with findings are written, if anywhere.
    """

    def __init__(self, seed: int, folder: Path, keep: Path | None = None) -> None:
        self._seed, self._folder, self._keep = seed, folder, keep
        usable = [entry for entry in entries() if not entry.lacks]
        made = [(entry.name, entry.make()) for entry in usable]
        self._files = [(name, data) for name, data in made if len(data) <= MOST_BYTES]
        self._others = [data for _, data in self._files]
        self._suffixes = sorted({Path(name).suffix for name, _ in self._files})
        self.report = Report()

    def file(self, number: int) -> tuple[str, bytes, ConvertOptions]:
        """The file of this number: its name, its bytes, and how it is to be read."""
        chance = random.Random(f"{self._seed}/{number}")
        name, data = chance.choice(self._files)
        if chance.random() < WRONG_NAME:
            name += chance.choice(self._suffixes)
        return name, mutated(data, self._others, chance), ConvertOptions(chance.choice((300, 1500, 6144)))

    def run(self, numbers: Iterator[int], seconds: float) -> Report:
        """Read one after the other until the time is over."""
        begun = time.monotonic()
        argv = child_argv("desktop_helper.attachments._worker")
        converter = Converter(argv, self._folder, time_limit_s=LIMIT_S)
        try:  # Ctrl+C ends it as well as the clock
            for number in numbers:
                if time.monotonic() - begun > seconds:
                    break
                self._one(converter, number)
        except KeyboardInterrupt:
            pass
        finally:
            converter.close()
        self.report.seconds += time.monotonic() - begun
        return self.report

    def _one(self, converter: Converter, number: int) -> None:
        name, data, options = self.file(number)
        begun = time.monotonic()
        kind, words = outcome(converter, data, name, options)
        if time.monotonic() - begun > LIMIT_S + SLACK_S:
            kind, words = "hang", f"{time.monotonic() - begun:.0f} s"
        self.report.files += 1
        self.report.outcomes[kind] += 1
        if kind in ("read", "refused"):
            return
        found = Finding(number, kind, name, words)
        self.report.findings.append(found)
        print(found, flush=True)
        if self._keep is not None:
            (self._keep / f"{self._seed}-{number}-{kind}-{Path(name).name[-60:]}").write_bytes(data)
            log = self._folder / "converter.log"
            if log.is_file():
                (self._keep / f"{self._seed}-{number}.log").write_bytes(log.read_bytes())


def outcome(converter: Converter, data: bytes, name: str, options: ConvertOptions) -> tuple[str, str]:
    """How it ended: `read` or `refused`, or a kind of finding; and what was said."""
    try:
        parts = converter.convert_bytes(data, name, options)
    except HelperError as error:
        return _refusal(error)
    except Exception as error:
        return "app", repr(error)
    wrong = _wrong(parts, options)
    return ("parts", wrong) if wrong else ("read", "")


def _refusal(error: HelperError) -> tuple[str, str]:
    if not (error.kind is ErrorKind.SOURCE or error.needs_password) or not error.message.endswith("."):
        return "app", f"{error.kind}: {error.message}"
    death = error.__cause__
    if isinstance(death, ChildDied):
        kinds = {UNEXPECTED_ERROR: "python", OUT_OF_MEMORY: "memory"}
        return kinds.get(death.exit_code or 0, "signal"), error.message
    if "could not be read within" in error.message:
        return "time", error.message
    return ("app", error.message) if "unreadable" in error.message else ("refused", error.message)


def _wrong(parts: tuple[MediaPart, ...], options: ConvertOptions) -> str:
    """Why the parts cannot be sent; nothing if they can."""
    if not parts:
        return "there are none"
    for part in parts:
        if isinstance(part, ImagePart):
            try:
                size = sample_files.decoded(part.data).size
            except Exception as error:
                return f"{part.name}: {error!r}"
            if size != (part.width, part.height):
                return f"{part.name} has another size"
            if part.tokens > options.max_image_tokens:
                return f"{part.name} costs {part.tokens}"
        elif not isinstance(part, FilePart) or part.text != part.text.encode(errors="replace").decode():
            return f"{part.name} is no text"
    return ""


def main() -> int:
    """Returns 1 if something must be mended."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--first", type=int, default=0, help="the number to begin with")
    parser.add_argument("--only", type=int, help="the one file of this number")
    parser.add_argument("--keep", type=Path, help="a folder for files with findings")
    chosen = parser.parse_args()
    if chosen.keep is not None:
        chosen.keep.mkdir(parents=True, exist_ok=True)
    numbers = range(chosen.first, 1 << 62) if chosen.only is None else range(chosen.only, chosen.only + 1)
    os.environ.setdefault("DESKTOP_HELPER_LIBREOFFICE", "none")  # takes seconds for each file, in a process of its own
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        report = Fuzzer(chosen.seed, Path(folder), chosen.keep).run(iter(numbers), chosen.seconds)
    print(f"seed {chosen.seed}: {report.files} files in {report.seconds:.0f} s: {dict(report.outcomes)}")
    return 1 if report.fatal else 0


if __name__ == "__main__":
    raise SystemExit(main())
