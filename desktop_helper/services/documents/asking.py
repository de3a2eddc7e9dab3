"""Pages for a question of the window, on the thread that saves it: what is saved is what is sent."""

from __future__ import annotations

from desktop_helper.core.errors import HelperError
from desktop_helper.core.messages import NOTE_MIME, Message
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services.container import Services
from desktop_helper.services.documents.chooser import with_pages
from desktop_helper.services.question_saver import Asked


def prepared(services: Services, profile: ModelProfile, asked: Asked, question: Message) -> Message:
    """The question with the pages that it is about. Takes its time, and tells `asked` how far it is. Raises nothing."""
    return with_pages(services, profile, question, _earlier(services, asked), asked.hurry, asked.report)


def _earlier(services: Services, asked: Asked) -> list[Message]:
    """What was said before it, if there is a note among it: only those tell of documents, and pictures are large."""
    number, until, history = asked.talk.number, asked.follows, services.history
    if number is None or not until:
        return []
    try:
        found = [stored.message for stored in history.messages(number, until=until, media=False)]
        if not any(part.mime == NOTE_MIME for message in found for part in message.media):
            return []
        return [stored.message for stored in history.messages(number, until=until)]
    except HelperError:
        return []
