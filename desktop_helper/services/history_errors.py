"""What is said of a conversation that is not where somebody looks for it."""

from __future__ import annotations

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr


def no_conversation(conversation_id: int) -> HelperError:
    """It was never there, is in the trash, or was deleted for good."""
    return HelperError(
        ErrorKind.USAGE,
        tr("There is no conversation {id}.", id=conversation_id),
        command_fix=tr("“desktop-helper history list” shows those there are."),
    )


def not_deleted(conversation_id: int) -> HelperError:
    """Somebody wants it out of the trash, where it is not."""
    return HelperError(
        ErrorKind.USAGE,
        tr("Conversation {id} is not in the trash, so there is nothing to restore.", id=conversation_id),
        command_fix=tr("“desktop-helper history list” shows those there are."),
    )
