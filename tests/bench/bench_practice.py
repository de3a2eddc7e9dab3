"""How quick is the practice model, and how large: `python -m tests.bench.bench_practice`.

Its files against the 12 MB that they may have together; the first word about a picture that it has not seen, when its
process is not yet there and when it is; and how long a word takes. Where the trained files are missing, a stand-in of
random weights answers, which is said: its figures prove only that the bench works.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from desktop_helper.backends.local.backend import LocalBackend
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.events import Failed, UsageReported
from desktop_helper.core.messages import ChatRequest, Message, Role, Sampling, TextPart, Thinking
from desktop_helper.core.resources import resource
from desktop_helper.services import practice
from desktop_helper.services.providers import Providers, resolve
from desktop_helper.services.settings import ProfileSettings
from tests.bench._figures import Figure, options, report
from tests.support import practice_files
from training.evaluate import image_part
from training.scenes import random_of, scene

MOST_BYTES = 12_000_000
COLD_S, FIRST_S, TOKEN_MS = 3.0, 0.5, 10.0
SIZE = (448, 252)  # pixels of a picture that costs as much as one may
QUESTIONS = 8
SEED = 20261130


def measure(folder: Path, rounds: int) -> list[Figure]:
    """Load it anew each round."""
    cold: list[float] = []
    first: list[float] = []
    tokens: list[float] = []
    number = 0
    for _ in range(rounds):
        with loaded_anew(folder) as backend:
            for place in range(QUESTIONS):
                number += 1
                usage = ask(backend, number)
                (first if place else cold).append(usage.ttft_s or 0.0)
                if place and usage.tokens_per_s:
                    tokens.append(1e3 / usage.tokens_per_s)
    size = sum(path.stat().st_size for path in practice.checked_files(practice_files.MODEL))
    print(f"  {size / 1e6:.2f} MB; {1e3 / statistics.median(tokens):.0f} tokens a second")
    return [
        Figure("both files", size / 1e6, MOST_BYTES / 1e6, "MB", goal=1.0),
        Figure("first word, process not there yet", statistics.median(cold), COLD_S, "s", goal=1.0),
        Figure("first word, process there", statistics.median(first), FIRST_S, "s", goal=1.0),
        Figure("a token", statistics.median(tokens), TOKEN_MS, "ms", goal=1.0),
    ]


@contextmanager
def loaded_anew(folder: Path) -> Iterator[LocalBackend]:
    """The engine of the profile that a new user has, without its process."""
    profile = resolve(practice.NAME, ProfileSettings(practice.NAME), Providers(resource("providers"), folder / "none"))
    backend = LocalBackend(replace(profile, name="bench"), folder, folder)
    try:
        yield backend
    finally:
        backend.close()


def ask(backend: LocalBackend, number: int) -> UsageReported:
    """About picture `number`, aloud: it thinks, so that there are words to count."""
    picture = image_part(scene(random_of(SEED, number), SIZE))
    message = Message(Role.USER, (picture, TextPart("What is the red thing?")))
    sampling = Sampling(thinking=Thinking.ON, temperature=0.0, max_tokens=60)
    found: UsageReported | None = None
    for event in backend.stream(ChatRequest((message,), sampling), CancelToken()):
        assert not isinstance(event, Failed), event
        if isinstance(event, UsageReported):
            found = event
    assert found is not None
    return found


def main() -> int:
    """Measure and print."""
    chosen = options(__doc__)
    with tempfile.TemporaryDirectory(prefix="bench-practice-") as name:
        folder = Path(name)
        if practice_files.shipped() is None:
            models = practice_files.stand_ins(folder / "models")
            practice.model_folder = lambda: models
            print(f"  A stand-in answers: {practice_files.NONE_SHIPPED}.")
        return report(measure(folder, chosen.rounds(3)), chosen)


if __name__ == "__main__":
    raise SystemExit(main())
