"""What a user does with attachments of every kind, one deed after another, and what must hold after each of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop_helper.core.clip_span import Cut, Span
from desktop_helper.core.messages import ImagePart, MediaPart, is_note
from desktop_helper.services.question_estimate import Estimate, part_tokens
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.budget.row import BudgetRow
from desktop_helper.ui.budget.window import BudgetWindow
from desktop_helper.ui.files.desk import FILES
from desktop_helper.ui.pages_desk import PAGES
from desktop_helper.ui.trim.desk import DEED as TRIM
from tests.support import sample_files
from tests.support.attachment_sources import LIMIT, SOURCES, names_in
from tests.support.chat_desk import ChatDesk

WAIT_MS = 60_000


@dataclass(frozen=True)
class State:
    """All of an attachment that a user sees or sends."""

    parts: tuple[MediaPart, ...]
    said: str
    notes: tuple[str, ...]
    deeds: tuple[str, ...]

    @classmethod
    def of(cls, chip: AttachmentChip) -> State:
        labels = [deed.label for deed in chip.deeds.values()]
        known = [label for label in labels if not label.startswith("Send as ")]  # that is found out later
        return cls(chip.parts, chip._detail.full_text, chip.notes, tuple(sorted(known)))


class Walk:
    """Does one thing after another at a desk, and looks after each whether all is as it must be.

    Args:
        qtbot: waits.
        desk: whose composer is used; its models take pictures of `LIMIT` tokens.
        folder: for the sources.
    """

    def __init__(self, qtbot: QtBot, desk: ChatDesk, folder: Path) -> None:
        self._qtbot, self._desk, self._folder = qtbot, desk, folder
        self._sources: dict[AttachmentChip, tuple[str, Path]] = {}
        self.told: list[str] = []
        object.__setattr__(desk.chat._intake, "max_image_tokens", lambda: LIMIT)
        desk.chat._budget.open()

    # --- deeds ---

    def attach(self, kind: str) -> AttachmentChip:
        """Drop a new source of that kind."""
        place = self._folder / str(len(self.told))
        place.mkdir()
        path = SOURCES[kind](place)
        self._tell(f"attach {kind}")
        self._desk.window.files_dropped.emit([path])
        chip = self._desk.composer.chips[-1]
        self._sources[chip] = (kind, path)
        self._settle()
        if "text" in kind:  # whether it would be cheaper as pictures is found out beside
            self._qtbot.waitUntil(lambda: "as pictures" in chip.deeds, timeout=WAIT_MS)
        return chip

    def choose_pages(self, chip: AttachmentChip) -> None:
        """The second and the third; the first is what a mistake would show."""
        self._change_pages(chip, ((2, 3),))

    def choose_pages_beyond(self, chip: AttachmentChip) -> None:
        """Some that are not there: all stays as it was."""
        before = State.of(chip)
        if self._change_pages(chip, ((900, 901),)):
            self._is(chip, before)

    def choose_files(self, chip: AttachmentChip) -> None:
        """Every second one."""
        if FILES not in chip.deeds:
            return
        self._tell(f"files of {chip.name}")
        chip.deeds[FILES].do()
        window = self._desk.chat._files.window
        assert window is not None
        self._qtbot.waitUntil(lambda: window.tree.topLevelItemCount() > 0, timeout=WAIT_MS)
        window.tree.tick(all_of_them=True)
        paths = tuple(entry.path for entry in window.tree.chosen)[::2]
        window.taken.emit(paths)
        self._settle()
        self._holds_only(chip, paths)

    def to_and_fro(self, chip: AttachmentChip, deed: str) -> None:
        """In full detail or as pictures, and as it was."""
        if deed not in chip.deeds or "smaller" in chip.deeds[deed].label or "as text" in chip.deeds[deed].label:
            return
        before, chosen = State.of(chip), self._members(chip)
        self._tell(f"{deed} of {chip.name}")
        chip.deeds[deed].do()
        self._settle()
        if chosen is not None:
            self._holds_only(chip, chosen)
        if chip.parts != before.parts:
            self._tell(f"{deed} of {chip.name} back")
            chip.deeds[deed].do()
            self._settle()
        self._is(chip, before)

    def toggle(self, chip: AttachmentChip, deed: str) -> None:
        """The same, and leave it so."""
        if deed in chip.deeds:
            self._tell(f"toggle {deed} of {chip.name}")
            chip.deeds[deed].do()
            self._settle()
            assert chip.parts, self._so(f"{chip.name} is empty now")

    def trim(self, chip: AttachmentChip) -> None:
        """Few frames of a part."""
        desk = self._desk.chat._trim
        if TRIM in chip.deeds:
            self._tell(f"trim {chip.name}")
            desk.change(chip, Cut(Span(0.5, 2.5), most_frames=2))
            self._settle()

    def cut_out(self, chip: AttachmentChip) -> None:
        """A part of each of its pictures becomes another attachment: one picture."""
        pictures = [part for part in chip.parts if isinstance(part, ImagePart)]
        for picture in {id(one): one for one in (*pictures[:1], *pictures[-1:])}.values():
            self._tell(f"cut out of {picture.name}")
            self._desk.chat._detail._ask_about(picture, (0.0, 0.0, 0.5, 0.5))
            made = self._desk.composer.chips[-1]
            self._settle()
            assert made.error is None, self._so(str(made.error))
            assert len(made.pictures) == 1 == len(made.parts), self._so("a part of a picture is one picture")
            self._is_part(picture, made.pictures[0])
            made.removed.emit()
            self._check()

    def less_detail(self, chip: AttachmentChip) -> None:
        """The coarsest that is offered."""
        row = self._row(chip)
        if row.details.count() > 1:
            self._tell(f"less detail of {chip.name}")
            row.details.setCurrentIndex(row.details.count() - 1)
            row.details.activated.emit(row.details.count() - 1)
            self._settle()

    def make_it_fit(self, share: float) -> None:
        """As if the model could read so much of it; if that is offered, it must come true."""
        estimate, window = self._desk.composer.estimate, self._budget
        limit = int(estimate.total * share)
        self._tell(f"fit into {limit} of {estimate.total}")
        self._desk.composer.set_context(Estimate(0, "", limit=limit))
        self._desk.chat._budget.refresh()
        if not window.take_button.isHidden():
            window.fit_accepted.emit()
            self._settle()
            now = self._desk.composer.estimate
            assert not now.too_much, self._so(f"{now.total} of {limit} tokens after it was made to fit")
        self._desk.composer.set_context(Estimate(0, ""))

    def undo(self) -> None:
        """In the window of costs."""
        self._tell("undo")
        self._desk.chat._budget.undo()
        self._settle()

    def undone(self, deed: Callable[[], object]) -> None:
        """What is changed in the window of costs and taken back is what it was."""
        before = {chip: State.of(chip) for chip in self._desk.composer.chips}
        count = len(self._desk.chat._budget._done)
        deed()
        if len(self._desk.chat._budget._done) > count:
            self.undo()
            for chip, state in before.items():
                self._is(chip, state)

    def undone_at_once(self, chip: AttachmentChip) -> None:
        """The same while it is still being read."""
        before, row = State.of(chip), self._row(chip)
        if row.details.count() > 1 and self._desk.chat._budget._detail(chip) is None:
            self._tell(f"less detail of {chip.name}, undone at once")
            row.detail_chosen.emit(row.details.itemData(row.details.count() - 1))
            self._desk.chat._budget.undo()
            self._qtbot.wait(300)
            self._settle()
            self._is(chip, before)

    def without_the_file(self, chip: AttachmentChip) -> None:
        """Nothing that is asked for of a file that is gone changes what was read, or leaves half of it."""
        if chip not in self._sources:
            return
        _kind, path = self._sources[chip]
        before, hidden = State.of(chip), path.with_name("elsewhere")
        path.rename(hidden)
        for deed in (self.choose_pages, self.trim, self.less_detail):
            deed(chip)
            if chip.error is None:
                self._is(chip, before, labels=False)
        for name in ("detail", "as pictures"):
            if name in chip.deeds:
                self.toggle(chip, name)
        hidden.rename(path)

    def remove(self, chip: AttachmentChip) -> None:
        self._tell(f"remove {chip.name}")
        chip.removed.emit()
        self._check()

    def ask(self) -> None:
        """What is sent is what was shown, and what it was said to cost."""
        composer, backend = self._desk.composer, self._desk.backend
        shown = [part for chip in composer.chips for part in chip.parts]
        cost, chosen_later = composer.estimate.question, composer.estimate.to_be_chosen()
        self._tell("ask")
        asked = len(backend.requests)
        self._desk.ask(self._qtbot, "Why?")
        assert len(backend.requests) == asked + 1
        sent = list(backend.requests[-1].messages[-1].media)
        if not chosen_later:
            assert sent == shown, self._so("other parts were sent than were shown")
            assert sum(map(part_tokens, sent)) == cost, self._so(f"it was said to cost {cost}")
        assert composer.chips == ()
        composer.set_context(Estimate(0, ""))

    def take_from_history(self) -> None:
        """What was asked last stands in the field again."""
        message = self._desk.stored()[-2].message
        self._tell("ask again what was asked")
        self._desk.composer.restore("", message.media)
        self._settle()
        there = [part for chip in self._desk.composer.chips for part in chip.parts]
        assert there == list(message.media), self._so("something is lost on the way back")

    # --- what must hold ---

    def _check(self) -> None:
        composer = self._desk.composer
        for chip in composer.chips:
            assert not chip.loading
            assert bool(chip.error) != bool(chip.parts), self._so(f"{chip.name} is refused and sent, or neither")
            self._tells_what_is_missing(chip)
        parts = [part for chip in composer.chips for part in chip.parts]
        total = composer.estimate.question - composer.estimate.text_cost
        assert total == sum(map(part_tokens, parts)), self._so("the estimate is not what goes")
        rows = self._budget.rows
        assert list(rows) == list(composer.chips), self._so("the window of costs shows other attachments")
        budget, _profile = self._desk.chat._budget._budget()
        assert sum(item.tokens for item in budget.items) == total, self._so("the window of costs has another sum")
        assert [part for item in budget.items for part in item.parts] == parts
        self._notice_tells()

    def _tells_what_is_missing(self, chip: AttachmentChip) -> None:
        """Of pages and files that do not go somebody is told."""
        if chip not in self._sources or chip.error is not None:
            return
        kind, path = self._sources[chip]
        all_of_it = {"book": 23, "report": 8, "scan": 3, "gz of pages": 4}.get(kind, 0)
        pictures = [part for part in chip.parts if isinstance(part, ImagePart)]
        if len(pictures) < all_of_it:
            assert chip.notes, self._so(f"{len(pictures)} of {all_of_it} pages go, and nobody is told")
        names = " ".join(part.name for part in chip.parts)
        missing = [name for name in names_in(path) if name not in names]
        drawn = any(deed.label.startswith("Send as text") for deed in chip.deeds.values())
        if missing and not drawn:
            assert chip.notes, self._so(f"{missing} of {chip.name} do not go, and nobody is told")

    def _notice_tells(self) -> None:
        composer = self._desk.composer
        notice = composer._notice.text()
        for chip in composer.chips:
            if chip.error is not None and "And " not in notice:
                assert chip.error.message in notice or notice, self._so("a refusal is not told")

    def _is(self, chip: AttachmentChip, before: State, *, labels: bool = True) -> None:
        now = State.of(chip)
        assert now.parts == before.parts, self._so(f"{chip.name} is not what it was")
        assert (now.said, now.notes) == (before.said, before.notes), self._so("it says something else")
        if labels:
            assert now.deeds == before.deeds, self._so("something else can be done with it")

    def _members(self, chip: AttachmentChip) -> tuple[str, ...] | None:
        setting = self._desk.chat._pages.setting(chip)
        return None if setting is None else setting.members

    def _holds_only(self, chip: AttachmentChip, paths: tuple[str, ...]) -> None:
        """Files that nobody chose do not come back."""
        _kind, path = self._sources[chip]
        others = [name for name in names_in(path) if name not in paths]
        there = [part.name for part in chip.parts if not is_note(part)]
        for other in others:
            assert not any(name == other or name.startswith(f"{other}, ") for name in there), self._so(
                f"{other} was not chosen, and goes"
            )

    def _is_part(self, whole: ImagePart, part: ImagePart) -> None:
        """It shows the upper left quarter: in the middle both have the same colour, more or less."""
        one, other = (sample_files.decoded(found.data).convert("L") for found in (whole, part))
        quarter = one.crop((0, 0, one.width // 2, one.height // 2)).resize((24, 24))
        found = other.resize((24, 24))
        far = sum(abs(a - b) for a, b in zip(quarter.tobytes(), found.tobytes(), strict=True)) / 576
        assert far < 12, self._so(f"the part shows something else ({far:.0f})")

    # --- tools ---

    @property
    def _budget(self) -> BudgetWindow:
        window = self._desk.chat._budget.window
        assert window is not None
        return window

    def _row(self, chip: AttachmentChip) -> BudgetRow:
        self._desk.chat._budget.refresh()
        return self._budget.rows[chip]

    def _change_pages(self, chip: AttachmentChip, pages: tuple[tuple[int, int | None], ...]) -> bool:
        desk = self._desk.chat._pages
        setting = desk.setting(chip)
        if PAGES not in chip.deeds or setting is None:
            return False
        self._tell(f"pages {pages} of {chip.name}")
        desk.change(chip, replace(setting, pages=pages))
        self._settle()
        return True

    def _settle(self) -> None:
        chips = self._desk.composer.chips
        self._qtbot.waitUntil(lambda: not any(chip.loading for chip in chips), timeout=WAIT_MS)
        self._check()

    def _tell(self, deed: str) -> None:
        self.told.append(deed)

    def _so(self, why: str) -> str:
        return "\n".join([why, *self.told])


def steps(walk: Walk, chip: AttachmentChip) -> list[Callable[[], object]]:
    """All that can be done with one attachment, what changes most last."""
    return [
        lambda: walk.undone(lambda: walk.make_it_fit(0.7)),
        lambda: walk.undone(lambda: walk.make_it_fit(0.2)),
        lambda: walk.undone(lambda: walk.less_detail(chip)),
        lambda: walk.undone_at_once(chip),
        lambda: walk.to_and_fro(chip, "detail"),
        lambda: walk.to_and_fro(chip, "as pictures"),
        lambda: walk.choose_pages_beyond(chip),
        lambda: walk.cut_out(chip),
        lambda: walk.without_the_file(chip),
        lambda: walk.choose_files(chip),
        lambda: walk.choose_pages(chip),
        lambda: walk.trim(chip),
        lambda: walk.to_and_fro(chip, "detail"),
        lambda: walk.to_and_fro(chip, "as pictures"),
        lambda: walk.undone(lambda: walk.less_detail(chip)),
        lambda: walk.cut_out(chip),
        lambda: walk.toggle(chip, "detail"),
        lambda: walk.toggle(chip, "as pictures"),
        lambda: walk.undone(lambda: walk.make_it_fit(0.7)),
        lambda: walk.less_detail(chip),
        lambda: walk.undone(lambda: walk.make_it_fit(0.7)),
        lambda: walk.make_it_fit(0.4),
        walk.undo,
    ]


def whole_question(walk: Walk, share: float) -> list[Callable[[], object]]:
    """What is done with all attachments together."""

    def fit() -> None:
        walk.make_it_fit(share)

    return [fit, lambda: walk.undone(fit), walk.undo]


def wander(walk: Walk, desk: ChatDesk, seed: int, count: int) -> None:
    """So many deeds by chance, the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        chips = [chip for chip in desk.composer.chips if chip.error is None]
        if not chips or (len(chips) < 3 and chance.random() < 0.3):
            walk.attach(chance.choice(list(SOURCES)))
        elif chance.random() < 0.05:
            walk.ask()
            walk.take_from_history()
        elif len(chips) > 5 or chance.random() < 0.1:
            walk.remove(chance.choice(chips))
        else:
            share = chance.choice((0.1, 0.3, 0.6, 0.9))
            chance.choice([*steps(walk, chance.choice(chips)), *whole_question(walk, share)])()
