"""The app and a command share one history: neither may pull the log from under the other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from desktop_helper.core.messages import Message, Role, TextPart
from desktop_helper.services.history import History

READ = """
import sys
from pathlib import Path
from desktop_helper.services.history import History
history = History(Path(sys.argv[1]) / "history.db", Path(sys.argv[1]) / "blobs")
latest = history.latest()
print(len(history.messages(latest)) if latest else 0)
history.close()
"""


def read_elsewhere(folder: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder)], capture_output=True, text=True, check=True, timeout=60
    )
    return int(done.stdout)


def test_another_process_that_opens_and_closes_the_file_takes_nothing_away(tmp_path):
    history = History(tmp_path / "history.db", tmp_path / "blobs")
    try:
        assert history.latest() is None
        assert read_elsewhere(tmp_path) == 0
        conversation = history.new_conversation()
        history.add_message(conversation, Message(Role.USER, (TextPart("first"),)))
        assert read_elsewhere(tmp_path) == 1
        history.add_message(conversation, Message(Role.USER, (TextPart("second"),)))
        assert read_elsewhere(tmp_path) == 2
    finally:
        history.close()
    assert read_elsewhere(tmp_path) == 2
