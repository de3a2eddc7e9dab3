"""What stands in the pictures: kinds of things, their colours, and the words for them."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A kind or a colour, in both languages. `many` is the English plural."""

    english: str
    chinese: str
    many: str = ""


KINDS = (
    Word("circle", "圆形", "circles"),
    Word("square", "正方形", "squares"),
    Word("triangle", "三角形", "triangles"),
    Word("star", "星形", "stars"),
    Word("cross", "十字形", "crosses"),
    Word("button", "按钮", "buttons"),
    Word("field", "输入框", "fields"),
    Word("checkbox", "复选框", "checkboxes"),
    Word("window", "窗口", "windows"),
)
SHAPES = range(5)
WIDGETS = range(5, 9)
BUTTON, FIELD, CHECKBOX, WINDOW = WIDGETS

COLOURS = (
    Word("red", "红色"),
    Word("orange", "橙色"),
    Word("yellow", "黄色"),
    Word("green", "绿色"),
    Word("blue", "蓝色"),
    Word("purple", "紫色"),
)
# Hue in degrees, saturation and lightness between which a colour of this name is drawn.
SHADES = (
    ((-8, 6), (0.70, 1.0), (0.40, 0.58)),
    ((22, 32), (0.85, 1.0), (0.47, 0.58)),
    ((48, 58), (0.85, 1.0), (0.47, 0.60)),
    ((100, 145), (0.55, 1.0), (0.28, 0.48)),
    ((208, 236), (0.65, 1.0), (0.38, 0.60)),
    ((272, 295), (0.50, 0.95), (0.35, 0.58)),
)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of a picture; `box` is left, top, right, bottom in pixels."""

    kind: int
    colour: int
    box: Box

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle, in pixels."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    @property
    def is_tiny(self) -> bool:
        """Too small to be seen for what it is: the model should ask for `zoom`."""
        return self.box[2] - self.box[0] < 11
