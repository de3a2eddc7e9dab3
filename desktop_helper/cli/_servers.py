"""`desktop-helper models find` and `models test`: servers on this machine, and what a model at a server can do."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from desktop_helper.cli import _model_options
from desktop_helper.cli._opening import stopped_by_signals
from desktop_helper.cli._terminal import one_line
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.server_finder import FoundServer
    from desktop_helper.services.settings import Settings

_SHOWN = 12  # models of one server


def add_find(actions: Any) -> argparse.ArgumentParser:
    """Add `find` to the actions of `models`."""
    parser: argparse.ArgumentParser = actions.add_parser("find", help=tr("model servers that run on this machine"))
    parser.add_argument(
        "--use",
        metavar="PROVIDER",
        nargs="?",
        const="",
        help=tr("let the first model of the first server answer from now on, or of that server"),
    )
    return parser


def add_test(actions: Any) -> argparse.ArgumentParser:
    """Add `test` to the actions of `models`."""
    parser: argparse.ArgumentParser = actions.add_parser(
        "test", help=tr("try a model: a word, a small picture, a tool")
    )
    _model_options.add_which(parser)
    return parser


def find(arguments: argparse.Namespace, services: Services) -> None:
    """Name the servers that run here; with `--use`, let one of them answer. Raises `HelperError`."""
    from desktop_helper.services.server_finder import find as found_with

    cancel = CancelToken()
    with stopped_by_signals(cancel, [signal.SIGINT]):
        servers = found_with(services.providers.all(), services.egress.http_client, cancel)
    profile = "" if arguments.use is None else _use(_chosen(servers, arguments.use), services)
    if arguments.json:
        _print({"servers": [asdict(server) for server in servers], "profile": profile or None})
        return
    for line in _listing(servers):
        print(line)
    if profile:
        print(tr("The profile “{name}” answers from now on.", name=profile))
    elif servers:
        print(tr("“desktop-helper models find --use PROVIDER” lets one of them answer."))


def test(arguments: argparse.Namespace, services: Services) -> None:
    """Try a model and say what it can do. Raises `HelperError`."""
    from desktop_helper.services.connection_check import check

    profile = _model_options.profile(arguments, services)
    cancel = CancelToken()

    def tell(step: str) -> None:
        print(one_line(step), file=sys.stderr, flush=True)

    with stopped_by_signals(cancel, [signal.SIGINT]):
        checked = check(services, profile, "", cancel, tell)
    if arguments.json:
        abilities = checked.known.abilities
        found = asdict(abilities) if abilities is not None else None
        _print(
            {
                "model": profile.model,
                "base_url": profile.base_url,
                "abilities": found,
                "refused": list(checked.known.refused),
            }
        )
        return
    print(one_line(checked.sentence))
    if checked.more:
        print(one_line(checked.more))


def _listing(servers: list[FoundServer]) -> list[str]:
    lines = []
    for server in servers:
        lines.append(f"{one_line(server.title)}  {server.base_url}  ({server.provider})")
        if server.needs_key:
            lines.append("  " + tr("wants an API key"))
        elif not server.models:
            lines.append("  " + tr("has no models"))
        for model in server.models[:_SHOWN]:
            sees = {True: tr("sees pictures"), False: tr("text only"), None: ""}[model.sees]
            lines.append(f"  {one_line(model.id)}  {sees}".rstrip())
        if len(server.models) > _SHOWN:
            lines.append("  " + tr("and {count} more", count=len(server.models) - _SHOWN))
    return lines or [tr("No model server runs on this machine, or none at its usual address.")]


def _chosen(servers: list[FoundServer], provider: str) -> FoundServer:
    fitting = [server for server in servers if server.provider == provider or not provider]
    usable = [server for server in fitting if server.models or server.needs_key]
    if usable:
        return usable[0]
    what = (
        tr("No model server of the kind “{name}” runs on this machine.", name=provider)
        if provider
        else tr("No model server runs on this machine, or none at its usual address.")
    )
    raise HelperError(ErrorKind.CONFIG, what, tr("Start one; docs/servers.md says how."))


def _use(server: FoundServer, services: Services) -> str:
    from desktop_helper.services.server_finder import proposed

    model = server.models[0].id if server.models else ""
    usual = services.providers.get(server.provider).base_url
    chosen = ""

    def change(settings: Settings) -> Settings:
        nonlocal chosen
        chosen, profile = proposed(settings, server, model, usual)
        return replace(settings, profiles=settings.profiles | {chosen: profile}, active_profile=chosen)

    services.settings.update(change)
    return chosen


def _print(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))
