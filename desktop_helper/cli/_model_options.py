"""Which model answers, and how: the MODEL OPTIONS of the command line contract."""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_helper.cli._arguments import NotEmpty, number_from_zero, positive_count, positive_number
from desktop_helper.cli._terminal import one_line
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.messages import Sampling, Thinking
from desktop_helper.core.protocols import ModelProfile
from desktop_helper.services import practice
from desktop_helper.services.settings import FIRST_PROFILE, VIDEO_WAYS

if TYPE_CHECKING:
    from desktop_helper.services.container import Services

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def add(parser: argparse.ArgumentParser) -> None:
    """Add the options to `parser`."""
    add_which(parser)
    _add_how(parser)


def add_which(parser: argparse.ArgumentParser) -> None:
    """Only those that name a model."""
    model = parser.add_argument_group(tr("model"), tr("Without these, the model chosen in the settings answers."))
    for option, metavar, meaning in (
        ("--provider", "NAME", tr("a provider file, e.g. zai, ollama, vllm")),
        ("--model", "ID", tr("the model's id at that provider or server")),
        ("--base-url", "URL", tr("an OpenAI-compatible server")),
        ("--api-key-env", "VAR", tr("environment variable that holds the key")),
        ("--ca-file", "FILE", tr("certificate of an authority that vouches for the server")),
        ("--gguf", "FILE", tr("a model file on this machine")),
        ("--mmproj", "FILE", tr("the picture part of that model")),
    ):
        model.add_argument(option, metavar=metavar, action=NotEmpty, default="", help=meaning)
    model.add_argument(
        "--video",
        choices=VIDEO_WAYS,
        help=tr("send videos whole where that is documented (auto), also where it is not, or as single pictures"),
    )


def _add_how(parser: argparse.ArgumentParser) -> None:
    answer = parser.add_argument_group(tr("answer"))
    answer.add_argument("--thinking", choices=[str(choice) for choice in Thinking], help=tr("reason before answering"))
    answer.add_argument(
        "--thinking-budget", metavar="TOKENS", type=positive_count, help=tr("reason no longer than this")
    )
    answer.add_argument("--effort", help=tr("how hard to think, in the provider's own words, e.g. low"))
    answer.add_argument("--max-tokens", metavar="N", type=positive_count, help=tr("longest answer"))
    answer.add_argument("--temperature", metavar="T", type=number_from_zero, help=tr("0 is the most predictable"))
    answer.add_argument(
        "--seed", metavar="N", type=int, help=tr("the same seed gives the same answer, where supported")
    )
    answer.add_argument("--system", metavar="TEXT", help=tr("instructions ahead of the question"))
    answer.add_argument(
        "--timeout", metavar="S", type=positive_number, help=tr("give up after this many seconds without a word")
    )


def profile(arguments: argparse.Namespace, services: Services, preferred: str = "") -> ModelProfile:
    """The model that the options name, or else the `preferred` profile, or the one in use. Raises `HelperError`.

    What is probably misspelt in its provider file is told on standard error, as for the settings.
    """
    chosen = _named(arguments, services, preferred)
    for warning in services.provider_warnings(chosen.provider):
        print(one_line(f"desktop-helper: {warning}"), file=sys.stderr)
    if arguments.ca_file:
        from desktop_helper.services.providers import unused_certificate

        if (unused := unused_certificate(chosen)) is not None:
            raise HelperError(ErrorKind.USAGE, unused.message, unused.fix)
    return chosen


def _named(arguments: argparse.Namespace, services: Services, preferred: str) -> ModelProfile:
    if arguments.mmproj and not arguments.gguf:
        raise HelperError(ErrorKind.USAGE, tr("--mmproj belongs to a model file."), tr("Name that with --gguf."))
    if arguments.gguf and arguments.base_url:
        raise HelperError(
            ErrorKind.USAGE, tr("--gguf and --base-url name two different models."), tr("Leave one of them out.")
        )
    if arguments.api_key_env and not _VARIABLE.fullmatch(arguments.api_key_env):
        # It may be the key, which nothing must show.
        raise HelperError(
            ErrorKind.USAGE,
            tr("--api-key-env wants the name of an environment variable, not a key."),
            tr("Put the key into a variable, and give its name."),
        )
    if arguments.api_key_env and not os.environ.get(arguments.api_key_env):
        raise HelperError(
            ErrorKind.USAGE,
            tr("The environment variable {name} is not set, or is empty.", name=arguments.api_key_env),
            tr("Set it to the key, or leave --api-key-env out."),
        )
    if arguments.provider or arguments.base_url or arguments.gguf:
        return _from_options(arguments, services)
    name = preferred or services.active_name()
    chosen = services.profile(name)
    if not (arguments.model or arguments.api_key_env or arguments.ca_file or arguments.video):
        return chosen
    # Another model of the same provider; who names one beside the practice model wants a real one.
    if practice.is_practice(chosen):
        name = FIRST_PROFILE
        chosen = services.profile(name)
    saved = services.settings.current.profiles[name]
    changed = replace(
        saved,
        model=arguments.model or saved.model,
        api_key_env=arguments.api_key_env or saved.api_key_env,
        ca_file=arguments.ca_file or saved.ca_file,
        video=arguments.video or saved.video,
    )
    from desktop_helper.services.providers import resolve

    return resolve(chosen.name, changed, services.providers)


def sampling(arguments: argparse.Namespace, services: Services) -> Sampling:
    """How to generate: the settings, with what the options say instead."""
    names = ("thinking_budget", "effort", "max_tokens", "temperature", "seed")
    given = {name: value for name in names if (value := getattr(arguments, name)) is not None}
    if arguments.thinking is not None:
        given["thinking"] = Thinking(arguments.thinking)
    return replace(services.settings.current.answer.sampling(), **given)


def system(arguments: argparse.Namespace, services: Services) -> str:
    """The instructions ahead of the question."""
    return services.settings.current.answer.system if arguments.system is None else str(arguments.system)


def _from_options(arguments: argparse.Namespace, services: Services) -> ModelProfile:
    """Raises `HelperError(USAGE)` for what was written wrong there, CONFIG for a file that is broken."""
    from desktop_helper.services.providers import profile_from_options
    from desktop_helper.services.settings import ProfileSettings

    options = ProfileSettings(
        provider=arguments.provider,
        model=arguments.model,
        base_url=arguments.base_url,
        gguf=arguments.gguf,
        mmproj=arguments.mmproj,
        api_key_env=arguments.api_key_env,
        ca_file=arguments.ca_file,
        video=arguments.video or "",
    )
    profiles = services.settings.current.profiles
    if arguments.provider in services.providers.names():
        services.providers.get(arguments.provider)  # a broken file is nobody's wrong word
    try:
        return profile_from_options(services.providers, options, profiles)
    except HelperError as error:
        if error.kind is not ErrorKind.CONFIG:
            raise
        raise HelperError(ErrorKind.USAGE, error.message, error.fix, command_fix=error.command_fix) from error
