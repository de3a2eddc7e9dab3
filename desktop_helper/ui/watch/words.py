"""What is said about a region that is watched."""

from __future__ import annotations

import math

from desktop_helper.core.i18n import tr
from desktop_helper.services.watch_budget import WatchEnd


def usual_question() -> str:
    """What is asked if nothing else is."""
    return tr("What has changed?")


def left(seconds: float) -> str:
    """How long it goes on: in minutes, or in hours if there are many."""
    minutes = math.ceil(seconds / 60)
    if minutes >= 120:
        return tr("{count} h left", count=math.ceil(minutes / 60))
    return tr("{count} min left", count=minutes)


def progress(asked: int, most: int, *, answering: bool) -> str:
    """What goes on."""
    if answering:
        return tr("Asking ({asked} of {most})", asked=asked, most=most)
    return tr("Watching, asked {asked} of {most}", asked=asked, most=most) if asked else tr("Watching")


def ending(end: WatchEnd) -> str:
    """Why it is over; empty where the user knows."""
    return {
        WatchEnd.QUESTIONS: tr("All the questions that you allowed have been asked."),
        WatchEnd.TOKENS: tr("The answers have taken all the tokens that you allowed."),
        WatchEnd.TIME: tr("The time that you allowed is over."),
    }.get(end, "")
