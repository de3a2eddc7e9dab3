"""The use cases and what they need, made on first use.

`bootstrap` builds one `Services` and hands it to the command line or to the window. Nothing here names a concrete plug:
they come in through `Plugs`. Everything is lazy, since `trigger` needs none of it and the tray only half.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.once import once
from desktop_helper.services.paths import Paths
from desktop_helper.services.readers import Readers

if TYPE_CHECKING:
    from desktop_helper.core.geometry import Rect
    from desktop_helper.core.protocols import (
        AttachmentHandler,
        Backend,
        BackendPlug,
        BackendTools,
        Capturer,
        CaptureSource,
        Frame,
        ModelProfile,
        SoundSource,
    )
    from desktop_helper.core.ring import RingSpec
    from desktop_helper.core.tools import ToolPlug
    from desktop_helper.core.watch import WatchSpec
    from desktop_helper.services.clip_looks import ClipLooks
    from desktop_helper.services.egress import Egress
    from desktop_helper.services.history import History
    from desktop_helper.services.history_rows import Clip
    from desktop_helper.services.kept_backend import BackendKeeper
    from desktop_helper.services.log_file import LogFile
    from desktop_helper.services.model_store.store import ModelStore
    from desktop_helper.services.providers import Providers
    from desktop_helper.services.queued_backend import Turns
    from desktop_helper.services.quick_actions import QuickActions
    from desktop_helper.services.recording import Recording
    from desktop_helper.services.ring import Ring
    from desktop_helper.services.secrets import Secrets
    from desktop_helper.services.settings import SettingsStore
    from desktop_helper.services.spending import Spending
    from desktop_helper.services.watch import Watch

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plugs:
    """How to find the plugs. Each call walks the package, so plugs are imported only when they are asked for."""

    backends: Callable[[], list[BackendPlug]]
    backend: Callable[[str], BackendPlug | None]
    handlers: Callable[[], list[AttachmentHandler]]
    sources: Callable[[], list[CaptureSource]]
    tools: Callable[[], list[ToolPlug]]
    sounds: Callable[[], list[SoundSource]] = list


class Services(Readers):
    """Everything that a command or a window may use."""

    def __init__(self, paths: Paths, plugs: Plugs) -> None:
        self.paths = paths
        self.plugs = plugs
        self.making = threading.RLock()
        self._prepare_lock = threading.Lock()
        self._prepared = ExitStack()
        self._log: LogFile | None = None

    def prepare(self) -> None:
        """Make the folders and begin to log. Everything below does it first. Raises `HelperError(STORAGE)`."""
        with self._prepare_lock:
            self.paths.ensure()
            if self._log is None:
                from desktop_helper.services.log_file import logging_to

                self._log = self._prepared.enter_context(logging_to(self.paths.log_file))

    @once
    def settings(self) -> SettingsStore:
        """The user's settings file."""
        from desktop_helper.services.settings import SettingsStore

        return SettingsStore(self.paths.settings_file)

    @once
    def secrets(self) -> Secrets:
        """API keys."""
        from desktop_helper.services.secrets import Secrets

        return Secrets(self.paths.secrets_file)

    @once
    def quick_actions(self) -> QuickActions:
        """Questions that are asked again and again."""
        from desktop_helper.core.resources import resource
        from desktop_helper.services.quick_actions import QuickActions

        return QuickActions(self.paths.actions_file, resource("prompts"))

    @once
    def history(self) -> History:
        """Past conversations. Raises `HelperError(STORAGE)` if the folder cannot be written."""
        from desktop_helper.services.history import History

        self.prepare()
        return History(
            self.paths.history_file,
            self.paths.blob_dir,
            on_deleted=self.forget_conversations,
            rules=lambda: self.settings.current.history,
        )

    @once
    def providers(self) -> Providers:
        """Provider files, ours and the user's."""
        from desktop_helper.core.resources import resource
        from desktop_helper.services.providers import Providers

        return Providers(resource("providers"), self.paths.config_dir / "providers")

    @once
    def egress(self) -> Egress:
        """The only maker of HTTP clients."""
        from desktop_helper.services.egress import Egress

        self.prepare()
        return Egress(self.paths.ledger_file, lambda: self.settings.current.privacy.local_only)

    @once
    def spending(self) -> Spending:
        """What answers of servers have cost, and the user's limit."""
        from desktop_helper.services.spending import Spending

        self.prepare()
        return Spending(self.paths.spending_dir, lambda: self.settings.current.spending)

    @once
    def _backends(self) -> BackendKeeper:
        from desktop_helper.services.kept_backend import BackendKeeper

        return BackendKeeper()

    @once
    def _turns(self) -> defaultdict[str, Turns]:
        """By profile; the nameless one is for all models on this machine."""
        from desktop_helper.services.queued_backend import Turns

        return defaultdict(Turns)

    @once
    def models(self) -> ModelStore:
        """Models on this machine, and those to download."""
        from desktop_helper.core.resources import resource
        from desktop_helper.services.model_store.catalogue import Catalogue
        from desktop_helper.services.model_store.store import ModelStore

        catalogue = Catalogue(resource("models.toml"), self.paths.config_dir / "models.toml")
        return ModelStore(self._models_folder, catalogue, self.egress)

    def active_profile(self) -> ModelProfile:
        """The model that the settings choose, or the first one. Raises `HelperError(CONFIG)`."""
        return self.profile(self.active_name())

    def active_name(self) -> str:
        """The name of its profile."""
        from desktop_helper.services import practice

        return practice.active_name(self)

    def profile(self, name: str) -> ModelProfile:
        """The model profile called `name` in the settings. Raises `HelperError(CONFIG)`."""
        from desktop_helper.services import practice
        from desktop_helper.services.providers import resolve

        chosen = practice.settings_of(self, name)
        if chosen is None:
            raise HelperError(
                ErrorKind.CONFIG,
                tr("There is no model profile called “{name}”.", name=name),
                tr("Choose one in Settings."),
                command_fix=tr("On the command line, --provider and --model name one."),
            )
        return resolve(name, chosen, self.providers)

    def provider_warnings(self, name: str) -> tuple[str, ...]:
        """A sentence for each name in a provider file that nothing reads: it may be misspelt."""
        from desktop_helper.services.provider_names import warnings

        def quirks(backend: str) -> tuple[str, ...] | None:
            plug = self.plugs.backend(backend)
            return None if plug is None else plug.quirks()

        path = self.providers.path(name)
        return () if path is None else warnings(path, quirks)

    def backend(self, profile: ModelProfile) -> Backend:
        """The backend for `profile`, which the caller does not close.

        The last one is kept, so that its connection or its loaded model stays warm. Asking for another one closes it,
        unless it answers: then it is closed when that answer ends.
        """
        return self._backends.get(profile, lambda: self._as_used(self.open_backend(profile), profile))

    def _as_used(self, backend: Backend, profile: ModelProfile) -> Backend:
        """With what stands around it whenever a question is asked."""
        from desktop_helper.services import practice
        from desktop_helper.services.metered_backend import metered

        if not practice.is_practice(profile):
            return metered(backend, profile, lambda: self.spending)
        from desktop_helper.services.practice_answers import PracticeBackend

        return PracticeBackend(backend, self)

    def backend_in_turn(self, profile: ModelProfile) -> Backend:
        """The same for one answer of several at a time.

        Those of models on this machine wait for each other, and those of one profile where the provider refuses a
        second request while it answers the first (the quirk `one_at_a_time`).
        """
        from desktop_helper.services.providers import LOCAL_BACKEND
        from desktop_helper.services.queued_backend import QueuedBackend

        if profile.backend != LOCAL_BACKEND and not profile.quirks.get("one_at_a_time"):
            return self.backend(profile)
        line = "" if profile.backend == LOCAL_BACKEND else profile.name
        with self.making:
            turns = self._turns[line]
        return QueuedBackend(turns, lambda: self.backend(profile))

    def can_answer_now(self, profile: ModelProfile) -> bool:
        """Whether it makes sense to offer `Backend.answer_now`."""
        from desktop_helper.services.providers import LOCAL_BACKEND

        if profile.backend == LOCAL_BACKEND:
            return True
        plug = self.plugs.backend(profile.backend)
        return plug is not None and plug.can_answer_now(profile)

    def forget_states(self) -> None:
        """Delete what local models keep of conversations on disk. May take the seconds that ending a model takes.

        One that answers just now ends with its answer, and writes then.
        """
        from desktop_helper.services import saved_states

        if "_backends" in self.__dict__:  # a model that runs would write down what it has in its memory
            self._backends.retire_if(lambda profile: bool(profile.quirks.get("save_states")))
        saved_states.delete(self.paths.states_dir)

    def forget_conversations(self, clips: Sequence[Clip] = ()) -> None:
        """Delete what is kept beside the history of what was deleted there. May take the same seconds.

        Args:
            clips: videos that were in it.
        """
        self.forget_states()
        self.documents.forget()
        self.clip_origins.forget(clips)
        self.drafts.tidy(self.history.existing)
        if "transcriber" in self.__dict__:
            self.transcriber.forget()

    def forget_unwanted_states(self) -> None:
        """The same if no profile wants them any more. Raises `HelperError(CONFIG)` if the settings are broken."""
        from desktop_helper.services import saved_states, settings_file

        # From the file: while it is broken, the settings in use are the defaults, which want none.
        if not saved_states.wanted(settings_file.read(self.paths.settings_file).profiles.values()):
            self.forget_states()

    def open_backend(self, profile: ModelProfile, api_key: str = "") -> Backend:
        """A new backend that the caller closes; what it costs is not counted. Raises `HelperError` if there is none.

        Args:
            profile: which model.
            api_key: instead of the kept one, for trying a key before it is saved.
        """
        plug = self.plugs.backend(profile.backend)
        if plug is None:
            known = ", ".join(sorted(other.name for other in self.plugs.backends()))
            raise HelperError(
                ErrorKind.CONFIG,
                tr("There is no backend called “{name}”.", name=profile.backend),
                tr("There are these: {names}.", names=known),
            )
        state = plug.availability()
        if not state.ok:
            raise HelperError(ErrorKind.CONFIG, state.reason, state.fix)
        for warning in self.provider_warnings(profile.provider):
            _log.info("%s", warning)  # for the log; commands tell it themselves
        if (broken := self.settings.stood_in_for) is not None:
            raise broken  # nobody has chosen this model
        self.prepare()
        return plug.create(profile, self._backend_tools(api_key))

    def capture_source(self) -> CaptureSource:
        """The best one that works here. Raises `HelperError(CAPTURE)`."""
        from desktop_helper.core.capture_choice import best_source

        return best_source(self.plugs.sources())

    def capture(self) -> Capturer:
        """A capturer of the best source, for the calling thread. Raises `HelperError(CAPTURE)`."""
        return self.capture_source().create()

    def record(self, area: Rect, file: Path, **options: Any) -> Recording:
        """Begin to record `area` into `file`; the caller closes it. Raises `HelperError`.

        Args:
            area: of the desktop, as `capture` counts it.
            file: an MP4 file; what is there is replaced when the recording has ended.
            options: the other fields of `core.recording.RecordingSpec`.
        """
        from desktop_helper.core.capture_choice import best_source
        from desktop_helper.core.child import child_argv
        from desktop_helper.core.recording import RecordingSpec
        from desktop_helper.services import recording

        area, file = recording.checked_area(area), recording.checked_file(file)
        best_source(self.plugs.sources(), recording=True)  # refuses before there is a file
        self.prepare()
        options = {"consent": self.paths.consent_file, **options}
        spec = RecordingSpec(area, file, recording.partial_file(file), **options)
        return recording.Recording(child_argv("desktop_helper.capture._recorder"), self.paths.log_dir, spec)

    def look_at_clip(self, path: Path, name: str = "") -> ClipLooks:
        """Single pictures of a video; the caller closes it."""
        from desktop_helper.core.child import child_argv
        from desktop_helper.services.clip_looks import ClipLooks

        self.prepare()
        return ClipLooks(child_argv("desktop_helper.attachments._worker"), self.paths.log_dir, path, name)

    def ring(self, spec: RingSpec, on_seen: Callable[[int], None]) -> Ring:
        """Begin to keep the last seconds in memory, as `services.ring` says. Raises `HelperError`."""
        from desktop_helper.core.child import child_argv
        from desktop_helper.services.ring import Ring

        self._needs_live_source()
        self.prepare()
        return Ring(child_argv("desktop_helper.capture._ring"), self.paths.log_dir, spec, on_seen)

    def watch(
        self, spec: WatchSpec, on_seen: Callable[[int], None], on_picture: Callable[[Frame, bool], None]
    ) -> Watch:
        """Begin to watch a region, as `services.watch` says. Raises `HelperError`."""
        from desktop_helper.core.child import child_argv
        from desktop_helper.services.watch import Watch

        self._needs_live_source()
        self.prepare()
        return Watch(child_argv("desktop_helper.capture._watcher"), self.paths.log_dir, spec, on_seen, on_picture)

    def close(self) -> None:
        """Close what was opened, at once: a running answer ends."""
        for name in ("_backends", "converter", "transcriber", "text_reader", "documents", "drafts", "history"):
            if name in self.__dict__:
                self.__dict__[name].close()
        self._prepared.close()

    def _needs_live_source(self) -> None:
        if not self.capture_source().live:
            raise HelperError(
                ErrorKind.CAPTURE,
                tr("This desktop gives only single pictures of the screen, so nothing can be watched or kept."),
                tr("Log in to an X11 (Xorg) session for that."),
            )

    def _models_folder(self) -> Path:
        chosen = self.settings.current.models.folder
        return Path(chosen).expanduser() if chosen else self.paths.data_dir / "models"

    def _backend_tools(self, api_key: str) -> BackendTools:
        from desktop_helper.core.protocols import BackendTools

        return BackendTools(
            http_client=lambda profile: self.egress.http_client(profile),  # noqa: PLW0108 - egress is made then
            api_key=lambda profile: api_key or self.secrets.get(profile.name, profile.api_key_env),
            log_dir=self.paths.log_dir,
            cache_dir=self.paths.cache_dir,
        )
