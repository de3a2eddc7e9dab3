"""What stands in the pictures: kinds of things, their colours, and the words for them."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """A kind or a colour, in both languages.

    Args:
        english, chinese: as the model says it.
        also: what people say instead, in English; it understands that and never says it.
        chinese_also: the same in Chinese.
    """

    english: str
    chinese: str
    also: tuple[str, ...] = ()
    chinese_also: tuple[str, ...] = ()

    @property
    def many(self) -> str:
        """The English plural."""
        return plural(self.english)


def plural(english: str) -> str:
    """Of one of these words, which all are regular."""
    return english + ("es" if english.endswith(("s", "x")) else "s")


KINDS = (
    Word("circle", "圆形", ("dot", "disc"), ("圆", "圆圈")),
    Word("square", "正方形", (), ("方块", "方形")),
    Word("triangle", "三角形", (), ("三角",)),
    Word("star", "星形", (), ("星星", "五角星")),
    Word("cross", "十字形", ("plus sign",), ("十字",)),
    Word("button", "按钮", (), ("按键",)),
    Word("field", "输入框", ("text field", "input field"), ("文本框",)),
    Word("checkbox", "复选框", ("check box", "tick box"), ("勾选框",)),
    Word("window", "窗口", ("dialog",), ("对话框",)),
)
SHAPES = range(5)
WIDGETS = range(5, 9)
BUTTON, FIELD, CHECKBOX, WINDOW = WIDGETS
# Words for several kinds at once; they stand where a kind may stand.
ANY_SHAPE, ANY_WIDGET = -1, -2
GROUPS = {
    None: Word("thing", "东西", ("object",), ("物体",)),
    ANY_SHAPE: Word("shape", "图形", ("figure",), ("形状",)),
    ANY_WIDGET: Word("widget", "控件", ("control",)),
}

COLOURS = (
    Word("red", "红色", (), ("红",)),
    Word("orange", "橙色", (), ("橘色", "橙")),
    Word("yellow", "黄色", (), ("黄",)),
    Word("green", "绿色", (), ("绿",)),
    Word("blue", "蓝色", (), ("蓝",)),
    Word("purple", "紫色", ("violet",), ("紫",)),
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

    def is_a(self, kind: int | None, colour: int | None) -> bool:
        """Whether it is of this kind, or one of this group, and of this colour; None is any."""
        groups = {None: range(len(KINDS)), ANY_SHAPE: SHAPES, ANY_WIDGET: WIDGETS}
        return self.kind in groups.get(kind, (kind,)) and colour in (None, self.colour)


def noun(kind: int | None) -> Word:
    """The word for a kind or a group of kinds."""
    return KINDS[kind] if kind is not None and kind >= 0 else GROUPS[kind]
