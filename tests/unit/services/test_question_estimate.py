"""What a question will cost is told in its parts, and what happens when it is too much."""

from __future__ import annotations

from dataclasses import replace

from desktop_helper.core.documents import ChosenBy, Reference, Unit, note
from desktop_helper.core.messages import FilePart, ImagePart
from desktop_helper.services.question_estimate import Estimate

PICTURE = ImagePart(b"png", "image/png", 812, 460, "Region", 480)
FILE = FilePart(b"x", "text/plain", "notes.txt", "x" * 350)


def test_its_parts_are_named_one_by_one():
    estimate = Estimate(1200, "x" * 35, (PICTURE, FILE), 32_000)
    assert estimate.total == 1200 + 10 + 480 + 100
    assert estimate.of_limit() == "1.8k of 32k tokens"
    assert estimate.short() == "1.8k tokens"
    assert estimate.lines() == [
        "Conversation so far: 1200 tokens",
        "Your text: about 10 tokens",
        "Region, 812 × 460: 480 tokens",
        "notes.txt: about 100 tokens",
        "The model can read 32000 tokens.",
    ]


def test_a_limit_that_memory_may_lower_is_told_as_such():
    told = Estimate(0, "", limit=16_384, at_most=True).lines()
    assert told == ["The model can read 16384 tokens, or fewer where memory is short."]


def test_many_pictures_are_told_together():
    lines = Estimate(0, "", (PICTURE,) * 20).lines()
    assert len(lines) == 13
    assert lines[-1] == "8 more attachments: 3840 tokens"


def test_beyond_the_limit_it_says_what_will_happen():
    server = Estimate(30_000, "x" * 350, (), 30_050)
    assert server.too_much
    assert server.lines()[-1].startswith("The server will probably refuse this")
    local = Estimate(7000, "x" * 350, (), 8192, 6144)
    assert local.too_much
    assert local.lines()[-1] == "The oldest pictures and turns of the conversation will be left out."
    alone = Estimate(0, "", (PICTURE,) * 20, 8192, 6144)
    assert alone.lines()[-1].startswith("This question alone is too long")


def test_nothing_is_too_much_for_a_model_that_nobody_knows():
    estimate = Estimate(0, "x" * 10_000_000)
    assert not estimate.too_much
    assert estimate.of_limit() == estimate.short() == "2857k tokens"


def test_a_document_whose_pages_are_chosen_later_is_not_too_much() -> None:
    shown = note("manual.pdf", "900 pages", Reference("a" * 64, "manual.pdf", 900, (1,)))
    page = ImagePart(b"", "image/png", 2800, 2800, "manual.pdf, page 1 of 900", 9_000)
    estimate = Estimate(0, "Why?", (shown, page), limit=8_000)
    assert not estimate.too_much
    assert estimate.lines()[-1] == "When you ask, the pages that your question is about are chosen, so that they fit."
    by_user = note("manual.pdf", "900 pages", Reference("a" * 64, "manual.pdf", 900, (1,), ChosenBy.USER))
    assert Estimate(0, "Why?", (by_user, page), limit=8_000).too_much


def test_more_pictures_than_the_model_takes_are_said_before_they_are_sent():
    few = Estimate(0, "Which?", (PICTURE,) * 3, 32_000, most_pictures=3)
    assert not few.refused
    assert few.of_limit() == "1.4k of 32k tokens"
    many = Estimate(0, "Which?", (PICTURE,) * 4, 32_000, most_pictures=3)
    assert many.refused
    assert not many.too_much
    assert (few.of_pictures(), many.of_pictures()) == ("", "4 pictures, 3 at most")
    assert many.lines()[-1].startswith("The model takes no more than 3 pictures at once, and these are 4")
    assert Estimate(0, "Which?", (PICTURE,), most_pictures=0).lines()[-1].startswith("The model takes no pictures")


def test_pages_that_are_chosen_later_are_not_too_many() -> None:
    shown = note("manual.pdf", "900 pages", Reference("a" * 64, "manual.pdf", 900, (1, 2)))
    assert not Estimate(0, "Why?", (shown, PICTURE, PICTURE), most_pictures=1).refused
    chosen = Estimate(0, "Why?", (shown, PICTURE, PICTURE), 500, most_pictures=1, final=True)
    assert (chosen.too_much, chosen.too_many) == (True, True)
    long = note("notes.txt", "It is long.", Reference("a" * 64, "notes.txt", 1, (1,), unit=Unit.PART))
    assert Estimate(0, "Why?", (long, FILE, PICTURE, PICTURE), most_pictures=1).refused, "a text makes no room for them"
    inside = replace(PICTURE, name="notes.txt, picture 1")
    assert not Estimate(0, "Why?", (long, FILE, inside, inside), most_pictures=1).refused


def test_of_a_text_that_may_not_fit_it_says_what_happens_only_if_it_does_not():
    reference = Reference("a" * 64, "notes.txt", 1, (1,), unit=Unit.PART)
    media = (note("notes.txt", "It is long.", reference), FilePart(b"x", "text/plain", "notes.txt", "x" * 35_000))
    assert Estimate(0, "", media, 32_000).to_be_chosen() == []
    small = Estimate(0, "", media, 8_000)
    assert not small.too_much
    (said,) = small.to_be_chosen()
    assert said.startswith("When you ask, the parts that your question is about are chosen")
    assert Estimate(0, "", media, 0).to_be_chosen() == [said]
    foreseen = Estimate(0, "", media, 8_000, most_chosen=4_000)
    assert foreseen.total < 8_000
    assert foreseen.to_be_chosen() == [said], "although what is chosen fits"
