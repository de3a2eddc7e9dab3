"""Days are named where the user is, by their calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_helper.core.i18n import set_language
from desktop_helper.ui.history.days import day_of, group_of, time_of

TODAY = date(2026, 11, 26)  # a Thursday
AUCKLAND, HONOLULU = timezone(timedelta(hours=13)), timezone(timedelta(hours=-10))


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("en")


@pytest.mark.parametrize(
    ("day", "heading", "time"),
    [
        (date(2026, 11, 27), "Today", "10:42"),  # a wrong clock
        (date(2026, 11, 26), "Today", "10:42"),
        (date(2026, 11, 25), "Yesterday", "10:42"),
        (date(2026, 11, 24), "Tuesday", "10:42"),
        (date(2026, 11, 20), "Friday", "10:42"),
        (date(2026, 11, 19), "November", "19 Nov"),
        (date(2026, 1, 1), "January", "1 Jan"),
        (date(2025, 12, 31), "December 2025", "31 Dec 2025"),
    ],
)
def test_headings_and_times(day, heading, time):
    moment = datetime(day.year, day.month, day.day, 10, 42, tzinfo=UTC)
    assert group_of(moment, TODAY, UTC) == heading
    assert time_of(moment, TODAY, UTC) == time


@pytest.mark.parametrize(
    ("day", "heading", "time"),
    [
        (date(2026, 11, 26), "今天", "10:42"),
        (date(2026, 11, 25), "昨天", "10:42"),
        (date(2026, 11, 24), "星期二", "10:42"),
        (date(2026, 10, 3), "10月", "10月3日"),
        (date(2025, 10, 3), "2025年10月", "2025年10月3日"),
    ],
)
def test_they_are_chinese_in_chinese(day, heading, time):
    set_language("zh_CN")
    moment = datetime(day.year, day.month, day.day, 10, 42, tzinfo=UTC)
    assert (group_of(moment, TODAY, UTC), time_of(moment, TODAY, UTC)) == (heading, time)


def test_one_moment_is_another_day_elsewhere():
    moment = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    assert (group_of(moment, TODAY, AUCKLAND), time_of(moment, TODAY, AUCKLAND)) == ("Today", "12:30")
    assert (group_of(moment, TODAY, HONOLULU), time_of(moment, TODAY, HONOLULU)) == ("Yesterday", "13:30")


def test_the_hour_that_is_there_twice_belongs_to_one_day():
    zone, night = ZoneInfo("Europe/Berlin"), date(2026, 10, 25)
    for hour in (0, 1):  # 02:00 in summer time, 02:00 in winter time
        moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert (group_of(moment, night, zone), time_of(moment, night, zone)) == ("Today", "02:30")


def test_a_list_without_headings_has_the_time_of_today_only():
    assert day_of(datetime(2026, 11, 26, 8, 5, tzinfo=UTC), TODAY, UTC) == "08:05"
    assert day_of(datetime(2026, 11, 25, 8, 5, tzinfo=UTC), TODAY, UTC) == "25 Nov"
    assert day_of(datetime(2024, 11, 25, 8, 5, tzinfo=UTC), TODAY, UTC) == "25 Nov 2024"


@given(st.lists(st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 26), timezones=st.just(UTC)), max_size=60))
def test_newest_first_no_heading_comes_twice(moments):
    headings = [group_of(moment, TODAY, UTC) for moment in sorted(moments, reverse=True)]
    changes = [one for one, before in zip(headings, [None, *headings], strict=False) if one != before]
    assert len(changes) == len(set(changes))
