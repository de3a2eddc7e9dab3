"""A history that looks like somebody's: what is asked in the pictures of the documentation, over some weeks."""

from __future__ import annotations

import io
import time
from pathlib import Path
from unittest import mock

from PIL import Image, ImageDraw

from desktop_helper.core.events import FinishReason
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart
from desktop_helper.services.history import History
from desktop_helper.services.paths import Paths

HOUR, DAY = 3600.0, 86400.0
_CONTRACT = "违约条款在第 12 条：任何一方逾期三十天未付款，另一方可以解除合同，并要求赔偿全部损失。"

# Hours before now, attachment, question, answer; from the oldest to the newest.
TALKS = (
    (
        60 * 24,
        "shelf.jpg",
        "What are these tools called?",
        "From left to right: a rasp, a spokeshave and a marking gauge.",
    ),
    (
        31 * 24,
        "notes.txt",
        "Summarise the notes of the planning meeting",
        "Three decisions: ship in May, hire one tester, drop the old importer.",
    ),
    (75, "Region", "Translate this error message", "“The file is in use by another program.” Close it and try again."),
    (27, "Login page", "Login page to HTML", "```html\n<form class='login'>…</form>\n```"),
    (26, "contract.txt", "租赁合同里的违约条款", _CONTRACT),
    (
        3,
        "Region",
        "What does the tooltip on the export icon say, word for word?",
        "“Export the selected orders as CSV or PDF.”",
    ),
    (
        2.5,
        "Region",
        "Q3 revenue chart",
        "The third quarter did best. To export the figures, use **Export…** at the top right.",
    ),
)


def fill(home: Path, more: int = 0) -> None:
    """Write `TALKS` into the history below `home`, and `more` older ones without pictures; the oldest one is pinned."""
    paths = Paths.below(home)
    paths.ensure()
    history = History(paths.history_file, paths.blob_dir)
    now = time.time()
    try:
        for number in range(more):
            add(history, now - (70 + more - number) * DAY, f"Question {number + 1} of last year's audit", "Yes.", ())
        ids = [
            add(history, now - hours * HOUR, question, said, (attachment(name, index),))
            for index, (hours, name, question, said) in enumerate(TALKS)
        ]
        history.set_pinned(ids[0], True)
    finally:
        history.close()


def add(history: History, when: float, question: str, said: str, media: tuple[MediaPart, ...]) -> int:
    """One question with its answer, as if it had been asked at `when`."""
    with mock.patch("time.time", return_value=when):
        number = history.new_conversation()
        history.add_message(number, Message(Role.USER, (*media, TextPart(question))))
        writer = history.begin_answer(number, "GLM-4.6V-Flash")
        writer.append("", said)
        writer.finish(FinishReason.STOP)
    return number


def attachment(name: str, index: int) -> MediaPart:
    """A picture that is told from the others at the size of a list, or a text."""
    if name.endswith(".txt"):
        return FilePart(b"text", "text/plain", name, "text")
    return ImagePart(_picture(index), "image/png", 640, 460, name, 391)


def _picture(index: int) -> bytes:
    tints = ("#FFB88C", "#9DB2FF", "#8ED1B2", "#C3B3F0", "#D9D7D2", "#FFD48C", "#9DC7FF")
    page = Image.new("RGB", (640, 460), "#FFFFFF")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, 640, 70), fill=tints[index % len(tints)])
    for step in range(5):
        height = 60 + (step * 67 + index * 41) % 240
        left = 60 + step * 110
        draw.rounded_rectangle((left, 420 - height, left + 70, 420), 8, fill=tints[(index + step % 2) % len(tints)])
    written = io.BytesIO()
    page.save(written, "PNG")
    return written.getvalue()
