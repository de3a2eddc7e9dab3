"""What people write into actions.toml, right and wrong."""

from __future__ import annotations

from dataclasses import asdict

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.services.action_file import CAPTURES, FILE_NAME, THINKING, QuickAction, parse
from desktop_helper.services.action_names import is_name
from desktop_helper.services.action_template import PLACEHOLDERS

READ = QuickAction("read", title="Read text", prompt="Read it.", capture="region")

names = st.text(st.characters(categories=("L", "N"), include_characters="-_"), min_size=1, max_size=40).filter(is_name)
line = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=30)
prompts = line.filter(lambda text: "{" not in text and "}" not in text)
actions = st.builds(
    QuickAction,
    name=names,
    title=line,
    description=line,
    prompt=prompts,
    capture=st.sampled_from(CAPTURES),
    new_chat=st.booleans(),
    thinking=st.sampled_from(THINKING),
    send=st.booleans(),
    hotkey=line,
    profile=line,
    pictures=st.integers(0, 20),
)


def written(*given: QuickAction) -> str:
    document = {action.name: {key: value for key, value in asdict(action).items() if key != "name"} for action in given}
    return tomlkit.dumps(document)


def told(text: str, known=None) -> list[str]:
    return [problem.message for problem in parse(text, known or {})[1]]


@given(st.lists(actions, max_size=4, unique_by=lambda action: action.name))
def test_what_is_written_is_what_is_read(wanted):
    found, problems = parse(written(*wanted), {})
    assert not problems
    assert list(found.values()) == wanted


@given(st.text(max_size=200))
def test_whatever_stands_there_is_read_or_refused_in_sentences(text):
    _found, problems = parse(text, {"read": READ})
    for problem in problems:
        assert problem.message.startswith(FILE_NAME)
        assert problem.message.endswith(".")
        assert "\n" not in problem.message


@given(st.text(st.sampled_from('[]=".ab1\n {}#\\'), max_size=60), actions, actions)
def test_broken_lines_spoil_only_their_own_table(noise, first, second):
    if first.name == second.name:
        return
    broken = written(first) + '\n[broken]\nprompt = "no end\n' + "\n" + written(second)
    found, problems = parse(broken, {})
    assert found == {first.name: first, second.name: second}
    assert len(problems) == 1
    parse(noise + written(first), {})  # and nothing is raised, wherever the noise is


def test_a_mistake_names_its_line_and_spoils_only_its_action():
    text = '[good]\nprompt = "Do it."\n\n[bad]\nprompt = "Do it."\ncapture = "scren"\n\n[late]\nprompt = "And this."\n'
    found, problems = parse(text, {})
    assert list(found) == ["good", "late"]
    assert [(problem.message, problem.fatal) for problem in problems] == [
        ("actions.toml, line 6: capture must be one of none, region, screen, window, clipboard.", True)
    ]


def test_types_and_sizes_are_checked():
    assert told("[a]\nprompt = 3") == ["actions.toml, line 2: prompt must be a text."]
    assert told('[a]\nprompt = "x"\nsend = 1') == ["actions.toml, line 3: send must be true or false."]
    assert told('[a]\nprompt = "x"\npictures = true') == ["actions.toml, line 3: pictures must be a whole number."]
    assert told('[a]\nprompt = "x"\npictures = 21') == ["actions.toml, line 3: pictures must be between 0 and 20."]
    assert told(f'[a]\nprompt = "x"\ntitle = "{"y" * 61}"') == [
        "actions.toml, line 3: title has more than 60 characters."
    ]
    assert told('[a]\ntitle = "x"') == ["actions.toml, line 1: “a” has no prompt."]
    assert told("a = 1") == ["actions.toml, line 1: “a” must be a table, as in [a]."]
    assert "must be up to 40 letters" in told('["a b"]\nprompt = "x"')[0]
    assert told("x" * 300_000) == ["actions.toml: it is too large; 262144 characters are allowed."]


def test_an_unknown_key_is_left_out_with_a_word():
    found, problems = parse('[a]\nprompt = "x"\npromt = "y"\n', {})
    assert found["a"].prompt == "x"
    assert [(problem.message, problem.fatal) for problem in problems] == [
        ("actions.toml, line 3: “promt” is nothing that an action has, so it is left out.", False)
    ]


def test_an_unknown_placeholder_is_named_with_those_there_are():
    (sentence,) = told('[a]\nprompt = "Look at {screen}"')
    assert "{screen}" in sentence
    assert "{{screen}}" in sentence
    assert all(f"{{{name}}}" in sentence for name in PLACEHOLDERS)


def test_ours_are_changed_by_name_or_switched_off():
    found, problems = parse('[read]\nhotkey = "Ctrl+Alt+R"\n', {"read": READ})
    assert not problems
    assert found["read"].hotkey == "Ctrl+Alt+R"
    assert found["read"].prompt == READ.prompt
    assert parse("[read]\nenabled = false\n", {"read": READ}) == ({}, [])
    assert told("[read]\nenabled = 0\n", {"read": READ}) == ["actions.toml, line 2: enabled must be true or false."]


def test_one_that_is_broken_stays_as_it_was():
    found, _problems = parse("[read]\nsend = 3\n", {"read": READ})
    assert found == {"read": READ}


def test_text_that_looks_like_a_table_does_not_cut_its_action_off():
    text = '[a]\nprompt = """\nWrite\n[section]\nnow"""\n[b]\nprompt = \n[c]\nprompt = "z"\n'
    found, problems = parse(text, {})
    assert found["a"].prompt == "Write\n[section]\nnow"
    assert list(found) == ["a", "c"]
    assert [problem.message for problem in problems] == ["actions.toml, line 7: it is not valid TOML."]


def test_a_table_that_is_written_twice_counts_once():
    found, problems = parse('[a]\nprompt = "1"\n[a]\nprompt = "2"\n', {})
    assert found["a"].prompt == "1"
    assert [problem.message for problem in problems] == [
        "actions.toml, line 3: “a” is written twice; the first one counts."
    ]
