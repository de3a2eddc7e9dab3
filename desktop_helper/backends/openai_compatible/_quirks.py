"""How a server's dialect differs from OpenAI's: the `[quirks]` of provider files, for all models or for one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.native_video import QUIRK, NativeVideo, native_video


@dataclass(frozen=True, slots=True)
class Quirks:
    """The defaults suit a server that is close to OpenAI's.

    Args:
        provider_title: the provider as shown.
        key_url: where a key is made.
        key_hint: a sentence that helps when the key is refused.
        own_address: the provider's, and not one that the user has put in its place.
        free_model: id of a model that costs nothing there.
        needs_key: without a key nothing needs to be tried.
        one_at_a_time: a second request would be refused while the first one is answered; `services.container` waits.
        thinking_style: how thinking is switched. `zai`: `thinking.type`; `chat_template_kwargs`: `enable_thinking`;
            `effort`: `reasoning_effort`; `reasoning`: the same as `reasoning.effort`; `always`: not at all, since the
            model always thinks; `none`: not at all. Nothing is sent unless the user asked for on or off.
        efforts: allowed values of the effort; others are not sent. Empty: any.
        effort_on, effort_off: what on and off mean with the styles of effort; empty sends nothing.
        thinking_budget_field: request field that limits the tokens of thinking; empty if there is none.
        starts_thinking: the prompt ends in `<think>`, so content begins inside the thinking.
        stream_options: ask for usage in the stream; servers that always send it need not be asked.
        seed: the server knows `seed`.
        temperature, top_p: lowest and highest allowed value.
        max_output_tokens: `max_tokens` above it is lowered to it.
        max_images, max_videos: at most so many in one request (`core.picture_limit`); 0 for none.
        video: how it takes videos whole; None if it does not.
        accept_language: error messages come in the language of `Accept-Language`.
    """

    provider_title: str = ""
    key_url: str = ""
    key_hint: str = ""
    own_address: bool = True
    free_model: str = ""
    needs_key: bool = False
    one_at_a_time: bool = False
    thinking_style: str = "none"
    efforts: tuple[str, ...] = ()
    effort_on: str = ""
    effort_off: str = ""
    thinking_budget_field: str = ""
    starts_thinking: bool = False
    stream_options: bool = True
    seed: bool = True
    temperature: tuple[float, float] = (0.0, 2.0)
    top_p: tuple[float, float] = (0.0, 1.0)
    max_output_tokens: int | None = None
    max_images: int | None = None
    max_videos: int | None = None
    accept_language: bool = False
    video: NativeVideo | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Quirks:
        """Read a quirks table; keys of other backends are ignored. Raises `HelperError(CONFIG)`."""
        known = {field.name: field.default for field in fields(cls) if field.name != QUIRK}
        taken: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items() if key in known
        }
        name = str(values.get("provider_title", ""))
        wrong = next((key for key, value in taken.items() if not _fits(value, known[key])), "")
        if not wrong and taken.get("thinking_style", "none") not in THINKING_STYLES:
            wrong = "thinking_style"
        try:
            taken[QUIRK] = native_video(values)
        except ValueError:
            wrong = wrong or QUIRK
        if wrong:
            raise _unknown(name, wrong)
        return cls(**taken)


def _unknown(name: str, key: str) -> HelperError:
    message = tr(
        "In the provider file of {name}, “{key}” has a value that this version does not know.", name=name, key=key
    )
    if key == "thinking_style":
        fix = tr("Write one of {choices}, or leave it out.", choices=", ".join(THINKING_STYLES))
    else:
        fix = tr("Correct it, or leave it out.")
    return HelperError(ErrorKind.CONFIG, message, fix)


def _fits(value: object, default: object) -> bool:
    """Whether `value` is of the kind that `default` is; None stands for a whole number that is not known."""
    if default is None:
        return value is None or type(value) is int
    if isinstance(value, tuple) and isinstance(default, tuple):
        kinds = (int, float) if default else (str,)
        return len(value) == (len(default) or len(value)) and all(type(item) in kinds for item in value)
    return type(value) is type(default)


THINKING_STYLES = ("zai", "chat_template_kwargs", "effort", "reasoning", "always", "none")
NAMES = (*(field.name for field in fields(Quirks)), "tools", "boxes")
"""All that a provider file may say; the last two are heeded where tools are offered (`services.documents`)."""
