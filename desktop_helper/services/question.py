"""A question on its way: what is asked, about what, and how it is to be answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop_helper.core.messages import MediaPart, Thinking
from desktop_helper.services.draft import Attachments


@dataclass(frozen=True, slots=True)
class Manner:
    """How one question is answered, if not like the others.

    Args:
        profile: of the settings; empty for the one in use.
        thinking: None leaves it as it is.
        beside: it was not typed, so what is being edited in the field stays as it is.
        title: of the conversation, if it begins with this question; else its words are.
    """

    profile: str = ""
    thinking: Thinking | None = None
    beside: bool = False
    title: str = field(default="", compare=False)  # changes nothing about the answer


USUAL = Manner()


@dataclass(frozen=True, slots=True)
class Question:
    """What will be sent, or waits for that."""

    text: str
    attachments: Attachments = ()
    manner: Manner = USUAL

    @property
    def media(self) -> tuple[MediaPart, ...]:
        """The parts of all attachments, in order."""
        return tuple(part for _name, group in self.attachments for part in group)
