"""What is said about how a recording ended."""

from __future__ import annotations

from desktop_helper.core.clips import clock
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.core.recording import Ending, Recorded
from desktop_helper.services.model_store.sizes import size_text

TOLERATED = 0.01  # of the pictures; more that are missing are worth a word


def ending(result: Recorded) -> str:
    """Few sentences; empty where the user ended it themselves and all is well."""
    return sentences(_ending(result), result.sound_problem)


def _ending(result: Recorded) -> str:
    if result.message:
        return sentences(result.message, result.fix)
    if result.ending is Ending.TIME:
        return tr("The recording ended at {time}, the longest that the settings allow.", time=clock(result.seconds))
    if result.ending is Ending.SIZE:
        return tr("The recording ended at {size}, the most that the settings allow.", size=size_text(result.bytes))
    pictures = result.delivered + result.dropped
    if result.dropped > TOLERATED * pictures:
        return tr(
            "This machine was too slow for {missing} of {all} pictures: a smaller region has them all.",
            missing=result.dropped,
            all=pictures,
        )
    return ""
