"""What reads files and pictures, each in a child process that is started on first use."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from desktop_helper.services.once import once
from desktop_helper.services.paths import Paths

if TYPE_CHECKING:
    from desktop_helper.services.clip_origins import ClipOrigins
    from desktop_helper.services.converter import Converter
    from desktop_helper.services.documents.library import Documents
    from desktop_helper.services.drafts import Drafts
    from desktop_helper.services.settings import SettingsStore
    from desktop_helper.services.text_reader import TextReader
    from desktop_helper.services.transcriber import Transcriber


class Readers(ABC):
    """A part of `services.container.Services`."""

    paths: Paths
    making: threading.RLock

    @property
    @abstractmethod
    def settings(self) -> SettingsStore:
        """The user's settings file."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the folders. Raises `HelperError(STORAGE)`."""

    @once
    def converter(self) -> Converter:
        """Turns files into message parts, in a child process."""
        from desktop_helper.core.child import child_argv
        from desktop_helper.services.converter import Converter

        self.prepare()
        worker = child_argv("desktop_helper.attachments._worker")
        converter = Converter(worker, self.paths.log_dir, transcriber=self.transcriber)
        converter.on_document = lambda *told: self.documents.remember(*told)  # noqa: PLW0108 - made when there is one
        return converter

    @once
    def transcriber(self) -> Transcriber:
        """Writes down what is said in videos and sounds, in a child process."""
        from desktop_helper.core.child import child_argv
        from desktop_helper.services.transcriber import WORKER, Transcriber

        self.prepare()
        return Transcriber(child_argv(WORKER), self.paths.log_dir, lambda: self.settings.current.speech)

    @once
    def documents(self) -> Documents:
        """Documents that are larger than what a model reads."""
        from desktop_helper.services.documents.library import Documents

        self.prepare()
        return Documents(self.paths.documents_dir, lambda: self.converter, lambda: self.text_reader)

    @once
    def clip_origins(self) -> ClipOrigins:
        """Which files the videos of recent questions came from."""
        from desktop_helper.services.clip_origins import ClipOrigins

        return ClipOrigins(self.paths.clips_file)

    @once
    def drafts(self) -> Drafts:
        """Questions that have not been asked yet."""
        from desktop_helper.services.drafts import Drafts

        return Drafts(self.paths.drafts_dir, self.paths.only_draft_dir)

    @once
    def text_reader(self) -> TextReader:
        """Reads text in pictures without a model, in a child process."""
        from desktop_helper.core.child import child_argv
        from desktop_helper.ocr import WORKER
        from desktop_helper.services.text_reader import TextReader

        self.prepare()
        return TextReader(child_argv(WORKER), self.paths.log_dir)

    def patient_text_reader(self) -> TextReader:
        """One for which nobody waits, which the caller closes."""
        from desktop_helper.core.child import child_argv
        from desktop_helper.ocr import PATIENT, WORKER
        from desktop_helper.services.text_reader import PATIENT_TIME_LIMIT_S, TextReader

        self.prepare()
        command = child_argv(WORKER, PATIENT)
        return TextReader(
            command, self.paths.log_dir, time_limit_s=PATIENT_TIME_LIMIT_S, log_name="patient-text-reader"
        )
