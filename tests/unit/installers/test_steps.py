"""A step that fails becomes one sentence, with its output in the log."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from installers.steps import StepFailed, run_step, tail


def script(text: str, code: int = 1) -> list[str]:
    return [sys.executable, "-c", f"import sys; print({text!r}); sys.exit({code})"]


def test_a_good_step_says_what_it_does_and_keeps_its_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_step("Counting", script("one two", 0), tmp_path / "log")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Counting (log: ")
    assert "one two" in tail(tmp_path / "log")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error sending request for url", "no network"),
        ("dns error: failed to lookup address information", "no network"),
        ("Temporary failure resolving 'deb.example'", "no network"),
        ("Failed to establish a new connection", "no network"),
        ("invalid peer certificate: UnknownIssuer", "certificate is not trusted"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("something else", "failed with exit code 3"),
    ],
)
def test_a_failed_step_says_why(output: str, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match=sentence) as failure:
        run_step("Installing things", script(output, 3), tmp_path / "log")
    assert str(failure.value).startswith("Installing things")
    assert failure.value.log == tmp_path / "log"


def test_only_this_steps_output_explains_its_failure(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("dns error of last week\n", encoding="utf-8")
    with pytest.raises(StepFailed, match="exit code 1"):
        run_step("Installing things", script("something else"), log)


def test_a_missing_program_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="no-such-program could not be started"):
        run_step("Trying", ["no-such-program"], tmp_path / "log")


def test_the_tail_is_short(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(str(number) for number in range(1000)), encoding="utf-8")
    assert len(tail(log).splitlines()) == 15
    assert tail(log).endswith("999")
