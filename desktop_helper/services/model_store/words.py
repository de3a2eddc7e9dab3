"""Short words about models that the window and the command line share."""

from __future__ import annotations

from desktop_helper.core.i18n import sentences, tr
from desktop_helper.services.model_store.machine import Fit
from desktop_helper.services.model_store.progress import DownloadProgress, Phase
from desktop_helper.services.model_store.sizes import size_text


def fit_text(fit: Fit) -> str:
    """How well a model fits this machine."""
    return {
        Fit.GPU: tr("fits the graphics card"),
        Fit.MEMORY: tr("fits this machine"),
        Fit.SLOW: tr("fits, but slow without a graphics card"),
        Fit.TIGHT: tr("may fit if little else runs"),
        Fit.NO: tr("needs more memory"),
        Fit.UNKNOWN: tr("memory unknown"),
    }[fit]


def progress_text(progress: DownloadProgress) -> str:
    """How far a download is, in one line."""
    if progress.phase is Phase.ASKING:
        return tr("Asking for the list of files…")
    if progress.phase is Phase.WAITING:
        return sentences(progress.trouble, tr("Trying again…"))
    percent = 100 * progress.done // progress.total if progress.total else 0
    if progress.phase is Phase.CHECKING:
        return tr("Checking {name}: {percent} %", name=progress.file, percent=percent)
    words = [f"{percent} %", tr("{done} of {total}", done=size_text(progress.done), total=size_text(progress.total))]
    if progress.bytes_per_s:
        words.append(tr("{speed}/s", speed=size_text(progress.bytes_per_s)))
    if progress.seconds_left is not None:
        words.append(tr("{time} left", time=duration(progress.seconds_left)))
    return "  ".join(words)


def duration(seconds: float) -> str:
    """`42 s`, `3 min`, `2 h 05 min`."""
    minutes = round(seconds / 60)
    if seconds < 60:
        return tr("{seconds} s", seconds=round(seconds))
    if minutes < 60:
        return tr("{minutes} min", minutes=minutes)
    return tr("{hours} h {minutes} min", hours=minutes // 60, minutes=f"{minutes % 60:02}")
