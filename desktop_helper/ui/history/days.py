"""What the list of conversations calls a day, and what it says about the time of one."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from PySide6.QtCore import QDate, QLocale

from desktop_helper.core.i18n import language, tr

WEEK = 7


def group_of(moment: datetime, today: date, zone: tzinfo | None = None) -> str:
    """The heading that a conversation stands under.

    Args:
        moment: when it changed last, with time zone.
        today: where the user is.
        zone: where the user is; None for the system's.
    """
    day = moment.astimezone(zone).date()
    age = (today - day).days
    if age <= 0:  # also what a wrong clock dated tomorrow
        return tr("Today")
    if age == 1:
        return tr("Yesterday")
    if age < WEEK:
        return _locale().dayName(day.isoweekday())
    return _spelt(day, tr("MMMM") if day.year == today.year else tr("MMMM yyyy"))


def time_of(moment: datetime, today: date, zone: tzinfo | None = None) -> str:
    """The time of a day that has a heading of its own, else the date."""
    local = moment.astimezone(zone)
    day = local.date()
    if (today - day).days < WEEK:
        return f"{local:%H:%M}"
    return _spelt(day, tr("d MMM") if day.year == today.year else tr("d MMM yyyy"))


def day_of(moment: datetime, today: date, zone: tzinfo | None = None) -> str:
    """The time of today, else the date: for lists without headings."""
    local = moment.astimezone(zone)
    day = local.date()
    if day >= today:
        return f"{local:%H:%M}"
    return _spelt(day, tr("d MMM") if day.year == today.year else tr("d MMM yyyy"))


def _spelt(day: date, pattern: str) -> str:
    return _locale().toString(QDate(day.year, day.month, day.day), pattern)


def _locale() -> QLocale:
    return QLocale(language())
