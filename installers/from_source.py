"""Set up, run and test Desktop Helper from a checkout, on a machine that has nothing but Python 3.11 or newer.

    python3 installers/from_source.py run [--yes] [--no-local] [--gpu KIND] [ARGS] start the app, or one of its commands
    python3 installers/from_source.py test [--yes] [PYTEST ARGS]        every check; with arguments only pytest
    python3 installers/from_source.py setup [--yes] [--gpu KIND]        install everything now, the local engine too
    python3 installers/from_source.py bench [--yes] [NAMES]             measure, print ratios

KIND is what local models are computed on: cuda (NVIDIA), vulkan (most cards), hip (AMD) or cpu; on macOS it is always
metal. It is remembered; another one builds the engine again.

Everything goes into `.venv` inside the checkout. Missing system libraries are installed when this runs as root, or
through sudo with `--yes`; otherwise the line to run is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path

OLDEST, TOO_NEW = (3, 11), (3, 15)


def main(argv: list[str]) -> int:
    """Entry point. Returns the exit code."""
    if not OLDEST <= sys.version_info[:2] < TOO_NEW:
        found = f"{sys.version_info[0]}.{sys.version_info[1]}"
        print(
            f"Desktop Helper needs Python 3.11 to 3.14, and this is {found}: use another one, e.g. python3.13.",
            file=sys.stderr,
        )
        return 1
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from installers.commands import run_command

    return run_command(argv, usage=__doc__ or "")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
