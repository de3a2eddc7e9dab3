"""The forms of the questions that the practice model knows (`forms.toml`), and what it thinks and answers."""

from __future__ import annotations

import tomllib
from pathlib import Path

Forms = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
_FILE = Path(__file__).with_name("forms.toml")


def _read_forms() -> Forms:
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {name: (tuple(table["english"]), tuple(table["chinese"])) for name, table in tables.items()}


FORMS = _read_forms()
ANSWERS = {
    "kind": ("It is a {kind}.", "它是{kind}。"),
    "colour": ("It is {colour}.", "它是{colour}的。"),
    "both": ("It is {a} {colour} {kind}.", "它是{colour}的{kind}。"),
    "count": ("I count {count}.", "我数到{count}个。"),
    "left": ("It is on the left.", "它在左边。"),
    "right": ("It is on the right.", "它在右边。"),
    "above": ("It is above.", "它在上面。"),
    "below": ("It is below.", "它在下面。"),
    "yes": ("Yes. ", "是的。"),
    "no": ("No. ", "不是。"),
    "box": (
        "It is here: <|begin_of_box|>[[{box}]]<|end_of_box|>",
        "它在这里：<|begin_of_box|>[[{box}]]<|end_of_box|>",
    ),
    "absent": ("I see no {thing}.", "我没有看到{thing}。"),
    "blind": ("I see no picture.", "我没有看到图片。"),
    "nothing": ("I see nothing that I know.", "我没有看到认识的东西。"),
    "several": ("I see several. Ask me about one of them.", "我看到好几个，请只问其中一个。"),
    "small": ("It is too small for me.", "它太小了，我看不清。"),
    "zoom": (
        "<tool_call>zoom\n<arg_key>box</arg_key>\n<arg_value>[{box}]</arg_value>\n</tool_call>",
        "<tool_call>zoom\n<arg_key>box</arg_key>\n<arg_value>[{box}]</arg_value>\n</tool_call>",
    ),
    "other": (
        "I am only the practice model: I name shapes, colours and widgets, count them and show where they are. "
        "Ask me: Where is the blue button? Or choose a real model in Settings.",
        "我只是练习模型：能说出形状、颜色和控件，数一数，指出位置。可以问我：蓝色的按钮在哪里？也可以在设置中选择真正的模型。",
    ),
}

THOUGHTS = {
    "one": ("I look at {thing} near [{at}].", "我看[{at}]附近的{thing}。"),
    "two": ("One is near [{at}], the other near [{second}].", "一个在[{at}]附近，另一个在[{second}]附近。"),
    "many": ("I see them near {places}.", "我在{places}附近看到它们。"),
    "none": ("I look for it and do not find it.", "我找了，但没有找到。"),
    "several": ("There are several, near {places}.", "有好几个，在{places}附近。"),
    "small": ("It is near [{at}] and very small.", "它在[{at}]附近，非常小。"),
    "other": ("This is nothing that I have learned.", "这不是我学过的内容。"),
}


def phrase(table: dict[str, tuple[str, str]], name: str, *, chinese: bool, **values: object) -> str:
    """One sentence of `ANSWERS` or `THOUGHTS`."""
    return table[name][chinese].format(**values)
