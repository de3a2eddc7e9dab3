"""A loaded model that answers questions; see the package for the way that a question takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop_helper.backends.local.engine.entries import Entry, count_tokens
from desktop_helper.backends.local.engine.fitting import Fitter, Messages, longer_context
from desktop_helper.backends.local.engine.generation import Emit, Generation
from desktop_helper.backends.local.engine.memory import Memory
from desktop_helper.backends.local.engine.model import Model
from desktop_helper.backends.local.engine.prompt import ChatTemplate, Piece, Text
from desktop_helper.backends.local.engine.reading import Reading, unreadable
from desktop_helper.backends.local.engine.states import SavedStates
from desktop_helper.backends.local.engine.vision import NotPicture, Vision
from desktop_helper.backends.local.stop_flag import StopFlag
from desktop_helper.backends.local.wire import ModelConfig, Picture, Question
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.events import Finished, FinishReason, Notice, Progress, StreamEvent, UsageReported
from desktop_helper.core.i18n import sentences, tr

_ANSWER_TOKENS = 2048  # kept free for an answer whose length nobody limited, or a quarter of the room if that is less


class Engine:
    """One model in memory. Everything runs on one thread; only the `StopFlag` is used from another.

    Args:
        config: what to load.
        stop: ends loading, reading and writing.
        emit: told how far loading is.
        picture: gives the bytes of a picture by its SHA-256.
    """

    def __init__(
        self, config: ModelConfig, stop: StopFlag, emit: Callable[[StreamEvent], None], picture: Callable[[str], bytes]
    ) -> None:
        self._stop = stop
        self._picture = picture
        self._name = config.name
        emit(Progress(tr("Loading the model"), 0.0))
        self._model = Model(config, stop, _throttled(lambda part: emit(Progress(tr("Loading the model"), part))))
        self._vision: Vision | None = None
        try:
            model = self._model
            self._template = ChatTemplate(
                model.template, model.begin_name, model.end_name, model.control_names, config.name
            )
            self._vision = Vision(model) if config.mmproj else None
            folder = Path(config.states) if config.states else None
            self._states = SavedStates(folder=folder, fingerprint=model.fingerprint)
        except BaseException:
            self._model.close()
            raise
        self._memory = Memory(model, self._vision, self._states)
        self._fitter = Fitter(could_grow=self._model.could_keep_more)

    @property
    def reads_pictures(self) -> bool:
        """Whether a projector is loaded."""
        return self._vision is not None

    def close(self) -> None:
        """Save what is worth it and free the memory. Call it once."""
        if self._states.kept_on_disk:
            self._memory.save()
            self._states.keep()
        if self._vision is not None:
            self._vision.close()
        self._model.close()

    def prepare(self, question: Question, emit: Emit) -> None:
        """Read the conversation up to its last picture, since the words that follow are still being typed."""
        messages = self._fitted(question, lambda _: None)
        entries = self._entries(self._pieces(question, messages))
        self._begin(question)
        last = max((index for index, entry in enumerate(entries) if not isinstance(entry, int)), default=-1)
        if last >= 0:
            self._reading().read(entries[: last + 2], emit)

    def answer(self, question: Question, emit: Emit) -> None:
        """Emit the events of one answer, from progress to `Finished`. Raises `HelperError` or `Stopped`."""
        pieces = self._pieces(question, self._fitted(question, emit))
        entries = self._entries(pieces)
        prompt_tokens = count_tokens(entries)
        self._begin(question)
        cached = self._reading().read(entries, emit)
        room = self._model.context_tokens - prompt_tokens - 1
        thinking = isinstance(pieces[-1], Text) and pieces[-1].text.rstrip().endswith("<think>")
        generation = Generation(self._model, self._memory, self._stop, question, room, thinking=thinking)
        try:
            reason = generation.run(emit)
        finally:  # one that is stopped, or fails, was written that far
            emit(UsageReported(prompt_tokens, generation.tokens, cached, tokens_per_s=generation.speed))
        full = reason is FinishReason.LENGTH and generation.fills_room
        if full:
            emit(Notice(_full(self._model)))
        emit(Finished(reason, full))

    def _begin(self, question: Question) -> None:
        sampling = question.sampling
        self._model.crew.begin(same_each_time=sampling.seed is not None or sampling.temperature == 0)

    def _reading(self) -> Reading:
        return Reading(self._memory, self._vision, self._stop, self._picture)

    def _fitted(self, question: Question, emit: Emit) -> Messages:
        """The conversation as far as there is room for it; tells what was left out."""
        context = self._model.context_tokens
        wanted = question.sampling.max_tokens or _ANSWER_TOKENS
        room = context - min(wanted, context // 4) - 1

        def cost(messages: Messages) -> int:
            return count_tokens(self._entries(self._pieces(question, messages)))

        messages = self._fitter.fit(question.messages, cost, room)
        if self._fitter.pictures or self._fitter.turns:
            emit(Notice(_left_out(self._fitter.pictures, self._fitter.turns, context)))
        return messages

    def _pieces(self, question: Question, messages: Messages) -> list[Piece]:
        return self._template.render(messages, question.tools, question.sampling.thinking)

    def _entries(self, pieces: list[Piece]) -> list[Entry]:
        entries: list[Entry] = []
        begin = not (
            pieces and isinstance(pieces[0], Text) and pieces[0].text.startswith(self._model.begin_name or "\0")
        )
        number = 0
        for piece in pieces:
            if isinstance(piece, Picture):
                number += 1
                entries.extend(self._picture_entries(piece, number))
            else:
                entries.extend(self._model.tokenize(piece.text, control=piece.control, begin=begin))
            begin = False
        return entries

    def _picture_entries(self, picture: Picture, number: int) -> list[Entry]:
        if self._vision is None:
            message = tr("{name} cannot read pictures without its mmproj file.", name=self._name)
            raise HelperError(
                ErrorKind.CONFIG,
                message,
                tr("Choose the mmproj file in Settings."),
                command_fix=tr("On the command line, --mmproj names it."),
            )
        try:
            return self._vision.entries(picture.sha256, picture.size)
        except NotPicture as error:  # a picture of no size
            raise unreadable(number) from error


def _full(model: Model) -> str:
    ended = tr("The context of {context} tokens is full, so the answer ends here.", context=model.context_tokens)
    return sentences(ended, longer_context() if model.could_keep_more else tr("Start a new chat."))


def _left_out(pictures: int, turns: int, context: int) -> str:
    if not turns:
        return tr(
            "{pictures} older pictures were left out: there is room for {context} tokens.",
            pictures=pictures,
            context=context,
        )
    if not pictures:
        return tr(
            "The oldest {turns} turns were left out: there is room for {context} tokens.", turns=turns, context=context
        )
    return tr(
        "The oldest {turns} turns and {pictures} older pictures were left out: there is room for {context} tokens.",
        turns=turns,
        pictures=pictures,
        context=context,
    )


def _throttled(report: Callable[[float], None]) -> Callable[[float], None]:
    """Pass on what differs by a hundredth: llama.cpp reports each tensor."""
    told = -1

    def throttled(part: float) -> None:
        nonlocal told
        if int(part * 100) > told:
            told = int(part * 100)
            report(part)

    return throttled
