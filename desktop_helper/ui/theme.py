"""Colours, type and spacing of every window; light, dark, in high contrast, or as the system.

    theme = Theme.current()          # one per application; made on first use
    theme.apply(settings.general)    # at the start, and whenever the user changes the choice
    theme.color("accent")            # QColor of a role; the roles are the keys of resources/themes/light.toml
    theme.px(36)                     # what must grow with the text; icon_px(16) for icons, which grow less
    theme.duration(120)              # of whatever moves: 0 for who wants no motion
    theme.changed.connect(...)       # whoever paints or renders by hand does it again

Plain widgets need nothing: the application's stylesheet (resources/themes/app.qss) reaches them. They choose one of
its variants with `set_role(widget, "primary")`; the stylesheet lists the roles of each kind of widget.
"""

from __future__ import annotations

import string
import sys
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from desktop_helper.core.resources import resource, resource_root
from desktop_helper.qt import looks
from desktop_helper.services.settings import General
from desktop_helper.ui.colours import SEEDS, colours

SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_5, SPACE_6 = 4, 8, 12, 16, 24, 40
RADIUS_WINDOW, RADIUS_CARD, RADIUS_CONTROL, RADIUS_BOX = 12, 10, 8, 4
LINE_HEIGHT = 1.55  # of body text
ROOMY = 27  # widths of a letter: what is narrower leaves out or shortens what can be had elsewhere
SIZES = {"title": 22.0, "subtitle": 17.0, "body": 14.0, "secondary": 12.5, "meta": 11.5, "code": 13.0}

# Pixels of the system's font that nobody changed. Desktops on Linux begin with 9 to 11 points.
_USUAL_PX = {"win32": (12, 12), "darwin": (12, 13)}
_USUAL_PX_ELSEWHERE = (12, 15)
_SCALES = (0.8, 2.0)  # the smallest text that can be read, and the largest that the windows have room for
_LARGEST = 3.0  # for who asks for even larger text than the system's
_ICON_GROWTH = 0.4  # of the text's

_CJK_FAMILIES = (
    "PingFang SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)
_MONO_FAMILIES = ("SF Mono", "Cascadia Mono", "JetBrains Mono", "Consolas", "DejaVu Sans Mono", "Noto Sans Mono")
_PALETTE_ROLES = {
    QPalette.ColorRole.Window: "background",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "dim",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.ToolTipBase: "surface",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Accent: "accent",
}


class _Look(NamedTuple):
    """What is shown now, whoever decided it."""

    name: str = "light"
    high_contrast: bool = False
    seed: str = ""
    still: bool = False


class Theme(QObject):
    """The look in use.

    Signals:
        changed: colours or sizes are different now. Emitted after the application has its new stylesheet.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("desktop-helper-theme")
        self._wanted = General()
        self._scale = 1.0
        self._applied = False
        self._look = self._resolve()
        self._hints = hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._on_system_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._on_system_changed)

    @classmethod
    def current(cls, setting: General | str | None = None) -> Theme:
        """The application's theme. With `setting` it is also applied."""
        app = QApplication.instance()
        if app is None:
            raise RuntimeError("a QApplication must exist before its theme")
        theme = app.findChild(cls, "desktop-helper-theme", Qt.FindChildOption.FindDirectChildrenOnly) or cls(app)
        if setting is not None:
            theme.apply(setting)
        return theme

    @property
    def name(self) -> str:
        """`light` or `dark`: what is shown now."""
        return self._look.name

    @property
    def dark(self) -> bool:
        """Whether the dark colours are shown."""
        return self.name == "dark"

    @property
    def wanted(self) -> General:
        """What the user chose, as it was last applied."""
        return self._wanted

    @property
    def high_contrast(self) -> bool:
        """Whether everything that is read keeps 7:1."""
        return self._look.high_contrast

    @property
    def scale(self) -> float:
        """How much larger text is than usual; 2.0 is 200% text."""
        return self._scale

    def apply(self, setting: General | str = "auto", scale: float | None = None) -> None:
        """Dress the whole application.

        Args:
            setting: what the user chose; `auto`, `light` or `dark` stand for a choice of nothing but that.
            scale: multiplies every type size; None is what the user chose here and for the whole system.
        """
        before = (self._look, self._scale, self._applied)
        self._wanted = General(theme=setting) if isinstance(setting, str) else setting
        if scale is None:
            scale = min(max(system_scale() * self._wanted.text_size / 100, _SCALES[0]), _LARGEST)
        self._scale = scale
        self._look = self._resolve()
        if before != (self._look, self._scale, True):
            self._dress()

    def set_desktop_still(self, still: bool) -> None:
        """The desktop has said whether things may move, which holds unless the user chose here."""
        looks.set_desktop_still(still)
        self._on_system_changed()

    def color(self, role: str) -> QColor:
        """The colour of a role. Raises KeyError for an unknown one."""
        return QColor(self.hex(role))

    def hex(self, role: str) -> str:
        """The colour of a role as `#RRGGBB`."""
        return self._colours()[role]

    def size(self, name: str) -> int:
        """Pixels of a type size (`title`, `subtitle`, `body`, `secondary`, `meta`, `code`), scaled."""
        return round(SIZES[name] * self._scale)

    def px(self, pixels: float) -> int:
        """`pixels` of something that must grow as the text does."""
        return round(pixels * self._scale)

    def icon_px(self, pixels: float) -> int:
        """`pixels` of an icon, or of a button around one: all of the text's growth would leave the text no room."""
        return round(pixels * (1 + max(0.0, self._scale - 1) * _ICON_GROWTH))

    def duration(self, ms: int) -> int:
        """How long something may move that wants to move for `ms`. All that moves asks here."""
        return 0 if self._look.still else ms

    def font(self, size: str = "body", *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """The system's font with a Chinese, Japanese and Korean font beside it."""
        font = QFont(_ui_families())
        font.setPixelSize(self.size(size))
        font.setWeight(weight)
        return font

    def mono_font(self, size: str = "code") -> QFont:
        """The monospace font."""
        font = QFont(_mono_families())
        font.setPixelSize(self.size(size))
        font.setStyleHint(QFont.StyleHint.Monospace)
        return font

    def mono_families(self) -> list[str]:
        """Names of the monospace fonts, first choice first, then those for Chinese."""
        return list(_mono_families())

    def stylesheet(self) -> str:
        """The application's stylesheet in the present colours and sizes."""
        values = dict(self._colours())
        values |= {f"size_{name}": f"{self.size(name)}px" for name in SIZES}
        values |= self._shapes()
        values |= {"name": self.name, "resources": resource_root().as_posix()}
        rtl = QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
        sides = {"start": "right", "end": "left"} if rtl else {"start": "left", "end": "right"}
        values |= {"focus": values["text"], **sides}
        sheets = ("app.qss", "contrast.qss") if self.high_contrast else ("app.qss",)
        return string.Template("".join(_template(sheet) for sheet in sheets)).substitute(values)

    def palette(self) -> QPalette:
        """The same colours for whatever a stylesheet does not reach."""
        palette = QPalette()
        for role, name in _PALETTE_ROLES.items():
            palette.setColor(role, self.color(name))
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("faint"))
        return palette

    def over_pictures(self) -> QColor:
        """The accent of lines in pictures, which are the same in both themes: the darker one, beside a light line."""
        look = self._look
        return QColor(colours("light", high_contrast=look.high_contrast, seed=look.seed)["accent"])

    def _colours(self) -> dict[str, str]:
        return colours(self._look.name, high_contrast=self._look.high_contrast, seed=self._look.seed)

    def _shapes(self) -> dict[str, str]:
        """Sizes of what the stylesheet draws, in step with the icons and the text."""
        pill, box, edge = self.px(18), self.icon_px(16), self.icon_px(5)
        shapes = {"pill": pill, "pill_radius": pill // 2 + 1, "box": box, "dot_radius": box // 2 + 1, "dot_edge": edge}
        shapes |= {"dot": box + 2 - 2 * edge, "arrow": self.icon_px(12), "arrow_small": self.icon_px(10)}
        return {name: f"{pixels}px" for name, pixels in shapes.items()}

    def _resolve(self) -> _Look:
        wanted, name = self._wanted, self._wanted.theme
        if name not in ("light", "dark"):
            name = "dark" if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"
        high = looks.wants_contrast() if wanted.contrast == "auto" else wanted.contrast == "high"
        seed = looks.system_accent() if wanted.accent == "system" else SEEDS.get(wanted.accent, "")
        still = looks.wants_stillness() if wanted.motion == "auto" else wanted.motion == "reduced"
        return _Look(name, high, seed, still)

    def _on_system_changed(self) -> None:
        if self._applied and (look := self._resolve()) != self._look:
            self._look = look
            self._dress()

    def _dress(self) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            return
        if not self._applied:
            app.setStyle("Fusion")
        self._applied = True
        looks.set_moving(not self._look.still)
        app.setFont(self.font())
        app.setPalette(self.palette())
        app.setStyleSheet(self.stylesheet())
        self.changed.emit()


def paper() -> tuple[int, int, int]:
    """What pictures lie on now: red, green and blue."""
    colour = Theme.current().color("surface")
    return colour.red(), colour.green(), colour.blue()


def system_scale() -> float:
    """How much larger or smaller than usual the user made the system's text."""
    smallest, largest = _USUAL_PX.get(sys.platform, _USUAL_PX_ELSEWHERE)
    pixels = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)).pixelSize()
    scale = pixels / min(max(pixels, smallest), largest)
    return min(max(scale, _SCALES[0]), _SCALES[1])


def set_role(widget: QWidget, role: str) -> None:
    """Choose the stylesheet's variant for `widget`; may be called again to change it."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))  # padding belongs to the variant too
    widget.updateGeometry()


@cache
def _template(name: str) -> str:
    return resource("themes", name).read_text(encoding="utf-8")


@cache
def _ui_families() -> tuple[str, ...]:
    return (*_system_families(QFontDatabase.SystemFont.GeneralFont), *_installed(_CJK_FAMILIES))


@cache
def _mono_families() -> tuple[str, ...]:
    system = _system_families(QFontDatabase.SystemFont.FixedFont)
    return (*_installed(_MONO_FAMILIES), *system, *_installed(_CJK_FAMILIES))


def _system_families(kind: QFontDatabase.SystemFont) -> tuple[str, ...]:
    """The real font behind an alias such as "Sans Serif": Qt passes over an alias in a list of several families."""
    font = QFontDatabase.systemFont(kind)
    return (QFontInfo(font).family(), *font.families())


def _installed(families: tuple[str, ...]) -> tuple[str, ...]:
    present = set(QFontDatabase.families())
    return tuple(family for family in families if family in present)
