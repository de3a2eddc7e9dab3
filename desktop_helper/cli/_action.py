"""`ask --action NAME`: the question is that of a quick action."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from desktop_helper.cli._arguments import SOURCES, NotEmpty
from desktop_helper.core.clips import name_of
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.core.messages import Message
    from desktop_helper.services.action_file import QuickAction
    from desktop_helper.services.container import Services


def add(parser: argparse.ArgumentParser) -> None:
    """Add the option to `parser`."""
    parser.add_argument(
        "--action",
        metavar="NAME",
        action=NotEmpty,
        default="",
        help=tr("a quick action, e.g. translate; the question is then what it is about"),
    )


def chosen(arguments: argparse.Namespace, services: Services, given: str) -> QuickAction | None:
    """The action that is named, about `given` or else about what it looks at; what the options say goes first.

    Raises `HelperError(USAGE)` if there is no such one.
    """
    if not arguments.action:
        return None
    action = services.quick_actions.find(arguments.action)
    if not getattr(arguments, SOURCES) and not given and action.capture in ("screen", "clipboard"):
        setattr(arguments, SOURCES, [(action.capture, None)])
    if arguments.thinking is None and action.thinking:
        arguments.thinking = action.thinking
    return action


def question(action: QuickAction, given: str) -> str:
    """What the action asks about `given`. Raises `HelperError(SOURCE)` for a clipboard without text."""
    from desktop_helper.services import quick_actions

    return quick_actions.question(action, given, _clipboard_text)


def title(action: QuickAction, given: str, message: Message) -> str:
    """What the conversation is called that begins with it."""
    from desktop_helper.services import quick_actions

    return quick_actions.title(action, given or name_of(message.media))


def check_subject(action: QuickAction, given: str, count: int) -> None:
    """Raises `HelperError(USAGE)` if there is nothing that the action could be about."""
    if given or count or not (action.wants_input or action.capture in ("region", "window")):
        return
    raise HelperError(
        ErrorKind.USAGE,
        tr("There is nothing that “{name}” could be about.", name=action.name),
        tr("Add --region X,Y,W,H, --screen, --file or --clipboard, a text in quotation marks, or pipe something in."),
    )


def _clipboard_text() -> str:
    from desktop_helper.services import clipboard

    try:
        return clipboard.read().decode("utf-8")
    except UnicodeDecodeError:
        raise HelperError(
            ErrorKind.SOURCE, tr("The clipboard holds no text."), tr("Copy what you want to ask about.")
        ) from None
