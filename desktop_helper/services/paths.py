"""Where this user's files are kept."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from desktop_helper.services.storage_errors import not_writable, storage_error

APP_NAME = "desktop-helper"
HOME_VARIABLE = "DESKTOP_HELPER_HOME"
MAX_SOCKET_PATH = 100  # bytes; the kernels' limit is 104 (macOS, BSD) or 108 (Linux)


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one user. Nothing is created before `ensure`.

    Args:
        config_dir: settings, which the user may edit and copy to another machine.
        data_dir: history and everything else that must not be lost.
        cache_dir: may be deleted at any time.
        log_dir: log files of this process and its children.
        runtime_dir: the instance socket; readable by this user only, gone after a restart.
    """

    config_dir: Path
    data_dir: Path
    cache_dir: Path
    log_dir: Path
    runtime_dir: Path

    @classmethod
    def default(cls) -> Paths:
        """This user's folders; all of them below `DESKTOP_HELPER_HOME` if that is set."""
        home = os.environ.get(HOME_VARIABLE)
        return cls.below(Path(home).expanduser().absolute()) if home else cls._of_the_system()

    @classmethod
    def below(cls, home: Path) -> Paths:
        """Everything in one folder: portable installs and tests."""
        return cls(home / "config", home / "data", home / "cache", home / "log", home / "run")

    @classmethod
    def _of_the_system(cls) -> Paths:
        import platformdirs

        folders = platformdirs.PlatformDirs(APP_NAME, appauthor=False)
        return cls(
            folders.user_config_path,
            folders.user_data_path,
            folders.user_cache_path,
            folders.user_log_path,
            _runtime_dir(),
        )

    def ensure(self) -> None:
        """Create the folders, private to this user. Raises `HelperError(STORAGE)`."""
        for folder in (self.config_dir, self.data_dir, self.cache_dir, self.log_dir):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise storage_error(folder, error) from None
        _make_private(self.runtime_dir)
        _make_private(self.socket_path.parent)

    @property
    def settings_file(self) -> Path:
        """The settings (services.settings)."""
        return self.config_dir / "settings.toml"

    @property
    def actions_file(self) -> Path:
        """The user's own quick actions (services.quick_actions); usually absent."""
        return self.config_dir / "actions.toml"

    @property
    def secrets_file(self) -> Path:
        """Keys that the user chose to keep unencrypted (services.secrets); usually absent."""
        return self.config_dir / "keys-unencrypted.toml"

    @property
    def history_file(self) -> Path:
        """The conversations (services.history)."""
        return self.data_dir / "history.db"

    @property
    def blob_dir(self) -> Path:
        """Pictures and files of the conversations (services.blobs)."""
        return self.data_dir / "blobs"

    @property
    def drafts_dir(self) -> Path:
        """Questions that have not been asked yet (services.drafts)."""
        return self.data_dir / "drafts"

    @property
    def only_draft_dir(self) -> Path:
        """Where earlier versions kept the only one; usually absent."""
        return self.data_dir / "draft"

    @property
    def clips_file(self) -> Path:
        """Which files the videos of recent questions came from (services.clip_origins)."""
        return self.data_dir / "clips.json"

    @property
    def states_dir(self) -> Path:
        """What local models keep of conversations, if they may (services.saved_states)."""
        return self.cache_dir / "conversations"

    @property
    def documents_dir(self) -> Path:
        """What large documents say, page by page (services.documents)."""
        return self.cache_dir / "documents"

    @property
    def servers_dir(self) -> Path:
        """What was found out about servers (core.known_servers)."""
        from desktop_helper.core.known_servers import FOLDER

        return self.cache_dir / FOLDER

    @property
    def recordings_dir(self) -> Path:
        """Videos of the screen that were recorded from the tray or by a key (services.recordings)."""
        return self.data_dir / "recordings"

    @property
    def consent_file(self) -> Path:
        """What Wayland desktops gave for not asking again which screen to record; usually absent."""
        return self.data_dir / "screen-cast-token"

    @property
    def ledger_file(self) -> Path:
        """One line for each request that left this machine (services.egress)."""
        return self.data_dir / "egress.jsonl"

    @property
    def spending_dir(self) -> Path:
        """What answers have cost (services.spending)."""
        return self.data_dir / "spending"

    @property
    def log_file(self) -> Path:
        """What this process and the commands log (services.log_file); child processes have files of their own."""
        return self.log_dir / "desktop-helper.log"

    @property
    def socket_path(self) -> Path:
        """Where the running instance listens (services.instance); short enough for every kernel."""
        path = self.runtime_dir / "instance.sock"
        if len(os.fsencode(path)) < MAX_SOCKET_PATH:
            return path
        import hashlib
        import tempfile

        digest = hashlib.sha256(os.fsencode(self.runtime_dir)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"dh-{_user()}-{digest}" / "instance.sock"


def _runtime_dir() -> Path:
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and Path(base).is_dir():
        return Path(base) / APP_NAME
    import tempfile

    return Path(tempfile.gettempdir()) / f"{APP_NAME}-{_user()}"


def _user() -> str:
    if os.name == "posix":
        return str(os.getuid())
    import getpass
    import hashlib

    return hashlib.sha256(getpass.getuser().encode()).hexdigest()[:8]


def _make_private(folder: Path) -> None:
    """Create `folder` for this user alone. In a shared temp folder someone else may have made it first: refuse that."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name != "posix":
            return
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise not_writable(folder)
        if found.st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise storage_error(folder, error) from None
