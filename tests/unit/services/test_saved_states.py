"""States of conversations on disk go with the wish to keep them, and with any deleted conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_helper.backends.local.wire import ModelConfig
from desktop_helper.core.availability import AVAILABLE
from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.core.protocols import BackendPlug
from desktop_helper.services.container import Plugs, Services
from desktop_helper.services.paths import Paths
from tests.support.scripted_backend import ScriptedBackend

SETTINGS = """
active_profile = "mine"
[profiles.mine]
provider = "local"
gguf = "/nowhere/model.gguf"
save_states = {saves}
"""


class Saver(ScriptedBackend):
    """Writes a state when it ends, as a model worker does."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def close(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "late.state").write_bytes(b"private")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths.below(tmp_path)
    paths.ensure()
    paths.states_dir.mkdir()
    (paths.states_dir / "one.state").write_bytes(b"private")
    (paths.states_dir / "two.part").write_bytes(b"half")
    return paths


def services(paths: Paths, *, saves: bool) -> Services:
    paths.settings_file.write_text(SETTINGS.format(saves=str(saves).lower()), encoding="utf-8")
    plug = BackendPlug("local", lambda: AVAILABLE, lambda _profile, _tools: Saver(paths.states_dir))
    return Services(paths, Plugs(lambda: [plug], lambda _name: plug, list, list, list))


def test_the_folder_is_the_one_that_the_model_writes(paths: Paths) -> None:
    made = services(paths, saves=True)
    config = ModelConfig.of(made.active_profile(), paths.cache_dir)
    assert Path(config.states) == paths.states_dir
    made.close()


def test_they_stay_while_they_are_wanted(paths: Paths) -> None:
    made = services(paths, saves=True)
    made.forget_unwanted_states()
    assert len(list(paths.states_dir.iterdir())) == 2
    made.close()


def test_switched_off_nothing_is_left_even_by_a_model_that_runs(paths: Paths) -> None:
    made = services(paths, saves=True)
    made.backend(made.active_profile())
    paths.settings_file.write_text(SETTINGS.format(saves="false"), encoding="utf-8")
    made.forget_unwanted_states()
    assert not paths.states_dir.exists()
    made.close()
    assert not paths.states_dir.exists()


def test_a_broken_file_is_no_wish(paths: Paths) -> None:
    made = services(paths, saves=True)
    paths.settings_file.write_text("general = [oops", encoding="utf-8")
    made.settings.load_or_defaults()
    with pytest.raises(HelperError):
        made.forget_unwanted_states()
    assert len(list(paths.states_dir.iterdir())) == 2
    made.close()


def test_they_go_with_a_deleted_conversation(paths: Paths) -> None:
    made = services(paths, saves=True)
    history = made.history
    number = history.new_conversation()
    history.add_message(number, Message(Role.USER, (TextPart("Secret?"),)))
    made.backend(made.active_profile())
    history.delete_conversation(number)
    assert not paths.states_dir.exists()
    made.close()
