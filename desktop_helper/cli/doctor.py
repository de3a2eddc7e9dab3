"""`desktop-helper doctor`: what works on this machine, what does not, why, and what to do."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from desktop_helper.cli._terminal import one_line, prepare
from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.services.checkup import Checkup

if TYPE_CHECKING:
    from desktop_helper.services.container import Services


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=tr("print JSON"))


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    findings = list(Checkup(services, commands=True).findings())
    if arguments.json:
        described = [
            {"name": name, "ok": state.ok, "reason": state.reason, "fix": state.fix} for name, state in findings
        ]
        print(json.dumps(described, ensure_ascii=False, indent=2))
        return 0
    width = max(len(name) for name, _ in findings)
    for name, state in findings:
        mark = "ok " if state.ok else "off"
        print(f"{mark}  {name:<{width}}  {one_line(sentences(state.reason, state.fix))}".rstrip())
    return 0


def _settings_use(arguments: argparse.Namespace) -> SettingsUse:
    return SettingsUse.OWN


COMMAND = Command("doctor", tr("say what works here and what does not, and why"), _configure, _run, _settings_use)
