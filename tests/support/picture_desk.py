"""A good-looking X desktop for the pictures in the documentation: wallpaper, compositor, fonts, two pixels per unit.

    with PictureDesk(1280, 800) as desk:
        desk.spawn([sys.executable, "-m", "tests.support.picture_windows", "chart", "80", "60"])
        desk.crop((0, 0, 640, 400)).save("left-half.png")

Positions are logical units, the app's own; on the screen each is `SCALE` pixels.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from Xlib import X, Xatom

from tests.support.xrig import XRig, wait_until

if TYPE_CHECKING:
    from PIL.Image import Image

SCALE = 2
PANEL = 30  # at the bottom, outside of `crop` unless it is asked for
Box = tuple[int, int, int, int]
_LIGHT, _DARK = ((203, 212, 230), (222, 219, 214), (230, 219, 205)), ((30, 45, 72), (58, 73, 102), (92, 104, 124))
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<alias binding="same"><family>Sans Serif</family><prefer><family>Inter</family></prefer></alias>
<alias binding="same"><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include></fontconfig>
"""
_COMPOSITOR = """
backend = "glx"; experimental-backends = true; fading = false; corner-radius = 24;
rounded-corners-exclude = [ "override_redirect && window_type != 'popup_menu'", "window_type = 'dock'" ];
shadow = true; shadow-radius = 26; shadow-opacity = 0.3; shadow-offset-x = -26; shadow-offset-y = -14;
shadow-exclude = [ "window_type = 'dock'", "window_type = 'dnd'" ];
"""
_WINDOW_MANAGER = """<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><theme><keepBorder>no</keepBorder></theme>
<applications><application class="*"><decor>no</decor></application></applications></openbox_config>
"""
_PANEL = (
    "panel_items = TS",
    "panel_size = 100% 60",
    "panel_position = bottom center horizontal",
    "panel_padding = 16 0 12",
    "systray_icon_size = 44",
    "systray_padding = 12 6 12",
    "rounded = 0",
    "background_color = #1d1c1a 88",
    "panel_background_id = 1",
)


class PictureDesk(XRig):
    """An `XRig` to look at. `width` and `height` are logical."""

    def __init__(self, width: int = 1280, height: int = 800, *, dark: bool = False) -> None:
        super().__init__(width * SCALE, (height + PANEL) * SCALE, wm=False)
        self._colours = _DARK if dark else _LIGHT

    def __enter__(self) -> PictureDesk:
        super().__enter__()
        try:
            self._furnish()
        except BaseException:
            self.close()
            raise
        return self

    @property
    def env(self) -> dict[str, str]:
        """With the scale, and with the fonts that a designer would have installed, if they are there."""
        fonts = self._written("fonts.conf", _FONTS)
        return super().env | {"QT_SCALE_FACTOR": str(SCALE), "FONTCONFIG_FILE": str(fonts)}

    def pixels(self, x: int, y: int) -> tuple[int, int]:
        """Where a logical position is on the screen."""
        return x * SCALE, y * SCALE

    def window_box(self, window: int, margin: int = 36) -> Box:
        """A window and the desktop around it, on the screen."""
        x, y, width, height = (value // SCALE for value in self.x11.geometry(window))
        right, bottom = min(self.width // SCALE, x + width + margin), min(self.height // SCALE, y + height + margin)
        return max(0, x - margin), max(0, y - margin), right, bottom

    def crop(self, box: Box | None = None) -> Image:
        """What is above the panel (or in `box`: left, top, right, bottom) as soon as it stands still."""
        left, top, right, bottom = box or (0, 0, self.width // SCALE, self.height // SCALE - PANEL)
        return self._still().crop((left * SCALE, top * SCALE, right * SCALE, bottom * SCALE))

    def paste(self, data: str, kind: str = "UTF8_STRING") -> None:
        """Put `data` on the clipboard and press the key that inserts it."""
        argv = ["xclip", "-selection", "clipboard", "-t", kind]
        subprocess.run(argv, env=self.env, input=data.encode(), check=True, timeout=10)
        self.key("ctrl+v")

    def paste_file(self, path: Path) -> None:
        """As a file manager's Copy and then Ctrl+V."""
        self.paste(path.as_uri() + "\r\n", "text/uri-list")

    def _still(self) -> Image:
        """Blinking text cursors do not count: a picture that was there before is stillness too."""
        seen = [self.screenshot()]
        for _ in range(20):
            time.sleep(0.4)
            now = self.screenshot()
            if any(now.tobytes() == old.tobytes() for old in seen[-2:]):
                return now
            seen.append(now)
        raise AssertionError("the screen does not come to rest")

    def _furnish(self) -> None:
        """Window manager, wallpaper, compositor, panel, in this order."""
        openbox = self._written("openbox.xml", _WINDOW_MANAGER)
        self.spawn(["openbox", "--sm-disable", "--config-file", str(openbox)])
        wait_until(self.x11.has_window_manager, "the window manager")
        self._paint_wallpaper()
        if shutil.which("picom"):
            self.spawn(["picom", "--config", str(self._written("picom.conf", _COMPOSITOR))])
            atom = self.x11.atom("_NET_WM_CM_S0")
            wait_until(lambda: self.x11.display.get_selection_owner(atom), "the compositor")
        self.start_panel("tint2")

    def _tint2_config(self) -> Path:
        return self._written("tint2rc", "\n".join(_PANEL) + "\n")

    def _written(self, name: str, text: str) -> Path:
        path = self._folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def _paint_wallpaper(self) -> None:
        """A soft gradient on the root window, where compositors look for it too. Equal rows make small PNG files."""
        from PIL import Image

        strip = Image.new("RGB", (len(self._colours), 1))
        strip.putdata(self._colours)
        picture = strip.resize((self.width, 1), Image.Resampling.BICUBIC).resize((self.width, self.height))
        root, depth = self.x11.root, self.x11.display.screen().root_depth
        pixmap = root.create_pixmap(self.width, self.height, depth)
        pixmap.put_pil_image(pixmap.create_gc(), 0, 0, picture)
        root.change_attributes(background_pixmap=pixmap)
        for name in ("_XROOTPMAP_ID", "ESETROOT_PMAP_ID"):
            root.change_property(self.x11.atom(name), Xatom.PIXMAP, 32, [pixmap.id], X.PropModeReplace)
        root.clear_area()
        self.x11.display.sync()
