"""The languages of the windows: what each calls itself, and which way it is written."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt

from desktop_helper.core.i18n import languages


def language_names() -> dict[str, str]:
    """Every language that there is, by its code, in its own words."""
    return {code: "English" if code == "en" else _own_name(code) for code in languages()}


def direction(code: str) -> Qt.LayoutDirection:
    """Which way windows in this language are laid out."""
    return QLocale(code).textDirection()


def _own_name(code: str) -> str:
    name = QLocale(code).nativeLanguageName()
    return name[:1].upper() + name[1:] if name else code
