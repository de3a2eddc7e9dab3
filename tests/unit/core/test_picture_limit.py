"""A model never gets more pictures and videos than it takes, and whoever asks is told what was left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.clips import with_times
from desktop_helper.core.errors import ErrorKind
from desktop_helper.core.messages import (
    CLIP_MIME,
    NOTE_MIME,
    ChatRequest,
    FilePart,
    ImagePart,
    Message,
    Moment,
    Part,
    Role,
    TextPart,
    ToolCall,
)
from desktop_helper.core.picture_limit import PictureLimit


def picture(name: str) -> ImagePart:
    return ImagePart(name.encode(), "image/png", 28, 28, name, 8)


def film(name: str, frames: int = 2) -> tuple[Part, ...]:
    note = FilePart(b"mp4", CLIP_MIME, name, f"Frames of {name}.")
    shown = (ImagePart(b"", "image/png", 28, 28, name, 8, Moment(name, at, 9.0, 30)) for at in range(frames))
    return (note, *shown)


def user(text: str, *media: Part) -> Message:
    return Message(Role.USER, (*media, TextPart(text)))


def talk(*counts: int) -> ChatRequest:
    """A turn for each count, with so many pictures; the last one is the question."""
    messages: list[Message] = []
    for turn, count in enumerate(counts):
        if turn:
            messages.append(Message(Role.ASSISTANT, (TextPart(f"a{turn}"),)))
        messages.append(user(f"q{turn}", *(picture(f"{turn}.{number}") for number in range(count))))
    return ChatRequest(tuple(messages))


def names(request: ChatRequest, *, whole: bool = False) -> list[str]:
    """Of the pictures that are sent."""
    parts = (part for message in request.messages for part in with_times(message.parts, whole=whole))
    return [part.name for part in parts if isinstance(part, ImagePart)]


def test_what_is_few_enough_goes_as_it_is():
    request = talk(2, 3)
    for limit in (PictureLimit("GLM"), PictureLimit("GLM", 5, 0), PictureLimit("GLM", 5, 0, whole=True)):
        assert limit.objection(request) is None
        assert limit.within(request) == (request, ())


def test_the_oldest_go_first_and_words_stay():
    limit = PictureLimit("GLM", 4)
    less, told = limit.within(talk(3, 1, 2))
    assert names(less) == ["0.2", "1.0", "2.0", "2.1"]
    assert told == ("GLM takes no more than 4 pictures at once, so the 2 oldest of this conversation were left out.",)
    assert less.messages[0].text == "[2 pictures that are no longer shown]\nq0"
    assert [message.text for message in less.messages[1:]] == ["a1", "q1", "a2", "q2"]
    one, told = limit.within(talk(3, 2))
    assert names(one) == ["0.1", "0.2", "1.0", "1.1"]
    assert "so the oldest one of" in told[0]


def test_turns_are_not_changed_again_by_each_question():
    limit = PictureLimit("GLM", 40)
    begins = []
    for turns in range(41, 50):
        less, _told = limit.within(talk(*[1] * turns))
        begins.append(names(less)[0])
    assert begins == ["10.0"] * 9


def test_a_question_alone_with_too_many_is_not_sent():
    refused = PictureLimit("GLM", 4).objection(talk(3, 5))
    assert refused is not None
    assert refused.kind is ErrorKind.LENGTH
    assert (
        str(refused.message) == "The question has 5 pictures, and GLM takes no more than 4 at once. Nothing was sent."
    )
    assert refused.fix
    blind = PictureLimit("GLM", 0)
    assert blind.objection(talk(3, 0)) is None
    assert names(blind.within(talk(3, 0))[0]) == []
    none = blind.objection(talk(0, 1))
    assert none is not None
    assert "takes no pictures" in none.message


def test_what_tools_show_comes_before_what_was_asked_about():
    call = Message(Role.ASSISTANT, (), tool_calls=(ToolCall("1", "zoom", "{}"),))

    def result(name: str) -> Message:
        return Message(Role.TOOL, (picture(name), TextPart("seen")), call_id="1")

    limit = PictureLimit("GLM", 3)
    asked = ChatRequest((*talk(1, 2).messages, call, result("a"), call, result("b")))
    assert limit.objection(asked) is None
    less, told = limit.within(asked)
    assert names(less) == ["1.1", "a", "b"]
    assert told
    alone = PictureLimit("GLM", 1)
    assert alone.objection(ChatRequest((*talk(0).messages, call, result("a"), result("b")))) is not None


def test_the_first_videos_go_whole_and_the_others_as_pictures():
    request = ChatRequest((user("q0", *film("a"), *film("b")), user("q1", *film("c"))))
    limit = PictureLimit("GLM", None, 2, whole=True)
    less, told = limit.within(request)
    assert less.messages[0] is request.messages[0]
    assert [part.mime for part in less.messages[1].media] == [NOTE_MIME, "image/png", "image/png"]
    assert told == ("GLM takes 2 videos at once, so pictures of the others were sent.",)
    assert "takes 1 video at once" in PictureLimit("GLM", None, 1, whole=True).within(request)[1][0]
    assert "takes no whole videos" in PictureLimit("GLM", None, 0, whole=True).within(request)[1][0]


def test_frames_of_a_video_that_goes_whole_do_not_count():
    request = ChatRequest((user("q", *film("a", 9)),))
    assert PictureLimit("GLM", 3, 2, whole=True).objection(request) is None
    assert PictureLimit("GLM", 3, 2).objection(request) is not None
    assert PictureLimit("GLM", 3, 0, whole=True).objection(request) is not None


def test_quirks_that_are_no_counts_limit_nothing():
    assert PictureLimit.of("GLM", {"max_images": "3", "max_videos": True}) == PictureLimit("GLM")
    assert PictureLimit.of("GLM", {"max_images": 3, "max_videos": 0, "video": {}}) == PictureLimit("GLM", 3, 0, True)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(0, 20))
def test_never_more_than_allowed_and_the_question_whole(counts: list[int], most: int) -> None:
    request, limit = talk(*counts), PictureLimit("GLM", most)
    if limit.objection(request) is not None:
        assert counts[-1] > most
        return
    less, told = limit.within(request)
    kept, all_of_them = names(less), names(request)
    assert len(kept) <= most
    assert kept == all_of_them[len(all_of_them) - len(kept) :]
    assert less.messages[-1] is request.messages[-1]
    assert bool(told) is (kept != all_of_them)
