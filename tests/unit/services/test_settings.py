from __future__ import annotations

import errno
import os
import stat
import string
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.messages import Thinking
from desktop_helper.services import settings_file
from desktop_helper.services.settings import (
    DEFAULT_HOTKEYS,
    FIRST_PROFILE,
    AnswerDefaults,
    General,
    Place,
    Privacy,
    ProfileSettings,
    Settings,
    SettingsStore,
    WindowSettings,
)


@pytest.fixture
def store(tmp_path):
    return SettingsStore(tmp_path / "config" / "settings.toml")


def written(store: SettingsStore, text: str) -> SettingsStore:
    store.path.parent.mkdir(parents=True, exist_ok=True)
    store.path.write_text(text, encoding="utf-8")
    return store


def test_a_new_user_has_the_defaults(store):
    settings = store.load()
    assert settings == Settings() == store.current
    assert settings.hotkeys["region"] == "Ctrl+Shift+X"
    assert settings.hotkeys["chat"] == "Ctrl+Shift+Space"
    assert [name for name, chord in settings.hotkeys.items() if chord] == ["region", "chat"]
    assert settings.active_profile == ""
    assert settings.profiles[FIRST_PROFILE] == ProfileSettings("zai", "glm-4.6v-flash")
    assert not store.path.exists()


def test_only_what_differs_is_written_and_it_is_private(store):
    store.save(replace(Settings(), general=General(theme="dark")))
    text = store.path.read_text()
    assert 'theme = "dark"' in text
    assert "language" not in text
    assert "window" not in text
    if os.name == "posix":
        assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_comments_order_and_unknown_keys_stay(store):
    text = """\
# mine
future = [1, 2]  # of a later version

[window]
width = 500 # wide
shiny = true

[profiles.work]  # the office
provider = "custom"
base_url = "http://gpu:8000/v1"
colour = "red"

[general]
theme = "light"
"""
    written(store, text)
    changed = store.update(lambda s: replace(s, window=replace(s.window, width=600), active_profile="work"))
    assert store.path.read_text() == text.replace("500", "600").replace(
        "future = [1, 2]  # of a later version\n", 'future = [1, 2]  # of a later version\nactive_profile = "work"\n'
    )
    assert SettingsStore(store.path).load() == changed


def test_the_overrides_of_a_local_model_are_read_and_written_beside_what_is_unknown(store):
    text = '[profiles.a]\nprovider = "local"\ncontext = 8192  # enough\nkeep_warm_minutes = 2\nfuture = "yes"\n'
    settings = written(store, text).load()
    profile = settings.profiles["a"]
    assert (profile.context, profile.gpu_layers, profile.keep_warm_minutes) == (8192, -1, 2)
    store.save(replace(settings, profiles={"a": replace(profile, gpu_layers=7, save_states=True)}))
    assert store.path.read_text() == text + "gpu_layers = 7\nsave_states = true\n"


def test_a_profile_that_is_gone_goes_from_the_file(store):
    written(store, '[profiles.a]\nprovider = "zai"\n[profiles.b]\nprovider = "custom"\n')
    store.update(lambda s: replace(s, profiles={"b": s.profiles["b"]}))
    assert list(SettingsStore(store.path).load().profiles) == ["b"]


def test_back_to_the_default_is_written_where_it_was_changed(store):
    written(store, '[general]\ntheme = "dark"\n[answer]\nmax_tokens = 5\n')
    store.save(Settings())
    assert SettingsStore(store.path).load() == Settings()


def test_edits_by_hand_are_not_overwritten_by_an_update(store):
    assert store.current == Settings()
    written(store, '[general]\nlanguage = "zh_CN"\n')
    store.update(lambda s: replace(s, privacy=Privacy(local_only=True)))
    found = SettingsStore(store.path).load()
    assert found.general.language == "zh_CN"
    assert found.privacy.local_only


def test_hotkeys_add_to_the_defaults(store):
    settings = written(store, '[hotkeys]\nregion = ""\nrecord = "Ctrl+Alt+R"\n').load()
    assert settings.hotkeys == {**DEFAULT_HOTKEYS, "region": "", "record": "Ctrl+Alt+R"}


@pytest.mark.parametrize("text", ["a = " + "[" * 3000, "a = " + "1" * 5000])
def test_what_is_more_than_the_parser_takes_is_told(store, text):
    store.path.parent.mkdir(parents=True)
    store.path.write_text(text, encoding="utf-8")
    with pytest.raises(HelperError, match="cannot be read: it is not valid TOML"):
        store.load()
    _settings, broken = store.load_or_defaults()
    assert broken is not None


def test_a_byte_order_mark_is_no_problem(store):
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(b"\xef\xbb\xbf[general]\ntheme = 'dark'\n")
    assert store.load().general.theme == "dark"


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[general]\ntheme = 3\n", 2, "general.theme"),
        ("\n\n[general]\n# c\ntheme = 'pink'\n", 5, "general.theme"),
        ("[window]\nwidth = '12'\n", 2, "window.width"),
        ("[window]\nwidth = true\n", 2, "window.width"),
        ("[window]\npinned = 1\n", 2, "window.pinned"),
        ("window.pinned = 1\n", 1, "window.pinned"),
        ("[window]\nopacity = 10\n", 2, "window.opacity"),
        ("[window]\nsize = 'huge'\n", 2, "window.size"),
        ("[window.full.'DP-1']\nx = 1\n", 1, "window.full.DP-1.y"),
        ("[window]\ncompact = 3\n", 2, "window.compact"),
        ("general = 3\n", 1, "general"),
        ("active_profile = []\n", 1, "active_profile"),
        ("[profiles.'my server']\nmodel = 'x'\n", 1, "profiles.my server.provider"),
        ("a = 1\n[profiles.b]\nprovider = 1\n", 3, "profiles.b.provider"),
        ("a = 1\nprofiles = 4\n", 2, "profiles"),
        ("[profiles.b]\nprovider = 'local'\ngpu_layers = -2\n", 3, "profiles.b.gpu_layers"),
        ("[profiles.b]\nprovider = 'local'\nkeep_warm_minutes = 1e9\n", 3, "profiles.b.keep_warm_minutes"),
        ("[profiles.b]\nprovider = 'local'\nkeep_warm_minutes = true\n", 3, "profiles.b.keep_warm_minutes"),
        ("[hotkeys]\nregion = 1\n", 2, "hotkeys.region"),
        ("[answer]\ntemperature = 'hot'\n", 2, "answer.temperature"),
        ("[answer]\ntemperature = nan\n", 2, "answer.temperature"),
        ("[answer]\nmax_tokens = 1.5\n", 2, "answer.max_tokens"),
        ("[general]\ntheme = \n", 2, None),
        ("[general\n", 1, None),
        ("a = 1\nb = 'x", 2, None),
    ],
)
def test_a_broken_file_is_named_with_its_line_and_kept(store, text, line, key):
    written(store, text)
    with pytest.raises(HelperError) as caught:
        store.load()
    assert caught.value.kind is ErrorKind.CONFIG
    assert f"line {line}:" in caught.value.message
    assert key is None or f"{key} " in caught.value.message
    with pytest.raises(HelperError):
        store.save(Settings())
    assert store.path.read_text() == text
    settings, problem = store.load_or_defaults()
    assert replace(settings, privacy=Privacy()) == Settings()
    assert problem is not None


def test_a_file_that_broke_never_lets_anything_out_that_it_forbade(store):
    written(store, "[privacy]\nlocal_only = true\n[window\n")
    store.load_or_defaults()
    assert store.current.privacy.local_only


def test_defaults_that_stand_in_for_a_broken_file_say_so_until_it_is_mended(store):
    written(store, "[window\n")
    _settings, problem = store.load_or_defaults()
    assert store.stood_in_for is problem
    store.path.write_text("[general]\n")
    store.load()
    assert store.stood_in_for is None


def test_a_file_that_breaks_while_the_app_runs_changes_nothing(store):
    store.save(replace(Settings(), active_profile="mine"))
    store.path.write_text("[general\n")
    settings, problem = store.load_or_defaults()
    assert settings == store.current
    assert (settings.active_profile, settings.privacy.local_only) == ("mine", False)
    assert problem is not None
    assert store.stood_in_for is None


@pytest.mark.parametrize(
    ("content", "line", "byte"),
    [
        (b"\xff\xfe\x00", 1, 1),
        (b"[general]\n# caf\xe9\n", 2, 16),
        (b"\xef\xbb\xbf[general]\r\n\r\n# \xe4", 3, 19),
    ],
)
def test_a_file_that_is_not_text_is_named_with_its_line(store, content, line, byte):
    store.path.parent.mkdir(parents=True)
    store.path.write_bytes(content)
    with pytest.raises(HelperError, match=f"line {line}: its byte {byte} is not UTF-8 text") as caught:
        store.load()
    assert content[byte - 1] >= 0x80
    assert "Mend that line" in caught.value.fix
    assert store.path.read_bytes() == content


def test_values_that_could_not_be_read_again_are_not_written(store):
    with pytest.raises(HelperError) as caught:
        store.save(replace(Settings(), general=General(theme="pink")))
    assert caught.value.kind is ErrorKind.CONFIG
    assert not store.path.exists()


def test_a_full_disk_leaves_the_old_file(store, monkeypatch):
    store.save(replace(Settings(), general=General(theme="dark")))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HelperError) as caught:
        store.save(Settings())
    assert caught.value.kind is ErrorKind.STORAGE
    assert "full" in caught.value.message
    assert store.load().general.theme == "dark"


def test_two_stores_of_one_file_do_not_lose_each_others_keys(store):
    other = SettingsStore(store.path)
    store.update(lambda s: replace(s, general=General(theme="dark")))
    other.update(lambda s: replace(s, privacy=Privacy(True)))
    assert store.load().general.theme == "dark"
    assert store.load().privacy.local_only


def test_sampling_is_what_a_backend_takes():
    sampling = AnswerDefaults(thinking="off", max_tokens=7, temperature=0.5).sampling()
    assert sampling.thinking is Thinking.OFF
    assert (sampling.max_tokens, sampling.temperature, sampling.seed) == (7, 0.5, None)


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_names = st.text(string.ascii_letters + string.digits + " .-_\"'\\中文", min_size=1, max_size=12)
_whole = st.none() | st.integers(-(2**31), 2**31)
_profiles = st.builds(
    ProfileSettings,
    _texts,
    _texts,
    _texts,
    _texts,
    _texts,
    _texts,
    st.integers(0, 10_000_000),
    st.integers(-1, 10_000),
    st.booleans(),
    st.floats(0, 10_080),
    st.booleans(),
)
_pixels = st.integers(-100_000, 100_000)
_lengths = st.integers(1, 100_000)
_places = st.dictionaries(_names, st.builds(Place, _pixels, _pixels, _lengths, _lengths, st.booleans()), max_size=3)
_settings = st.builds(
    Settings,
    st.builds(General, st.sampled_from(["auto", "en", "zh_CN"]), st.sampled_from(["auto", "light", "dark"])),
    _texts.filter(bool),
    st.dictionaries(_names, _profiles, max_size=3),
    st.dictionaries(_names, _texts, max_size=3).map(lambda extra: DEFAULT_HOTKEYS | extra),
    st.builds(
        WindowSettings,
        st.booleans(),
        _whole,
        _whole,
        _whole,
        _whole,
        st.booleans(),
        st.sampled_from(["compact", "full"]),
        st.integers(40, 100),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.integers(200, 800),
        _texts,
        _places,
        _places,
    ),
    st.builds(Privacy, st.booleans()),
    st.builds(
        AnswerDefaults,
        st.sampled_from(["off", "auto", "on"]),
        _whole,
        st.none() | _texts,
        _whole,
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        st.none() | st.floats(0, 1),
        _whole,
        _texts,
    ),
)


@given(first=_settings, second=_settings)
def test_what_is_saved_is_what_is_read(first, second):
    path, text = Path("settings.toml"), ""
    for settings in (first, second, first):
        text = settings_file.merge(path, text, settings)
        assert settings_file.parse(path, text) == settings


def _other(value: object) -> object:
    """Something else of the same type that the same limits allow."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}x"


@pytest.mark.parametrize(
    "name", [item.name for item in fields(Settings) if is_dataclass(getattr(Settings(), item.name))]
)
def test_each_table_is_saved_and_read(name: str) -> None:
    table = getattr(Settings(), name)
    free = next(
        item.name for item in fields(table) if "choices" not in item.metadata and getattr(table, item.name) is not None
    )
    changed = replace(Settings(), **{name: replace(table, **{free: _other(getattr(table, free))})})
    path = Path("settings.toml")
    assert settings_file.parse(path, settings_file.merge(path, "", changed)) == changed
