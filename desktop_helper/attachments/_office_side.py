"""Runs LibreOffice for one document, in a group of processes of its own that ends as a whole.

One frame from the parent (`_libreoffice`): `convert` with the program, the `folder` to work in, the document's name
there, and `to`: the kind of file that is made of it. Back comes `done`; what was made lies in the folder. When the
input closes, LibreOffice ends and the folder goes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from desktop_helper.core.child_side import Channel, serve
from desktop_helper.core.frames import Frame

NOBODY = "http://127.0.0.1:9"
# No macros, no links that are followed, nothing from elsewhere, no help from the network.
RULES = (
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
_folder: list[Path] = []


def handle(frame: Frame, channel: Channel) -> None:
    """Convert what the frame names."""
    header = frame.header
    folder = Path(header["folder"])
    _folder.append(folder)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_rules(), encoding="utf-8")
    options = ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard"]
    subprocess.run(
        [
            str(header["program"]),
            f"-env:UserInstallation={profile.as_uri()}",
            *options,
            *("--convert-to", str(header["to"]), "--outdir", str(folder), str(folder / header["name"])),
        ],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    channel.send({"type": "done"})


def _environment(folder: Path) -> dict[str, str]:
    """With a home of its own, no display, and proxies behind which nobody listens."""
    kept = {name: value for name, value in os.environ.items() if "display" not in name.lower()}
    proxies = {name: NOBODY for plain in ("http_proxy", "https_proxy", "all_proxy") for name in (plain, plain.upper())}
    home = {name: str(folder) for name in ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")}
    return kept | home | proxies | {"no_proxy": "", "NO_PROXY": "", "SAL_USE_VCLPLUGIN": "svp"}


def _rules() -> str:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in RULES
    )
    spaces = 'xmlns:oor="http://openoffice.org/2001/registry"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items {spaces}>{items}</oor:items>'


def finish() -> None:
    """Nobody waits any more."""
    for folder in _folder:
        shutil.rmtree(folder, ignore_errors=True)
    if sys.platform != "win32":
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    serve(handle, finish=finish)
