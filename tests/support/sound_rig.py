"""A PipeWire of its own: loudspeakers that nobody hears and, if wanted, a microphone that hears what is played to it.

    with sound_rig(microphone=True) as rig:
        rig.play(rig.tone(1000), SPEAKERS)

Everything that was started here ends with the rig, even if the test fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.support.xrig import stop, wait_until

REQUIRED = ("pipewire", "wireplumber", "pw-cli", "pw-loopback", "pw-play", "dbus-daemon")
SPEAKERS, MICROPHONE = "test-speakers", "test-air"  # what is played to the second one, the microphone hears
_SOURCE = "test-microphone"
RATE = 48_000


class SoundRig:
    """See the module's text."""

    _pipewire: subprocess.Popen[bytes]
    _air: subprocess.Popen[bytes]

    def __init__(self, *, microphone: bool = False) -> None:
        self._microphone = microphone
        self._processes: list[subprocess.Popen[bytes]] = []
        self.folder = Path(tempfile.mkdtemp(prefix="soundrig-"))

    def __enter__(self) -> SoundRig:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything that was started here, last first."""
        for process in reversed(self._processes):
            stop(process)
        self._processes.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def variables(self) -> dict[str, str]:
        """What makes a program use this one."""
        return {
            "XDG_RUNTIME_DIR": str(self.folder),
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus",
            "PIPEWIRE_RUNTIME_DIR": str(self.folder),
            "PIPEWIRE_REMOTE": "pipewire-0",
        }

    def tone(self, hertz: int, seconds: float = 0.5) -> Path:
        """A file that holds nothing else."""
        return tone(self.folder, hertz, seconds)

    def play(self, file: Path, to: str = SPEAKERS) -> subprocess.Popen[bytes]:
        """Begin to play it; whoever waits for the process knows that it was heard to its end."""
        return self._spawn(["pw-play", "--target", to, str(file)])

    def unplug(self) -> None:
        """Take the microphone away."""
        stop(self._air)

    def crash(self) -> None:
        """PipeWire ends."""
        self._pipewire.kill()
        self._pipewire.wait(20)

    def _start(self) -> None:
        self._spawn(["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={self.folder}/bus"])
        wait_until((self.folder / "bus").exists, "the session bus")
        self._pipewire = self._spawn(["pipewire"])
        wait_until((self.folder / "pipewire-0").exists, "pipewire")
        self._spawn(["wireplumber"])
        # Priorities as those of real devices: without a better one, what loudspeakers play stands in for a microphone.
        add_speakers(self._env)
        if self._microphone:
            air = f"--capture-props=media.class=Audio/Sink node.name={MICROPHONE} priority.session=1"
            heard = f"--playback-props=media.class=Audio/Source node.name={_SOURCE} priority.session=2000"
            self._air = self._spawn(["pw-loopback", "-m", "[FL FR]", air, heard])
            _wait_for(_SOURCE, self._env)
        # The manager of the session must have seen them: then sound goes through.
        wait_until(lambda: self.play(self.tone(50, 0.05)).wait(20) == 0, "sound to be played", 20)

    @property
    def _env(self) -> dict[str, str]:
        return os.environ | self.variables

    def _spawn(self, argv: list[str]) -> subprocess.Popen[bytes]:
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                argv, env=self._env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._processes.append(process)
        return process


def tone(folder: Path, hertz: int, seconds: float = 0.5) -> Path:
    """A file in `folder` that holds nothing else."""
    file = folder / f"{hertz}-{seconds}.wav"
    samples = np.sin(np.arange(round(seconds * RATE)) * (2 * np.pi * hertz / RATE)) * 8000
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.astype("<i2").tobytes())
    return file


def add_speakers(env: Mapping[str, str]) -> None:
    """Let the PipeWire of this environment have some, which nobody hears."""
    speakers = f"factory.name=support.null-audio-sink node.name={SPEAKERS} media.class=Audio/Sink"
    more = "priority.session=1000 object.linger=true audio.position=[FL FR]"
    argv = ["pw-cli", "create-node", "adapter", f"{{ {speakers} {more} }}"]
    wait_until(lambda: subprocess.run(argv, env=env, capture_output=True, check=False).returncode == 0, "pw-cli")
    _wait_for(SPEAKERS, env)


def _wait_for(name: str, env: Mapping[str, str]) -> None:
    def is_there() -> bool:
        listed = subprocess.run(["pw-cli", "ls", "Node"], env=env, capture_output=True, check=False)
        return name.encode() in listed.stdout

    wait_until(is_there, name)


@contextmanager
def sound_rig(*, microphone: bool = False) -> Iterator[SoundRig]:
    """A `SoundRig`, or a skipped test where the programs for it are missing."""
    if sys.platform != "linux":
        pytest.skip("needs Linux")
    if missing := [name for name in REQUIRED if shutil.which(name) is None]:
        pytest.skip(f"needs {', '.join(missing)}")
    with SoundRig(microphone=microphone) as rig:
        yield rig
