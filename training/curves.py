"""The curves of a training: a CSV that grows, and a picture of it.

python -m training.curves RUN       # draws RUN/curves.png from RUN/curves.csv
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from training.packing import TASKS

CSV = "curves.csv"
COLUMNS = (
    "seconds",
    "pictures",
    "share",
    "per second",
    "text loss",
    "places loss",
    "counting loss",
    "encoder loss",
    "gradient",
    "cells kind",
    "cells colour",
    "cells edges",
    *TASKS,
)


def add_line(folder: Path, values: dict[str, float]) -> None:
    """Write one line; what is not known stays empty."""
    path = folder / CSV
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
        if new:
            writer.writeheader()
        writer.writerow({name: f"{value:.5g}" for name, value in values.items()})


def read_lines(folder: Path) -> list[dict[str, float]]:
    """What was written; of lines that a resumed training wrote again, only the last ones."""
    with (folder / CSV).open(newline="", encoding="utf-8") as file:
        rows = [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]
    kept: list[dict[str, float]] = []
    for row in rows:
        while kept and kept[-1]["pictures"] >= row["pictures"]:
            kept.pop()
        kept.append(row)
    return kept


def draw(folder: Path) -> Path:
    """Draw answers, losses and what the encoder knows over the number of pictures. Returns the file."""
    from matplotlib.figure import Figure

    rows = read_lines(folder)
    figure = Figure(figsize=(10, 11), layout="constrained")
    drawn = (
        ("answers that are right", TASKS, (0, 1)),
        ("losses", ("text loss", "places loss", "counting loss", "encoder loss"), None),
        ("parts of pictures (edges: mean distance)", ("cells kind", "cells colour", "cells edges"), (0, 1)),
    )
    known = {name for row in rows for name in row}
    groups = [group for group in drawn if known.intersection(group[1])]  # the later course has no parts
    for axes, (title, names, limits) in zip(figure.subplots(len(groups), 1, sharex=True), groups, strict=True):
        for name in names:
            points = [(row["pictures"], row[name]) for row in rows if name in row]
            axes.plot([x for x, _ in points], [y for _, y in points], label=name)
        axes.set_title(title)
        axes.grid(alpha=0.3)
        axes.legend(loc="upper left", fontsize=8, ncols=3)
        if limits:
            axes.set_ylim(*limits)
    path = folder / "curves.png"
    figure.savefig(path, dpi=90)
    return path


def main() -> None:
    """Draw the curves of a run."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("run", type=Path)
    print(draw(parser.parse_args().run))


if __name__ == "__main__":
    main()
