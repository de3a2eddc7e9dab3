"""Who answers, and where: provider files, joined with the user's profile into a `ModelProfile`.

A provider is one TOML file, ours in `resources/providers`, the user's in `providers` beside the settings; the user's
file replaces ours of the same name. Each backend documents the `[quirks]` it knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.hosts import is_named, shown
from desktop_helper.core.i18n import language, tr
from desktop_helper.core.image_tokens import LOCAL_MAX_TOKENS
from desktop_helper.core.model_names import short_name
from desktop_helper.core.native_video import QUIRK, native_video
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services import practice
from desktop_helper.services.provider_file import ModelSpec, ProviderSpec, one_spelling, read
from desktop_helper.services.settings import ProfileSettings

LOCAL_BACKEND = "local"
USUAL_CONTEXT = 32_768  # of a model about which nobody says anything
LOCAL_CONTEXT = 16_384  # tokens that the local engine reads unless it is told otherwise or memory is short
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


def readable_tokens(profile: ModelProfile) -> int:
    """How much a model can read; 0 if nobody knows.

    A local one reads what the engine prefers, or what it was trained for. Where memory is short it may be less still.
    """
    if profile.context_tokens or profile.backend != LOCAL_BACKEND:
        return profile.context_tokens or 0
    trained = _trained_context(profile.gguf) if profile.gguf is not None else 0
    return min(LOCAL_CONTEXT, trained or LOCAL_CONTEXT)


def context_of(profile: ModelProfile) -> int:
    """How much it surely reads: what is usual, if nobody knows."""
    return readable_tokens(profile) or USUAL_CONTEXT


def most_for_pages(profile: ModelProfile) -> int:
    """Tokens of pages that are chosen for a question, however much it can read: they are paid for, and waited for."""
    return min(profile.max_video_tokens, context_of(profile) // 2)


def _trained_context(gguf: Path) -> int:
    """What the file says, which is asked again only if it is another one."""
    try:
        found = gguf.stat()
    except OSError:
        return 0
    return _read_context(gguf, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=8)
def _read_context(gguf: Path, _changed: int, _size: int) -> int:
    from desktop_helper.core.gguf.header import trained_context  # the idle app does without it

    return trained_context(gguf)


class Providers:
    """All provider files. Each is read again when it has changed, since the user may edit theirs while the app runs."""

    def __init__(self, builtin_dir: Path, user_dir: Path) -> None:
        self._dirs = (user_dir, builtin_dir)

    def all(self) -> list[ProviderSpec]:
        """Every provider whose file can be read, by name. `problems` tells about the others."""
        return [spec for spec in (self._try(name) for name in self.names()) if isinstance(spec, ProviderSpec)]

    def problems(self) -> list[HelperError]:
        """One error for each file that cannot be read."""
        return [error for error in (self._try(name) for name in self.names()) if isinstance(error, HelperError)]

    def names(self) -> list[str]:
        """The names of all provider files, sorted."""
        files = (path for folder in self._dirs for path in folder.glob("*.toml"))
        return sorted({path.stem for path in files if _NAME.fullmatch(path.stem)})

    def path(self, name: str) -> Path | None:
        """The file of a provider; None if there is none."""
        files = (folder / f"{name}.toml" for folder in self._dirs)
        return next((file for file in files if _NAME.fullmatch(name) and file.is_file()), None)

    def get(self, name: str) -> ProviderSpec:
        """One provider. Raises `HelperError(CONFIG)` if there is none of that name or its file is broken."""
        if (path := self.path(name)) is not None:
            return _read_again(path)
        raise HelperError(
            ErrorKind.CONFIG,
            tr("There is no provider called “{name}”.", name=name),
            tr("Known providers: {names}.", names=", ".join(self.names())),
        )

    def _try(self, name: str) -> ProviderSpec | HelperError:
        try:
            return self.get(name)
        except HelperError as error:
            return error


def _read_again(path: Path) -> ProviderSpec:
    """`read`, of a file that is as it was as well as of one that has changed; the window asks many times a minute."""
    try:
        found = path.stat()
    except OSError:
        return read(path)  # which says what is wrong
    return _read(path, (found.st_mtime_ns, found.st_size, found.st_ino), language())


@lru_cache(maxsize=64)
def _read(path: Path, _state: tuple[int, int, int], _language: str) -> ProviderSpec:
    return read(path)


def resolve(name: str, settings: ProfileSettings, providers: Providers) -> ModelProfile:
    """Join the profile `name` of the settings with its provider's file. Raises `HelperError(CONFIG)`."""
    spec = providers.get(settings.provider)
    if practice.is_built_in(spec.backend, spec.name) and spec.models:
        return _resolve_practice(name, spec)
    if spec.backend == LOCAL_BACKEND:
        return _resolve_local(name, settings, spec)
    base_url = _checked_url(settings.base_url or spec.base_url, spec)
    # A well-known variable and a price belong to the provider's own address, not to one that the user put in its place.
    key_env = spec.key_env if base_url == spec.base_url else ""
    model_id = settings.model or (spec.models[0].id if spec.models else "")
    model = spec.model(model_id) or ModelSpec(model_id, short_name(model_id) or spec.title)
    hints: dict[str, Any] = {"provider_title": spec.title, "key_url": spec.key_url, "key_hint": spec.key_hint}
    hints["own_address"] = base_url == spec.base_url
    names = ("max_output_tokens", "max_images", "max_videos", "tools", "boxes")
    limits = {name: getattr(model, name) for name in names}
    return ModelProfile(
        name=name,
        provider=spec.name,
        backend=spec.backend,
        title=model.title,
        model=model.id,
        base_url=base_url,
        api_key_env=settings.api_key_env or key_env,
        ca_file=settings.ca_file,
        context_tokens=model.context_tokens,
        max_image_tokens=model.max_image_tokens,
        price=model.price if base_url == spec.base_url else None,
        quirks=_with_video({**hints, **limits, **spec.quirks, **model.quirks}, settings),
    )


def unused_certificate(profile: ModelProfile) -> HelperError | None:
    """What is said of a certificate that vouches for nobody, since nothing on the way is encrypted; None if it does."""
    if not profile.ca_file or not profile.base_url.lower().startswith("http://"):
        return None
    return HelperError(
        ErrorKind.CONFIG,
        tr("The certificate has no effect: {url} is not encrypted.", url=profile.base_url),
        tr("Enter an address that begins with https://, or leave the certificate out."),
    )


def profile_from_options(
    providers: Providers, options: ProfileSettings, profiles: Mapping[str, ProfileSettings]
) -> ModelProfile:
    """The profile that command line options ask for: `--provider`, `--base-url` or `--gguf`, and `--model`.

    Args:
        providers: the provider files.
        options: what was given; an empty provider means `local` with a GGUF and `custom` with a base URL, and an empty
            `video` what is saved.
        profiles: those of the settings. A saved key is used only if one of them reaches the same address.
    """
    provider = options.provider or (LOCAL_BACKEND if options.gguf else "custom")
    settings = ProfileSettings(
        provider,
        options.model,
        options.base_url,
        options.gguf,
        options.mmproj,
        options.api_key_env,
        ca_file=options.ca_file,
        video=options.video or "auto",
    )
    wanted = resolve("", settings, providers)
    for name, saved in profiles.items():
        try:
            known = resolve(name, saved, providers)
        except HelperError:
            continue  # another profile's fault is not this request's
        if known.base_url and known.base_url == wanted.base_url:
            with_key = ProfileSettings(
                provider,
                options.model or (saved.model if saved.provider == provider else ""),
                options.base_url,
                api_key_env=options.api_key_env or saved.api_key_env,
                ca_file=options.ca_file or saved.ca_file,
                video=options.video or saved.video,
            )
            return resolve(name, with_key, providers)
    return resolve(f"{provider} {wanted.host}".strip(), settings, providers)


def _resolve_practice(name: str, spec: ProviderSpec) -> ModelProfile:
    """The model whose files come with the app."""
    model = spec.models[0]
    gguf, mmproj = practice.checked_files(model.id)
    quirks = {practice.SHOWN_TOKENS: model.max_image_tokens, "one_thread": True, "keep_warm_s": practice.KEEP_WARM_S}
    return ModelProfile(
        name=name,
        provider=spec.name,
        backend=spec.backend,
        title=model.title,
        model=model.id,
        gguf=gguf,
        mmproj=mmproj,
        context_tokens=model.context_tokens,
        max_image_tokens=LOCAL_MAX_TOKENS,  # what is attached is also read by the text recogniser, and enlarged
        quirks={**spec.quirks, **quirks},
    )


def _resolve_local(name: str, settings: ProfileSettings, spec: ProviderSpec) -> ModelProfile:
    if not settings.gguf:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("No model file is chosen."),
            tr("Choose a GGUF file and its mmproj file in Settings."),
            command_fix=tr("On the command line, --gguf and --mmproj name them."),
        )
    gguf = Path(settings.gguf).expanduser()
    return ModelProfile(
        name=name,
        provider=spec.name,
        backend=spec.backend,
        title=short_name(gguf.name),
        model=gguf.stem,
        gguf=gguf,
        mmproj=Path(settings.mmproj).expanduser() if settings.mmproj else None,
        context_tokens=settings.context or None,
        max_image_tokens=LOCAL_MAX_TOKENS,
        quirks={
            **spec.quirks,
            "gpu_layers": settings.gpu_layers,
            "vision_on_cpu": settings.vision_on_cpu,
            "keep_warm_s": settings.keep_warm_minutes * 60,
            "save_states": settings.save_states,
        },
    )


def _with_video(quirks: dict[str, Any], settings: ProfileSettings) -> dict[str, Any]:
    """The quirks without what they say about videos, if those are not sent whole. Raises `HelperError(CONFIG)`."""
    try:
        video = native_video(quirks)
    except ValueError as error:
        raise HelperError(
            ErrorKind.CONFIG,
            tr("The provider file “{name}” cannot be used: {why}.", name=settings.provider, why=error),
            tr("Correct it or delete it."),
        ) from None
    if settings.video == "frames" or (video is not None and not video.documented and settings.video != "whole"):
        return {name: value for name, value in quirks.items() if name != QUIRK}
    return quirks


def _checked_url(url: str, spec: ProviderSpec) -> str:
    """The base URL in one spelling."""
    url = url.strip()
    if is_named(url):
        raise HelperError(
            ErrorKind.CONFIG,
            tr("The server address {url} has a name or a password in it, which are not sent.", url=shown(url)),
            tr("Leave out what stands before the @, and enter the key in its own field in Settings."),
            command_fix=tr("On the command line, --api-key-env names the variable that holds it."),
        )
    if not _is_server(url):
        raise HelperError(
            ErrorKind.CONFIG,
            tr("“{url}” is not the address of a server.", url=url)
            if url
            else tr("No server address is set for “{name}”.", name=spec.title),
            tr("Enter a server address like http://127.0.0.1:8000/v1."),
        )
    return one_spelling(url)


def _is_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
