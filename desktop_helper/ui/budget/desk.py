"""What the next question costs, part by part: shown in a window, changed there, made to fit and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut

from desktop_helper.core.clip_span import Cut
from desktop_helper.core.copies import once_each
from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.image_tokens import fit as fitting_size
from desktop_helper.core.image_tokens import image_tokens
from desktop_helper.core.messages import ImagePart, MediaPart
from desktop_helper.core.pages import as_ranges, first_of
from desktop_helper.qt.intake import Intake
from desktop_helper.services.budget import Budget, Item, foreseen_of
from desktop_helper.services.budget_fit import Change, Means, fit, sentence, size_at, steps, total_after
from desktop_helper.services.budget_table import cannot_fit
from desktop_helper.services.file_origins import Setting
from desktop_helper.services.picture_words import is_in_parts
from desktop_helper.services.question_estimate import short
from desktop_helper.ui.attachment_chip import AttachmentChip
from desktop_helper.ui.budget.row import BudgetRow, Shown
from desktop_helper.ui.chat_window import ChatWindow
from desktop_helper.ui.files.desk import FILES
from desktop_helper.ui.pages_desk import PAGES, PRINTED, PagesDesk
from desktop_helper.ui.trim.desk import DEED as TRIM
from desktop_helper.ui.trim.desk import TrimDesk

if TYPE_CHECKING:
    from desktop_helper.core.protocols import ModelProfile
    from desktop_helper.ui.budget.window import BudgetWindow

OPEN = "Ctrl+E"
_CHOICES = (PAGES, PRINTED, TRIM, FILES)  # what may be chosen of an attachment; the first that it offers is shown
IN_PARTS = 0  # no number of tokens, but a picture in full detail


@dataclass(frozen=True, slots=True)
class _Before:
    """What an attachment was before it was changed here."""

    chip: AttachmentChip
    parts: tuple[MediaPart, ...]
    setting: Setting | None
    cut: Cut | None
    detail: int | None


class BudgetDesk(QObject):
    """Belongs to the chat.

    Args:
        window: the chat's, with its composer.
        intake: reads pictures again that came from no file.
        pages: reads files again.
        trim: reads videos again.
    """

    def __init__(self, window: ChatWindow, intake: Intake, pages: PagesDesk, trim: TrimDesk) -> None:
        super().__init__(window)
        self._chat, self._composer = window, window.composer
        self._intake, self._pages, self._trim = intake, pages, trim
        self._window: BudgetWindow | None = None
        self._usual: dict[AttachmentChip, Item] = {}  # as it is in all the detail that the model allows
        self._details: dict[AttachmentChip, int] = {}  # of pictures that came from no file
        self._going: dict[AttachmentChip, Item] = {}  # what goes of each
        self._done: list[list[_Before]] = []
        self._composer.edited.connect(self.refresh)
        self._composer.chip_added.connect(lambda chip: chip.deeds_changed.connect(self.refresh))
        self._composer.budget_requested.connect(self.open)
        QShortcut(QKeySequence(OPEN), window, self.open)

    @property
    def window(self) -> BudgetWindow | None:
        """The one that is open."""
        return self._window

    def open(self) -> None:
        """Show what will be sent."""
        from desktop_helper.ui.budget.window import BudgetWindow

        if self._window is None:
            self._window = window = BudgetWindow(self._chat)
            window.row_made.connect(self._attend)
            window.fit_accepted.connect(self._make_it_fit)
            window.undo_requested.connect(self.undo)
            window.left.connect(self._forget_window)
        self.refresh()
        self._window.come_up()

    def close(self) -> None:
        """Close the window."""
        if self._window is not None:
            self._window.close()

    def refresh(self) -> None:
        """The question, or who answers, may be another one."""
        chips = self._composer.chips
        for known in (self._usual, self._details):
            for chip in [chip for chip in known if chip not in chips]:
                del known[chip]
        self._done = [deeds for deeds in self._done if any(before.chip in chips for before in deeds)]
        if self._window is None:
            return
        budget, profile = self._budget()
        means = [self._means(chip) for chip in self._read]
        changes = fit(budget, means)
        shown = {chip: self._shown(chip, budget) for chip in chips}
        advice, title = _advice(budget, means, changes), profile.title if profile is not None else ""
        self._window.show_budget(budget, title, shown, advice, fits=bool(changes), undo=bool(self._done))

    def undo(self) -> None:
        """All attachments are what they were before the last change here."""
        if not self._done:
            return
        for before in self._done.pop():
            if not self._composer.holds(before.chip):
                continue
            if before.cut is not None:
                self._trim.restore(before.chip, before.cut, before.parts)
            elif before.setting is not None:
                self._pages.restore(before.chip, before.setting, before.parts)
            else:
                self._keep_detail(before.chip, before.detail)
                before.chip.set_ready(before.parts)
        self.refresh()

    # --- what there is ---

    @property
    def _read(self) -> list[AttachmentChip]:
        """Attachments that count; in their order."""
        return [chip for chip in self._composer.chips if chip.parts and chip.error is None]

    def _budget(self) -> tuple[Budget, ModelProfile | None]:
        try:
            profile: ModelProfile | None = self._intake.services.active_profile()
        except HelperError:
            profile = None
        estimate = self._composer.estimate
        chips = self._read
        going = once_each([(chip.name, chip.parts) for chip in chips])
        self._going = {chip: Item(name, parts, foreseen_of(parts, estimate))
                       for chip, (name, parts) in zip(chips, going, strict=True)}  # fmt: skip
        return Budget(tuple(self._going.values()), estimate), profile

    def _is_copy(self, chip: AttachmentChip) -> bool:
        """Whether it is attached twice, and its place is taken by a word about that."""
        item = self._going.get(chip)
        return item is not None and item.parts != chip.parts

    def _means(self, chip: AttachmentChip) -> Means:
        if chip.loading or self._is_copy(chip):
            return Means()
        if self._trim.cut_of(chip) is not None and chip.is_clip:
            return Means(frames=True)
        setting = self._pages.setting(chip)
        if setting is not None and setting.as_pictures:
            return Means()  # its letters are as small as they can be read
        from_file = setting is not None
        alone = len(chip.pictures) == 1 == len(chip.parts)
        return Means(detail=bool(chip.pictures) and (from_file or alone), pages=PAGES in chip.deeds)

    def _detail(self, chip: AttachmentChip) -> int | None:
        if is_in_parts(chip.parts):
            return IN_PARTS
        setting = self._pages.setting(chip)
        return self._details.get(chip) if setting is None else setting.detail

    def _shown(self, chip: AttachmentChip, budget: Budget) -> Shown:
        if chip.error is not None:
            return Shown(str(chip.error), bad=True)
        if chip.loading:
            return Shown(tr("reading…"))
        item = self._going.get(chip) or Item(chip.name, chip.parts)
        means, detail = self._means(chip), self._detail(chip)
        details = self._details_of(chip, item, detail) if means.detail else []
        labels = {TRIM: tr("Trim…"), FILES: tr("Files…")}
        choose = next((labels.get(key, tr("Pages…")) for key in _CHOICES if key in chip.deeds), "")
        share = budget.share(item.expected)
        if self._is_copy(chip):
            return Shown("\n".join(item.said), item.cost_text(), share)
        return Shown(item.what(), item.cost_text(), share, chip.lines, tuple(details), detail, choose)

    def _details_of(self, chip: AttachmentChip, item: Item, detail: int | None) -> list[tuple[str, int | None]]:
        """What its pictures may be like: as they are if that is more than usual, as usual, and with less detail."""
        if detail is None:
            self._usual[chip] = item
        elif detail == IN_PARTS:
            self._usual[chip] = self._in_one(item)
        usual = self._usual.get(chip, item)
        if not usual.pictures:
            return []
        largest = max(usual.pictures, key=lambda part: part.tokens)
        found: list[tuple[str, int | None]] = []
        if detail == IN_PARTS:
            found.append((item.what(), IN_PARTS))
        found.append((tr("{width} × {height}", width=largest.width, height=largest.height), None))
        return found + [(size_at(usual, step), step) for step in steps(usual)]

    def _in_one(self, item: Item) -> Item:
        """What a picture in full detail would be as any other."""
        whole = item.pictures[0]
        size = fitting_size(*(whole.full_size or (whole.width, whole.height)), self._intake.max_image_tokens())
        return Item(item.name, (replace(whole, width=size[0], height=size[1], tokens=image_tokens(*size)),))

    # --- what is changed ---

    def _attend(self, chip: AttachmentChip, row: BudgetRow) -> None:
        row.detail_chosen.connect(partial(self._choose_detail, chip))
        row.choose_requested.connect(partial(_choose, chip))
        row.removed.connect(chip.removed)

    def _choose_detail(self, chip: AttachmentChip, detail: int | None) -> None:
        if detail != self._detail(chip):
            self._done.append([self._before(chip)])
            self._set_detail(chip, detail)

    def _make_it_fit(self) -> None:
        budget, _profile = self._budget()
        chips = self._read
        changes = fit(budget, [self._means(chip) for chip in chips])
        if not changes:
            return
        self._done.append([self._before(chips[change.place]) for change in changes])
        for change in changes:
            self._apply(chips[change.place], change)

    def _apply(self, chip: AttachmentChip, change: Change) -> None:
        cut, setting = self._trim.cut_of(chip), self._pages.setting(chip)
        if change.clip_tokens is not None and cut is not None:
            self._trim.change(chip, replace(cut, most_tokens=change.clip_tokens))
            return
        detail = change.detail if change.detail is not None else self._detail(chip)
        if change.pages is not None and setting is not None:
            pages = as_ranges(first_of(setting.pages, change.pages))
            self._pages.change(chip, replace(setting, pages=pages, detail=detail))
        else:
            self._set_detail(chip, detail)

    def _set_detail(self, chip: AttachmentChip, detail: int | None) -> None:
        setting = self._pages.setting(chip)
        if setting is not None:
            self._pages.change(chip, replace(setting, detail=detail))
            return
        usual = self._usual.get(chip)
        if usual is None or len(usual.pictures) != 1:
            return
        self._keep_detail(chip, detail)
        if detail is None:
            chip.set_ready(usual.parts)
            return
        part, before = usual.pictures[0], chip.parts
        reading = self._intake.pasted(
            part.data, part.name, partial(self._on_read, chip, part, detail), partial(self._on_failed, chip, before),
            most_tokens=detail,
        )  # fmt: skip
        chip.set_loading(reading)
        chip.removed.connect(reading.cancel)

    def _on_read(self, chip: AttachmentChip, usual: ImagePart, detail: int, parts: tuple[MediaPart, ...]) -> None:
        """What it was made of was made smaller already. Something else may be wanted meanwhile."""
        full = usual.full_size or (usual.width, usual.height)
        told = [replace(part, full_size=full) if isinstance(part, ImagePart) else part for part in parts]
        if self._composer.holds(chip) and self._details.get(chip) == detail:
            chip.set_ready(tuple(told))

    def _on_failed(self, chip: AttachmentChip, before: tuple[MediaPart, ...], error: HelperError) -> None:
        if self._composer.holds(chip):
            chip.set_ready(before)
            self._composer.show_error(error)

    def _keep_detail(self, chip: AttachmentChip, detail: int | None) -> None:
        if detail is None:
            self._details.pop(chip, None)
        else:
            self._details[chip] = detail

    def _before(self, chip: AttachmentChip) -> _Before:
        cut = self._trim.cut_of(chip) if chip.is_clip else None
        return _Before(chip, chip.parts, self._pages.setting(chip), cut, self._details.get(chip))

    def _forget_window(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            window.deleteLater()


def _choose(chip: AttachmentChip) -> None:
    next(chip.deeds[key] for key in _CHOICES if key in chip.deeds).do()


def _advice(budget: Budget, means: Sequence[Means], changes: Sequence[Change]) -> str:
    """How it would fit, a line for each attachment; or that it will."""
    estimate = budget.estimate
    if not (budget.excess or budget.picture_excess):
        return "".join(estimate.to_be_chosen())
    if not changes:
        return cannot_fit(budget)
    total = short(total_after(budget, means, changes))
    if budget.picture_excess:
        head = tr("These are {count} pictures, and the model takes no more than {most} at once. "
                  "It would fit like this, with about {total} tokens:",
                  count=estimate.pictures, most=estimate.most_pictures, total=total)  # fmt: skip
    else:
        head = tr("This is more than the model can read. It would fit like this, with about {total} tokens:",
                  total=total)  # fmt: skip
    return "\n".join([head, *(sentence(budget.items[change.place], change) for change in changes)])
