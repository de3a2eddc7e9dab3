from __future__ import annotations

import os
import stat
import threading

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import null
from keyring.errors import KeyringLocked, NoKeyringError, PasswordDeleteError

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.services.secrets import Kept, Secrets

KEY = "sk-very-secret-0123456789"


class MemoryKeyring(KeyringBackend):
    """What a desktop's keyring does."""

    priority = 1
    name = "Test Keyring"

    def __init__(self):
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class BrokenKeyring(KeyringBackend):
    """Raises, as a locked or half-installed one does."""

    priority = 1

    def __init__(self, error):
        super().__init__()
        self._error = error

    def get_password(self, service, username):
        raise self._error

    def set_password(self, service, username, password):
        raise self._error

    def delete_password(self, service, username):
        raise self._error


@pytest.fixture
def use_keyring():
    before = keyring.get_keyring()

    def use(ring):
        keyring.set_keyring(ring)
        return ring

    yield use
    keyring.set_keyring(before)


@pytest.fixture
def secrets(tmp_path):
    return Secrets(tmp_path / "keys.toml")


def test_a_key_goes_to_the_keyring_and_nowhere_else(secrets, use_keyring, tmp_path):
    ring = use_keyring(MemoryKeyring())
    assert secrets.set("zai", KEY) is Kept.KEYRING
    assert ring.kept == {("desktop-helper", "zai"): KEY}
    assert Secrets(tmp_path / "keys.toml").get("zai") == KEY
    assert secrets.where("zai") is Kept.KEYRING
    assert list(tmp_path.iterdir()) == []
    assert secrets.availability().ok


def test_the_environment_comes_first(secrets, use_keyring, monkeypatch):
    use_keyring(MemoryKeyring())
    secrets.set("zai", KEY)
    monkeypatch.setenv("MY_KEY", " from-env\n")
    assert secrets.get("zai", "MY_KEY") == "from-env"
    assert secrets.where("zai", "MY_KEY") is Kept.ENVIRONMENT
    monkeypatch.setenv("MY_KEY", "")
    assert secrets.get("zai", "MY_KEY") == KEY


@pytest.mark.parametrize(
    "ring",
    [
        BrokenKeyring(NoKeyringError("no backend")),
        BrokenKeyring(KeyringLocked("locked")),
        BrokenKeyring(RuntimeError("D-Bus went away")),
        null.Keyring(),
        None,  # the `fail` backend that the tests' environment chooses
    ],
)
def test_without_a_keyring_the_key_lasts_for_this_session(secrets, use_keyring, tmp_path, ring):
    if ring is not None:
        use_keyring(ring)
    kept = secrets.set("zai", KEY)
    assert kept is Kept.MEMORY
    assert "until" in kept.explain()
    assert secrets.get("zai") == KEY
    assert secrets.where("zai") is Kept.MEMORY
    assert Secrets(tmp_path / "keys.toml").get("zai") == ""
    assert list(tmp_path.iterdir()) == []


def test_without_a_keyring_it_says_what_to_do(secrets):
    state = secrets.availability()
    assert not state.ok
    assert state.reason
    assert state.fix


@pytest.mark.allow_leaks("threads")
def test_a_keyring_that_hangs_does_not_hang_us(tmp_path, use_keyring):
    gate = threading.Event()

    class Hanging(MemoryKeyring):
        def get_password(self, service, username):
            gate.wait(30)

        def set_password(self, service, username, password):
            gate.wait(30)

    use_keyring(Hanging())
    secrets = Secrets(tmp_path / "keys.toml", keyring_timeout_s=0.05)
    try:
        assert secrets.get("zai") == ""
        assert secrets.set("zai", KEY) is Kept.MEMORY
        assert secrets.get("zai") == KEY
    finally:
        gate.set()


def test_a_key_typed_now_wins_over_one_that_a_locked_keyring_holds(secrets, use_keyring):
    ring = use_keyring(MemoryKeyring())
    secrets.set("zai", "old")
    ring.set_password = BrokenKeyring(KeyringLocked()).set_password
    assert secrets.set("zai", KEY) is Kept.MEMORY
    assert secrets.get("zai") == KEY


def test_the_file_is_private_labelled_and_only_on_request(secrets, tmp_path):
    assert secrets.set_in_file("zai", KEY) is Kept.FILE
    assert secrets.set_in_file('odd "name"', 'a"b\\c\x7f😀')
    path = tmp_path / "keys.toml"
    assert "NOT ENCRYPTED" in path.read_text()
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = Secrets(path)
    assert again.get("zai") == KEY
    assert again.where("zai") is Kept.FILE
    assert again.get('odd "name"') == 'a"b\\c\x7f😀'
    assert "not encrypted" in Kept.FILE.explain()


def test_a_key_is_in_one_place_only(secrets, use_keyring, tmp_path):
    ring = use_keyring(MemoryKeyring())
    secrets.set("zai", "first")
    secrets.set_in_file("zai", "second")
    assert ring.kept == {}
    assert secrets.get("zai") == "second"
    secrets.set("zai", "third")
    assert secrets.get("zai") == "third"
    assert not (tmp_path / "keys.toml").exists()


def test_a_key_in_the_file_wins_over_one_that_the_keyring_does_not_forget(secrets, use_keyring, tmp_path):
    ring = use_keyring(MemoryKeyring())
    secrets.set("zai", "old")
    ring.delete_password = BrokenKeyring(KeyringLocked()).delete_password
    secrets.set_in_file("zai", KEY)
    again = Secrets(tmp_path / "keys.toml")
    assert ring.kept
    assert (again.get("zai"), again.where("zai")) == (KEY, Kept.FILE)


def test_deleting_deletes_everywhere(secrets, use_keyring, tmp_path):
    ring = use_keyring(MemoryKeyring())
    secrets.set("zai", KEY)
    secrets.set("zai", "")
    assert (secrets.get("zai"), ring.kept) == ("", {})
    secrets.set_in_file("zai", KEY)
    secrets.set_in_file("other", "x")
    secrets.delete("zai")
    secrets.delete("never there")
    assert secrets.get("zai") == ""
    assert KEY not in (tmp_path / "keys.toml").read_text()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_file_that_others_can_read_is_closed(secrets, tmp_path):
    secrets.set_in_file("zai", KEY)
    (tmp_path / "keys.toml").chmod(0o644)
    assert secrets.get("zai") == KEY
    assert stat.S_IMODE((tmp_path / "keys.toml").stat().st_mode) == 0o600


def test_a_broken_file_is_named_without_its_contents(secrets, tmp_path):
    (tmp_path / "keys.toml").write_text(f"zai = {KEY}\n")
    with pytest.raises(HelperError) as caught:
        secrets.get("zai")
    assert caught.value.kind is ErrorKind.CONFIG
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_no_key_in_any_repr(secrets):
    secrets.set("zai", KEY)
    secrets.set_in_file("other", KEY)
    assert KEY not in repr(secrets)
    assert KEY not in str(secrets.availability())
