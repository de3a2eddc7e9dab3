"""`desktop-helper models`: models on this machine."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_helper.cli import _models_shown as shown
from desktop_helper.cli import _servers
from desktop_helper.cli._arguments import NotEmpty, positive_number
from desktop_helper.cli._models_progress import ProgressLine
from desktop_helper.cli._opening import stopped_by_signals
from desktop_helper.cli._terminal import one_line, prepare
from desktop_helper.cli.command import Command, SettingsUse
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import sentences, tr
from desktop_helper.services import practice

if TYPE_CHECKING:
    from desktop_helper.services.container import Services
    from desktop_helper.services.model_store.catalogue import CatalogueEntry
    from desktop_helper.services.model_store.records import InstalledModel


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help=tr("models on this machine, and those to choose from"))
    listed.add_argument("--installed", action="store_true", help=tr("only those on this machine"))
    add = actions.add_parser("add", help=tr("use a GGUF file that is here already"))
    add.add_argument("gguf", metavar="FILE", type=Path)
    add.add_argument(
        "--mmproj", metavar="FILE", type=Path, help=tr("the file that lets the model see; one beside it is found")
    )
    add.add_argument("--name", metavar="NAME", action=NotEmpty, default="", help=tr("what to call it here"))
    add.add_argument("--copy", action="store_true", help=tr("copy the files into the models folder"))
    download = actions.add_parser("download", help=tr("bring a model, or the rest of one"))
    download.add_argument(
        "name", metavar="NAME", help=tr("a name of the catalogue, or OWNER/REPOSITORY with --file and --mmproj")
    )
    download.add_argument("--file", metavar="NAME", action=NotEmpty, default="", help=tr("the GGUF in the repository"))
    download.add_argument(
        "--mmproj", metavar="NAME", action=NotEmpty, default="", help=tr("the mmproj file in the repository")
    )
    download.add_argument(
        "--endpoint",
        metavar="URL",
        action=NotEmpty,
        default="",
        help=tr("the server to ask, for example https://hf-mirror.com or https://modelscope.cn"),
    )
    remove = actions.add_parser("remove", help=tr("delete a model, or what is left of a download"))
    remove.add_argument("name", metavar="NAME")
    recommend = actions.add_parser("recommend", help=tr("the best model for this machine"))
    find, test = _servers.add_find(actions), _servers.add_test(actions)
    for action in (listed, recommend):
        action.add_argument("--vram", metavar="GB", type=positive_number, help=tr("memory of the graphics card"))
    for action in (add, download):
        action.add_argument("--use", action="store_true", help=tr("let it answer from now on"))
    for action in (listed, add, download, remove, recommend, find, test):
        action.add_argument("--json", action="store_true", help=tr("print JSON"))


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    actions: dict[str, Callable[[argparse.Namespace, Services], None]] = {
        "list": _list,
        "add": _add,
        "download": _download,
        "remove": _remove,
        "recommend": _recommend,
        "find": _servers.find,
        "test": _servers.test,
    }
    actions[arguments.action](arguments, services)
    return 0


def _list(arguments: argparse.Namespace, services: Services) -> None:
    store = services.models
    machine = _machine(arguments)
    installed, unfinished = store.installed(), store.unfinished()
    catalogue = [] if arguments.installed else store.catalogue.entries()
    built_in = practice.listed(services)
    if arguments.json:
        _print(
            {
                "folder": str(store.folder),
                "practice": asdict(built_in) if built_in is not None else None,
                "installed": [shown.installed_data(model) for model in installed],
                "unfinished": [{"name": one.id, "bytes": one.bytes} for one in unfinished],
                "catalogue": [shown.entry_data(entry, machine) for entry in catalogue],
            }
        )
        return
    for line in shown.listing(installed, unfinished, catalogue, machine, services.settings.current, built_in):
        print(line)


def _add(arguments: argparse.Namespace, services: Services) -> None:
    from desktop_helper.services.model_store.own_files import sight_beside

    with ProgressLine() as line:
        model = services.models.add(
            arguments.gguf,
            arguments.mmproj or sight_beside(arguments.gguf),
            name=arguments.name,
            copy=arguments.copy,
            on_bytes=line.copying,
        )
    _tell(model, arguments, services)


def _download(arguments: argparse.Namespace, services: Services) -> None:
    from desktop_helper.services.model_store.endpoint import chosen_endpoint

    store = services.models
    entry = _wanted(arguments, services)
    endpoint = chosen_endpoint(arguments.endpoint, services.settings.current.models.endpoint)
    cancel = CancelToken()
    try:
        with ProgressLine() as line, stopped_by_signals(cancel, [signal.SIGINT]):
            model = store.download(entry, endpoint, line.show, cancel)
    except HelperError as error:
        if error.kind is ErrorKind.CANCELLED:
            kept = tr("What has arrived is kept; the same command goes on with it.")
            raise HelperError(ErrorKind.CANCELLED, tr("Stopped."), kept) from None
        if error.kind not in (ErrorKind.NETWORK, ErrorKind.TIMEOUT, ErrorKind.SERVER):
            raise
        more = tr("--endpoint names another server, for example https://hf-mirror.com.")
        told = error.for_command_line
        raise HelperError(error.kind, told.message, sentences(told.fix, more), retry=error.retry) from error
    _tell(model, arguments, services)


def _wanted(arguments: argparse.Namespace, services: Services) -> CatalogueEntry:
    from desktop_helper.services.model_store.catalogue import CatalogueEntry, CatalogueFile
    from desktop_helper.services.model_store.names import checked_repo, id_from

    name: str = arguments.name
    if "/" not in name:
        if arguments.file or arguments.mmproj:
            raise HelperError(
                ErrorKind.USAGE,
                tr("“{name}” is in the catalogue, which knows its files.", name=name),
                tr("Leave --file and --mmproj out, or write OWNER/REPOSITORY."),
            )
        return services.models.catalogue.get(name)
    if not arguments.file:
        raise HelperError(
            ErrorKind.USAGE,
            tr("Which file of {repo} is wanted?", repo=one_line(name)),
            tr("Pass --file NAME.gguf, and --mmproj NAME.gguf so that the model can see."),
        )
    mmproj = CatalogueFile(arguments.mmproj) if arguments.mmproj else None
    stem = arguments.file.rsplit("/", 1)[-1].removesuffix(".gguf")
    return CatalogueEntry(id_from(stem), stem, checked_repo(name), (CatalogueFile(arguments.file),), mmproj)


def _remove(arguments: argparse.Namespace, services: Services) -> None:
    from desktop_helper.services.model_store.sizes import size_text

    named = [model for model in services.models.installed() if model.id == arguments.name]
    if not named and arguments.name == practice.NAME and practice.is_offered(services):
        _put_practice_away(arguments, services)
        return
    own = [model for model in named if model.referenced]
    answered = any(shown.answers(model, services.settings.current) for model in named)
    freed = services.models.remove(arguments.name)
    if arguments.json:
        _print({"removed": arguments.name, "bytes": freed})
    elif own:
        stays = tr("“{name}” is off the list; your own file stays: {path}", name=arguments.name, path=own[0].gguf)
        print(one_line(stays))
    else:
        print(tr("“{name}” is removed; {size} are free again.", name=arguments.name, size=size_text(freed)))
        if answered:
            print(tr("It was the model that answers. Choose another one in Settings, or with --use."))


def _put_practice_away(arguments: argparse.Namespace, services: Services) -> None:
    services.settings.update(practice.put_away)
    if arguments.json:
        _print({"removed": practice.NAME, "bytes": 0})
    else:
        print(tr("The practice model is not offered any more. Settings, “Local models”, brings it back."))


def _recommend(arguments: argparse.Namespace, services: Services) -> None:
    machine = _machine(arguments)
    entry = services.models.recommend(machine)
    if arguments.json:
        best = shown.entry_data(entry, machine) if entry else None
        _print({"ram_bytes": machine.ram, "vram_bytes": machine.vram, "model": best})
        return
    for line in shown.recommendation(entry, machine):
        print(line)


def _tell(model: InstalledModel, arguments: argparse.Namespace, services: Services) -> None:
    """What there is now, and what to do with it. Raises `HelperError` if it came, but could not be used."""
    from desktop_helper.services.model_store.condition import condition
    from desktop_helper.services.model_store.store import use

    if (fault := condition(model).fault) is not None:
        raise fault
    profile = use(services.settings, model) if arguments.use else ""
    if arguments.json:
        _print({**shown.installed_data(model), "profile": profile or None})
        return
    for line in shown.ready(model, profile):
        print(line)


def _machine(arguments: argparse.Namespace) -> Any:
    from desktop_helper.services.model_store.machine import Machine

    return Machine.this(round(arguments.vram * 1e9) if arguments.vram else None)


def _print(data: object) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2), file=sys.stdout)


def _settings_use(arguments: argparse.Namespace) -> SettingsUse:
    """What changes something must know where, and whether it may go out for it."""
    looks = arguments.action in ("list", "recommend") or (arguments.action == "find" and arguments.use is None)
    return SettingsUse.OPTIONAL if looks else SettingsUse.NEEDED


COMMAND = Command(
    "models",
    tr("models on this machine and servers: list, download, add, remove, find, test"),
    _configure,
    _run,
    _settings_use,
)
