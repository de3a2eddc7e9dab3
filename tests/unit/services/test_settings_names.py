"""Names in the settings file that nothing reads: they are told, and never lost."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.services.settings import Place, ProfileSettings, Settings, SettingsStore, WindowSettings
from desktop_helper.services.settings_file import merge
from desktop_helper.services.settings_names import KNOWN, warnings

PATH = Path("settings.toml")
WORDS = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=20)
FULL = Settings(
    profiles={"a": ProfileSettings("zai", gguf="x", save_states=True)},
    window=WindowSettings(compact={"DP-1": Place(1, 1, 9, 9, maximized=True)}, full={"DP-1": Place(1, 1, 9, 9)}),
)


def told(text: str) -> list[str]:
    return list(warnings(PATH, text, tomllib.loads(text)))


@pytest.fixture
def store(tmp_path):
    return SettingsStore(tmp_path / "settings.toml")


@pytest.mark.parametrize(
    ("text", "line", "name", "nearest"),
    [
        ("[hotkeys]\nregoin = 'F1'\n", 2, "hotkeys.regoin", "hotkeys.region"),
        ("acitve_profile = 'zai'\n", 1, "acitve_profile", "active_profile"),
        ("\n[privat]\nlocal_only = true\n", 2, "privat", "privacy"),
        ("[privacy]\nlocalonly = true\n", 2, "privacy.localonly", "privacy.local_only"),
        ("[general]\nTheme = 'dark'\n", 2, "general.Theme", "general.theme"),
        ("[profiles.a]\nprovider = 'zai'\nmodell = 'x'\n", 3, "profiles.a.modell", "profiles.a.model"),
        ("[window.full.'DP-1']\nheigth = 3\n", 2, "window.full.DP-1.heigth", "window.full.DP-1.height"),
        ("local_only = true\n", 1, "local_only", "privacy.local_only"),  # in no table, or in a wrong one
        ("[general]\nlocal_only = true\n", 2, "general.local_only", "privacy.local_only"),
        ("[spending]\nmonthly_costs = 3\n", 2, "spending.monthly_costs", "spending.monthly_cost"),
        ("general = {langage = 'en'}\n", 1, "general.langage", "general.language"),
    ],
)
def test_a_misspelt_name_is_told_with_its_line_and_the_nearest_one(text: str, line: int, name: str, nearest: str):
    assert told(text) == [f"settings.toml:{line}: “{name}” has no effect; did you mean “{nearest}”?"]


def test_a_name_like_no_other_is_told_too():
    assert told("[general]\nquux = 1\n[quux]\na = {b = 1}\n") == [
        "settings.toml:2: “general.quux” has no effect, since this version does not know it.",
        "settings.toml:3: “quux” has no effect, since this version does not know it.",
    ]


def test_nothing_is_said_of_what_the_app_writes_itself():
    assert told(merge(PATH, "", FULL)) == []
    assert told("[models]\n[hotkeys]\n[profiles.quux]\nprovider = 'zai'\n") == []


def test_every_table_is_known():
    tables = {name for name, value in asdict(Settings()).items() if isinstance(value, dict)}
    assert tables == {place[0] for place in KNOWN if place}


@given(st.dictionaries(WORDS, st.dictionaries(WORDS, st.integers(), max_size=3), max_size=4))
def test_each_unknown_name_is_told_once(tables):
    text = "\n".join(
        f"[{name}]\n" + "\n".join(f"{key} = {n}" for key, n in keys.items()) for name, keys in tables.items()
    )
    unknown = sum(
        1 if name not in KNOWN[()] else len(set(keys) - set(KNOWN.get((name,), keys))) for name, keys in tables.items()
    )
    assert len(told(text)) == unknown


@given(st.dictionaries(WORDS.filter(lambda name: name not in KNOWN[()]), st.integers(), max_size=5), WORDS)
def test_unknown_names_stay_when_the_app_writes(names, theirs):
    text = "".join(f"{name} = {value}  # mine\n" for name, value in names.items())
    text += (
        f"[hotkeys]\nx_{theirs} = 'F9'\n[general]\nx_{theirs} = 1\n[profiles.zai]\nprovider = 'zai'\nx_{theirs} = 2\n"
    )
    settings = Settings()
    changed = tomllib.loads(merge(PATH, text, replace(settings, hotkeys={**settings.hotkeys, f"x_{theirs}": "F9"})))
    for name, value in names.items():
        assert changed[name] == value
    assert changed["hotkeys"][f"x_{theirs}"] == "F9"
    assert changed["general"][f"x_{theirs}"] == 1
    assert changed["profiles"]["zai"][f"x_{theirs}"] == 2


def test_the_store_knows_what_is_wrong_in_the_file_now(store):
    assert store.load() == Settings()
    assert store.warnings == ()
    store.path.write_text("[hotkeys]\nregoin = 'F1'\n", encoding="utf-8")
    store.load()
    assert ["regoin" in warning for warning in store.warnings] == [True]
    store.update(lambda settings: replace(settings, active_profile="zai"))
    assert "regoin = 'F1'" in store.path.read_text(encoding="utf-8")
    assert len(store.warnings) == 1
    store.path.unlink()
    store.load()
    assert store.warnings == ()
