"""Makes the pictures of the documentation from the running app: `.venv/bin/python docs/make_pictures.py [NAME ...]`.

Those of `STATES` are not for the documentation but to be looked at; `docs/make_pictures.py states` makes all of them.

The app is the real one, in a process of its own on a private X desktop; a scripted server on loopback answers it; keys,
mouse and clipboard are real. Needs Xvfb, openbox, xdotool, xclip, tint2; picom and the fonts Inter and JetBrains Mono
make the pictures prettier if they are there.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the repository is not installed

from desktop_helper.services.paths import Paths  # noqa: E402
from tests.support import picture_history  # noqa: E402
from tests.support import picture_script as script  # noqa: E402
from tests.support.app import App, server_profile, write_settings  # noqa: E402
from tests.support.glm_server import GlmServer, Reply, Wait, WaitFor, answer, error  # noqa: E402
from tests.support.picture_desk import PictureDesk  # noqa: E402
from tests.support.xrig import stop, wait_until  # noqa: E402

if TYPE_CHECKING:
    from PIL.Image import Image

OUT = ROOT / "docs" / "pictures"
STATES_OUT = ROOT / "build" / "pictures"  # not under version control
SIZE = (460, 752)
SCREEN = "screen"  # what Xvfb calls its only one
HELD = (148, 166, 688, 427)  # logical; a part of the page
WATCHED = (148, 166, 688, 340)
BARS = (24, 84, 336, 204)  # in the window of the chart
MODEL = "GLM-4.6V-Flash"
ACCENT = (0x3F, 0x57, 0xD6)


@contextmanager
def chat_app(
    desk: PictureDesk,
    server: GlmServer | None,
    at: tuple[int, int],
    *,
    size: tuple[int, int] = SIZE,
    kind: str = "compact",
    provider: str = "custom",
    **general: object,
) -> Iterator[App]:
    """The app with its window at a place, answered by `server`, or as it comes. `general`: language and look.

    With `kind` "full" the window has that size and many conversations beside it.
    """
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder:
        home = Path(folder)
        file = Paths.below(home).settings_file
        if server is None:
            file.parent.mkdir(parents=True)
            written = tomlkit.document()
            written["active_profile"] = ""
        else:
            profile = server_profile(server.base_url, MODEL.lower() if provider != "custom" else MODEL)
            write_settings(home, profile | {"provider": provider}, max_tokens=None)
            written = tomlkit.parse(file.read_text(encoding="utf-8"))
        written["general"] = {"language": "en", "theme": "light"} | general
        place = {"x": at[0], "y": at[1], "width": size[0], "height": size[1]}
        written["window"] = {"size": kind, "screen": SCREEN, kind: {SCREEN: place}}
        file.write_text(tomlkit.dumps(written), encoding="utf-8")
        if kind == "full":
            picture_history.fill(home, more=1197)
        app = App(desk, home)
        try:
            yield app
        finally:
            stop(app.process)


def show(app: App, desk: PictureDesk) -> None:
    """Bring the chat up with its key."""
    desk.key("ctrl+shift+space")
    wait_until(lambda: window_of(app, desk) == desk.x11.active_window() != 0, "the chat to have the keyboard")


def window_of(app: App, desk: PictureDesk) -> int:
    """The app's window, 0 if it shows none."""
    found = [window for window in desk.x11.visible_windows() if desk.x11.pid(window) == app.process.pid]
    return found[-1] if found else 0


@contextmanager
def other_program(desk: PictureDesk, kind: str, x: int, y: int) -> Iterator[None]:
    """A window to ask about."""
    before = len(desk.windows())
    program = desk.spawn([sys.executable, "-m", "tests.support.picture_windows", kind, str(x), str(y)], cwd=ROOT)
    wait_until(lambda: len(desk.windows()) > before, "the other program")
    desk.crop()
    try:
        yield
    finally:
        stop(program)


def pick_bars(app: App, desk: PictureDesk, x: int, y: int) -> None:
    """Hotkey, and a drag over the bars of the chart at a place."""
    with other_program(desk, "chart", x, y):
        left, top, right, bottom = BARS
        app.pick_region(desk.pixels(x + left, y + top), desk.pixels(x + right, y + bottom))


def ask(app: App, desk: PictureDesk, question: str) -> None:
    """Paste a question (xdotool cannot type every script) and send it."""
    desk.paste(question)
    time.sleep(0.3)
    desk.key("Return")


def slowly(text: str, thinking: str = "", *, until: threading.Event | None = None) -> Reply:
    """An answer at the speed of a real model; with `until` it halts before its end."""
    reply = answer(text, thinking, piece=6, delay=0.025, usage=script.USAGE)
    steps = list(reply.steps)
    if thinking:
        steps.insert(3, Wait(3.2))
    if until is not None:
        steps.insert(-2, WaitFor(until))
    return reply.but(steps=tuple(steps))


def one_chat(desk: PictureDesk, at: tuple[int, int], theme: str, *, running: bool) -> Image:
    """A question about a region, its answer, and, if `running`, the next attachments while it is being written."""
    go_on = threading.Event() if running else None
    with GlmServer() as server, chat_app(desk, server, at, theme=theme) as app:
        server.script(slowly(script.CHART_ANSWER, script.CHART_THINKING, until=go_on))
        aside = 560 if at[0] < 400 else 40
        pick_bars(app, desk, aside, 60)
        ask(app, desk, script.CHART_QUESTION)
        if running:
            app.wait_text(len(script.CHART_ANSWER) - 20)
            pick_bars(app, desk, aside, 60)
            report = app.home / "report.pdf"
            report.write_bytes(script.report_pdf())
            desk.paste_file(report)
            time.sleep(3)  # until the converter has read it
        else:
            app.wait_answer()
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def chat() -> Image:
    """Light and dark side by side."""
    with PictureDesk(1012, 804) as desk:
        light = one_chat(desk, (28, 26), "light", running=False)
        dark = one_chat(desk, (524, 26), "dark", running=True)
    middle = light.width // 2
    dark.paste(light.crop((0, 0, middle, light.height)), (0, 0))
    return dark


def answered(
    size: tuple[int, int],
    question: str,
    text: str,
    thinking: str = "",
    *,
    keys: tuple[str, ...] = (),
    until: threading.Event | None = None,
    **general: object,
) -> Image:
    """One window with one answer, to which `keys` are pressed; with `until` it is still being written."""
    with (
        PictureDesk(size[0] + 72, size[1] + 72) as desk,
        GlmServer(slowly(text, thinking, until=until)) as server,
        chat_app(desk, server, (36, 32), size=size, **general) as app,
    ):
        show(app, desk)
        ask(app, desk, question)
        if until is None:
            app.wait_answer()
        else:
            app.wait_text(len(text) - 20)
        for key in keys:
            desk.key(key)
        desk.move(desk.pixels(10, 10))
        picture = desk.crop()
        if until is not None:
            until.set()
        return picture


def chat_zh() -> Image:
    """The whole window in Chinese."""
    return answered(SIZE, script.ZH_QUESTION, script.ZH_ANSWER, script.ZH_THINKING, language="zh_CN")


def chat_long() -> Image:
    """A long answer in a wider window."""
    return answered((760, 760), script.LONG_QUESTION, script.LONG_ANSWER, theme="light")


def quick_actions() -> Image:
    """The list above the field, while one types."""
    with PictureDesk(532, 692) as desk, GlmServer() as server, chat_app(desk, server, (36, 32), size=(460, 628)) as app:
        pick_bars(app, desk, 40, 60)
        desk.type_text("/")
        time.sleep(0.5)
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def overlay() -> Image:
    """A region is being dragged out over another program's window."""
    with PictureDesk(1120, 680, dark=True) as desk, GlmServer() as server, chat_app(desk, server, (700, 100)) as app:
        with other_program(desk, "page", 120, 70):
            desk.key("ctrl+shift+x")
            wait_until(lambda: app.traced("overlay:shown"), "the overlay")
            desk.move(desk.pixels(148, 166))
            desk.xdotool("mousedown", "1")
            for x, y in ((300, 250), (500, 300), (688, 427)):
                desk.move(desk.pixels(x, y))
            picture = desk.crop()
            desk.xdotool("mouseup", "1")
        return picture


@contextmanager
def frozen(**general: object) -> Iterator[PictureDesk]:
    """The overlay over another program's window."""
    with (
        PictureDesk(1120, 680, dark=general.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (700, 100), **general) as app,
        other_program(desk, "page", 120, 70),
    ):
        desk.key("ctrl+shift+x")
        wait_until(lambda: app.traced("overlay:shown"), "the overlay")
        yield desk


def hold(desk: PictureDesk, box: tuple[int, int, int, int]) -> None:
    """Draw a region that waits to be changed."""
    desk.xdotool("keydown", "shift")
    desk.drag(desk.pixels(*box[:2]), desk.pixels(*box[2:]))
    desk.xdotool("keyup", "shift")


def held_region(*keys: str, box: tuple[int, int, int, int] = HELD, **general: object) -> Image:
    """A region that waits to be changed; then `keys`."""
    with frozen(**general) as desk:
        hold(desk, box)
        for key in keys:
            desk.key(key)
        return desk.crop()


def drawn(*keys: str, **general: object) -> Image:
    """A region that is drawn on: each tool once; then `keys`."""
    with frozen(**general) as desk:
        hold(desk, HELD)

        def drag(start: tuple[int, int], end: tuple[int, int]) -> None:
            desk.drag(desk.pixels(*start), desk.pixels(*end))

        desk.key("b")
        drag((405, 168), (632, 192))
        desk.key("a")
        drag((560, 300), (520, 202))
        desk.key("t")
        desk.click(desk.pixels(500, 318))
        time.sleep(0.3)
        desk.type_text("Since when?")
        desk.key("Return")
        desk.key("n")
        desk.key("4")
        desk.click(desk.pixels(450, 277))
        desk.click(desk.pixels(524, 372))
        desk.key("d")
        desk.key("2")
        drag((166, 288), (430, 288))
        desk.key("h")
        drag((172, 385), (480, 404))
        for key in keys:
            desk.key(key)
        desk.move(desk.pixels(1000, 560))
        time.sleep(0.3)
        return desk.crop()


def ask_here(
    question: str = script.PAGE_QUESTION,
    text: str = "",
    *,
    thinking: str = "",
    box: tuple[int, int, int, int] = HELD,
    until: threading.Event | None = None,
    reply: Reply | None = None,
    **general: object,
) -> Image:
    """A question that is typed under its region; with `text`, or another `reply`, the answer in its bubble."""
    dark = general.get("theme") == "dark"
    with (
        PictureDesk(1120, 680, dark=dark) as desk,
        GlmServer(reply or slowly(text or ".", thinking, until=until)) as server,
        chat_app(desk, server, (700, 100), **general) as app,
        other_program(desk, "page", 120, 70),
    ):
        desk.key("ctrl+shift+x")
        wait_until(lambda: app.traced("overlay:shown"), "the overlay")
        desk.xdotool("keydown", "ctrl")
        desk.drag(desk.pixels(*box[:2]), desk.pixels(*box[2:]))
        desk.xdotool("keyup", "ctrl")
        time.sleep(0.3)
        desk.paste(question)
        time.sleep(0.3)
        if not text and reply is None:
            return desk.crop()
        desk.key("Return")
        if until is None:
            app.wait_answer()
        else:
            app.wait_text(len(text) - 20)
        desk.move(desk.pixels(1100, 660))
        picture = desk.crop()
        if until is not None:
            until.set()
        return picture


def pulled_edge() -> Image:
    """The right edge of a held region follows the mouse, with the magnifier."""
    with frozen() as desk:
        hold(desk, HELD)
        desk.move(desk.pixels(HELD[2], 300))
        desk.xdotool("mousedown", "1")
        desk.move(desk.pixels(640, 300))
        picture = desk.crop()
        desk.xdotool("mouseup", "1")
        return picture


def counting(**general: object) -> Image:
    """Seconds until the screen stands still."""
    with frozen(**general) as desk:
        desk.key("0")
        time.sleep(1.4)
        return desk.screenshot()


def recording(*, paused: bool = False, **general: object) -> Image:
    """A part of another program's window is being recorded."""
    with (
        PictureDesk(1120, 680, dark=general.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (700, 100), **general) as app,
        other_program(desk, "page", 120, 70),
    ):
        app.command("trigger", "record")
        wait_until(lambda: app.traced("overlay:shown"), "the overlay")
        desk.drag(desk.pixels(*HELD[:2]), desk.pixels(*HELD[2:]))
        desk.move(desk.pixels(560, 360))
        time.sleep(7)  # three seconds of countdown, and a few of recording
        if paused:
            desk.click(desk.pixels((HELD[0] + HELD[2]) // 2 + 77, HELD[3] + 41))
            desk.move(desk.pixels(560, 360))
            time.sleep(1)
        return desk.screenshot().crop((0, 0, 2240, 1360))


def trimming(**general: object) -> Image:
    """A part of a recording is being chosen."""
    with (
        PictureDesk(1120, 860, dark=general.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (640, 90), **general) as app,
        other_program(desk, "page", 120, 70),
    ):
        app.command("trigger", "record")
        wait_until(lambda: app.traced("overlay:shown"), "the overlay")
        desk.drag(desk.pixels(130, 80), desk.pixels(980, 590))
        time.sleep(5)  # three seconds of countdown, and two of recording
        for at in (180, 90), (200, 110):
            with other_program(desk, "chart", *at):
                time.sleep(2.5)
            time.sleep(1.5)
        app.command("trigger", "record")
        wait_until(lambda: window_of(app, desk) == desk.x11.active_window() != 0, "the chat to have the keyboard")
        time.sleep(3)
        desk.key("BackSpace")
        desk.key("Return")
        wait_until(lambda: window_of(app, desk) == desk.x11.active_window(), "the window to have the keyboard")
        time.sleep(2)
        for keys in (*["shift+Right"] * 2, "i", *["shift+Right"] * 5, "o", "Prior"):
            desk.key(keys)
            time.sleep(0.3)
        time.sleep(3)
        return desk.crop(desk.window_box(desk.x11.active_window()))


def choosing_pages(**general: object) -> Image:
    """Some pages of a long report are being chosen."""
    with (
        PictureDesk(1120, 860, dark=general.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (640, 90), **general) as app,
    ):
        attach_reports(app, desk, "report.pdf")
        desk.key("BackSpace")
        time.sleep(0.5)
        companion(app, desk, "ctrl+g")
        for keys in ("ctrl+shift+a", "Right", "Right", "space", *["shift+Right"] * 2, *["Right"] * 3, "space"):
            desk.key(keys)
            time.sleep(0.3)
        time.sleep(6)
        return desk.crop(desk.window_box(desk.x11.active_window()))


def budget(**general: object) -> Image:
    """Four reports are more than the model can read."""
    with (
        PictureDesk(1120, 860, dark=general.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (640, 90), provider="zai", **general) as app,
    ):
        attach_reports(app, desk, "2023.pdf", "2024.pdf", "2025.pdf", "2026.pdf")
        companion(app, desk, "ctrl+e")
        return desk.crop(desk.window_box(desk.x11.active_window()))


def companion(app: App, desk: PictureDesk, keys: str) -> None:
    """Open another window of the chat's, with all that comes into it."""
    chat_window = desk.x11.active_window()
    desk.key(keys)
    others = (chat_window, 0)
    wait_until(lambda: desk.x11.active_window() not in others, "the window to have the keyboard")
    time.sleep(6)


def attach_reports(app: App, desk: PictureDesk, *names: str) -> None:
    """Put reports of many pages into the question."""
    show(app, desk)
    for name in names:
        report = app.home / name
        report.write_bytes(script.printed_report(120))
        desk.paste_file(report)
        time.sleep(1)
    time.sleep(6 * len(names))  # until the converter has read them


def chosen_part(**general: object) -> Image:
    """A part of a large picture is drawn in the viewer."""
    with (
        PictureDesk(1120, 860, dark=general.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (640, 90), **general) as app,
    ):
        with other_program(desk, "page", 60, 60), other_program(desk, "chart", 250, 180):
            large = app.home / "desktop.png"
            desk.screenshot().resize((3840, 2949)).save(large)
        show(app, desk)
        desk.paste_file(large)
        time.sleep(4)  # until the converter has read it
        desk.key("BackSpace")
        desk.key("Return")
        wait_until(lambda: window_of(app, desk) == desk.x11.active_window(), "the viewer to have the keyboard")
        time.sleep(2)
        desk.key("r")
        desk.move(desk.pixels(330, 330))
        desk.xdotool("mousedown", "1")
        desk.move(desk.pixels(560, 470))
        time.sleep(0.5)
        picture = desk.screenshot()
        desk.xdotool("mouseup", "1")
        return picture


def watch(*, running: bool = False, question: str = script.WATCH_QUESTION, **general: object) -> Image:
    """A part of another program's window is about to be watched, or is being watched."""
    with (
        PictureDesk(1120, 680, dark=general.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (700, 100), **general) as app,
        other_program(desk, "page", 120, 70),
    ):
        app.command("trigger", "watch")
        wait_until(lambda: app.traced("overlay:shown"), "the overlay")
        desk.drag(desk.pixels(*WATCHED[:2]), desk.pixels(*WATCHED[2:]))
        desk.move(desk.pixels(900, 120))
        time.sleep(2)
        desk.type_text(question)
        if running:
            desk.key("Return")
        time.sleep(3)
        return desk.screenshot().crop((0, 0, 2240, 1360))


def pinned(**general: object) -> Image:
    """A picture that stays on the screen above other windows, moved."""
    with frozen(**general) as desk:
        hold(desk, (148, 166, 488, 300))
        desk.key("p")
        time.sleep(1)
        desk.drag(desk.pixels(300, 230), desk.pixels(600, 480))
        return desk.crop()


def settings(page: int = 1, **general: object) -> Image:
    """A page of the settings."""
    room = (832, 692) if general.get("text_size", 100) == 100 else (1240, 1000)
    with PictureDesk(*room) as desk, GlmServer() as server, chat_app(desk, server, (100, 20), **general) as app:
        app.command("trigger", "settings")
        window = wait_until(lambda: window_of(app, desk), "the settings")
        desk.xdotool("windowmove", str(window), *(str(value) for value in desk.pixels(36, 32)))
        wait_until(lambda: window_of(app, desk) == window, "the settings")
        desk.key(f"ctrl+{page}")
        time.sleep(1)  # until it has looked
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def tray_menu() -> Image:
    """The tray icon's menu, opened with the mouse."""
    with PictureDesk(450, 490) as desk, GlmServer() as server, chat_app(desk, server, (0, 0)):
        place = wait_until(lambda: icon_in(desk.screenshot()), "the icon in the panel")
        assert place is not None
        desk.click(place, button=3)
        time.sleep(0.5)
        desk.move(desk.pixels(10, 10))
        return desk.crop((0, 0, 450, 520))


def icon_in(picture: Image) -> tuple[int, int] | None:
    """Where the tray icon is: the middle of what has the accent's colour."""
    pixels = picture.load()
    places = ((x, y) for y in range(picture.height) for x in range(picture.width))
    found = [place for place in places if pixels is not None and pixels[place] == ACCENT]
    return found[len(found) // 2] if len(found) > 40 else None


def welcome(**look: object) -> Image:
    """The first minute: nothing is set up yet."""
    with (
        PictureDesk(532, 692, dark=look.get("theme") == "dark") as desk,
        chat_app(desk, None, (36, 32), size=(460, 628), **look) as app,
    ):
        show(app, desk)
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def boxes(question: str = "Where is the blue star?", **look: object) -> Image:
    """A sample's question, and where the practice model sees what it asks for."""
    with (
        PictureDesk(532, 692, dark=look.get("theme") == "dark") as desk,
        chat_app(desk, None, (36, 32), size=(460, 628), **look) as app,
    ):
        show(app, desk)
        desk.paste_file(ROOT / "resources" / "samples" / "shapes.png")
        time.sleep(3)  # until the converter has read it
        ask(app, desk, question)
        app.wait_answer()
        time.sleep(1)
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def full(**settings: str) -> Image:
    """The full size: the history beside a conversation about a region."""
    with (
        PictureDesk(1232, 852, dark=settings.get("theme") == "dark") as desk,
        GlmServer(slowly(script.CHART_ANSWER, script.CHART_THINKING)) as server,
        chat_app(desk, server, (36, 32), size=(1160, 788), kind="full", **settings) as app,
    ):
        show(app, desk)
        desk.key("ctrl+n")
        pick_bars(app, desk, 400, 200)
        ask(app, desk, script.CHART_QUESTION)
        wait_until(lambda: app.stored()[0].message.text == script.CHART_QUESTION, "the new conversation")
        app.wait_answer()
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def history_search(**settings: str) -> Image:
    """Words that were found in the history, and the message with them."""
    with (
        PictureDesk(1232, 852, dark=settings.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (36, 32), size=(1160, 788), kind="full", **settings) as app,
    ):
        show(app, desk)
        desk.key("ctrl+f")
        desk.type_text("export")
        time.sleep(1)
        desk.key("Down")
        desk.key("Return")
        time.sleep(0.5)
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def export(**settings: str) -> Image:
    """How a conversation of the history is to be exported."""
    with (
        PictureDesk(1232, 852, dark=settings.get("theme") == "dark") as desk,
        GlmServer() as server,
        chat_app(desk, server, (36, 32), size=(1160, 788), kind="full", **settings) as app,
    ):
        show(app, desk)
        desk.key("ctrl+f")
        time.sleep(1)
        desk.key("Down")
        desk.key("ctrl+s")
        time.sleep(1.5)
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def error_card(**general: object) -> Image:
    """A key that the server does not take."""
    with (
        PictureDesk(500, 560) as desk,
        GlmServer(error(401, "1000", "token expired or incorrect")) as server,
        chat_app(desk, server, (36, 32), size=(428, 488), **general) as app,
    ):
        show(app, desk)
        ask(app, desk, "What changed on this page since yesterday?")
        app.wait_answer()
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def shortcuts(**general: object) -> Image:
    """The sheet behind F1."""
    with PictureDesk(1000, 788) as desk, GlmServer() as server, chat_app(desk, server, (36, 32), **general) as app:
        show(app, desk)
        desk.key("F1")
        time.sleep(1.0)
        window = window_of(app, desk)
        desk.xdotool("windowmove", str(window), *(str(value) for value in desk.pixels(528, 84)))
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def empty(**general: object) -> Image:
    """A chat that is set up and waits for the first question."""
    with (
        PictureDesk(532, 692) as desk,
        GlmServer() as server,
        chat_app(desk, server, (36, 32), size=(460, 628), **general) as app,
    ):
        show(app, desk)
        desk.move(desk.pixels(10, 10))
        return desk.crop()


def thinking(**general: object) -> Image:
    """The model thinks: how long already, the last line, and a way to end it."""
    go_on = threading.Event()
    reply = slowly(script.CHART_ANSWER, script.CHART_THINKING)
    steps = list(reply.steps)
    steps.insert(8, WaitFor(go_on))
    with (
        PictureDesk(SIZE[0] + 72, SIZE[1] + 72) as desk,
        GlmServer(reply.but(steps=tuple(steps))) as server,
        chat_app(desk, server, (36, 32), **general) as app,
    ):
        show(app, desk)
        ask(app, desk, script.CHART_QUESTION)
        wait_until(lambda: any(stored.message.thinking for stored in app.stored()), "some thinking")
        time.sleep(6)
        desk.move(desk.pixels(10, 10))
        picture = desk.screenshot().crop((0, 0, desk.width, desk.height - 60))
        go_on.set()
        return picture


def chart_chat(**general: object) -> Image:
    """The usual question and answer in another look."""
    return answered(SIZE, script.CHART_QUESTION, script.CHART_ANSWER, script.CHART_THINKING, **general)


def half_and_half(left: Image, right: Image) -> Image:
    """Two pictures of the same window, side by side."""
    joined = left.resize((left.width + right.width, left.height))
    joined.paste(left, (0, 0))
    joined.paste(right, (left.width, 0))
    return joined


def contrast() -> Image:
    """High contrast, light and dark."""
    return half_and_half(chart_chat(contrast="high"), chart_chat(contrast="high", theme="dark"))


PICTURES: dict[str, Callable[[], Image]] = {
    "chat": chat,
    "chat-zh": chat_zh,
    "chat-long": chat_long,
    "quick-actions": quick_actions,
    "full": full,
    "history-search": history_search,
    "overlay": overlay,
    "overlay-drawn": lambda: drawn("a", "1"),
    "ask-here": ask_here,
    "bubble": lambda: ask_here(text=script.PAGE_ANSWER, box=(148, 166, 688, 232)),
    "settings": settings,
    "recording": recording,
    "trim": trimming,
    "pages": choosing_pages,
    "budget": budget,
    "watch": watch,
    "tray-menu": tray_menu,
    "welcome": welcome,
    "boxes": boxes,
    "error": error_card,
    "contrast": contrast,
    "large-text": lambda: chart_chat(text_size=150),
    "appearance": lambda: settings(4),
    "shortcuts": shortcuts,
}
_UNFOLD = (*["shift+Tab"] * 3, "space")
STATES: dict[str, Callable[[], Image]] = {
    "welcome-dark-zh": lambda: welcome(theme="dark", language="zh_CN"),
    "boxes-dark-zh": lambda: boxes("红色的圆在哪里？", theme="dark", language="zh_CN"),
    "boxes-200": lambda: boxes(text_size=200),
    "welcome-200": lambda: welcome(text_size=200),
    "empty": empty,
    "empty-dark": lambda: empty(theme="dark"),
    "empty-200": lambda: empty(text_size=200),
    "streaming": lambda: chart_chat(until=threading.Event()),
    "thinking-folded": chart_chat,
    "thinking-unfolded": lambda: chart_chat(keys=_UNFOLD),
    "table": lambda: answered(SIZE, script.TABLE_QUESTION, script.TABLE_ANSWER),
    "formula": lambda: answered(SIZE, script.FORMULA_QUESTION, script.FORMULA_ANSWER),
    "rtl": lambda: answered(SIZE, script.RTL_QUESTION, script.RTL_ANSWER),
    "dark": lambda: chart_chat(theme="dark"),
    "streaming-dark": lambda: chart_chat(theme="dark", until=threading.Event()),
    "thinking": thinking,
    "thinking-dark-zh": lambda: thinking(theme="dark", language="zh_CN"),
    "thinking-200": lambda: thinking(text_size=200),
    "table-dark": lambda: answered(SIZE, script.TABLE_QUESTION, script.TABLE_ANSWER, theme="dark"),
    "formula-dark": lambda: answered(SIZE, script.FORMULA_QUESTION, script.FORMULA_ANSWER, theme="dark"),
    "rtl-dark": lambda: answered(SIZE, script.RTL_QUESTION, script.RTL_ANSWER, theme="dark"),
    "zh-dark": lambda: answered(SIZE, script.ZH_QUESTION, script.ZH_ANSWER, language="zh_CN", theme="dark"),
    "error-dark": lambda: error_card(theme="dark"),
    "error-zh-200": lambda: error_card(language="zh_CN", text_size=200),
    "full-dark": lambda: full(theme="dark"),
    "full-zh-dark": lambda: full(theme="dark", language="zh_CN"),
    "history-search-dark": lambda: history_search(theme="dark"),
    "history-search-zh": lambda: history_search(language="zh_CN"),
    "settings-dark": lambda: settings(theme="dark"),
    "green": lambda: chart_chat(accent="green"),
    "text-200": lambda: chart_chat(text_size=200),
    "appearance-dark-contrast": lambda: settings(4, theme="dark", contrast="high"),
    "appearance-zh": lambda: settings(4, language="zh_CN"),
    "appearance-150": lambda: settings(4, text_size=150),
    "status": lambda: settings(9),
    "status-dark": lambda: settings(9, theme="dark"),
    "status-zh": lambda: settings(9, language="zh_CN"),
    "status-150": lambda: settings(9, text_size=150),
    "settings-history": lambda: settings(7, kind="full"),
    "settings-history-dark-zh": lambda: settings(7, kind="full", theme="dark", language="zh_CN"),
    "settings-history-200": lambda: settings(7, kind="full", text_size=200),
    "export": export,
    "export-dark-zh": lambda: export(theme="dark", language="zh_CN"),
    "settings-contrast": lambda: settings(1, contrast="high"),
    "overlay-held": held_region,
    "overlay-held-dark": lambda: held_region(theme="dark"),
    "overlay-held-zh-200": lambda: held_region(language="zh_CN", text_size=200),
    "overlay-held-whole": lambda: held_region("Escape", "shift+Return"),
    "overlay-held-small": lambda: held_region(box=(148, 166, 168, 176)),
    "overlay-drawn-dark": lambda: drawn(theme="dark"),
    "overlay-drawn-zh-200": lambda: drawn("n", language="zh_CN", text_size=200),
    "overlay-drawn-undone": lambda: drawn("ctrl+z", "ctrl+z", "Escape"),
    "overlay-colour": lambda: held_region("Escape", "c"),
    "overlay-help": lambda: held_region("F1"),
    "overlay-pulled": pulled_edge,
    "ask-here-dark": lambda: ask_here(theme="dark"),
    "ask-here-zh-200": lambda: ask_here(script.PAGE_QUESTION_ZH, language="zh_CN", text_size=200),
    "ask-here-empty": lambda: ask_here(""),
    "ask-here-long": lambda: ask_here(f"{script.LONG_QUESTION} " * 3),
    "ask-here-low": lambda: ask_here(box=(148, 330, 688, 660)),
    "ask-here-whole": lambda: ask_here(box=(0, 0, 1119, 709)),
    "ask-here-small": lambda: ask_here(box=(1060, 20, 1100, 60)),
    "bubble-dark": lambda: ask_here(text=script.PAGE_ANSWER, theme="dark", until=threading.Event()),
    "bubble-zh": lambda: ask_here(script.PAGE_QUESTION_ZH, script.PAGE_ANSWER_ZH, language="zh_CN"),
    "bubble-zh-200": lambda: ask_here(
        script.PAGE_QUESTION_ZH, script.PAGE_ANSWER_ZH, language="zh_CN", text_size=200, theme="dark"
    ),
    "bubble-long": lambda: ask_here(script.LONG_QUESTION, script.LONG_ANSWER, box=(148, 166, 488, 260)),
    "bubble-left": lambda: ask_here(text=script.PAGE_ANSWER, box=(20, 120, 200, 660)),
    "bubble-right": lambda: ask_here(text=script.PAGE_ANSWER, box=(900, 20, 1100, 660)),
    "bubble-low": lambda: ask_here(text=script.PAGE_ANSWER, box=(20, 560, 1100, 690)),
    "bubble-whole": lambda: ask_here(text=script.PAGE_ANSWER, box=(0, 0, 1119, 709)),
    "bubble-thinking": lambda: ask_here(
        text=script.TABLE_ANSWER, thinking=script.CHART_THINKING, box=(148, 166, 488, 260)
    ),
    "bubble-error": lambda: ask_here(reply=error(401, "1000", "token expired or incorrect")),
    "countdown": counting,
    "countdown-dark": lambda: counting(theme="dark"),
    "recording-dark-zh-paused": lambda: recording(paused=True, theme="dark", language="zh_CN"),
    "recording-200": lambda: recording(text_size=200),
    "part": chosen_part,
    "part-dark-zh": lambda: chosen_part(theme="dark", language="zh_CN"),
    "pages-dark-zh": lambda: choosing_pages(theme="dark", language="zh_CN"),
    "pages-200": lambda: choosing_pages(text_size=200),
    "budget-dark-zh": lambda: budget(theme="dark", language="zh_CN"),
    "budget-200": lambda: budget(text_size=200),
    "trim-dark-zh": lambda: trimming(theme="dark", language="zh_CN"),
    "trim-200": lambda: trimming(text_size=200),
    "watch-running": lambda: watch(running=True),
    "watch-dark-zh": lambda: watch(theme="dark", language="zh_CN"),
    "watch-dark-zh-running": lambda: watch(running=True, theme="dark", language="zh_CN"),
    "watch-200": lambda: watch(text_size=200),
    "recordings": lambda: settings(5),
    "recordings-zh-dark": lambda: settings(5, theme="dark", language="zh_CN"),
    "pinned": pinned,
    "pinned-dark": lambda: pinned(theme="dark"),
    "shortcuts-zh-dark": lambda: shortcuts(language="zh_CN", theme="dark"),
}


def save(picture: Image, path: Path) -> None:
    """As PNG without row filters, which for text on even ground is a fifth smaller than any other way."""
    import cv2
    import numpy as np

    options = [cv2.IMWRITE_PNG_COMPRESSION, 9, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
    written, data = cv2.imencode(".png", np.asarray(picture)[:, :, ::-1], options)
    assert written, path
    path.write_bytes(data.tobytes())


def main() -> None:
    """Make all pictures, or the named ones."""
    names = list(STATES) if sys.argv[1:] == ["states"] else sys.argv[1:] or list(PICTURES)
    for name in names:
        path = (OUT if name in PICTURES else STATES_OUT) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        save((PICTURES | STATES)[name](), path)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB", flush=True)


if __name__ == "__main__":
    main()
