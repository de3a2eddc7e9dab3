"""The pages of a document as a list: which are chosen, what has been seen of them, and what they cost."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from desktop_helper.core.errors import HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.services.page_choice import Choice, PageCost
from desktop_helper.ui.text_safety import tooltip

MOST_PIXELS = 16_000_000  # of all pictures that are kept: 64 MB
PICTURE, PROBLEM = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class PagesModel(QAbstractListModel):
    """One row a page; the pictures that were not wanted for the longest time are forgotten first.

    Signals:
        chosen_changed: other pages are chosen.
    """

    chosen_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = Choice(0)
        self.costs: dict[int, PageCost] = {}
        self._pictures: OrderedDict[int, QImage] = OrderedDict()
        self._stale: set[int] = set()
        self._problems: dict[int, str] = {}

    def begin(self, count: int, chosen: Collection[int]) -> None:
        """A document of so many pages."""
        self.beginResetModel()
        self.choice = Choice(count, chosen)
        self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """The pages."""
        return 0 if parent.isValid() else self.choice.count

    def flags(self, _index: _Index) -> Qt.ItemFlag:
        """For screen readers, each is a box that is checked or not."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Its name, whether it is chosen, its picture, and why there is none."""
        page = index.row() + 1
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{page:,}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return sentences(tr("Page {page}", page=page), self._problems.get(page, ""))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(*self._told(page))
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if page in self.choice else Qt.CheckState.Unchecked
        if role == PICTURE:
            return self._pictures.get(page)
        return self._problems.get(page, "") if role == PROBLEM else None

    def set_picture(self, page: int, image: QImage, cost: PageCost) -> None:
        """It has been drawn."""
        self._pictures[page] = image
        self._pictures.move_to_end(page)
        self._stale.discard(page)
        self.costs[page] = cost
        kept = sum(one.width() * one.height() for one in self._pictures.values())
        while kept > MOST_PIXELS and len(self._pictures) > 1:
            _oldest, forgotten = self._pictures.popitem(last=False)
            kept -= forgotten.width() * forgotten.height()
        self._tell(page)

    def set_problem(self, page: int, error: HelperError) -> None:
        """It cannot be drawn."""
        self._problems[page] = error.message
        self._tell(page)

    def missing(self, pages: Collection[int]) -> list[int]:
        """Those of which there is nothing to see yet. What is there is kept for longer."""
        for page in pages:
            if page in self._pictures:
                self._pictures.move_to_end(page)
        there = (self._pictures.keys() - self._stale) | self._problems.keys()
        return [page for page in pages if page not in there]

    def draw_anew(self) -> None:
        """Pictures are wanted in another size; until then the old ones are shown."""
        self._stale = set(self._pictures)
        self._problems.clear()

    def set_chosen(self, pages: Collection[int]) -> None:
        """Choose just these."""
        self.choice.set(pages)
        self.tell_choice()

    def tell_choice(self) -> None:
        """After `choice` was changed."""
        if self.choice.count:
            self.dataChanged.emit(self.index(0), self.index(self.choice.count - 1), [Qt.ItemDataRole.CheckStateRole])
        self.chosen_changed.emit()

    def _told(self, page: int) -> list[str]:
        said = [tr("Page {page}", page=page)]
        if page in self._problems:
            return [*said, self._problems[page]]
        if page in self.costs:
            cost = self.costs[page]
            said.append(tr("{count} tokens for the picture", count=f"{cost.tokens:,}"))
            if cost.characters:
                said.append(tr("{count} letters of text", count=f"{cost.characters:,}"))
        return said

    def _tell(self, page: int) -> None:
        index = self.index(page - 1)
        self.dataChanged.emit(index, index)
