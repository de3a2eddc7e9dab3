"""Every shortcut there is, as data: one line each. The sheet behind F1 shows them.

A new shortcut is a new `Shortcut` in its group; a test compares them with what the
windows really have, and names what is missing here and what is gone there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desktop_helper.core.i18n import tr
from desktop_helper.ui.annotate.tools import tools
from desktop_helper.ui.overlay_keys import DELAYS_S

ARROWS = ("Left", "Up", "Down", "Right")
_HOLDS = ("Shift+Return", "Shift+Space")
_ASKS = ("Ctrl+Return", "Ctrl+Space")
_COLOURS = tuple("123456")
_PAGES = tuple(f"Ctrl+{number}" for number in range(1, 10))


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What some keys do.

    Args:
        text: in the user's language.
        keys: chords in Qt's spelling; each of them does it.
        typed: the widget itself takes the keys as they are typed; else they are a `QShortcut` or a button's.
        shown: instead of the keys, where there are too many.
    """

    text: str
    keys: tuple[str, ...]
    typed: bool = False
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Shortcuts that work in the same place.

    Args:
        title: of the group.
        place: `anywhere`, `chat`, `history`, `settings`, `overlay`, `line`, `bubble`, `pin`, `bar`, `watch`, `trim` or
            `pages`, `budget` or `files`.
        shortcuts: in their order.
    """

    title: str
    place: str
    shortcuts: tuple[Shortcut, ...]


def groups(hotkeys: Mapping[str, str]) -> tuple[Group, ...]:
    """Every group, those in the chat first.

    Args:
        hotkeys: those that work, action to chord.
    """
    asides = (*bubble(), *pinned(), *recording(), *watching())
    attached = (*trimming(), *choosing_pages(), *choosing_files(), *budgeting())
    return (*_anywhere(hotkeys), *_chat(), *history(), *overlay(), *asides, *attached, *_settings())


def overlay() -> tuple[Group, ...]:
    """The keys of the region picker."""
    lines = (
        Shortcut(tr("Move the crosshair"), ARROWS, typed=True, shown="← ↑ ↓ →"),
        Shortcut(tr("Move it by one pixel"), tuple(f"Ctrl+{key}" for key in ARROWS), typed=True, shown="Ctrl+← ↑ ↓ →"),
        Shortcut(tr("Set one corner, then take the region"), ("Space",), typed=True),
        Shortcut(tr("Choose the next window"), ("Tab",), typed=True),
        Shortcut(tr("Take the region, the chosen window or the whole screen"), ("Return",), typed=True),
        Shortcut(
            tr("Hold it, to change it first: Shift, also with the mouse"), _HOLDS, typed=True, shown="Shift+Enter"
        ),
        Shortcut(tr("Type the question there: Ctrl, also with the mouse"), _ASKS, typed=True, shown="Ctrl+Enter"),
        Shortcut(tr("The last region again"), ("R",), typed=True),
        Shortcut(tr("Choose in 3, 5 or 10 seconds"), tuple(DELAYS_S), typed=True),
        Shortcut(tr("Copy the colour under the crosshair"), ("C",), typed=True),
        Shortcut(tr("Copy the picture instead of asking"), ("Ctrl+C",), typed=True),
        Shortcut(tr("Copy the text in it"), ("Ctrl+Shift+C",), typed=True),
        Shortcut(tr("Save it"), ("Ctrl+S",), typed=True),
        Shortcut(tr("Pin it to the screen"), ("P",), typed=True),
        Shortcut(tr("Step back, then cancel"), ("Esc",), typed=True),
        Shortcut(tr("Show the shortcuts"), ("F1",), typed=True),
    )
    return (
        Group(tr("Choosing a region"), "overlay", lines),
        Group(tr("Changing a region"), "overlay", _held()),
        Group(tr("Drawing on it"), "overlay", _drawing()),
        Group(tr("Asking at the region"), "line", _asking()),
    )


def _held() -> tuple[Shortcut, ...]:
    shifted, far = (tuple(f"{modifier}+{key}" for key in ARROWS) for modifier in ("Shift", "Ctrl"))
    return (
        Shortcut(tr("Move it while the mouse draws it"), ("Space",), typed=True),
        Shortcut(tr("Move the region that is held"), ARROWS, typed=True, shown="← ↑ ↓ →"),
        Shortcut(tr("Change its size"), shifted, typed=True, shown="Shift+← ↑ ↓ →"),
        Shortcut(tr("In larger steps"), far, typed=True, shown="Ctrl+…"),
        Shortcut(tr("Take it"), ("Return",), typed=True),
        Shortcut(tr("Let it go"), ("Esc",), typed=True),
    )


def _drawing() -> tuple[Shortcut, ...]:
    return (
        *(Shortcut(tool.label, (tool.key,), typed=True) for tool in tools()),
        Shortcut(tr("Colour of the tool in the hand"), _COLOURS, typed=True, shown="1…6"),
        Shortcut(tr("Its size, also by the wheel"), ("[", "]"), typed=True),
        Shortcut(tr("Begin a mark at the crosshair, end it"), ("Space",), typed=True),
        Shortcut(tr("Undo, redo"), ("Ctrl+Z", "Ctrl+Shift+Z"), typed=True),
    )


def _asking() -> tuple[Shortcut, ...]:
    return (
        Shortcut(tr("From the region to the question, and back"), ("Tab",), typed=True),
        Shortcut(tr("Ask; the answer comes there"), ("Return",), typed=True),
        Shortcut(tr("Ask in the chat instead"), ("Ctrl+Return",), typed=True),
        Shortcut(tr("New line"), ("Shift+Return",), typed=True),
        Shortcut(tr("Back to the region"), ("Esc",), typed=True),
    )


def bubble() -> tuple[Group, ...]:
    """The keys of an answer beside its region."""
    lines = (
        Shortcut(tr("Go on in the chat"), ("Ctrl+Return", "Ctrl+Enter"), shown="Ctrl+Enter"),
        Shortcut(tr("Copy the answer"), ("Ctrl+Shift+C",)),
        Shortcut(tr("Stop the answer"), ("Ctrl+.",)),
        Shortcut(tr("End the thinking and answer"), ("Ctrl+Shift+A",)),
        Shortcut(tr("Answer again"), ("Ctrl+R",)),
        Shortcut(tr("Keep it when the next question is asked"), ("Ctrl+P",)),
        Shortcut(tr("Close it; the answer stays in the history"), ("Esc",), typed=True),
    )
    return (Group(tr("Answer at the region"), "bubble", lines),)


def pinned() -> tuple[Group, ...]:
    """The keys of a picture that is pinned to the screen."""
    lines = (
        Shortcut(tr("Ask about it"), ("Return",), typed=True),
        Shortcut(tr("Move it by one pixel"), ARROWS, typed=True, shown="← ↑ ↓ →"),
        Shortcut(tr("Larger, smaller, true size"), ("+", "-", "0"), typed=True),
        Shortcut(tr("Copy it"), ("Ctrl+C",), typed=True),
        Shortcut(tr("Copy the text in it"), ("Ctrl+Shift+C",), typed=True),
        Shortcut(tr("Save it"), ("Ctrl+S",), typed=True),
        Shortcut(tr("Close it"), ("Esc", "Ctrl+W"), typed=True),
    )
    return (Group(tr("Pinned picture"), "pin", lines),)


def recording() -> tuple[Group, ...]:
    """The keys of the bar beside what is recorded, after a click on it."""
    lines = (
        Shortcut(tr("Stop, and ask about it"), ("Return",)),
        Shortcut(tr("Pause, or go on"), ("P",)),
        Shortcut(tr("Discard it"), ("Del",)),
        Shortcut(tr("Hide the bar, if it is in the picture"), ("H",)),
    )
    return (Group(tr("Recording"), "bar", lines),)


def trimming() -> tuple[Group, ...]:
    """The keys of the window in which a part of a video is chosen."""
    lines = (
        Shortcut(tr("One picture back or on"), ("Left", "Right"), typed=True, shown="← →"),
        Shortcut(tr("One second, or ten"), ("Shift+Left", "Ctrl+Right"), typed=True, shown="Shift / Ctrl+← →"),
        Shortcut(tr("Go to the beginning or the end of the part"), ("Home", "End"), typed=True),
        Shortcut(tr("Begin or end the part here"), ("I", "O", "[", "]"), typed=True),
        Shortcut(tr("The chosen frame before or behind"), ("PgUp", "PgDown"), typed=True),
        Shortcut(tr("Ask about this part"), ("Ctrl+Return",)),
        Shortcut(tr("Leave the video as it was"), ("Esc",), typed=True),
    )
    return (Group(tr("Trimming a video"), "trim", lines),)


def choosing_pages() -> tuple[Group, ...]:
    """The keys of the window in which pages of a document are chosen."""
    lines = (
        Shortcut(tr("Go to another page"), (*ARROWS, "Home", "End", "PgUp", "PgDown"), typed=True, shown="← ↑ ↓ →"),
        Shortcut(tr("Choose the page, or let it go"), ("Space",), typed=True),
        Shortcut(tr("Choose up to a page"), tuple(f"Shift+{key}" for key in ARROWS), typed=True, shown="Shift+← ↑ ↓ →"),
        Shortcut(tr("Choose all pages, or none"), ("Ctrl+A", "Ctrl+Shift+A"), typed=True),
        Shortcut(tr("Larger, smaller pictures"), ("+", "-"), typed=True),
        Shortcut(tr("Take these pages"), ("Ctrl+Return",)),
        Shortcut(tr("Leave the pages as they were"), ("Esc",), typed=True),
    )
    return (Group(tr("Choosing pages"), "pages", lines),)


def budgeting() -> tuple[Group, ...]:
    """The keys of the window that shows what will be sent."""
    lines = (
        Shortcut(tr("Make it fit"), ("Ctrl+Return",)),
        Shortcut(tr("Undo the last change here"), ("Ctrl+Z",)),
        Shortcut(tr("Back to the question"), ("Esc",), typed=True),
    )
    return (Group(tr("What will be sent"), "budget", lines),)


def choosing_files() -> tuple[Group, ...]:
    """The keys of the window in which files of a folder are chosen."""
    lines = (
        Shortcut(tr("Tick the file or the folder, or not"), ("Space",), typed=True),
        Shortcut(tr("Unfold the folder, or fold it"), ("Right", "Left"), typed=True, shown="→ ←"),
        Shortcut(tr("Tick all files, or none"), ("Ctrl+A", "Ctrl+Shift+A"), typed=True),
        Shortcut(tr("Take these files"), ("Ctrl+Return",)),
        Shortcut(tr("Leave the files as they were"), ("Esc",), typed=True),
    )
    return (Group(tr("Choosing files"), "files", lines),)


def watching() -> tuple[Group, ...]:
    """The keys of the bar beside a region that is watched, after a click on it."""
    lines = (
        Shortcut(tr("Show the answers"), ("Return",)),
        Shortcut(tr("Stop watching"), ("Esc",)),
    )
    return (Group(tr("Watching a region"), "watch", lines),)


def history() -> tuple[Group, ...]:
    """The keys of the list of conversations."""
    lines = (
        Shortcut(tr("Open the conversation"), ("Return",), typed=True),
        Shortcut(tr("Rename it"), ("F2",), typed=True),
        Shortcut(tr("Keep it at the top, or not"), ("Ctrl+Shift+P",), typed=True),
        Shortcut(tr("Export it"), ("Ctrl+S",), typed=True),
        Shortcut(tr("Delete it"), ("Del",), typed=True),
        Shortcut(tr("Undo the deletion"), ("Ctrl+Z",), typed=True),
        Shortcut(tr("Back to the question"), ("Esc",), typed=True),
    )
    return (Group(tr("History"), "history", lines),)


def _anywhere(hotkeys: Mapping[str, str]) -> Iterator[Group]:
    from desktop_helper.qt.hotkeys.titles import action_titles

    lines = tuple(Shortcut(title, (hotkeys[name],)) for name, title in action_titles().items() if hotkeys.get(name))
    if lines:
        yield Group(tr("In every program"), "anywhere", lines)


def _chat() -> tuple[Group, ...]:
    window = (
        Shortcut(tr("New chat"), ("Ctrl+N",)),
        Shortcut(tr("Stop the answer, or hide the window"), ("Esc",), typed=True),
        Shortcut(tr("Hide the window"), ("Ctrl+W",)),
        Shortcut(tr("The large window with the history, or the small one"), ("F11",)),
        Shortcut(tr("Show the history, or fold it away"), ("Ctrl+B",)),
        Shortcut(tr("Search the history"), ("Ctrl+F", "Ctrl+K")),
        Shortcut(tr("Keep it above other windows"), ("Ctrl+P",)),
        *_text_size(),
        Shortcut(tr("Settings"), ("Ctrl+,",)),
        Shortcut(tr("Show the shortcuts"), ("F1",)),
        Shortcut(tr("Quit"), ("Ctrl+Q",)),
    )
    composer = (
        Shortcut(tr("Send"), ("Return",), typed=True),
        Shortcut(tr("Go on typing from anywhere in the window"), ("A",), typed=True, shown="A…Z"),
        Shortcut(tr("New line"), ("Shift+Return",), typed=True),
        Shortcut(tr("Paste text, a picture or files"), ("Ctrl+V",), typed=True),
        Shortcut(tr("Quick actions"), ("Ctrl+/",)),
        Shortcut(tr("Earlier questions, and back"), ("Up", "Down"), typed=True),
        Shortcut(tr("Attach files"), ("Ctrl+O",)),
        Shortcut(tr("Go to the attachments from an empty field"), ("Backspace",), typed=True),
        Shortcut(tr("Choose pages of an attachment, or files of a folder"), ("Ctrl+G",), typed=True),
        Shortcut(tr("What will be sent, and what it costs"), ("Ctrl+E",)),
        Shortcut(tr("Think before answering, or not"), ("Ctrl+T",)),
    )
    return (
        Group(tr("Window"), "chat", window),
        Group(tr("Question"), "chat", composer),
        Group(tr("Conversation"), "chat", _conversation()),
    )


def _conversation() -> tuple[Shortcut, ...]:
    return (
        Shortcut(tr("Copy the last answer"), ("Ctrl+Shift+C",)),
        Shortcut(tr("Answer again"), ("Ctrl+R",)),
        Shortcut(tr("Ask in other words"), ("F2",)),
        Shortcut(tr("Ask about the marked passage"), ("Ctrl+Shift+Q",)),
        Shortcut(tr("Another version of a message; another place for an attachment"), ("Alt+Left", "Alt+Right")),
        Shortcut(tr("Delete the message with what follows, or take back an attachment"), ("Del",)),
        Shortcut(tr("Undo the deletion"), ("Ctrl+Z",)),
        Shortcut(tr("End the thinking and answer"), ("Ctrl+Shift+A",)),
        Shortcut(tr("Go to the next link, button or field"), ("Tab",), typed=True),
        Shortcut(tr("Follow a link, press a button"), ("Return", "Space"), typed=True),
        Shortcut(tr("Scroll, also from the question"), ("PgUp", "PgDown"), typed=True),
        Shortcut(tr("Go to the beginning or the end"), ("Home", "End"), typed=True),
        Shortcut(tr("Mark a paragraph of the message"), ("Ctrl+Up", "Ctrl+Down"), typed=True),
        Shortcut(
            tr("Mark more of it, or less"), tuple(f"Shift+{key}" for key in ARROWS), typed=True, shown="Shift+← ↑ ↓ →"
        ),
    )


def _settings() -> tuple[Group, ...]:
    lines = (
        Shortcut(tr("Go to a page"), _PAGES, shown="Ctrl+1…9"),
        Shortcut(tr("Save"), ("Ctrl+S",)),
        Shortcut(tr("Close without saving"), ("Esc", "Ctrl+W")),
        *_text_size(),
        Shortcut(tr("Show the shortcuts"), ("F1",)),
    )
    return (Group(tr("Settings"), "settings", lines),)


def _text_size() -> tuple[Shortcut, ...]:
    return (
        Shortcut(tr("Larger text"), ("Ctrl++", "Ctrl+=")),
        Shortcut(tr("Smaller text"), ("Ctrl+-",)),
        Shortcut(tr("Text of the usual size"), ("Ctrl+0",)),
    )
