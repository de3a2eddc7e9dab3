"""A history of many messages, made in bulk: half of them English, half Chinese, with words that are common and rare."""

from __future__ import annotations

import random
from collections.abc import Iterator

from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services import history_import
from desktop_helper.services.history import History
from desktop_helper.services.history_records import ImportedConversation, StoredMessage
from desktop_helper.services.history_rows import moment

IN_A_CONVERSATION = 10
COMMON_ENGLISH, RARE_ENGLISH = "the", "zyzzyva"
COMMON_CHINESE, RARE_CHINESE = "发票", "麒麟"
_BODIES = 2000  # different texts; every message has a number of its own besides
_SYLLABLES = ["ba", "de", "fi", "go", "lu", "mar", "net", "or", "pen", "qua", "ris", "sol", "tan", "ver", "win"]
_SIGNS = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]
_BEGAN = 1.7e9


def fill(history: History, messages: int) -> None:
    """Add so many messages, as answers of some length. Every fifth Chinese one has the common word."""
    rng = random.Random(1)
    bodies = list(_bodies(rng))
    with history._database.write() as connection:  # one transaction: the disk is not what is measured
        for start in range(0, messages, IN_A_CONVERSATION):
            numbers = range(start, min(messages, start + IN_A_CONVERSATION))
            history_import.insert(connection, _conversation([_message(number, bodies, messages) for number in numbers]))


def _conversation(messages: list[StoredMessage]) -> ImportedConversation:
    title = messages[0].message.text[:60]
    return ImportedConversation(title, messages[0].created, messages[-1].created, False, tuple(messages))


def _message(number: int, bodies: list[str], messages: int) -> StoredMessage:
    rare = f" {RARE_CHINESE} {RARE_ENGLISH}" if number == messages // 3 else ""
    text = f"{bodies[number % len(bodies)]} {number}{rare}"
    role = Role.ASSISTANT if number % 2 else Role.USER
    asked = Message(role, (TextPart(text),))
    return StoredMessage(0, asked, "complete", "", "", None, moment(_BEGAN + 60 * number), None)


def _bodies(rng: random.Random) -> Iterator[str]:
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 3))) for _ in range(8000)]
    often = [1 / (place + 1) for place in range(len(words))]
    signs = [1 / (place + 5) for place in range(len(_SIGNS))]
    for number in range(_BODIES):
        if number % 2:
            yield " ".join(rng.choices(words, often, k=60)) + f" {COMMON_ENGLISH} end"
        else:
            yield "".join(rng.choices(_SIGNS, signs, k=120)) + (COMMON_CHINESE if number % 5 == 0 else "")
