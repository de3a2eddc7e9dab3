"""Videos that are sent whole, and their pictures instead where the server does not take them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator

from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.backends.openai_compatible._request import holds_video, with_frames_only
from desktop_helper.core.closable import closable
from desktop_helper.core.errors import ErrorKind
from desktop_helper.core.events import Failed, Notice, Progress, StreamEvent, TextDelta, ThinkingDelta
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import ChatRequest

_MEANS_THE_VIDEO = (ErrorKind.MODEL, ErrorKind.LENGTH)  # a parameter that it does not like, or too much of it


class WholeVideos:
    """For one model. Any thread. Once refused, no other video is tried with it.

    Args:
        quirks: say whether the server takes any.
        title: of the model.
    """

    def __init__(self, quirks: Quirks, title: str) -> None:
        self._taken = quirks.video is not None
        self._title = title

    def ask(
        self, request: ChatRequest, ask: Callable[[ChatRequest], Iterator[StreamEvent]]
    ) -> Generator[StreamEvent, None, None]:
        """What `ask` yields; it is asked again if the server refuses the video."""
        if not holds_video(request):
            yield from ask(request)
            return
        if not self._taken:
            yield from ask(with_frames_only(request))
            return
        begun = False
        with closable(ask(request)) as events:
            for event in events:
                if isinstance(event, Failed) and not begun and event.error.kind in _MEANS_THE_VIDEO:
                    break
                begun = begun or isinstance(event, TextDelta | ThinkingDelta)
                yield event
            else:
                return
        for event in ask(with_frames_only(request)):
            # What fails without the video as well was not its fault: e.g. a model that is not there.
            if self._taken and not isinstance(event, Failed | Progress | Notice):
                self._taken = False
                yield Notice(
                    tr("{model} did not take the video itself, so pictures of it were sent.", model=self._title)
                )
            yield event
