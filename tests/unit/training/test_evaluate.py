"""The examination gives full marks to who knows everything, and none to who says the same always."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from desktop_helper.core.events import (
    Finished,
    FinishReason,
    TextDelta,
    ThinkingDelta,
    ToolCallRequested,
    UsageReported,
)
from desktop_helper.core.messages import ImagePart, Thinking
from training import evaluate
from training.evaluate import box_in, examine, iou


class Knowing:
    """A backend that is told the turn before it is asked."""

    def __init__(self, monkeypatch, answers=None):
        self._answers = answers
        self.turn = None
        self.sizes = []
        asked = evaluate.ask

        def told(backend, picture, turn):
            self.turn = turn
            return asked(backend, picture, turn)

        monkeypatch.setattr(evaluate, "ask", told)

    def stream(self, request, cancel):
        turn, message = self.turn, request.messages[-1]
        (part,) = [part for part in message.parts if isinstance(part, ImagePart)]
        self.sizes.append(cv2.imdecode(np.frombuffer(part.data, np.uint8), cv2.IMREAD_COLOR).shape[1::-1])
        assert self.sizes[-1] == (part.width, part.height)
        assert message.text == turn.question
        assert (request.sampling.thinking is Thinking.ON) == bool(turn.thought)
        if turn.thought:
            yield ThinkingDelta(turn.thought)
        answer = self._answers or turn.answer.replace("<|begin_of_box|>", "").replace("<|end_of_box|>", "")
        if answer.startswith("<tool_call>"):
            box = answer[answer.index("[") : answer.index("]") + 1]
            yield ToolCallRequested("1", "zoom", json.dumps({"box": json.loads(box)}))
        else:
            yield TextDelta(answer)
        yield UsageReported(10, 5, 0, ttft_s=0.1, tokens_per_s=100.0)
        yield Finished(FinishReason.STOP)


def test_who_knows_everything_has_full_marks(monkeypatch):
    knowing = Knowing(monkeypatch)
    summary = examine(knowing, 40, 77, lambda done: None).summary()
    assert set(summary["right"]) == {
        "kind",
        "colour",
        "count",
        "side",
        "box",
        "absent",
        "several",
        "small",
        "zoom",
        "other",
    }
    assert set(summary["right"].values()) == {1.0}
    assert summary["box mean IoU"] > 0.85
    assert summary["thinking well-formed"] == 1.0
    assert len(set(knowing.sizes)) > 8


def test_who_always_says_the_same_has_hardly_any(monkeypatch):
    summary = examine(Knowing(monkeypatch, "It is red."), 40, 77, lambda done: None).summary()
    assert summary["right"]["colour"] < 0.3
    assert summary["right"]["box"] == summary["right"]["other"] == summary["right"]["zoom"] == 0


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("[[100,200,300,400]]", (0.1, 0.2, 0.3, 0.4)),
        ('{"box": [100, 200, 300, 400]}', (0.1, 0.2, 0.3, 0.4)),
        ("there", (0, 0, 0, 0)),
    ],
)
def test_boxes_are_found_in_answers(text, box):
    assert box_in(text) == box


def test_overlaps():
    assert iou((0, 0, 1, 1), (0, 0, 1, 1)) == 1
    assert iou((0, 0, 1, 1), (0.5, 0, 1.5, 1)) == pytest.approx(1 / 3)
    assert iou((0, 0, 0.1, 0.1), (0.2, 0.2, 0.3, 0.3)) == 0
    assert iou((0, 0, 0, 0), (0, 0, 0, 0)) == 0
