"""Each conversation has its own draft, and none is lost with the process."""

from __future__ import annotations

import os
import time

import pytest

from desktop_helper.core.messages import ImagePart
from desktop_helper.services.draft import Draft, DraftFile
from desktop_helper.services.drafts import DraftGlance, Drafts, new_key
from tests.support import sample_files

PICTURE = ImagePart(sample_files.picture(), "image/png", 4, 4, "a.png", 1)
DRAFT = Draft("Why?", (("a.png", (PICTURE,)), ("b.png", (PICTURE,))))


@pytest.fixture
def drafts(tmp_path):
    made = Drafts(tmp_path / "drafts", tmp_path / "draft")
    yield made
    made.close()


def again(drafts: Drafts) -> Drafts:
    """The same ones after a restart."""
    drafts.close()
    return Drafts(drafts._folder, drafts._before)


def names(drafts: Drafts) -> list[str]:
    return sorted(path.name for path in drafts._folder.iterdir())


def test_each_is_what_it_was_after_a_restart(drafts):
    drafts.keep(17, DRAFT)
    drafts.keep(-3, Draft("New"))
    found = again(drafts)
    assert (found.load(17), found.load(-3), found.load(4)) == (DRAFT, Draft("New"), Draft())


def test_the_last_of_many_is_kept(drafts):
    for number in range(50):
        drafts.keep(1, Draft(str(number)))
        drafts.keep(2, Draft(f"{number} too"))
    drafts.close()
    assert (drafts.load(1), drafts.load(2)) == (Draft("49"), Draft("49 too"))


def test_an_empty_one_leaves_nothing_behind(drafts):
    drafts.keep(17, DRAFT)
    drafts.keep(-3, DRAFT)
    drafts.close()
    drafts.keep(17, Draft())
    drafts.close()
    assert names(drafts) == ["-3"]


def test_a_list_is_told_text_names_and_time_of_each(drafts):
    drafts.keep(17, DRAFT)
    drafts.keep(-3, Draft("New"))
    drafts.close()
    os.utime(drafts._folder / "17" / "draft.json", (1000, 1000))
    found = drafts.glances()
    assert found[17] == DraftGlance(1000, "Why?", "a.png", 1) == DraftGlance.of(DRAFT, 1000)
    assert found[-3].text == "New"
    assert found.keys() == {17, -3}


def test_a_slow_disk_makes_it_no_newer_than_what_was_asked_meanwhile(drafts, monkeypatch):
    asked: list[float] = []
    save = DraftFile.save

    def slow(file, draft):
        asked.append(time.time())
        time.sleep(0.05)
        save(file, draft)

    monkeypatch.setattr(DraftFile, "save", slow)
    drafts.keep(17, DRAFT)
    drafts.keep(-3, DRAFT)
    drafts.keep(-3, Draft())
    drafts.close()
    found = drafts.glances()
    assert found.keys() == {17}
    assert found[17].changed <= asked[0]


def test_what_is_no_draft_is_not_listed(drafts):
    for name in ("x", "1x", "--1", "²"):
        DraftFile(drafts._folder / name).save(DRAFT)
    (drafts._folder / "5").mkdir()
    assert drafts.glances() == {}


def test_undo_brings_back_what_was_deleted_last(drafts):
    drafts.keep(-3, DRAFT)
    drafts.keep(-4, Draft("Other"))
    drafts.put_into_bin(-3)
    assert drafts.restore(-3) == DRAFT
    drafts.put_into_bin(-3)
    drafts.put_into_bin(-4)
    assert drafts.restore(-3) == Draft()
    assert drafts.restore(-4) == Draft("Other")


def test_the_bin_is_emptied_at_the_start_and_is_in_no_list(drafts):
    drafts.keep(-3, DRAFT)
    drafts.put_into_bin(-3)
    found = again(drafts)
    assert found.glances() == {}
    assert names(found) == []
    assert found.restore(-3) == Draft()
    found.close()


def test_those_of_conversations_that_are_gone_for_good_go_too(drafts):
    for key in (1, 2, 3, -3):
        drafts.keep(key, DRAFT)
    drafts.close()
    drafts.tidy(lambda numbers: set(numbers) - {2})
    drafts.close()
    assert names(drafts) == ["-3", "1", "3"]


def test_the_only_draft_of_an_earlier_version_is_not_lost(drafts, tmp_path):
    DraftFile(tmp_path / "draft").save(DRAFT)
    ((key, glance),) = drafts.glances().items()
    assert key < 0
    assert glance.text == "Why?"
    assert drafts.load(key) == DRAFT
    assert not (tmp_path / "draft").exists()


def test_keys_of_new_chats_are_no_numbers_of_conversations():
    assert (new_key([]), new_key([17]), new_key([-1, 5, -4])) == (-1, -1, -5)


def test_a_folder_that_cannot_be_written_disturbs_nobody(tmp_path):
    (tmp_path / "drafts").write_text("a file", encoding="utf-8")
    drafts = Drafts(tmp_path / "drafts", tmp_path / "draft")
    drafts.keep(1, DRAFT)
    drafts.put_into_bin(1)
    assert drafts.restore(1) == Draft()
    assert drafts.glances() == {}
    drafts.close()
