"""What the hotkeys are for, in words: for the settings, and for desktops that ask the user about them."""

from __future__ import annotations

from desktop_helper.core.i18n import tr


def action_titles() -> dict[str, str]:
    """What each hotkey of ours does, in the order of the settings."""
    return {
        "region": tr("Ask about a region"),
        "screen": tr("Ask about the screen"),
        "screens": tr("Ask about all screens"),
        "window": tr("Ask about a window"),
        "repeat": tr("Ask about the same region again"),
        "text": tr("Copy the text in a region"),
        "record": tr("Record a region"),
        "record-screen": tr("Record the screen"),
        "record-window": tr("Record a window"),
        "just-happened": tr("Ask about just now"),
        "watch": tr("Watch a region"),
        "chat": tr("Open or hide the chat"),
        "new": tr("New chat"),
        "quit": tr("Quit"),
    }


def title_of(name: str) -> str:
    """Of one hotkey; quick actions go by their own names."""
    return action_titles().get(name) or name.rpartition(":")[2]
