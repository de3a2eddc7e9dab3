"""Who is talked about in an error sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.backends.openai_compatible._secret import blotted
from desktop_helper.core.hosts import is_this_machine
from desktop_helper.core.protocols import ModelProfile

_SAID_CHARACTERS = 200
_READ_CHARACTERS = 20_000  # the sentence is at the begin of what may be a page
_NAMELESS = "custom"  # the provider file for “your own server”, which is no name that a sentence can begin with


@dataclass(frozen=True, slots=True)
class Site:
    """The server and the model that a request went to.

    `address_is_ours`: it came from a provider file, and nobody is asked for it. `free_model`: one that costs nothing.
    """

    name: str
    host: str
    address: str
    model: str
    key_url: str = ""
    key_hint: str = ""
    has_key: bool = False
    secret: str = field(default="", repr=False)
    model_named: bool = True
    address_is_ours: bool = False
    free_model: str = ""

    @classmethod
    def of(cls, profile: ModelProfile, quirks: Quirks, secret: str) -> Site:
        """The site that `profile` reaches, with the key that must not be told."""
        named = quirks.provider_title if profile.provider != _NAMELESS else ""
        return cls(
            name=named or profile.host,
            host=profile.host,
            address=profile.base_url,
            model=profile.model or profile.title,
            key_url=quirks.key_url,
            key_hint=quirks.key_hint,
            has_key=bool(secret),
            model_named=bool(profile.model),
            address_is_ours=quirks.needs_key and quirks.own_address,
            free_model=quirks.free_model,
            secret=secret,
        )

    @property
    def is_here(self) -> bool:
        """Whether the server runs on this machine."""
        return is_this_machine(self.host)

    def clean(self, text: str) -> str:
        """A server's words on one line, without the key, not too long."""
        text = re.sub(
            r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e]+", " ", self.without_secret(text[:_READ_CHARACTERS])
        ).strip()
        return text if len(text) <= _SAID_CHARACTERS else text[:_SAID_CHARACTERS].rstrip() + "…"

    def without_secret(self, text: str) -> str:
        """`text` with the key blotted out."""
        return blotted(text, self.secret)
