"""When the practice model answers, and when not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.bootstrap import build_services
from desktop_helper.core.availability import Availability
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services import practice
from desktop_helper.services.container import Services
from desktop_helper.services.providers import context_of, resolve
from desktop_helper.services.settings import FIRST_PROFILE, ProfileSettings, Settings
from tests.support.practice_files import empty_files

HAS_ENGINE = practice.has_engine
MINE = '[profiles.mine]\nprovider = "custom"\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "m"\n'


@pytest.fixture
def services() -> Iterator[Services]:
    made = build_services()
    made.paths.ensure()
    yield made
    made.close()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = empty_files(tmp_path / "models")
    monkeypatch.setattr(practice, "model_folder", lambda: folder)
    monkeypatch.setattr(practice, "has_engine", lambda _services: True)  # wherever the tests run
    return folder


def written(services: Services, text: str) -> None:
    services.paths.settings_file.write_text(text, encoding="utf-8")


def restarted(services: Services) -> str:
    """Who answers after a restart."""
    services.settings.load()
    return services.active_name()


def test_without_its_files_the_first_provider_answers_as_before(services: Services) -> None:
    assert services.active_name() == FIRST_PROFILE
    assert services.active_profile().host == "api.z.ai"
    assert not practice.is_offered(services)
    assert practice.listed(services) is None
    with pytest.raises(HelperError, match="no model profile called “practice”"):
        services.profile(practice.NAME)
    with pytest.raises(HelperError) as caught:
        resolve("", ProfileSettings(practice.NAME), services.providers)
    assert caught.value.kind is ErrorKind.CONFIG
    assert caught.value.fix == "Choose one in Settings."


@pytest.mark.parametrize("missing", ["practice-glm-4v.gguf", "mmproj-practice-glm-4v.gguf"])
def test_one_of_its_files_is_not_enough(services: Services, files: Path, missing: str) -> None:
    (files / missing).unlink()
    assert services.active_name() == FIRST_PROFILE


def test_with_its_files_it_answers_whoever_has_chosen_nothing(services: Services, files: Path) -> None:
    profile = services.active_profile()
    assert practice.is_practice(profile)
    assert (profile.title, profile.is_local, profile.host) == ("Practice model", True, "")
    assert profile.gguf == files / "practice-glm-4v.gguf"
    assert profile.mmproj == files / "mmproj-practice-glm-4v.gguf"
    assert context_of(profile) == 8192
    assert not services.paths.settings_file.exists()
    assert practice.listed(services) == practice.PracticeModel("practice", "Practice model", 0, answers=True)


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (Availability(ok=True), True),
        (Availability(ok=False, reason="It is being built.", soon=True), True),  # the answer says so, too
        (Availability(ok=False, reason="It is not installed."), False),
    ],
)
def test_without_an_engine_it_is_of_no_use(
    files: Path, monkeypatch: pytest.MonkeyPatch, state: Availability, offered: bool
) -> None:
    monkeypatch.setattr(practice, "has_engine", HAS_ENGINE)
    plug: Any = SimpleNamespace(availability=lambda: state)
    services = build_services()
    services.plugs = dataclasses.replace(services.plugs, backend=lambda _name: plug)
    assert practice.is_offered(services) is offered
    assert (services.active_name() == practice.NAME) is offered
    services.close()


def test_without_a_backend_for_it_neither(services: Services) -> None:
    services.plugs = dataclasses.replace(services.plugs, backend=lambda _name: None)
    assert not practice.has_engine(services)


def test_it_is_shown_no_larger_pictures_than_it_was_taught(services: Services, files: Path, tmp_path: Path) -> None:
    profile = services.active_profile()
    assert ModelConfig.of(profile, tmp_path).max_image_tokens == 144
    assert profile.max_image_tokens > 144  # of what is attached, which the text recogniser reads as well


@pytest.mark.parametrize(
    "text",
    [f'active_profile = "mine"\n{MINE}', MINE, 'active_profile = "zai"\n', 'active_profile = "gone"\n'],
    ids=["chosen", "only named", "the first one", "one that is gone"],
)
def test_it_never_stands_in_for_what_the_user_has_configured(services: Services, files: Path, text: str) -> None:
    written(services, text)
    assert services.active_name() != practice.NAME
    assert practice.is_offered(services)  # it can be chosen all the same


@pytest.mark.parametrize(
    "text", ["# Settings of Desktop Helper.\n", '[window]\nsize = "full"\n'], ids=["saved only", "window moved"]
)
def test_nor_for_what_an_earlier_version_has_not_written_down(services: Services, files: Path, text: str) -> None:
    """Who only gave it a key has a file that says nothing of models, and the key in the keyring."""
    written(services, text)
    assert services.active_name() == FIRST_PROFILE
    services.settings.update(lambda now: dataclasses.replace(now, window=dataclasses.replace(now.window, opacity=80)))
    assert restarted(services) == FIRST_PROFILE


def test_who_has_chosen_nothing_may_move_the_window(services: Services, files: Path) -> None:
    services.settings.update(lambda now: dataclasses.replace(now, window=dataclasses.replace(now.window, opacity=80)))
    assert services.active_name() == practice.NAME
    assert restarted(services) == practice.NAME


def test_a_chosen_model_that_fails_is_not_replaced(services: Services, files: Path) -> None:
    written(services, 'active_profile = "gone"\n')
    with pytest.raises(HelperError, match="no model profile called “gone”"):
        services.active_profile()


def test_a_key_in_the_environment_is_a_choice(services: Services, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZAI_API_KEY", "key")
    assert services.active_name() == FIRST_PROFILE


@pytest.mark.parametrize("keep", ["set_in_file", "set_for_session"])
def test_so_is_a_key_that_was_kept(services: Services, files: Path, keep: str) -> None:
    getattr(services.secrets, keep)(FIRST_PROFILE, "key")
    assert services.active_name() == FIRST_PROFILE


def test_so_is_a_file_of_keys_that_cannot_be_read(services: Services, files: Path) -> None:
    services.paths.secrets_file.write_text("no TOML", encoding="utf-8")
    assert services.active_name() == FIRST_PROFILE


def test_the_keyring_is_not_asked(services: Services, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes its time, and may ask for a password."""

    def ask(*_: object) -> None:
        raise AssertionError("the keyring was asked")

    monkeypatch.setattr(type(services.secrets), "_ask_keyring", ask)
    assert services.active_name() == practice.NAME


def test_a_broken_settings_file_is_no_reason_for_it(services: Services, files: Path) -> None:
    written(services, "[window\n")
    services.settings.load_or_defaults()
    assert services.active_name() == FIRST_PROFILE


def test_it_can_be_chosen(services: Services, files: Path) -> None:
    written(services, f'active_profile = "practice"\n{MINE}')
    assert practice.is_practice(services.active_profile())


def test_it_can_be_put_away(services: Services, files: Path) -> None:
    services.settings.update(practice.put_away)
    assert services.active_name() == FIRST_PROFILE
    assert not practice.is_offered(services)
    assert "practice = false" in services.paths.settings_file.read_text(encoding="utf-8")


def test_who_puts_it_away_has_chosen_nothing_then(services: Services, files: Path) -> None:
    written(services, 'active_profile = "practice"\n')
    services.settings.update(practice.put_away)
    assert services.settings.current.active_profile == ""
    assert services.active_name() == FIRST_PROFILE


def test_a_profile_of_the_user_under_its_name_is_the_users() -> None:
    own = Settings(active_profile=practice.NAME, profiles={practice.NAME: ProfileSettings("custom", model="m")})
    away = practice.put_away(own)
    assert away == dataclasses.replace(own, models=dataclasses.replace(own.models, practice=False))


def test_so_is_a_provider_file(services: Services, files: Path) -> None:
    folder = services.paths.config_dir / "providers"
    folder.mkdir()
    (folder / "practice.toml").write_text('base_url = "http://127.0.0.1:9/v1"\n[[models]]\nid = "m"\n')
    assert not practice.is_offered(services)
    assert services.active_name() == FIRST_PROFILE
    profile = resolve("mine", ProfileSettings(practice.NAME), services.providers)
    assert not practice.is_practice(profile)
    assert profile.base_url == "http://127.0.0.1:9/v1"
