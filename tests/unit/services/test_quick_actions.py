"""Quick actions: ours in each language, the user's file, and what becomes of a prompt."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import languages, set_language
from desktop_helper.core.messages import Thinking
from desktop_helper.core.resources import resource
from desktop_helper.services import action_template
from desktop_helper.services.action_file import QuickAction, parse
from desktop_helper.services.question import Manner
from desktop_helper.services.quick_actions import QuickActions, manner, question, title


@pytest.fixture
def actions(tmp_path):
    return QuickActions(tmp_path / "actions.toml", resource("prompts"))


def first(actions: QuickActions) -> str:
    return actions.all()[0].name


def ours(language: str) -> dict[str, QuickAction]:
    found, problems = parse(resource("prompts", language, "actions.toml").read_text(encoding="utf-8"), {})
    assert not problems
    return found


def test_ours_are_the_same_in_every_language():
    english = ours("en")
    assert list(english) == ["explain", "translate", "summarise", "table", "read", "changed"]
    for language in languages():
        found = ours(language)
        assert [(one.name, one.capture, one.pictures, one.send, one.hotkey) for one in found.values()] == [
            (one.name, one.capture, one.pictures, one.send, one.hotkey) for one in english.values()
        ]
        assert all(one.title and one.description for one in found.values())


@pytest.mark.parametrize("language", languages())
def test_the_example_is_one_when_its_marks_are_taken_away(language):
    text = resource("prompts", language, "actions.example.toml").read_text(encoding="utf-8")
    assert parse(text, ours(language)) == (ours(language), [])
    example = "\n".join(line.removeprefix("# ") for line in text.splitlines()[2:])
    found, problems = parse(example.replace("\n#\n", "\n\n").removeprefix("#"), ours(language))
    assert not problems
    assert found["reply"].hotkey == "Ctrl+Alt+R"
    assert found["translate"].hotkey == "Ctrl+Alt+T"
    assert "changed" not in found


def test_they_speak_the_users_language(actions):
    assert actions.find("translate").title == "Translate"
    set_language("zh_CN")
    assert actions.find("translate").title == "翻译"


def test_the_users_own_come_first_and_are_read_again_after_a_change(actions):
    assert first(actions) == "explain"
    actions.path.write_text('[mine]\nprompt = "Mine."\n', encoding="utf-8")
    assert [action.name for action in actions.all()][:2] == ["mine", "explain"]
    actions.path.write_text('[other]\nprompt = "Other one."\n', encoding="utf-8")
    assert [action.name for action in actions.all()][:2] == ["other", "explain"]
    actions.path.unlink()
    assert first(actions) == "explain"


def test_without_a_file_no_hotkey_is_looked_for(actions):
    assert actions.hotkeys() == {}
    assert actions._stamp is None
    actions.path.write_text('[translate]\nhotkey = "Ctrl+Alt+T"\n', encoding="utf-8")
    assert actions.hotkeys() == {"translate": "Ctrl+Alt+T"}


def test_one_that_is_not_there_is_named_with_those_that_are(actions):
    actions.path.write_text('[mine]\nprompt = "x"\nsend = 3\n', encoding="utf-8")
    with pytest.raises(HelperError) as caught:
        actions.find("mine")
    assert caught.value.kind is ErrorKind.USAGE
    assert "“mine”" in caught.value.message
    assert "translate" in caught.value.fix
    assert "line 3" in caught.value.fix


@pytest.mark.parametrize("spoil", ["folder", "bytes", "unreadable"])
def test_a_file_that_cannot_be_read_leaves_ours(actions, spoil):
    if spoil == "folder":
        actions.path.mkdir()
    elif spoil == "bytes":
        actions.path.write_bytes(b"\xff\xfe\x00")
    else:
        actions.path.write_text("", encoding="utf-8")
        actions.path.chmod(0)
        if os.access(actions.path, os.R_OK):
            pytest.skip("this user may read everything")
    assert first(actions) == "explain"
    assert len(actions.problems) == 1


def test_the_file_begins_with_an_explanation_and_is_never_overwritten(actions):
    actions.write_example()
    assert "[reply]" in actions.path.read_text(encoding="utf-8")
    assert not actions.problems
    actions.path.write_text("# mine\n", encoding="utf-8")
    actions.write_example()
    assert actions.path.read_text(encoding="utf-8") == "# mine\n"


def no_clipboard() -> str:
    raise AssertionError("the clipboard was read without need")


def asked(prompt: str, given: str = "", clipboard=no_clipboard) -> str:
    return question(QuickAction("x", prompt=prompt), given, clipboard)


def test_places_are_filled_once():
    assert asked("Into {language}: {input}", "{clipboard} and {date}") == "Into English: {clipboard} and {date}"
    assert asked("{clipboard}!", clipboard=lambda: " {input} ") == "{input}!"
    set_language("zh_CN")
    assert asked("用{language}") == "用简体中文"


def test_what_was_typed_follows_a_prompt_without_a_place_for_it():
    assert asked("Explain.", "Why red?") == "Explain.\n\nWhy red?"
    assert asked("Explain.") == "Explain."
    assert asked("Explain {input}") == "Explain"


def test_braces_are_escaped_by_doubling_and_code_stays_code():
    assert asked("{{input}} {input}", "x") == "{input} x"
    code = 'Answer as {"a": {"b": 1}} or f() { return; } or {}'
    assert asked(code) == code
    assert action_template.unknown(code) is None
    assert action_template.unknown("{{x}} {date}") is None
    assert action_template.unknown("{{x}} {y}") == "y"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_prompt_is_filled_without_an_error_and_holds_what_was_typed(prompt, given):
    filled = action_template.fill(prompt, {"input": lambda: given})
    assert given.strip() in filled


def test_how_it_is_answered():
    assert manner(QuickAction("x")) == Manner()
    assert manner(QuickAction("x", thinking="off", profile="mine")) == Manner("mine", Thinking.OFF)


def test_the_example_of_the_user_guide_works():
    guide = (Path(__file__).resolve().parents[3] / "docs" / "user-guide.md").read_text(encoding="utf-8")
    (example,) = [block for block in re.findall(r"^```toml\n(.*?)^```$", guide, re.M | re.S) if "[reply]" in block]
    found, problems = parse(example, ours("en"))
    assert not problems
    assert (found["reply"].hotkey, found["translate"].hotkey) == ("Ctrl+Alt+R", "Ctrl+Alt+T")
    assert "changed" not in found
    table = guide[guide.index("| key | is |") :].partition("\n\n")[0]
    told = set(re.findall(r"`(\w+)`(?:, `(\w+)`)?(?= \|)", table[table.index("| `prompt`") :]))
    named = {name for pair in told for name in pair if name}
    assert named >= {item.name for item in fields(QuickAction)} - {"name"}


@pytest.mark.parametrize(
    ("action", "subject", "said"),
    [
        (QuickAction("look", title="Look closely"), "letter.png", "Look closely: letter.png"),
        (QuickAction("look", title="Look closely"), "  ", "Look closely"),
        (QuickAction("look"), "a text", "look: a text"),
    ],
)
def test_a_conversation_is_called_by_the_action_and_its_subject(action: QuickAction, subject: str, said: str) -> None:
    assert title(action, subject) == said
    assert manner(action, subject).title == said
    assert manner(action, subject) == manner(action)  # a name changes nothing about the answer
