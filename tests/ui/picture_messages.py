"""Draws the message list in all its states: `python -m tests.ui.picture_messages FOLDER`. To be looked at."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop_helper.core import i18n
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import FinishReason, UsageReported
from desktop_helper.core.messages import FilePart, ImagePart, Message, Role, TextPart
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.message_list import MessageList
from desktop_helper.ui.theme import Theme, set_role

USAGE = UsageReported(1200, 310, 0, 0.9, 64.0)

SHORT = """**Q3** did best, at [4.8 M](https://a.example). The drop in Q4 comes from [Europe](https://a.example): \
orders fell 38 % while the other regions held.

| Region | Q3 | Q4 | Change |
|---|---|---|---|
| Europe | 1.9 M | 1.2 M | −38 % |
| Asia | 1.7 M | 1.7 M | 0 % |

To see it in your own data:

```sql
SELECT region, sum(amount) FROM orders
WHERE quarter = 'Q4' GROUP BY region;
```
"""

LONG = """# Reading the log

The service restarts because it runs out of memory. Three things happen, *in this order*:

1. The cache grows without a bound.
   It is filled by `load_all()`, which nobody calls on purpose.
2. The watchdog sees 90 % and asks for a dump.
3. The dump needs memory too.
   - so the kernel steps in
   - and the process is gone

## What to change

- [x] Give the cache a limit
- [ ] Write the dump to disk as it is made
- [ ] Alert at 75 %

```python
from functools import lru_cache


@lru_cache(maxsize=512)
def load(key: str) -> bytes:
    \"\"\"Read one record.\"\"\"
    with open(f"/data/{key}", "rb") as file:  # small files only
        return file.read()
```

> The limit is a guess. Measure the hit rate before and after:
>
> `cache_info().hits / (hits + misses)`

---

### Cost

The price is between $5 and $10 a month; growth follows $g = (b - a) / a$:

$$
g = \\frac{b - a}{a}
$$

~~Nothing else~~ Nearly nothing else changes.
"""

CHINESE = """**第三季度**最好，达到 [480 万](https://a.example/q3)。\
第四季度的下降来自欧洲：订单减少了 38 %，其他地区保持不变。

| 地区 | 第三季度 | 第四季度 | 变化 |
|---|---|---|---|
| 欧洲 | 190 万 | 120 万 | −38 % |
| 亚洲 | 170 万 | 170 万 | 0 % |

原因可能有三个：

1. 物流涨价，小额订单减少；
2. 九月的促销提前透支了需求；
3. 德国站点在 `11-03` 至 `11-09` 之间无法付款。

增长率 $g = (b - a) / a$，所以
"""


def chart() -> bytes:
    image = QImage(812, 460, QImage.Format.Format_RGB32)
    image.fill(QColor("#EEF2FF"))
    painter = QPainter(image)
    for index, height in enumerate((150, 220, 330, 200, 165)):
        colour = QColor("#3F57D6") if index == 2 else QColor("#9DB4FF")
        painter.fillRect(QRect(50 + index * 130, 420 - height, 95, height), colour)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def picture(name: str = "Region") -> ImagePart:
    return ImagePart(chart(), "image/png", 812, 460, name, 464)


def ask(text: str, *media: ImagePart | FilePart) -> Message:
    return Message(Role.USER, (*media, TextPart(text)))


def stream(view: AnswerView, text: str) -> None:
    for begin in range(0, len(text), 5):
        view.append_text(text[begin : begin + 5])


def complete(messages: MessageList) -> None:
    messages.add_user(ask("Which quarter did best, and why the drop after it?", picture()))
    view = messages.add_answer("GLM-4.6V Flash")
    view.append_thinking("The user asks about the chart. The tallest bar is the third.")
    view._thinking._begin = time.monotonic() - 4
    stream(view, SHORT)
    view.finish(FinishReason.STOP, USAGE, None)


def streaming(messages: MessageList) -> None:
    messages.add_user(ask("哪个季度最好？之后为什么下降？", picture("区域")))
    view = messages.add_answer("GLM-4.6V Flash")
    view.append_thinking("看图。")
    view._thinking._begin = time.monotonic() - 4
    stream(view, CHINESE.rstrip())


def long(messages: MessageList) -> None:
    messages.add_user(ask("Why does it restart?", picture(), picture("Window"), picture("Screen 2")))
    view = messages.add_answer("GLM-4.6V")
    stream(view, LONG)
    view.finish(FinishReason.LENGTH, USAGE, None)


def thinking(messages: MessageList) -> None:
    log = FilePart(b"x" * 4000, "text/plain", "a-very-long-name-of-a-log-file-2026-11-22.log", "x")
    messages.add_user(ask("Summarise it.", log))
    folded = messages.add_answer("GLM-4.6V")
    folded.append_thinking(
        "First the file.\nIt is a log of the web server, so the status codes come at the end of each"
    )
    open_ = messages.add_answer("GLM-4.6V")
    open_.append_thinking("First the file.\nIt is a log of the web server.\n\nThe codes are at the end of each line.")
    open_.set_thinking_unfolded(True)
    waiting = messages.add_answer("GLM-4.6V")
    waiting.set_progress("Reading picture 2 of 5", 0.4)


def errors(messages: MessageList) -> None:
    messages.add_user(ask("What is this?"))
    view = messages.add_answer("GLM-4.6V Flash")
    error = HelperError(
        ErrorKind.AUTH, "api.z.ai refused the key.", "Check the key in the settings, or make a new one."
    )
    view.finish("failed", None, error)
    messages.add_user(ask("And now?"))
    view = messages.add_answer("GLM-4.6V Flash")
    view.append_text("It is a chart with five bars, of which the third")
    view.finish(FinishReason.INTERRUPTED, None, None)
    view = messages.add_answer("GLM-4.6V Flash")
    view.append_text("Half")
    view.finish("failed", None, "The connection to 127.0.0.1 was closed.")


STATES = {"complete": complete, "streaming": streaming, "long": long, "thinking": thinking, "errors": errors}


def grab(app: QApplication, state: str, size: tuple[int, int]) -> QImage:
    window = QWidget()
    set_role(window, "page")
    messages = MessageList()
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(messages)
    window.resize(*size)
    window.show()
    app.processEvents()
    STATES[state](messages)
    QTest.qWait(300)  # an expensive chunk is shown a moment later
    image = window.grab().toImage()
    window.close()
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    messages.clear()
    return image


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    for state in STATES:
        pair = []
        for setting in ("light", "dark"):
            i18n.set_language("zh_CN" if state == "streaming" else "en")
            Theme.current(setting)
            pair.append(grab(app, state, (450, 1250 if state == "long" else 700)))
        both = QImage(pair[0].width() * 2 + 12, pair[0].height(), QImage.Format.Format_RGB32)
        both.fill(QColor("#808080"))
        painter = QPainter(both)
        painter.drawImage(0, 0, pair[0])
        painter.drawImage(pair[0].width() + 12, 0, pair[1])
        painter.end()
        both.save(str(folder / f"messages-{state}.png"))
    Theme.current().apply("light", 2.0)
    grab(app, "complete", (700, 900)).save(str(folder / "messages-200-percent.png"))
    Theme.current().apply("light", 1.0)
    grab(app, "long", (1200, 900)).save(str(folder / "messages-wide.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
