"""Settings: who answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_helper.core.api_key import can_be_sent
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.model_names import short_names
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.qt.background import Background
from desktop_helper.services import practice
from desktop_helper.services.model_store.store import proposed_profile
from desktop_helper.services.model_words import model_words
from desktop_helper.services.provider_file import ModelSpec
from desktop_helper.services.providers import LOCAL_BACKEND, resolve
from desktop_helper.services.server_finder import FoundServer, proposed
from desktop_helper.services.settings import ProfileSettings, Settings
from desktop_helper.ui.elided_label import ElidedLabel
from desktop_helper.ui.settings.connection_test import ConnectionTest
from desktop_helper.ui.settings.file_field import FileField
from desktop_helper.ui.settings.key_field import KeyField
from desktop_helper.ui.settings.local_options import LocalOptions
from desktop_helper.ui.settings.model_combo import ModelCombo
from desktop_helper.ui.settings.page import Page, QuietCombo
from desktop_helper.ui.settings.provider_row import ProviderRow
from desktop_helper.ui.settings.server_finder import ServerFinder
from desktop_helper.ui.settings.server_options import ServerOptions
from desktop_helper.ui.text_safety import reveal, tooltip
from desktop_helper.ui.theme import set_role

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.model_store.records import InstalledModel
    from desktop_helper.services.provider_file import ProviderSpec


class ModelPage(Page):
    """Provider, address, model, files, key; and a test of all of it together.

    Each provider has its own profile in the settings, so switching back and forth loses nothing.
    """

    def __init__(self, services: Services, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(tr("Answers"), tr("Choose who answers. You can change it at any time."), parent)
        self._services = services
        self._specs: dict[str, ProviderSpec] = {}
        self._drafts: dict[str, tuple[str, ProfileSettings]] = {}
        self._shown = self._before = ""
        self.provider = QuietCombo()
        self._pill = ElidedLabel()
        set_role(self._pill, "pill-ok")
        self.url = QLineEdit()
        self.model = ModelCombo()
        self.gguf = FileField(tr("Choose the model file"), "*.gguf")
        self.mmproj = FileField(tr("Choose the vision file"), "mmproj*.gguf *.gguf")
        self.options = LocalOptions()
        self.server = ServerOptions()
        self.key = KeyField(services.secrets, background)
        self.test = ConnectionTest(services, background, self.draft_profile)
        self.finder = ServerFinder(services, background)
        self._build()
        self.provider.activated.connect(self._on_provider)
        self.url.textEdited.connect(self._on_edited)
        self.model.edited.connect(self._on_edited)
        self.gguf.changed.connect(self._on_gguf)
        self.mmproj.changed.connect(self._on_edited)
        self.options.changed.connect(self._on_edited)
        self.server.changed.connect(self._on_edited)
        self.key.changed.connect(self._on_edited)
        self.test.checked.connect(lambda checked: self._offer_models(getattr(checked.known.abilities, "models", ())))

    def load(self, settings: Settings) -> None:
        """Show the active profile."""
        self._specs = {spec.name: spec for spec in self._services.providers.all()}
        if not practice.is_offered(self._services):
            self._specs = {name: spec for name, spec in self._specs.items() if not _is_built_in(spec)}
        self._drafts = {}
        self._before = self._services.active_name()
        for name, profile in settings.profiles.items():
            if name == self._before or profile.provider not in self._drafts:
                self._drafts[profile.provider] = (name, profile)
        self.provider.clear()
        for spec in sorted(self._specs.values(), key=_order):
            self.provider.addItem(spec.title, spec.name)
        active = practice.settings_of(self._services, self._before)
        self._show(active.provider if active is not None and active.provider in self._specs else "zai")

    def apply(self, settings: Settings) -> Settings:
        """`settings` with the shown profile, made active, unless it is what answers while nothing is chosen."""
        if not self._shown:
            return settings
        name, profile = self._draft(settings.profiles)
        if _is_built_in(self._specs[self._shown]):
            profiles = settings.profiles if name == practice.NAME else settings.profiles | {name: profile}
            return settings if name == self._before else replace(settings, profiles=profiles, active_profile=name)
        untouched = name == self._before and profile == settings.profiles.get(name) and not self.key.typed
        if untouched and not settings.active_profile:
            return settings
        return replace(settings, profiles=settings.profiles | {name: profile}, active_profile=name)

    def check(self) -> None:
        """Raise `HelperError` if what is shown cannot work."""
        _profile, key = self.draft_profile()
        if not can_be_sent(key):
            name = self._specs[self._shown].title
            raise HelperError(
                ErrorKind.AUTH,
                tr("The API key for {name} contains characters that a key cannot have.", name=name),
                tr("Copy the key again."),
            )

    def draft_profile(self) -> tuple[ModelProfile, str]:
        """What the fields say, and the key that was typed. Raises `HelperError(CONFIG)`."""
        name, settings = self._draft(self._services.settings.current.profiles)
        profile = resolve(name, settings, self._services.providers)
        for path in (profile.gguf, profile.mmproj):
            if path is not None and not path.is_file():
                raise HelperError(
                    ErrorKind.CONFIG,
                    tr("There is no file “{path}”.", path=reveal(str(path))),
                    tr("Choose another one."),
                )
        if profile.ca_file:
            from desktop_helper.services.egress_certificates import check_authority

            check_authority(profile.ca_file)
        return profile, "" if self._is_local else self.key.typed

    def propose_local(self, model: InstalledModel) -> None:
        """Show a model of this machine as the one to answer, under a profile of its own."""
        self._drafts[LOCAL_BACKEND] = proposed_profile(self._services.settings.current, model)
        self._show(LOCAL_BACKEND)
        self.changed.emit()

    def propose_server(self, server: FoundServer) -> None:
        """Show a server of this machine as the one to answer, with the first of its models."""
        names = tuple(model.id for model in server.models)
        usual = self._specs[server.provider].base_url
        first = names[0] if names else ""
        self._drafts[server.provider] = proposed(self._services.settings.current, server, first, usual)
        self._show(server.provider)
        self._offer_models(names)
        self.changed.emit()

    def _draft(self, saved: Mapping[str, ProfileSettings]) -> tuple[str, ProfileSettings]:
        name, before = self._drafts.get(self._shown, ("", None))
        name = name or _free_name(self._shown, saved)
        before = before or ProfileSettings(provider=self._shown)
        local = self._is_local
        return name, replace(
            self.options.applied(before) if local else self.server.applied(before),
            model="" if local else self.model.model_id,
            base_url=self.url.text().strip() if not self._url_field.isHidden() else before.base_url,
            gguf=self.gguf.path if local else "",
            mmproj=self.mmproj.path if local else "",
        )

    @property
    def _is_local(self) -> bool:
        spec = self._specs.get(self._shown)
        return spec is not None and spec.backend == LOCAL_BACKEND

    def _show(self, provider: str) -> None:
        spec = self._specs.get(provider)
        if spec is None:
            return
        self._shown = provider
        self.provider.select(provider)
        name, profile = self._drafts.get(provider, ("", ProfileSettings(provider=provider)))
        local, own_address = spec.backend == LOCAL_BACKEND, not spec.quirks.get("needs_key", False)
        own_files = local and not _is_built_in(spec)
        self.model.fill(spec.models, profile.model)
        self.url.setText(profile.base_url)
        self.url.setPlaceholderText(spec.base_url or "http://127.0.0.1:8000/v1")
        self.gguf.set_path(profile.gguf)
        self.mmproj.set_path(profile.mmproj)
        self.options.show_profile(profile)
        self.server.show_profile(profile)
        self._url_field.setVisible(not local and (own_address or bool(profile.base_url)))
        self._model_field.setVisible(not local)
        self._gguf_field.setVisible(own_files)
        self._mmproj_field.setVisible(own_files)
        self.options.setVisible(own_files)
        self.server.setVisible(not local)
        self._key_field.setVisible(not local)
        self._key_field.set_title(tr("Key") if not own_address else tr("Key, if the server asks for one"))
        self._key_field.set_hint(spec.key_hint)
        self._provider_field.set_hint(spec.note)
        if not local:
            env = profile.api_key_env or spec.key_env
            saved = self._services.settings.current.profiles
            self.key.show_profile(name or _free_name(provider, saved), env, spec.key_url)
        self.test.forget_result()
        self._show_destination()

    def _show_destination(self) -> None:
        """The one thing that is never quiet: where the question goes."""
        name, settings = self._draft({})
        try:
            profile = resolve(name, settings, self._services.providers)
        except HelperError:
            self._model_field.set_hint(_usual_hint())
            self._pill.setVisible(self._is_local)
            self._pill.set_full_text(tr("On this machine"))
            set_role(self._pill, "pill-ok")
            self._row.fit()
            return
        self._pill.show()
        self._pill.set_full_text(tr("On this machine") if profile.is_local else f"↗ {reveal(profile.host)}")
        self._pill.setAccessibleName(tr("Questions go to: {place}", place=self._pill.full_text))
        self._pill.setToolTip(tooltip(self._pill.accessibleName()))
        set_role(self._pill, "pill-ok" if profile.is_local else "pill-warn")
        self._row.fit()
        known = self._specs[self._shown].model(profile.model)
        words = model_words(known, profile.price) if known is not None else ""
        self._model_field.set_hint(words or _usual_hint())
        self.test.recall(profile)

    def _offer_models(self, names: tuple[str, ...]) -> None:
        """Those that a server has, where its provider file names none."""
        if names and not self._specs[self._shown].models:
            self.model.fill([ModelSpec(name, title) for name, title in short_names(names).items()], self.model.model_id)

    def _on_provider(self) -> None:
        self._drafts[self._shown] = self._draft(self._services.settings.current.profiles)
        self._show(str(self.provider.currentData()))
        self.changed.emit()

    def _on_gguf(self, path: str) -> None:
        """The vision file usually lies beside the model."""
        if path and not self.mmproj.path:
            folder = Path(path).expanduser().parent
            beside = sorted(folder.glob("*mmproj*.gguf")) if folder.is_dir() else []
            if len(beside) == 1:
                self.mmproj.set_path(str(beside[0]))
        self._on_edited()

    def _on_edited(self) -> None:
        self.test.forget_result()
        self._show_destination()
        self.changed.emit()

    def _build(self) -> None:
        self.provider.setAccessibleName(tr("Provider"))
        self._row = ProviderRow(self.provider, self._pill)
        self._provider_field = self.add_field(tr("Provider"), self._row)
        self._url_field = self.add_field(tr("Server address"), self.url)
        self._model_field = self.add_field(tr("Model"), self.model, _usual_hint())
        self._gguf_field = self.add_field(
            tr("Model file"), self.gguf, tr("A GGUF file. The page “Local models” offers some that suit this machine.")
        )
        self._mmproj_field = self.add_field(
            tr("Vision file"),
            self.mmproj,
            tr("The mmproj file that belongs to the model; without it there are no pictures."),
        )
        self._key_field = self.add_field(tr("Key"), self.key)
        self.form.addWidget(self.options)
        self.form.addWidget(self.server)
        self.form.addWidget(self.test)
        self.form.addWidget(self.finder)


def _usual_hint() -> str:
    return tr("Choose one or type the name that the server knows.")


def _is_built_in(spec: ProviderSpec) -> bool:
    return practice.is_built_in(spec.backend, spec.name)


def _order(spec: ProviderSpec) -> tuple[int, str]:
    """Hosted ones, this machine, known servers, any server, and what only shows how it works."""
    if spec.quirks.get("needs_key"):
        return (0 if spec.name == "zai" else 1), spec.title
    if _is_built_in(spec):
        return 5, spec.title
    if spec.backend == LOCAL_BACKEND:
        return 2, spec.title
    return (3 if spec.base_url else 4), spec.title


def _free_name(provider: str, saved: Mapping[str, ProfileSettings]) -> str:
    """The provider's name, or that with a number where another provider's profile has it."""
    names = [provider, *(f"{provider}-{number}" for number in range(2, 100))]
    return next(name for name in names if name not in saved or saved[name].provider == provider)
