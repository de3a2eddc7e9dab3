"""What commands do about a settings file that is broken, or has names in it that nothing reads."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from desktop_helper import bootstrap
from desktop_helper.cli import _main
from desktop_helper.core import registry
from desktop_helper.services.container import Services
from desktop_helper.services.providers import resolve
from desktop_helper.services.settings import ProfileSettings

BROKEN = "[general]\ntheme = \n"
MISSPELT = "[hotkeys]\nregoin = 'F1'\n"
WHERE = "line 2: it is not valid TOML"


@pytest.fixture
def services() -> Iterator[Services]:
    made = bootstrap.build_services()
    made.paths.ensure()
    yield made
    made.close()


def run(services: Services, text: str, *words: str) -> int:
    """One command with `text` in the settings file."""
    services.paths.settings_file.write_text(text, encoding="utf-8")
    package, attribute = bootstrap.COMMANDS
    return _main.run(
        list(words), services, lambda name: registry.load(package, name, attribute), bootstrap._all_commands
    )


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "--dry-run", "out", "What?"),
        ("ask", "--base-url", "http://127.0.0.1:9/v1", "--model", "m", "What?"),  # “local only” may be on
        ("serve",),
        ("models", "download", "qwen3-vl-2b"),
        ("models", "remove", "qwen3-vl-2b"),
    ],
)
def test_what_needs_the_settings_ends_with_one_sentence(
    services: Services, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(services, BROKEN, *words) == 4
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert f"{services.paths.settings_file} cannot be read, {WHERE}. Mend that line" in error


@pytest.mark.parametrize(
    "words",
    [
        ("models", "list", "--json"),
        ("models", "recommend", "--json"),
        ("history", "list", "--json"),
        ("history", "storage", "--json"),
    ],
)
def test_what_does_not_need_them_works_and_says_so(
    services: Services, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(services, BROKEN, *words) == 0
    out, error = capsys.readouterr()
    json.loads(out)
    assert error.count("\n") == 1
    assert WHERE in error
    assert error.endswith("The defaults hold until then.\n")


def test_a_picture_of_the_screen_needs_none(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(services, BROKEN, "shot", "-o", "a.png") == 3
    settings, display = capsys.readouterr().err.splitlines()
    assert WHERE in settings
    assert "There is no display" in display


def test_doctor_tells_a_broken_file_where_it_tells_everything(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, BROKEN, "doctor", "--json") == 0
    out, error = capsys.readouterr()
    (settings,) = [one for one in json.loads(out) if one["name"] == "settings"]
    assert settings["ok"] is False
    assert WHERE in settings["reason"]
    assert error == ""


@pytest.mark.parametrize("words", [("history", "list"), ("models", "list", "--installed"), ("serve",)])
def test_a_misspelt_name_is_said_beside_the_output(
    services: Services, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    run(services, MISSPELT, *words)
    out, error = capsys.readouterr()
    wanted = f"desktop-helper: {services.paths.settings_file}:2: “hotkeys.regoin” has no effect; did you mean"
    assert error.startswith(f"{wanted} “hotkeys.region”?\n")
    assert "regoin" not in out


def test_doctor_lists_a_misspelt_name(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    run(services, MISSPELT, "doctor", "--json")
    out, error = capsys.readouterr()
    sound, odd = [one for one in json.loads(out) if one["name"] == "settings"]
    assert (sound["ok"], odd["ok"]) == (True, False)
    assert "hotkeys.regoin" in odd["reason"]
    assert error == ""


def test_a_name_cannot_control_the_terminal(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    run(services, '"a\\u001b[31m" = 1\n', "history", "list")
    assert "\x1b" not in capsys.readouterr().err


def provider_file(services: Services, text: str) -> str:
    """One of the user's own; returns where it is."""
    file = services.paths.config_dir / "providers" / "mine.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("chosen", [("--provider", "mine"), ()])
def test_names_in_a_provider_file_are_told_as_well(
    services: Services, capsys: pytest.CaptureFixture[str], tmp_path, chosen: tuple[str, ...]
) -> None:
    text = "base_url = 'http://127.0.0.1:9/v1'\n[[models]]\nid = 'm'\nmax_image = 3\n"
    file = provider_file(services, text)
    settings = "active_profile = 'p'\n[profiles.p]\nprovider = 'mine'\n"
    out = str(tmp_path / "out")
    assert run(services, settings, "ask", *chosen, "--json", "--dry-run", out, "What?") == 0
    told = capsys.readouterr()
    assert f"{file}:4: “models.m.max_image” has no effect; did you mean “models.m.max_images”?" in told.err
    assert "max_image" not in told.out


def test_a_name_in_a_provider_file_is_told_once(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    """A command prints it; a warning to the log would be printed beside it, where no handler takes it."""
    provider_file(services, "base_url = 'http://127.0.0.1:9/v1'\n[[models]]\nid = 'm'\nmax_image = 3\n")
    services.open_backend(resolve("mine", ProfileSettings(provider="mine"), services.providers)).close()
    assert [record.levelname for record in caplog.records if "max_image" in record.message] in ([], ["INFO"])


def test_a_broken_provider_file_is_one_sentence(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    file = provider_file(services, "title = 'Mine'\nbase_url http://127.0.0.1:9/v1\n")
    assert run(services, "", "ask", "--provider", "mine", "What?") == 4
    assert capsys.readouterr().err == (
        f"desktop-helper: The provider file {file} cannot be used, line 2: it is not valid TOML. "
        "Correct that line, or delete the file.\n"
    )


@pytest.mark.parametrize("given", [("--key", "sk-SECRET"), ("--apikey=sk-SECRET",), ("--token", "sk-SECRET")])
def test_a_key_among_the_arguments_is_not_repeated(
    services: Services, capsys: pytest.CaptureFixture[str], given: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        run(services, "", "ask", *given, "--base-url", "http://127.0.0.1:9/v1")
    told = capsys.readouterr().err
    assert caught.value.code == 2
    assert "--api-key-env names the environment variable" in told
    assert "SECRET" not in told


def test_a_key_in_the_place_of_its_variable_is_not_repeated(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(services, "", "ask", "--api-key", "sk-SECRET", "What?") == 2
    told = capsys.readouterr().err
    assert "wants the name of an environment variable" in told
    assert "SECRET" not in told


def test_other_unknown_options_are_named(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(services, "", "ask", "--maximum=9", "--verbose=sk-SECRET", "What?")
    told = capsys.readouterr().err
    assert "unrecognized arguments: --maximum --verbose " in told
    assert "SECRET" not in told
