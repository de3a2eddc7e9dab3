"""What a server would refuse for certain is said before it is sent; what it may refuse is said, and sent."""

from __future__ import annotations

import pytest

from desktop_helper.core.errors import ErrorKind
from desktop_helper.core.messages import ChatRequest, FilePart, ImagePart, Message, Role, TextPart
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.core.question_limit import objection, question, tokens_of, warning


def profile(context: int | None = 1000, **quirks: object) -> ModelProfile:
    return ModelProfile(
        "p", "p", "openai_compatible", "GLM", "glm", "http://a/v1", context_tokens=context, quirks=quirks
    )


def asked(tokens: int, earlier: int = 0) -> ChatRequest:
    old, new = (Message(Role.USER, (TextPart("x" * round(3.5 * count)),)) for count in (earlier, tokens))
    return ChatRequest((old, Message(Role.ASSISTANT, (TextPart("ok"),)), new))


@pytest.mark.parametrize(
    ("tokens", "warned", "refused"),
    [(900, False, False), (1100, True, False), (1900, True, False), (2100, True, True), (9_000_000, True, True)],
)
def test_by_how_much_it_is_too_long(tokens: int, warned: bool, refused: bool):
    request = asked(tokens)
    assert bool(warning(profile(), request)) is warned
    error = objection(profile(), request)
    assert (error is not None) is refused
    if error is not None:
        assert error.kind is ErrorKind.LENGTH
        assert f"{tokens:,} tokens" in error.message
        assert "Nothing was sent" in error.message
        assert error.fix


def test_a_long_conversation_is_no_long_question():
    request = asked(10, earlier=50_000)
    assert objection(profile(), request) is None
    assert warning(profile(), request) == ""


def test_nobody_knows_what_an_unknown_model_reads():
    assert objection(profile(None), asked(9_000_000)) is None
    assert warning(profile(None), asked(9_000_000)) == ""


def test_too_many_pictures_are_an_objection_too():
    shown = ImagePart(b"", "image/png", 28, 28, "a", 8)
    request = ChatRequest((Message(Role.USER, (shown, shown, TextPart("Which?"))),))
    assert objection(profile(max_images=2), request) is None
    error = objection(profile(None, max_images=1), request)
    assert error is not None
    assert "2 pictures" in error.message


def test_everything_in_it_counts():
    parts = (
        ImagePart(b"", "image/png", 28, 28, "a", 80),
        FilePart(b"", "text/plain", "b", "x" * 35),
        TextPart("x" * 7),
    )
    request = ChatRequest((Message(Role.SYSTEM, (TextPart("x" * 70),)), Message(Role.USER, parts)))
    assert tokens_of(question(request)) == 80 + 10 + 2
    assert question(ChatRequest(())) == ()
