"""The practice model, which comes with the app: where it is, and when it answers (docs/adr/049).

It answers while the user has chosen nothing, or has chosen it; never in place of a model that was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.resources import resource
from desktop_helper.services.settings import FIRST_PROFILE, ProfileSettings, Settings

if TYPE_CHECKING:
    from desktop_helper.core.protocols import ModelProfile
    from desktop_helper.services.container import Services
    from desktop_helper.services.providers import Providers

NAME = "practice"
"""Of its provider file, and of its profile, which is in no settings file."""
SHOWN_TOKENS = "shown_tokens"
"""The quirk of its profile that says how large a picture it is shown; what is attached may be larger, to be read."""
TOOL = "zoom"  # the only one that it knows
KEEP_WARM_S = 120.0  # it is loaded again in a moment
_BACKEND = "local"


def model_folder() -> Path:
    """Where its files are, if they are."""
    return resource("models")


def files(model: str) -> tuple[Path, Path] | None:
    """The model file and its vision file; None where the app came without them."""
    folder = model_folder()
    pair = folder / f"{model}.gguf", folder / f"mmproj-{model}.gguf"
    return pair if all(path.is_file() for path in pair) else None


def checked_files(model: str) -> tuple[Path, Path]:
    """The same. Raises `HelperError(CONFIG)` where they are missing."""
    if (found := files(model)) is None:
        raise HelperError(
            ErrorKind.CONFIG, tr("This copy of the app came without the practice model."), tr("Choose one in Settings.")
        )
    return found


def is_offered(services: Services) -> bool:
    """Whether it is among the models to choose from: it is here, can run, and the user has not put it away."""
    return services.settings.current.models.practice and is_here(services.providers) and has_engine(services)


def has_engine(services: Services) -> bool:
    """Whether models can run on this machine, or will be able to in a few minutes."""
    plug = services.plugs.backend(_BACKEND)
    state = plug.availability() if plug is not None else None
    return state is not None and (state.ok or state.soon)


def is_here(providers: Providers) -> bool:
    """Whether the app came with it, and no provider file of the user has taken its name."""
    try:
        spec = providers.get(NAME)
    except HelperError:
        return False
    return is_built_in(spec.backend, spec.name) and bool(spec.models) and files(spec.models[0].id) is not None


def is_built_in(backend: str, provider: str) -> bool:
    """Whether these names are the practice model's; a user's own provider file may have taken its name."""
    return (backend, provider) == (_BACKEND, NAME)


def is_practice(profile: ModelProfile) -> bool:
    """Whether this model is it."""
    return is_built_in(profile.backend, profile.provider)


def notice() -> str:
    """What it is, wherever it answers."""
    return tr("Practice model: shows how the app works. Choose a real one in Settings.")


def active_name(services: Services) -> str:
    """The profile that answers: the chosen one; without one, the practice model if it is offered, or the first one."""
    chosen = services.settings.current.active_profile
    return chosen or (NAME if is_offered(services) and _nothing_chosen(services) else FIRST_PROFILE)


def settings_of(services: Services, name: str) -> ProfileSettings | None:
    """The profile of that name in the settings, or the practice model's; None if there is none."""
    own = services.settings.current.profiles.get(name)
    return ProfileSettings(NAME) if own is None and name == NAME and is_offered(services) else own


@dataclass(frozen=True, slots=True)
class PracticeModel:
    """What is told of it in a list of models. `answers`: it is the one in use."""

    name: str
    title: str
    bytes: int
    answers: bool


def listed(services: Services) -> PracticeModel | None:
    """It, if it is offered. May raise `HelperError(CONFIG)`, as reading the settings does."""
    if not is_offered(services):
        return None
    model = services.providers.get(NAME).models[0]
    size = sum(path.stat().st_size for path in checked_files(model.id))
    return PracticeModel(NAME, model.title, size, services.active_name() == NAME)


def put_away(settings: Settings) -> Settings:
    """`settings` without the practice model, not even as the one that answers."""
    active = "" if settings.active_profile == NAME and NAME not in settings.profiles else settings.active_profile
    return replace(settings, active_profile=active, models=replace(settings.models, practice=False))


def _nothing_chosen(services: Services) -> bool:
    """No profile, no key that is at hand, and no file of either that cannot be read: who knows what is in it."""
    store, defaults = services.settings, Settings()
    if store.current.profiles != defaults.profiles or store.stood_in_for is not None:
        return False
    try:
        variable = services.providers.get(defaults.profiles[FIRST_PROFILE].provider).key_env
    except HelperError:
        variable = ""
    try:
        return not services.secrets.has_at_hand(FIRST_PROFILE, variable)
    except HelperError:  # whoever needs a key says what is wrong with the file
        return False
