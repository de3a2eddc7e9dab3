"""What the settings say about a model before it is asked."""

from __future__ import annotations

import pytest

from desktop_helper.core.price import Price
from desktop_helper.services.model_words import model_words
from desktop_helper.services.provider_file import ModelSpec

SPEC = ModelSpec("glm", "GLM", 131072, 32768, max_images=150)


def test_all_that_is_known_is_said() -> None:
    assert model_words(SPEC, Price(0, 0)) == "Free of charge · reads 128K tokens · writes 32K · 150 pictures at once"
    paid = model_words(SPEC, Price(0.3, 0.9, 0.05))
    assert paid.startswith("A million tokens cost $0.30 to read, $0.90 to write · reads")
    assert model_words(ModelSpec("x", "X"), None) == ""


@pytest.mark.parametrize(
    ("tokens", "words"),
    [(1048576, "1M"), (204800, "200K"), (202752, "198K"), (202750, "203K"), (1310720, "1280K"), (1000, "1K"), (7, "7")],
)
def test_numbers_are_short(tokens: int, words: str) -> None:
    assert model_words(ModelSpec("x", "X", tokens), None) == f"Reads {words} tokens"


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (Price(1, 2, currency="CNY"), "¥1.00 to read, ¥2.00"),
        (Price(0.004, 0, currency="CHF"), "CHF 0.0040 to read, CHF 0.00"),
    ],
)
def test_money_is_written_in_its_currency(price: Price, words: str) -> None:
    assert words in model_words(ModelSpec("x", "X"), price)
