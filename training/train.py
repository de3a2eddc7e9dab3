"""Trains the practice model, and goes on where it was stopped.

    python -m training.train RUN                    # three hours, two processes with one thread each
    python -m training.train RUN --hours 0.05 --processes 1     # a try
    python -m training.train RUN --after FOLDER --rate 5e-4     # the later course, of the files in FOLDER

RUN is a folder: `checkpoint.pt` (everything, written every few minutes, at Ctrl+C and at the end) and `curves.csv`.
The same command goes on with it. Pictures follow from the seed and their number. The course is as long as --hours, or
as --pictures: then it is the same each time, however fast the machine is.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from training.checkpoints import NAME, Progress, load
from training.curves import add_line
from training.export import Pair, read_pair
from training.lessons import COURSE, LATER_COURSE
from training.shape import SMALLEST, Shape
from training.trainer import Tally, Trainer
from training.vocabulary import usual_vocabulary
from training.widening import widened

_LINE_EVERY = 1500  # pictures
_SAVE_EVERY = 240.0  # seconds


class _Run:
    """One process's part of a training."""

    def __init__(self, options: argparse.Namespace, rank: int) -> None:
        self._options = options
        self._rank = rank
        self._stop = False
        self._trainer = self._begun()
        self._seconds_before = self._trainer.progress.seconds
        self._begin = self._saved = time.monotonic()
        self._tally, self._line_at = Tally(), (self._begin, self._trainer.progress.pictures)

    def go(self) -> None:
        """Train until the course, the time or somebody ends it."""
        for kind in (signal.SIGINT, signal.SIGTERM):
            signal.signal(kind, lambda *_: setattr(self, "_stop", True))
        while not self._over():
            self._trainer.step(self._tally)
            self._trainer.progress.seconds = self._seconds_before + time.monotonic() - self._begin
            if self._rank == 0:
                self._tell()
        if self._rank == 0:
            self._trainer.checkpoint().save(self._options.run)
            print(f"Stopped after {self._trainer.progress.pictures} pictures, {self._trainer.progress.share:.1%}.")

    def _begun(self) -> Trainer:
        options = self._options
        vocabulary, shape = usual_vocabulary(), SMALLEST if options.smallest else Shape()
        progress = Progress(options.seed)
        checkpoint = load(options.run) if (options.run / NAME).exists() else None
        if checkpoint is not None:
            vocabulary, shape, progress = checkpoint.vocabulary, checkpoint.shape, checkpoint.progress
        weights: dict[str, Any] = {}
        if checkpoint is None and options.after:
            found, vocabulary = read_pair(Pair.within(options.after))
            known, vocabulary = vocabulary, vocabulary.extended()
            found["embedding.weight"] = widened(found["embedding.weight"], known, vocabulary)
            weights = {name: torch.from_numpy(values) for name, values in found.items()}
        course = LATER_COURSE if options.after else COURSE
        trainer = Trainer(shape, vocabulary, progress, options.rate, self._rank, options.processes, course)
        if weights:
            trainer.model.load_state_dict(weights)
        if checkpoint is not None:
            trainer.restore(checkpoint)
        if self._rank == 0:
            parameters = sum(parameter.numel() for parameter in trainer.model.parameters())
            print(f"{parameters / 1e6:.2f} million numbers, {len(vocabulary.tokens)} tokens; {progress}", flush=True)
        return trainer

    def _over(self) -> bool:
        """Whether the course ends here, else how far it is. The processes must agree, or they would wait for ever."""
        progress, options = self._trainer.progress, self._options
        share = progress.pictures / options.pictures if options.pictures else progress.seconds / (3600 * options.hours)
        over = self._stop or progress.seconds > 3600 * options.hours
        share, stopped = _agreed([max(share, progress.share), float(over)], options.processes)
        progress.share = min(1.0, share)
        return bool(stopped) or share >= 1

    def _tell(self) -> None:
        progress, now = self._trainer.progress, time.monotonic()
        since, pictures = self._line_at
        if progress.pictures - pictures >= _LINE_EVERY:
            values = {"seconds": progress.seconds, "pictures": progress.pictures, "share": progress.share}
            values |= {"per second": (progress.pictures - pictures) / (now - since), **self._tally.means()}
            add_line(self._options.run, values)
            print("  ".join(f"{name} {value:.3g}" for name, value in values.items()), flush=True)
            self._tally, self._line_at = Tally(), (now, progress.pictures)
        if now - self._saved > _SAVE_EVERY:
            self._trainer.checkpoint().save(self._options.run)
            self._saved = now


def _agreed(values: list[float], processes: int) -> list[float]:
    """The largest of what the processes say, for each value."""
    if processes == 1:
        return values
    largest = torch.tensor(values, dtype=torch.float64)
    torch.distributed.all_reduce(largest, torch.distributed.ReduceOp.MAX)
    return [float(value) for value in largest]


def _work(rank: int, options: argparse.Namespace, meeting: str) -> None:
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    import cv2

    cv2.setNumThreads(1)
    os.nice(options.nice)
    if options.processes > 1:
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{meeting}", rank=rank, world_size=options.processes
        )
    _Run(options, rank).go()
    if options.processes > 1:
        torch.distributed.destroy_process_group()


def _parsed(arguments: list[str] | None) -> Any:
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("run", type=Path, help="folder of checkpoint and curves")
    parser.add_argument("--hours", type=float, default=2.9, help="of work, pauses left out")
    parser.add_argument("--pictures", type=int, default=0, help="length of the course; as long as --hours if left out")
    parser.add_argument("--processes", type=int, default=2, help="each with a copy of the model")
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument("--nice", type=int, default=5, help="how much it steps back for other programs")
    parser.add_argument("--rate", type=float, default=1.2e-3, help="largest step")
    parser.add_argument("--after", type=Path, help="folder of exported files: the later course begins with them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--smallest", action="store_true", help="a model that learns nothing, to try the machinery")
    return parser.parse_args(arguments)


def _hand_on_signals(processes: list[int]) -> None:
    """What ends this process ends those that work, after they have saved."""

    def tell(*_: object) -> None:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)

    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, tell)


def main(arguments: list[str] | None = None) -> None:
    """Train the practice model, or go on with it."""
    options = _parsed(arguments)
    options.run.mkdir(parents=True, exist_ok=True)
    # Waiting threads of OpenMP spin: beside anything else that computes, that is ten times slower.
    os.environ.update(OMP_WAIT_POLICY="PASSIVE", KMP_BLOCKTIME="0", OMP_NUM_THREADS=str(options.threads))
    with tempfile.TemporaryDirectory() as folder:
        meeting = str(Path(folder) / "meeting")
        if options.processes == 1:
            _work(0, options, meeting)
            return
        workers = torch.multiprocessing.spawn(_work, (options, meeting), options.processes, join=False)
        _hand_on_signals(workers.pids())
        while not workers.join():
            pass


if __name__ == "__main__":
    main()
