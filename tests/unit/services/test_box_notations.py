"""How a model of the settings, or of the history, writes boxes."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.core.box_notation import NOTATIONS, THOUSANDTHS
from desktop_helper.services.box_notations import notation_called, notation_of
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.paths import Paths

PROVIDER = """title = "Mine"
base_url = "http://127.0.0.1:9/v1"
[[models]]
id = "a"
title = "Counts pixels"
boxes = "pixels"
[[models]]
id = "b"
title = "Says nothing"
[[models]]
id = "c"
title = "Both"
[[models]]
id = "d"
title = "Both"
boxes = "percent"
"""
SETTINGS = "".join(f'[profiles.{name}]\nprovider = "mine"\nmodel = "{name}"\n' for name in "abcd")


@pytest.fixture
def services(tmp_path: Path) -> Services:
    paths = Paths.below(tmp_path)
    paths.ensure()
    paths.settings_file.write_text(f'{SETTINGS}[profiles.gone]\nprovider = "gone"\n', encoding="utf-8")
    (paths.config_dir / "providers").mkdir(parents=True, exist_ok=True)
    (paths.config_dir / "providers" / "mine.toml").write_text(PROVIDER, encoding="utf-8")
    return Services(paths, Plugs(list, lambda _name: None, list, list, list))


def test_it_is_what_the_providers_file_says(services: Services) -> None:
    assert notation_of(services.profile("a")) == NOTATIONS["pixels"]
    assert notation_of(services.profile("b")) == THOUSANDTHS


def test_the_history_knows_a_model_by_its_title(services: Services) -> None:
    assert notation_called(services, "Counts pixels") == NOTATIONS["pixels"]
    assert notation_called(services, "Says nothing") == THOUSANDTHS
    assert notation_called(services, "Never heard of") == THOUSANDTHS
    assert notation_called(services, "Both") is None
