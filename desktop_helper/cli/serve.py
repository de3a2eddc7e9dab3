"""`desktop-helper serve`: the local model for other programs of this machine, as an OpenAI-compatible endpoint."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_helper.cli._arguments import NotEmpty
from desktop_helper.cli._opening import stopped_by_signals
from desktop_helper.cli._terminal import is_terminal, one_line, prepare
from desktop_helper.cli.command import Command
from desktop_helper.core.cancel import CancelToken
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

if TYPE_CHECKING:
    from socket import socket

    from desktop_helper.core.messages import MediaPart
    from desktop_helper.core.protocols import Backend, ConvertOptions, ModelProfile
    from desktop_helper.services.container import Services
    from desktop_helper.services.openai_server.server import OpenAIServer

PORT = 8427
TOKEN_ENV = "DESKTOP_HELPER_SERVE_TOKEN"
LOOK_S = 0.5


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gguf", metavar="FILE", action=NotEmpty, default="", help=tr("a model file on this machine"))
    parser.add_argument(
        "--mmproj", metavar="FILE", action=NotEmpty, default="", help=tr("the picture part of that model")
    )
    parser.add_argument(
        "--port", metavar="P", type=_port, default=PORT, help=tr("listen there, {port} by default; 0 is any", port=PORT)
    )
    parser.add_argument(
        "--token",
        metavar="T",
        action=NotEmpty,
        default="",
        help=tr("what clients must bring; {name} says it unseen; made and printed if neither is given", name=TOKEN_ENV),
    )
    parser.add_argument(
        "--allow-origin",
        metavar="ORIGIN",
        action="append",
        default=[],
        dest="origins",
        help=tr("let a page on this machine, or a browser extension, use the model; may be repeated"),
    )
    parser.add_argument(
        "--scenario",
        metavar="NAME",
        action=NotEmpty,
        default="",
        help=tr("instead of a model, play a server with a fault, e.g. zai/busy; “list” names all"),
    )


def _run(arguments: argparse.Namespace, services: Services) -> int:
    prepare()
    if arguments.scenario:
        from desktop_helper.cli import _scenario

        return _scenario.play(arguments.scenario, arguments.port)
    profile = _profile(arguments, services)
    token, made = _token(arguments)
    _check_origins(arguments.origins)
    cancel = CancelToken()
    with stopped_by_signals(cancel):
        from desktop_helper.services.openai_server.server import bind

        listener = bind(arguments.port)
        backend = None
        try:
            # What other programs ask is not the user's history: no state of it is kept on disk.
            backend = services.open_backend(replace(profile, quirks={**profile.quirks, "save_states": False}))
            _load(backend, profile, cancel)
            with _server(services, profile, backend, listener, token, arguments.origins) as server:
                _tell(server, profile, token if made else "")
                _wait(server, cancel)
        finally:
            listener.close()
            if backend is not None:
                backend.close()
    return 0


def _load(backend: Backend, profile: ModelProfile, cancel: CancelToken) -> None:
    """So that a broken file is said now, and the first question does not wait. Raises `HelperError`."""
    if is_terminal(sys.stderr):
        print(tr("Loading {model}…", model=one_line(profile.title)), file=sys.stderr, flush=True)
    print(one_line(backend.probe(cancel)), file=sys.stderr, flush=True)
    backend.prepare(None, cancel)
    cancel.raise_if_cancelled()


def _server(
    services: Services, profile: ModelProfile, backend: Backend, listener: socket, token: str, origins: list[str]
) -> OpenAIServer:
    from desktop_helper.services.openai_server.pictures import Pictures
    from desktop_helper.services.openai_server.server import OpenAIServer

    def convert(data: bytes, name: str, options: ConvertOptions, cancel: CancelToken) -> tuple[MediaPart, ...]:
        return services.converter.convert_bytes(data, name, options, cancel)

    pictures = Pictures(convert, profile.max_image_tokens)
    return OpenAIServer(backend, profile.model, listener, token, pictures, origins=origins)


def _tell(server: OpenAIServer, profile: ModelProfile, token: str) -> None:
    """What a client needs, one thing a line, the same in every language."""
    print(f"URL: {server.url}", f"Model: {one_line(profile.model)}", sep="\n")
    if token:
        print(f"Token: {token}")
    sys.stdout.flush()
    print(tr("Ctrl+C ends it."), file=sys.stderr, flush=True)


def _wait(server: OpenAIServer, cancel: CancelToken) -> None:
    while not cancel.wait(LOOK_S):
        if not server.alive:
            message = tr("The server has stopped by itself.")
            raise HelperError(ErrorKind.WORKER, message, tr("Try again; the log file says where it happened."))


def _profile(arguments: argparse.Namespace, services: Services) -> ModelProfile:
    """The model that the options name, or the local one of the settings. Raises `HelperError`."""
    if arguments.mmproj and not arguments.gguf:
        raise HelperError(ErrorKind.USAGE, tr("--mmproj belongs to a model file."), tr("Name that with --gguf."))
    settings = services.settings.current
    if arguments.gguf:
        from desktop_helper.services.providers import LOCAL_BACKEND, profile_from_options
        from desktop_helper.services.settings import ProfileSettings

        options = ProfileSettings(LOCAL_BACKEND, gguf=arguments.gguf, mmproj=arguments.mmproj)
        return profile_from_options(services.providers, options, settings.profiles)
    # The chosen one first; a hosted model is nobody else's to use, so then any other on this machine.
    for name in sorted(settings.profiles, key=lambda name: name != settings.active_profile):
        if settings.profiles[name].gguf:
            profile = services.profile(name)
            if profile.gguf is not None:  # one of a hosted provider may still name the file of an earlier one
                return profile
    raise HelperError(
        ErrorKind.CONFIG,
        tr("No model file is chosen."),
        tr("Choose a GGUF file and its mmproj file in Settings."),
        command_fix=tr("On the command line, --gguf and --mmproj name them."),
    )


def _token(arguments: argparse.Namespace) -> tuple[str, bool]:
    """The token, and whether it was made just now. Raises `HelperError`."""
    given = str(arguments.token or os.environ.get(TOKEN_ENV, ""))
    if not given:
        return secrets.token_urlsafe(24), True
    if not (given.isascii() and given.isprintable()) or " " in given:
        message = tr("The token may have only ASCII letters, digits and signs, and no spaces.")
        raise HelperError(ErrorKind.USAGE, message, tr("Choose another one, or leave it out."))
    return given, False


def _check_origins(origins: list[str]) -> None:
    from desktop_helper.services.openai_server.gate import is_allowed_origin

    for origin in origins:
        if not is_allowed_origin(origin):
            raise HelperError(
                ErrorKind.USAGE,
                tr("“{origin}” is not the origin of a page on this machine, nor of an extension.", origin=origin),
                tr("It looks like http://localhost:5173 or chrome-extension://abcdef, with nothing behind it."),
            )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(tr("“{text}” is not a port from 0 to 65535", text=text))
    return int(text)


COMMAND = Command("serve", tr("offer the local model to other programs on this machine"), _configure, _run)
