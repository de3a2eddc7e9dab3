"""Settings: who listens to videos and sounds, a part of the page about recordings."""

from __future__ import annotations

from dataclasses import replace

from desktop_helper.core.i18n import tr
from desktop_helper.services.settings import Settings, SpeechSettings
from desktop_helper.ui.settings.file_field import FileField
from desktop_helper.ui.settings.page import Page, QuietCombo, label

_LANGUAGES = {  # in their own words, as people look for theirs
    "en": "English",
    "zh": "中文",
    "ja": "日本語",
    "ko": "한국어",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "pt": "Português",
    "ru": "Русский",
}


class SpeechFields:
    """Appends itself to `page`, which tells of changes."""

    def __init__(self, page: Page) -> None:
        page.form.addWidget(label(tr("What is said in videos and sounds"), "heading"))
        self.model = FileField(tr("Choose a model that hears"), "ggml-*.bin *.bin", "whisper.cpp")
        self.model.changed.connect(page.changed)
        page.add_field(
            tr("Model that hears"),
            self.model,
            tr(
                "A file for whisper.cpp, e.g. ggml-base.bin: what is said is written down here, and sent beside the "
                "pictures. Without one, sound is left out, and the model is told so."
            ),
        )
        self.language = QuietCombo()
        self.language.addItem(tr("Find out"), "auto")
        for code, name in _LANGUAGES.items():
            self.language.addItem(name, code)
        self.language.activated.connect(page.changed)
        page.add_field(tr("Spoken language"), self.language)

    def load(self, settings: Settings) -> None:
        """Show `settings`; a language that was written into the file by hand is among the choices too."""
        self.model.set_path(settings.speech.model)
        code = settings.speech.language
        if self.language.findData(code) < 0:
            self.language.addItem(code, code)
        self.language.setCurrentIndex(self.language.findData(code))

    def apply(self, settings: Settings) -> Settings:
        """`settings` with these choices."""
        return replace(settings, speech=SpeechSettings(self.model.path, str(self.language.currentData())))
