"""Recognises questions about the text in a picture, and the thing in it whose text is wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop_helper.core.text_lines import is_wide

_LONGEST = 400  # letters; who writes more asks for more
# What the practice model can find (`training/things.py`); of anything else, the whole picture is read.
_SHAPES = ("circle", "square", "triangle", "star", "cross", "thing")
NAMES = (*_SHAPES, "button", "field", "checkbox", "check box", "tick box", "window", "dialog")
_CHINESE_SHAPES = ("圆形", "正方形", "三角形", "星形", "星星", "五角星", "十字形", "东西")
CHINESE_NAMES = (
    *_CHINESE_SHAPES,
    *("按钮", "按键", "输入框", "文本框", "复选框", "勾选框", "窗口", "对话框"),
)

_WRITTEN = "(?:written|printed|the text|the label|the caption|the words?|the writing)"
_ON = "(?:in|on|of|at|inside|under|from)"
_OF = f"(?: {_ON} (?P<thing>.+?))?"
_ALL = "it|this|that|everything|all|all of it|(?:the |this )?(?:picture|image|screenshot|screen|page|sign)"
_ENGLISH = (
    r"what (?:does|do|did) (?P<thing>.+?) say",
    rf"what(?:'s|’s| is| are| stands) {_WRITTEN}{_OF}",
    rf"(?:what|which) (?:texts?|words?|label)(?: (?:is|are|stands?))?(?: (?:there|shown|written))?{_OF}",
    rf"(?:please )?read(?: out)? {_WRITTEN}{_OF}(?: (?:to|for) me)?(?: aloud)?",
    rf"(?:please )?read(?: out)? (?P<thing>{_ALL}|.*\b(?:{'|'.join(NAMES)}))(?: (?:to|for) me)?(?: aloud)?",
)
_CHINESE_ON = "(?:上面|上边|上|里面|里|中)?"
_CHINESE = (
    rf"(?P<thing>.*?){_CHINESE_ON}(?:写着|写了|写的是|写的|显示|说的是|说)(?:的是)?(?:些)?(?:什么|啥)(?:字|文字|内容)?",
    rf"(?P<thing>.*?){_CHINESE_ON}(?:的)?(?:文字|字|文本)(?:是|写着)(?:什么|啥)",
    rf"(?:请)?(?:读|念|识别|提取)(?:一下|出)?(?P<thing>.*?){_CHINESE_ON}(?:的)?(?:文字|字|文本|内容)",
)
# However these go on, as the quick action “Read text” does.
_BEGINNINGS = re.compile(
    r"(?:please )?(?:write down|type out|copy|transcribe|extract)(?: all)?(?: of)? (?:the |this )?(?:text|words)\b"
    "|请?(?:按[^，。]{1,8}，)?(?:用[^，。]{1,12})?(?:写出|抄下|抄写|提取|识别)(?:其中|图中)?的?(?:全部|所有)?的?(?:文字|文本)",
    re.IGNORECASE,
)
_FORMS = tuple(re.compile(form, re.IGNORECASE) for form in (*_ENGLISH, *_CHINESE))
_NAMED = re.compile(rf"\b(?:{'|'.join(NAMES)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """What is asked for.

    Args:
        thing: whose text is wanted, as the user calls it; empty for all of the picture.
        language: the question's, one of `core.i18n.languages()`.
    """

    thing: str = ""
    language: str = "en"

    @property
    def where(self) -> str:
        """The question for the place of `thing`, in the language of its name."""
        if any(name in self.thing for name in CHINESE_NAMES):
            return f"{self.thing}在哪里？"
        return f"Where is the {self.thing}?"


def text_question(question: str) -> TextQuestion | None:
    """What text is asked for; None if the question is about something else."""
    if len(question) > _LONGEST:
        return None
    asked = " ".join(question.split()).strip().rstrip("?？.。!！ ")
    if _BEGINNINGS.match(asked):
        return TextQuestion(language=_language_of(asked))
    match = next((match for form in _FORMS if (match := form.fullmatch(asked))), None)
    if match is None:
        return None
    return TextQuestion(_thing(match["thing"] or ""), _language_of(asked))


def _language_of(question: str) -> str:
    return "zh_CN" if any(sign.isalpha() and is_wide(sign) for sign in question) else "en"


def _thing(said: str) -> str:
    """The name without its article, if it is one of those that can be found."""
    bare = re.sub(r"^(?:the|that|this) ", "", said.strip(), flags=re.IGNORECASE)
    bare = re.sub("([红橙黄绿蓝紫]色)(?!的)", r"\1的", bare)  # as the model itself says it
    known = _NAMED.search(bare) or any(name in bare for name in CHINESE_NAMES)
    return bare if known else ""
