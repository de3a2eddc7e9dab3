"""What people and programs see of an answer."""

from __future__ import annotations

import io
import json
import sys

import pytest

from desktop_helper.cli._output import EXIT_CODES, JsonOutput, PlainOutput
from desktop_helper.cli._terminal import CLEAR_LINE, DIM, PLAIN, harmless, one_line
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import (
    Failed,
    Finished,
    FinishReason,
    Notice,
    Progress,
    StreamEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)

ERROR = HelperError(ErrorKind.NETWORK, "No route.", "Plug it in.")


class Terminal(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def watched(monkeypatch: pytest.MonkeyPatch) -> tuple[Terminal, Terminal]:
    """Make standard output and standard error terminals. Not a fixture: pytest replaces both after the set-up."""
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    return out, err


def plain(capsys: pytest.CaptureFixture[str], *events: StreamEvent, show_thinking: bool = False) -> tuple[str, str]:
    output = PlainOutput(show_thinking=show_thinking)
    for event in events:
        output.show(event)
    return capsys.readouterr()


def test_pipes_get_the_answer_alone(capsys: pytest.CaptureFixture[str]) -> None:
    events = (Progress("Wait"), ThinkingDelta("hm"), TextDelta("a"), TextDelta("\x1b[1m"), UsageReported(), Finished())
    assert plain(capsys, *events) == ("a\x1b[1m\n", "")


def test_a_log_is_told_why_nothing_comes(capsys: pytest.CaptureFixture[str]) -> None:
    """A script that waits a minute for a busy server must not look as if it hung."""
    events = (Progress("Busy. Trying again in 4 s.", notable=True), TextDelta("a"), Finished())
    assert plain(capsys, *events) == ("a\n", "Busy. Trying again in 4 s.\n")


def test_what_options_can_mend_is_said_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    error = HelperError(ErrorKind.AUTH, "No key.", "Enter it.", command_fix="--key names it.")
    PlainOutput(show_thinking=False).fail(error)
    assert capsys.readouterr().err == "desktop-helper: No key. Enter it. --key names it.\n"
    JsonOutput().fail(error)
    assert json.loads(capsys.readouterr().out)["fix"] == "Enter it. --key names it."
    assert str(error) == "No key. Enter it."


def test_a_final_newline_is_not_doubled(capsys: pytest.CaptureFixture[str]) -> None:
    assert plain(capsys, TextDelta("a\n"), TextDelta(""), Finished()) == ("a\n", "")


def test_thinking_is_separated_from_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    events = (ThinkingDelta("h"), ThinkingDelta("m"), TextDelta("a"), Finished())
    assert plain(capsys, *events, show_thinking=True) == ("a\n", "hm\n\n")


@pytest.mark.parametrize("reason", FinishReason)
def test_every_ending_has_a_code_and_the_bad_ones_a_sentence(
    capsys: pytest.CaptureFixture[str], reason: FinishReason
) -> None:
    out, err = plain(capsys, TextDelta("a"), Finished(reason))
    assert out == "a\n"
    assert bool(err) == (EXIT_CODES[reason] != 0)


def test_thinking_that_uses_up_the_limit_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = plain(capsys, ThinkingDelta("hm"), Finished(FinishReason.LENGTH))
    assert out == ""
    assert "The thinking used up the length limit" in err


def test_a_full_context_is_not_blamed_on_the_limit_of_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    full = Finished(FinishReason.LENGTH, full=True)
    assert plain(capsys, TextDelta("Yes"), Notice("The context is full."), full) == ("Yes\n", "The context is full.\n")
    _, said = plain(capsys, ThinkingDelta("Hm"), Notice("The context is full."), full)
    assert said.startswith("The context is full.\nThe thinking filled the context")
    assert "--max-tokens" not in said


def test_an_answer_without_a_word_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert plain(capsys, Finished(FinishReason.STOP)) == ("", "The model ended without a word; ask in another way.\n")
    assert plain(capsys, ThinkingDelta("hm"), Finished(FinishReason.STOP))[0] == ""


def test_a_failure_comes_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert plain(capsys, TextDelta("half"), Failed(ERROR)) == ("half\n", "desktop-helper: No route. Plug it in.\n")


def test_on_a_terminal_thinking_is_dim_and_progress_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err = watched(monkeypatch)
    output = PlainOutput(show_thinking=False)
    for event in (Progress("Load\x1b[2J", 0.5), ThinkingDelta("hm\x07"), Progress("no"), TextDelta("a"), Finished()):
        output.show(event)
    assert out.getvalue() == "a\n"
    assert err.getvalue() == f"{CLEAR_LINE}Load\N{REPLACEMENT CHARACTER}[2J 50%{CLEAR_LINE}" + (
        f"{DIM}hm\N{REPLACEMENT CHARACTER}{PLAIN}\n\n"
    )


def test_a_person_sees_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    _, err = watched(monkeypatch)
    output = PlainOutput(show_thinking=False)
    for event in (TextDelta("a"), UsageReported(2750, 10, 2691, 0.25, 34.4), Finished()):
        output.show(event)
    assert err.getvalue() == f"{DIM}0.2 s to first token · 34 tokens/s · 59 tokens read · 2,691 known already{PLAIN}\n"


def test_an_answer_cannot_control_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out, _ = watched(monkeypatch)
    output = PlainOutput(show_thinking=False)
    output.show(TextDelta("\x1b]0;pwned\x07\tok\n"))
    assert out.getvalue() == "\N{REPLACEMENT CHARACTER}]0;pwned\N{REPLACEMENT CHARACTER}\tok\n"


def test_names_cannot_either() -> None:
    assert one_line("a\n\u202egnp.exe") == "a \N{REPLACEMENT CHARACTER}gnp.exe"
    assert harmless("a\r\nb") == "a\nb"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (TextDelta("中"), {"type": "text", "text": "中"}),
        (ThinkingDelta("\ud800"), {"type": "thinking", "text": "\ud800"}),
        (Progress("p", 0.5), {"type": "progress", "message": "p", "fraction": 0.5}),
        (ToolCallRequested("1", "t", "{}"), {"type": "tool", "call_id": "1", "name": "t", "arguments": "{}"}),
        (Notice("left out"), {"type": "notice", "message": "left out"}),
        (Finished(FinishReason.LENGTH), {"type": "finished", "reason": "length"}),
        (Failed(ERROR), {"type": "error", "kind": "network", "message": "No route.", "fix": "Plug it in."}),
        (
            UsageReported(1, 2, None, 0.5, None),
            {
                "type": "usage",
                "prompt_tokens": 1,
                "completion_tokens": 2,
                "cached_tokens": None,
                "ttft_s": 0.5,
                "tokens_per_s": None,
            },
        ),
    ],
)
def test_json_keys(capsys: pytest.CaptureFixture[str], event: StreamEvent, expected: dict[str, object]) -> None:
    JsonOutput().show(event)
    shown = capsys.readouterr()
    assert json.loads(shown.out) == expected
    assert shown.out.isascii()
    assert shown.err == ""
