"""Boxes in answers are drawn in the picture that the question was about."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QTextCursor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_helper.core.box_notation import NOTATIONS, THOUSANDTHS
from desktop_helper.core.grounding import GroundedPicture, grounded
from desktop_helper.core.messages import FilePart, ImagePart, MediaPart, Message, Role, TextPart
from desktop_helper.ui.answer_view import AnswerView
from desktop_helper.ui.attachment_frame import AttachmentFrame
from desktop_helper.ui.box_picture import BoxPicture
from desktop_helper.ui.media_viewer import MediaViewer
from desktop_helper.ui.theme import Theme
from tests.support.chat_desk import ChatDesk, said
from tests.ui.picture_messages import chart
from tests.ui.test_clip_links import links

CHART = ImagePart(chart(), "image/png", 812, 460, "Region", 400)
OTHER = ImagePart(chart(), "image/png", 812, 460, "Screen", 400)
LINK = "[[61,586,179,913]]"
ANSWER = f"It is the first one: {LINK}, not [1,2,3,4]."
BARS = """Two bars 😀:

```json
[{"bbox_2d": [61, 586, 179, 913], "label": "第一季度的柱形图"},
 {"bbox_2d": [384, 196, 502, 913]}]
```"""
LEFT, TOP, RIGHT, BOTTOM = 0.061, 0.586, 0.179, 0.913  # the first bar, which is of another colour than the line


@pytest.fixture(autouse=True)
def _stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MediaViewer, "raise_", lambda _self: None)  # this platform says that it cannot


def stored(qtbot: QtBot, desk: ChatDesk, *messages: Message) -> list[AnswerView]:
    history = desk.services.history
    conversation = history.new_conversation()
    for message in messages:
        history.add_message(conversation, message)
    desk.chat._conversation.load(conversation)
    wanted = sum(message.role is Role.ASSISTANT and not message.tool_calls for message in messages)
    qtbot.waitUntil(lambda: len(desk.answers) == wanted)
    settle(qtbot, desk)
    return desk.answers


def settle(qtbot: QtBot, desk: ChatDesk) -> None:
    """Links are made when texts are written and the window had its turn, and what was made for them is shown then."""
    clips = desk.window.messages._clips
    qtbot.waitUntil(lambda: not clips.isActive() and all(view._text.complete for view in desk.answers))
    frames = [frame for view in desk.answers for frame in view.findChildren(AttachmentFrame)]
    qtbot.waitUntil(lambda: all(frame.isVisible() for frame in frames))


def asked(*media: MediaPart, text: str = "Which one?") -> Message:
    return Message(Role.USER, (*media, TextPart(text)))


def answered(text: str = ANSWER) -> Message:
    return Message(Role.ASSISTANT, (TextPart(text),))


def picture_of(view: AnswerView) -> BoxPicture | None:
    found = [one for one in view.findChildren(BoxPicture) if one.isVisibleTo(view)]
    assert len(found) <= 1
    return found[0] if found else None


def drawn(qtbot: QtBot, view: AnswerView) -> tuple[BoxPicture, QImage]:
    picture = picture_of(view)
    assert picture is not None
    qtbot.waitUntil(lambda: not picture._image.isNull())
    return picture, picture.grab().toImage()


def frame_of(view: AnswerView) -> AttachmentFrame:
    (found,) = [one for one in view.findChildren(AttachmentFrame) if one.isVisibleTo(view)]
    return found


def accent_at(image: QImage, x: float, y: float) -> bool:
    """Whether the line is there, give or take two pixels."""
    accent, ratio = Theme.current().over_pictures(), image.devicePixelRatio()
    near = [(dx, dy) for dx in range(-2, 3) for dy in range(-2, 3)]
    return any(_close(image.pixelColor(round(x * ratio) + dx, round(y * ratio) + dy), accent) for dx, dy in near)


def _close(one: QColor, other: QColor) -> bool:
    return max(abs(one.red() - other.red()), abs(one.green() - other.green()), abs(one.blue() - other.blue())) < 40


def assert_outlined(image: QImage, place: QRectF) -> None:
    """In the middle of each side, with a light and a dark line beside it."""
    left, right = place.x() + LEFT * place.width(), place.x() + RIGHT * place.width()
    top, bottom = place.y() + TOP * place.height(), place.y() + BOTTOM * place.height()
    for x, y in (
        ((left + right) / 2, top),
        ((left + right) / 2, bottom),
        (left, (top + bottom) / 2),
        (right, (top + bottom) / 2),
    ):
        assert accent_at(image, x, y), (x, y)
    beside = [image.pixelColor(round(left) - by, round((top + bottom) / 2)).lightness() for by in range(2, 7)]
    assert min(beside) < 190 < 230 < max(beside)
    assert not accent_at(image, left - 12, (top + bottom) / 2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_new_answer_shows_the_box_when_it_is_complete(qtbot: QtBot, open_desk, theme: str) -> None:
    desk: ChatDesk = open_desk(said(ANSWER[:30], ANSWER[30:]))
    Theme.current(theme)
    desk.composer.put_back("", (("Region", (CHART,)),))
    view = desk.ask(qtbot)
    qtbot.waitUntil(lambda: picture_of(view) is not None)
    assert list(links(view)) == [LINK]
    picture, image = drawn(qtbot, view)
    assert picture.width() <= 320
    assert_outlined(image, picture.place())
    assert view.markdown() == ANSWER
    Theme.current("light")


def test_nothing_is_drawn_while_it_is_being_written(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    desk.window.show_messages(True)
    messages = desk.window.messages
    messages.add_user(asked(CHART))
    view = messages.add_answer("GLM")
    view.append_text(ANSWER)
    qtbot.wait(50)
    assert picture_of(view) is None
    assert not links(view)
    view.finish()
    qtbot.waitUntil(lambda: picture_of(view) is not None)


def test_answers_of_the_past_get_their_picture_from_the_history(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    (view,) = stored(qtbot, desk, asked(CHART), answered())
    picture, image = drawn(qtbot, view)
    assert not picture._part.data
    assert picture._image.width() <= 2 * picture.width() + 2
    assert_outlined(image, picture.place())
    Theme.current("dark")  # written anew, in other colours
    assert list(links(view)) == [LINK]
    assert_outlined(picture.grab().toImage(), picture.place())
    assert picture_of(view) is picture
    Theme.current("light")


def test_a_link_opens_the_viewer_with_its_box(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    (view,) = stored(qtbot, desk, asked(CHART, FilePart(b"x", "text/plain", "x.txt", "x")), answered())
    view.link_activated.emit(links(view)[LINK])
    viewer = opened(qtbot, desk)
    assert viewer._part == CHART
    canvas = viewer.canvas
    assert_outlined(canvas.grab().toImage(), canvas._place())
    canvas.zoom_by(1, canvas._place().topLeft())
    assert_outlined(canvas.grab().toImage(), canvas._place())
    assert "6 to 18 % from the left" in canvas.accessibleDescription()
    qtbot.keyClick(canvas, Qt.Key.Key_PageDown)
    qtbot.waitUntil(lambda: viewer._part is not None and viewer._part.name == "x.txt")
    qtbot.keyClick(viewer.text, Qt.Key.Key_PageUp)
    viewer._step(-1)
    qtbot.waitUntil(lambda: viewer._part is not None and viewer._part.name == "Region")
    assert len(canvas._boxes) == 1
    viewer.close()
    assert not canvas._boxes


def test_the_picture_opens_by_key_with_all_boxes_and_names_them(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    (view,) = stored(qtbot, desk, asked(CHART), answered(BARS))
    assert list(links(view)) == ["[61, 586, 179, 913]", "[384, 196, 502, 913]"]
    frame = frame_of(view)
    assert frame.accessibleName() == "Where it is, in the picture Region"
    assert frame.accessibleDescription().startswith(
        "第一季度的柱形图: 6 to 18 % from the left, 59 to 91 % from the top."
    )
    assert "Box 2: 38 to" in frame.accessibleDescription()
    frame.setFocus()
    qtbot.keyClick(frame, Qt.Key.Key_Return)
    viewer = opened(qtbot, desk)
    assert [box.label for box in viewer.canvas._boxes] == ["第一季度的柱形图", ""]
    assert viewer.canvas._chosen is None
    view.link_activated.emit(links(view)["[384, 196, 502, 913]"])
    qtbot.waitUntil(lambda: viewer.canvas._chosen == 1)
    assert view._text.link_title(links(view)["[61, 586, 179, 913]"]) == "Show 第一季度的柱形图"
    assert view._text.link_title(links(view)["[384, 196, 502, 913]"]) == "Show it in the picture"


def test_the_same_numbers_that_are_no_box_are_no_link(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    text = "😀 The list [61,586,179,913] is none.\n\n**bbox:** [61,586,179,913] is, [61,586,179,913] is not."
    (view,) = stored(qtbot, desk, asked(CHART), answered(text))
    document, place = view._text.document(), view._text.document().toPlainText().index("bbox")
    cursor, linked = QTextCursor(document), set()
    for at in range(1, document.characterCount()):
        cursor.setPosition(at)
        if cursor.charFormat().isAnchor():
            linked.add(at - 1)
    begin = place + 1 + len("bbox: ")  # the smile is two characters to Qt
    assert linked == set(range(begin, begin + len("[61,586,179,913]")))


def test_something_small_is_looked_at_closely(qtbot: QtBot, open_desk) -> None:
    wide = QImage(6000, 3000, QImage.Format.Format_RGB32)
    wide.fill(QColor("#204060"))
    desk: ChatDesk = open_desk()
    viewer = desk.chat._deeds.viewer()
    canvas = viewer.canvas
    canvas.resize(600, 400)
    canvas.set_image(wide)
    (small,) = grounded("[[900,100,905,108]]", THOUSANDTHS, None)
    canvas.show_boxes((small,), 0)
    assert canvas.zoom == 1.0
    assert canvas.in_sight().contains(QRectF(5400, 300, 30, 24))
    canvas.set_image(wide)
    (large,) = grounded("[[100,100,905,708]]", THOUSANDTHS, None)
    canvas.show_boxes((large,), 0)
    assert canvas.fitted


def test_tab_goes_from_the_text_to_the_picture_and_on(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    views = stored(qtbot, desk, asked(CHART), answered(), asked(), answered("Nothing else."))
    frame = frame_of(views[0])
    now, stops = views[0].text_view.nextInFocusChain(), list[QWidget]()
    while now is not None and now is not views[1].text_view and len(stops) < 200:
        if now.focusPolicy() & Qt.FocusPolicy.TabFocus and views[0].isAncestorOf(now):
            stops.append(now)
        now = now.nextInFocusChain()
    assert stops[0] is frame
    assert len(stops) > 1


def test_a_picture_that_is_gone_is_told_by_the_viewer(qtbot: QtBot, open_desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk: ChatDesk = open_desk()
    monkeypatch.setattr(desk.chat._deeds.source, "_blob", lambda _sha256: None)
    (view,) = stored(qtbot, desk, asked(CHART), answered())
    picture = picture_of(view)
    assert picture is not None
    picture.grab()
    qtbot.wait(50)
    assert picture._image.isNull()
    assert not accent_at(picture.grab().toImage(), LEFT * picture.width(), picture.height() / 2)
    qtbot.mouseClick(frame_of(view), Qt.MouseButton.LeftButton)
    viewer = desk.chat._deeds._viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: "missing" in viewer._problem.text())


def test_a_strip_is_shown_whole(qtbot: QtBot, open_desk) -> None:
    strip = QImage(2000, 30, QImage.Format.Format_RGB32)
    strip.fill(QColor("#808080"))
    file = QBuffer()
    file.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(file, QByteArray(b"png")).write(strip)
    part = ImagePart(bytes(file.data().data()), "image/png", 2000, 30, "Strip", 80)
    desk: ChatDesk = open_desk()
    (view,) = stored(qtbot, desk, asked(part), answered("[[10,0,40,1000]]"))
    picture, image = drawn(qtbot, view)
    place = picture.place()
    assert place.left() >= 0
    assert place.right() <= picture.width()
    assert accent_at(image, place.x() + 0.04 * place.width(), place.center().y())


def test_other_answers_are_not_looked_into(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    looked: list[str] = []
    desk.window.messages.notation = looked.append
    (view,) = stored(qtbot, desk, asked(CHART), answered("The third bar [1] is (by far) the highest, array[2]."))
    assert picture_of(view) is None
    assert not looked


def test_models_that_count_pixels_are_understood(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    desk.window.messages.notation = lambda _title: NOTATIONS["pixels"]
    (view,) = stored(qtbot, desk, asked(CHART), answered("[[406,224,609,336]]"))
    spot = view.spot(next(iter(links(view).values())))
    assert isinstance(spot, GroundedPicture)
    assert spot.boxes[0].area == pytest.approx((0.5, 0.5, 0.25, 0.25), abs=0.01)


def test_boxes_of_an_unknown_notation_stay_numbers(qtbot: QtBot, open_desk) -> None:
    desk: ChatDesk = open_desk()
    desk.window.messages.notation = lambda _title: None
    (view,) = stored(qtbot, desk, asked(CHART), answered())
    assert picture_of(view) is None
    assert not links(view)


def opened(qtbot: QtBot, desk: ChatDesk) -> MediaViewer:
    viewer = desk.chat._deeds._viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: viewer._part is not None and not viewer._image.isNull())
    return viewer
