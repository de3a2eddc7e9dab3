"""What a server would refuse for certain: it is said before anything is sent, and costs no upload."""

from __future__ import annotations

from collections.abc import Iterable

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest, ImagePart, Message, Role
from desktop_helper.core.picture_limit import PictureLimit
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.text_tokens import text_tokens

SURELY = 2  # times what the model reads: no estimate of a text is so far off


def objection(profile: ModelProfile, request: ChatRequest) -> HelperError | None:
    """Why the question alone cannot be sent to this model; None if it can be tried."""
    pictures = PictureLimit.of(profile.title, profile.quirks).objection(request)
    if pictures is not None or not profile.context_tokens:
        return pictures
    tokens = tokens_of(question(request))
    if tokens <= profile.context_tokens * SURELY:
        return None
    return HelperError(
        ErrorKind.LENGTH,
        tr(
            "The question has about {tokens} tokens, and {model} reads no more than {most}. Nothing was sent.",
            tokens=f"{tokens:,}",
            model=profile.title,
            most=f"{profile.context_tokens:,}",
        ),
        tr("Shorten it, attach less, or choose a model that reads more."),
        command_fix=tr("On the command line, --pages chooses pages, and --dry-run shows what takes how much."),
    )


def warning(profile: ModelProfile, request: ChatRequest) -> str:
    """What to say before a question is sent to a server that is probably too long for it; empty if it fits.

    A model on this machine counts exactly before it reads anything, and says so itself.
    """
    tokens, most = tokens_of(question(request)), profile.context_tokens
    if profile.gguf is not None or not most or tokens <= most:
        return ""
    return tr(
        "The question has about {tokens} tokens, more than the {most} that {model} reads, and will probably be "
        "refused: shorten it or attach less.",
        tokens=f"{tokens:,}",
        most=f"{most:,}",
        model=profile.title,
    )


def question(request: ChatRequest) -> tuple[Message, ...]:
    """What was asked last, with what tools have found since."""
    users = [number for number, message in enumerate(request.messages) if message.role is Role.USER]
    return request.messages[users[-1] :] if users else ()


def tokens_of(messages: Iterable[Message]) -> int:
    """About how many tokens messages hold."""
    return sum(
        text_tokens(message.text)
        + sum(part.tokens if isinstance(part, ImagePart) else text_tokens(part.text) for part in message.media)
        for message in messages
    )
