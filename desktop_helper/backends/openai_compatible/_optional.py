"""Fields of a request without which it can be answered, too: those that a server refuses are left out, one at a time.

“OpenAI-compatible” says little about them. What is learned about a server is kept (`core.known_servers`), so only its
first question is sent twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from desktop_helper.backends.openai_compatible._failures import Failure
from desktop_helper.core.events import Progress
from desktop_helper.core.i18n import tr
from desktop_helper.core.known_servers import KnownServers
from desktop_helper.core.protocols import ModelProfile

Json = dict[str, Any]

_REQUIRED = ("model", "messages", "stream", "tools")
_REFUSALS = (400, 422)
_MOST_GUESSES = 4
# If the server does not say which one it means: what is missed least goes first. Without a limit an answer may cost
# more than its reader wants, so that is left out only if the server names it.
_GUESSES = ("stream_options", "seed", "thinking_budget_tokens", "thinking_token_budget")
_ONLY_IF_NAMED = ("max_tokens",)
_LAST_GUESSES = ("top_p", "temperature")
# Other words by which servers speak of a field.
_ALIASES = {
    "chat_template_kwargs": ("enable_thinking", "thinking", "reasoning"),
    "reasoning_effort": ("reasoning", "effort", "thinking"),
    "thinking_budget_tokens": ("budget",),
    "thinking_token_budget": ("budget",),
    "stream_options": ("include_usage",),
    "thinking": ("reasoning",),
}
# What the server speaks of then is in the question itself.
_ABOUT_THE_QUESTION = re.compile(
    r"\b(messages?|contents?|images?|pictures?|videos?|vision|multimodal|mmproj|audio|tools?|tool_choice)\b|[图视]",
    re.IGNORECASE,
)
# It knows the field and does not like the value: another one may do.
_ABOUT_THE_VALUE = re.compile(
    r"\bmust be\b|\brange\b|\bbetween\b|\b(less|greater|more|larger) than\b|\bat (most|least)\b|maximum|minimum|[<>]=?",
    re.IGNORECASE,
)


class OptionalFields:
    """What is left out of the tries of one answer.

    Args:
        known: where it is kept.
        profile: whom it is about.
        name: of the server, for people.
    """

    def __init__(self, known: KnownServers, profile: ModelProfile, name: str) -> None:
        self._known, self._profile, self._name = known, profile, name
        self._left_out = set(known.get(profile.base_url, profile.model).refused)
        self._sent: list[str] = []
        self._may_guess = True
        self._learned: list[str] = []  # refused for certain, but for that the request must be answered without them
        self._guess = ""
        self._guesses = 0

    def trimmed(self, body: Json) -> Json:
        """`body` without what is left out."""
        self._may_guess = not _has_rare_parts(body.get("messages", ()))
        self._sent = [name for name in body if name not in (*_REQUIRED, *self._left_out)]
        return {name: value for name, value in body.items() if name not in self._left_out}

    def next_try(self, error: object, failure: Failure) -> Progress | None:
        """What to say before the same is sent with a field less; None if `error` is not about one."""
        if not failure.about_fields or getattr(error, "status_code", None) not in _REFUSALS:
            return None
        said = _words(getattr(error, "body", None))
        self._guess = ""
        name = self._named(said)
        if name and not _ABOUT_THE_VALUE.search(said):
            self._learned.append(name)
        elif not name and not _ABOUT_THE_QUESTION.search(said):
            name = self._guess = self._guessed()
        if not name:
            return None
        self._left_out.add(name)
        said = (
            tr("{name} refuses the request. Asking again without “{field}”.", name=self._name, field=name)
            if self._guess
            else tr("{name} refuses “{field}” in the request. Asking again without it.", name=self._name, field=name)
        )
        return Progress(said, notable=True)

    def accepted(self) -> None:
        """The server answers: what had to be left out for that is remembered.

        Of guesses only the last one is certain. Those before it are sent again with the next question.
        """
        learned = (*self._learned, self._guess) if self._guess else tuple(self._learned)
        if learned:
            self._known.refuse(self._profile.base_url, self._profile.model, learned)
        self._learned, self._guess = [], ""

    def _named(self, said: str) -> str:
        for name in self._sent:
            if re.search(rf"(?<![A-Za-z_]){re.escape(name)}(?![A-Za-z_])", said):
                return name
        for name in self._sent:
            if any(re.search(rf"\b{alias}\b", said, re.IGNORECASE) for alias in _ALIASES.get(name, ())):
                return name
        return ""

    def _guessed(self) -> str:
        if self._guesses == _MOST_GUESSES or not self._may_guess:
            return ""
        self._guesses += 1
        between = [name for name in self._sent if name not in (*_GUESSES, *_LAST_GUESSES, *_ONLY_IF_NAMED)]
        return next((name for name in (*_GUESSES, *between, *_LAST_GUESSES) if name in self._sent), "")


def _has_rare_parts(messages: Iterable[Json]) -> bool:
    """Whether there is more than text and pictures in the question: then that is what a server is likely to refuse."""
    contents = (message.get("content") for message in messages)
    parts = (part for content in contents if isinstance(content, list) for part in content)
    return any(part.get("type") not in ("text", "image_url") for part in parts)


def _words(body: object) -> str:
    """All that the server said, however it is wrapped; not the names that it gave to its words."""
    if isinstance(body, Mapping):
        return " ".join(map(_words, body.values()))
    if isinstance(body, list):
        return " ".join(map(_words, body))
    return body if isinstance(body, str) else ""
