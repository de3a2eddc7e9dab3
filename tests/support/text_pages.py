"""Drawn pieces of a screen with text on them of which every letter is known: fonts, sizes, colours, two languages."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QImage, QPainter

from desktop_helper.core.geometry import Rect
from desktop_helper.core.protocols import Frame

SIZES = (12, 13, 14, 15, 16, 18, 20, 24, 28, 32)
GROUNDS = (  # paper and ink
    ("#ffffff", "#1d1c1a"),
    ("#f3f2ef", "#3f57d6"),
    ("#fff8dc", "#5b3a00"),
    ("#191918", "#eceae5"),
    ("#0d1117", "#7ee787"),
    ("#1e2a4a", "#f5f7ff"),
)
LATIN = ("Noto Sans", "DejaVu Sans", "Inter", "Liberation Serif", "DejaVu Sans Mono", "Noto Serif")
CHINESE = ("Noto Sans CJK SC", "Noto Serif CJK SC")
ENGLISH_LINES = (
    "The printer on the second floor is out of paper again.",
    "Total due by 31 March 2027: $1,482.60 (incl. VAT)",
    "Error 0x80070057: the parameter is incorrect",
    "Please restart the service before you try once more.",
    "git rebase --onto main feature~3 feature",
    "Save changes to report_final_v2.docx?",
    "Battery 84% · Wi-Fi connected · 14:05",
    "She bought seven dozen oranges, and gave away five.",
    "https://example.org/docs/install?lang=en",
    "Meeting moved to Thursday, 9:30 in room B-217",
    "Your order #55-90312 has been shipped today.",
    "def average(values): return sum(values) / len(values)",
    "Not all who wander are lost; some want a coffee.",
    "File  Edit  View  Insert  Format  Tools  Help".replace("  ", " "),
    "Temperature 21.5 °C, humidity 48 %, wind 12 km/h",
    "Do you really want to delete these 3 items?",
)
CHINESE_LINES = (
    "请检查打印机是否已经连接到电脑。",
    "会议改到星期四上午九点半，地点不变。",
    "订单已经发货，预计三天后送达。",
    "文件保存失败，磁盘空间不足。",
    "北京今天晴，最高气温二十六度。",
    "是否要删除选中的 3 个项目？",
    "总金额：1482.60 元（含税）",
    "点击“下一步”继续安装程序。",
    "系统将在 10 分钟后自动重新启动",
    "我们需要更多时间来完成这项工作。",
    "密码至少包含八个字符和一个数字",
    "上海到广州的高铁票已经售完。",
    "设置、网络、蓝牙、显示、声音、电源",
    "感谢您的反馈，我们会尽快回复。",
)


@dataclass(frozen=True)
class Page:
    """A picture, and what stands on it, line for line."""

    frame: Frame
    lines: tuple[str, ...]
    size: int
    name: str


_BESIDE_WIDE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef]) | (?=[\u3000-\u9fff\uff00-\uffef])")


def plain(text: str) -> str:
    """What is compared: one space for any, and none beside a Chinese character, where it is a matter of taste."""
    return _BESIDE_WIDE.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))


def wrong(found: str, wanted: str) -> int:
    """How many characters must be changed, added or left out."""
    row = list(range(len(wanted) + 1))
    for number, one in enumerate(found, 1):
        above, row = row, [number]
        for place, other in enumerate(wanted, 1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (one != other)))
    return row[-1]


def has_fonts() -> bool:
    """Whether there is one for each language."""
    known = set(QFontDatabase.families())
    return bool(known.intersection(LATIN)) and bool(known.intersection(CHINESE))


def pages(count: int, seed: int = 8) -> Iterator[Page]:
    """So many pieces of a screen, as many of each size, language and brightness as can be."""
    chance, known = random.Random(seed), set(QFontDatabase.families())
    for number in range(count):
        chinese = bool(number // len(SIZES) % 2)
        ground = GROUNDS[number // (2 * len(SIZES)) % len(GROUNDS)]
        families = [family for family in (CHINESE if chinese else LATIN) if family in known]
        pool = CHINESE_LINES if chinese else ENGLISH_LINES
        lines = tuple(chance.sample(pool, chance.randint(2, 6)))
        yield page(lines, chance.choice(families), SIZES[number % len(SIZES)], ground)


def page(lines: tuple[str, ...], family: str, size: int, ground: tuple[str, str], margin: int = 14) -> Page:
    """`lines` below each other, as a program would show them."""
    font = QFont(family)
    font.setPixelSize(size)
    metrics = QFontMetrics(font)
    pitch = round(metrics.height() * 1.25)
    width = max(metrics.horizontalAdvance(line) for line in lines) + 2 * margin
    image = QImage(width, pitch * len(lines) + 2 * margin, QImage.Format.Format_RGB32)
    image.fill(QColor(ground[0]))
    with QPainter(image) as painter:
        painter.setFont(font)
        painter.setPen(QColor(ground[1]))
        for number, line in enumerate(lines):
            painter.drawText(QPoint(margin, margin + number * pitch + metrics.ascent()), line)
    return Page(frame_of(image), lines, size, f"{family} {size} px on {ground[0]}")


def screen(width: int = 1920, height: int = 1080, size: int = 15) -> Frame:
    """A whole screen: a list at the left, text in the middle, and bars above and below; about 190 lines."""
    font = QFont(LATIN[0])
    font.setPixelSize(size)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#fbfbfa"))
    chance = random.Random(3)
    with QPainter(image) as painter:
        painter.setFont(font)
        painter.fillRect(0, 0, width, 40, QColor("#e5e3de"))
        painter.fillRect(0, height - 36, width, 36, QColor("#222220"))
        painter.setPen(QColor("#1d1c1a"))
        for number, word in enumerate(["File", "Edit", "Selection", "View", "Go", "Run", "Terminal", "Help"]):
            painter.drawText(QPoint(20 + 90 * number, 26), word)
        for row in range(36):
            top = 76 + 27 * row
            painter.drawText(QPoint(24, top), f"{chance.choice(ENGLISH_LINES).split()[0]} {row}")
            for column in range(4):
                painter.drawText(QPoint(260 + 415 * column, top), chance.choice(ENGLISH_LINES)[:44])
        painter.setPen(QColor("#eceae5"))
        painter.drawText(QPoint(24, height - 12), "Ready   Ln 12, Col 40   UTF-8   14:05")
    return frame_of(image)


def frame_of(image: QImage) -> Frame:
    """The pixels as the capture gives them."""
    return Frame(bytes(image.constBits()), Rect(0, 0, image.width(), image.height()))
