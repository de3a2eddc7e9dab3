"""The list is read page by page, off the UI thread, and changes only where it has to."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QListView

from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.qt.background import Background
from desktop_helper.services.history import History
from desktop_helper.services.history_records import Glance
from desktop_helper.ui.history.entries import PAGE, HistorySource
from desktop_helper.ui.history.model import CURRENT, ENTRY, GROUP, TIME, HistoryModel
from tests.ui.history.fakes import NOW, FakeSource, entry


@pytest.fixture
def background(qtbot):
    made = Background()
    yield made
    made.close()


def model_of(source, background):
    return HistoryModel(source, background, lambda: NOW, UTC)


def read(qtbot, model):
    with qtbot.waitSignal(model.listed, timeout=5000):
        model.reload()


def ids(model):
    return [model.index(row).data(ENTRY).id for row in range(model.rowCount())]


def groups(model):
    return [model.index(row).data(GROUP) for row in range(model.rowCount())]


def test_pages_come_when_they_are_wanted_and_not_on_the_ui_thread(qtbot, background):
    source = FakeSource(2 * PAGE + 50)
    model = model_of(source, background)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    read(qtbot, model)
    assert model.rowCount() == PAGE
    for expected in (2 * PAGE, 2 * PAGE + 50):
        assert model.canFetchMore()
        model.fetchMore()
        assert not model.canFetchMore()  # it is on its way
        qtbot.waitUntil(lambda expected=expected: model.rowCount() == expected)
    assert not model.canFetchMore()
    assert ids(model) == list(range(2 * PAGE + 50, 0, -1))
    assert threading.main_thread() not in source.threads


def test_a_list_that_is_not_scrolled_reads_one_page(qtbot, background):
    source = FakeSource(5 * PAGE)
    model = model_of(source, background)
    view = QListView()
    qtbot.addWidget(view)
    view.setModel(model)
    view.resize(200, 200)
    view.show()
    read(qtbot, model)
    qtbot.wait(100)
    assert model.rowCount() == PAGE
    view.scrollToBottom()
    qtbot.waitUntil(lambda: model.rowCount() == 2 * PAGE)
    assert source.calls == [("begin", PAGE), ("more", PAGE)]


def test_reading_anew_reads_as_much_as_was_there(qtbot, background):
    source = FakeSource(3 * PAGE)
    model = model_of(source, background)
    read(qtbot, model)
    model.fetchMore()
    qtbot.waitUntil(lambda: model.rowCount() == 2 * PAGE)
    read(qtbot, model)
    assert model.rowCount() == 2 * PAGE
    assert model.canFetchMore()


def test_changes_while_it_reads_are_read_too(qtbot, background):
    source = FakeSource(3)
    model = model_of(source, background)
    source.gate.clear()
    model.reload()
    model.reload()
    model.reload()
    source.entries.insert(0, entry(4))
    source.gate.set()
    qtbot.waitUntil(lambda: ids(model) == [4, 3, 2, 1])
    qtbot.wait(50)
    assert source.calls.count(("begin", PAGE)) == 2


def test_a_conversation_that_goes_on_moves_to_the_top_and_the_rest_stays(qtbot, background):
    source = FakeSource(20)
    model = model_of(source, background)
    read(qtbot, model)
    row = QPersistentModelIndex(model.index(model.row_of(3)))
    source.change(7, updated=NOW)
    read(qtbot, model)
    assert ids(model)[:3] == [7, 20, 19]
    assert row.data(ENTRY).id == 3


def test_a_page_that_moved_on_brings_nothing_twice(qtbot, background):
    source = FakeSource(PAGE + 10)
    model = model_of(source, background)
    read(qtbot, model)
    source.entries.insert(0, entry(999))
    model.fetchMore()
    qtbot.waitUntil(lambda: model.rowCount() == PAGE + 10)
    assert len(set(ids(model))) == model.rowCount()


def test_headings_stand_above_the_first_of_their_group(qtbot, background):
    source = FakeSource()
    source.entries = [
        entry(9, hours=1),
        entry(8, hours=2),
        entry(7, hours=26),
        entry(6, hours=50),
        entry(5, hours=24 * 40),
        entry(4, hours=24 * 41),
        entry(1, hours=24 * 400, pinned=True),
    ]
    model = model_of(source, background)
    read(qtbot, model)
    assert ids(model) == [1, 9, 8, 7, 6, 5, 4]
    assert groups(model) == ["Pinned", "Today", "", "Yesterday", "Tuesday", "October", ""]
    assert [model.index(row).data(TIME) for row in (0, 1, 5)] == ["22 Oct 2025", "11:00", "17 Oct"]
    model.remove(9)
    assert groups(model)[:2] == ["Pinned", "Today"]
    source.change(1, pinned=False)
    read(qtbot, model)
    assert "Pinned" not in groups(model)


def test_midnight_gives_the_days_other_names(qtbot, background):
    source, clock = FakeSource(), [NOW]
    source.entries = [entry(2, hours=1), entry(1, hours=13)]
    model = HistoryModel(source, background, lambda: clock[0], UTC)
    read(qtbot, model)
    assert groups(model) == ["Today", "Yesterday"]
    clock[0] += timedelta(hours=13)
    read(qtbot, model)
    assert groups(model) == ["Yesterday", "Wednesday"]


def test_the_current_one_is_marked(qtbot, background):
    model = model_of(FakeSource(3), background)
    read(qtbot, model)
    model.set_current(2)
    assert [model.index(row).data(CURRENT) for row in range(3)] == [False, True, False]
    model.set_current(None)
    assert not any(model.index(row).data(CURRENT) for row in range(3))


@pytest.mark.parametrize(
    ("glance", "state"),
    [
        (Glance("", 0, "stop"), ""),
        (Glance("Region", 0, "stop"), "Region"),
        (Glance("a.pdf", 3, "length"), "a.pdf and 3 more"),
        (Glance("Region", 0, "open"), "answering…"),
        (Glance("Region", 0, "cancelled"), "stopped"),
        (Glance("Region", 0, "interrupted"), "stopped"),
        (Glance("", 0, "failed"), "failed"),
    ],
)
def test_a_row_says_how_its_last_answer_stands(glance, state):
    assert entry(1, glance=glance).state == state


def test_a_new_title_is_shown_at_once_and_told(qtbot, background):
    model = model_of(FakeSource(2), background)
    read(qtbot, model)
    with qtbot.waitSignal(model.renamed) as told:
        assert model.setData(model.index(0), "  Better \n title ")
    assert told.args == [2, "Better title"]
    assert model.index(0).data() == "Better title"
    assert not model.setData(model.index(0), "   ")


def test_what_cannot_be_read_is_told_and_can_be_tried_again(qtbot, background):
    source = FakeSource(3)
    model = model_of(source, background)
    source.error = "Plug it in."
    with qtbot.waitSignal(model.failed, timeout=5000) as told:
        model.reload()
    assert told.args[0].fix == "Plug it in."
    source.error = None
    read(qtbot, model)
    assert model.rowCount() == 3


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(1, 12), unique=True, max_size=12), min_size=2, max_size=5))
def test_any_list_becomes_any_other(qtbot, background, lists):
    model = model_of(FakeSource(), background)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for numbers in lists:
        wanted = [entry(number, hours=number * 9) for number in numbers]
        kept = {number: QPersistentModelIndex(model.index(model.row_of(number))) for number in ids(model)}
        model._set(list(wanted))
        assert ids(model) == numbers
        assert all(not index.isValid() or index.data(ENTRY).id == number for number, index in kept.items())


def test_thousands_in_a_real_history_are_read_a_page_at_a_time(qtbot, background, tmp_path):
    path = tmp_path / "history.db"
    history = History(path, tmp_path / "blobs")
    first = history.new_conversation()
    history.add_message(first, Message(Role.USER, (TextPart("the first"),)))
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = [(number, f"Talk {number}", number, number) for number in range(2, 6001)]
        connection.executemany("INSERT INTO conversations (id, title, created, updated) VALUES (?, ?, ?, ?)", rows)
        messages = [(number, "user", "complete", number) for number in range(2, 6001) for _ in range(2)]
        connection.executemany(
            "INSERT INTO messages (conversation_id, role, status, created) VALUES (?, ?, ?, ?)", messages
        )
    model = model_of(HistorySource(lambda: history), background)
    totals: list[int] = []
    model.listed.connect(totals.append)
    begin = time.perf_counter()
    read(qtbot, model)
    assert time.perf_counter() - begin < 3
    assert totals == [6000]
    assert model.rowCount() == PAGE
    while model.canFetchMore() and model.rowCount() < 1000:
        rows = model.rowCount()
        model.fetchMore()
        qtbot.waitUntil(lambda rows=rows: model.rowCount() == rows + PAGE, timeout=5000)
    assert ids(model) == [first, *range(6000, 6000 - model.rowCount() + 1, -1)]
    model.close()
    history.close()
