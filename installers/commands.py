"""The commands of `from_source.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop_helper.core.i18n import set_language, tr
from installers import checks, engine, engine_kinds, system_needs, system_packages, uv_tool
from installers.environment import BASE, DEV, Environment
from installers.steps import ROOT, StepFailed, say, tail
from installers.system_needs import Need

ENVIRONMENT = Environment(ROOT / ".venv")

# What of the app needs the engine at once, and what looks at the screen.
_LOCAL_COMMANDS, _LOCAL_OPTIONS = ("serve",), ("--gguf",)
_SCREEN_COMMANDS, _SCREEN_OPTIONS = ("shot", "record"), ("--screen", "--region", "--window", "--clipboard")


@dataclass(frozen=True)
class Options:
    """Our own options, which stand before everything that is passed on."""

    sudo: bool = False
    local: bool = True
    rest: tuple[str, ...] = ()
    gpu: str = ""


def take_options(arguments: Sequence[str]) -> Options:
    """Split our leading options from the arguments for the app or for pytest."""
    rest = list(arguments)
    ours = set()
    gpu = ""
    while rest and rest[0].partition("=")[0] in ("--yes", "--no-local", "--gpu"):
        option, _, value = rest.pop(0).partition("=")
        if option == "--gpu":
            gpu = value or (rest.pop(0) if rest else "?")
        ours.add(option)
    return Options("--yes" in ours, "--no-local" not in ours, tuple(rest), gpu.lower())


def run_command(argv: Sequence[str], usage: str) -> int:
    """Run one command line; every failure becomes a sentence. Returns the exit code."""
    set_language("auto")
    commands: dict[str, Callable[[Options], int]] = {"setup": _setup, "run": _run, "test": _test, "bench": _bench}
    name = argv[0] if argv else ""
    if name == engine.BACKGROUND_COMMAND:
        return engine.background_main(ENVIRONMENT)
    if name not in commands:
        if name in ("-h", "--help", "help"):
            say(usage)
            return 0
        known = ", ".join(commands)
        if name:
            say(tr("There is no command “{name}”: write one of {known}, or --help.", name=name, known=known))
        else:
            say(tr("Write what to do: {known}, or --help.", known=known))
        return 2
    options = take_options(argv[1:])
    if name == "setup" and options.rest:  # the others pass on what they do not know
        return _not_for_setup(options.rest[0], usage)
    try:
        return commands[name](options)
    except StepFailed as failure:
        if failure.log is not None:
            say(tail(failure.log))
        say(f"\n{failure}")
    except PermissionError as error:
        say(tr("{path} cannot be written. Use a checkout of your own.", path=error.filename))
    except OSError as error:
        say(f"{error.filename or ''}: {error.strerror or error}")
    except KeyboardInterrupt:
        say(tr("Stopped."))
        return 130
    return 1


def _not_for_setup(word: str, usage: str) -> int:
    if word in ("-h", "--help"):
        say(usage)
        return 0
    say(tr("“setup” does not know “{word}”; --help tells what it takes.", word=word))
    return 2


def is_app(arguments: Sequence[str]) -> bool:
    """Whether these arguments start the app itself, not one of its commands."""
    return not _without_trace(arguments)


def needs_screen(arguments: Sequence[str]) -> bool:
    """Whether the app, started with these arguments, shows windows or takes pictures."""
    arguments = _without_trace(arguments)
    options = {argument.partition("=")[0] for argument in arguments}
    return not arguments or arguments[0] in _SCREEN_COMMANDS or not options.isdisjoint(_SCREEN_OPTIONS)


def needs_engine(arguments: Sequence[str]) -> bool:
    """Whether these arguments use a local model before anything else."""
    arguments = _without_trace(arguments)
    options = {argument.partition("=")[0] for argument in arguments}
    return bool(arguments) and (arguments[0] in _LOCAL_COMMANDS or not options.isdisjoint(_LOCAL_OPTIONS))


def _without_trace(arguments: Sequence[str]) -> list[str]:
    """What is left when the app has taken its `--trace FILE` or `--trace=FILE`."""
    rest = list(arguments)
    options = rest[: rest.index("--")] if "--" in rest else rest
    at = next((at for at, word in enumerate(options) if word == "--trace" or word.startswith("--trace=")), None)
    if at is not None:
        words = 2 if rest[at] == "--trace" else 1
        if at + words <= len(options):  # else the app says what is missing
            del rest[at : at + words]
    return rest


def _setup(options: Options) -> int:
    if options.gpu:
        engine_kinds.choose(options.gpu)
    compiler = system_needs.COMPILER if options.local else ()
    _install_app(options, [*_screen_needs(), *compiler], [system_needs.CJK_FONT])
    if options.local:
        engine.build(ENVIRONMENT, sudo=options.sudo)
    say(tr("Ready. Start with: {command}", command="python3 installers/from_source.py run"))
    return 0


def _run(options: Options) -> int:
    arguments = options.rest
    if is_app(arguments) and not _has_display():
        example = 'python3 installers/from_source.py run ask --file picture.png "What is this?"'
        say(tr("There is no display to show a window on. From a terminal, ask like this: {example}", example=example))
        return 2
    if options.gpu:
        engine_kinds.choose(options.gpu)
    recommended = [system_needs.CJK_FONT, *(system_needs.COMPILER if options.local else ())]
    first_start = is_app(arguments) and not ENVIRONMENT.has(BASE)
    _install_app(options, _screen_needs() if needs_screen(arguments) else (), recommended if first_start else ())
    if needs_engine(arguments) or options.gpu:
        engine.build(ENVIRONMENT, sudo=options.sudo)
    elif is_app(arguments) and options.local:
        engine.build_in_background(ENVIRONMENT)
    return _become([str(ENVIRONMENT.python), "-m", "desktop_helper", *arguments])


def _test(options: Options) -> int:
    _install_for_development(options, system_needs.TEST_RIG)
    return checks.run_all(ENVIRONMENT, options.rest)


def _bench(options: Options) -> int:
    _install_for_development(options, (*system_needs.TEST_RIG, *system_needs.BENCH_RIG))
    return checks.run_benches(ENVIRONMENT, options.rest)


def _install_app(options: Options, required: Sequence[Need], recommended: Sequence[Need]) -> None:
    tools = () if ENVIRONMENT.has(BASE) else uv_tool.needs()
    system_packages.ensure([*required, *tools], recommended, sudo=options.sudo)
    ENVIRONMENT.install(BASE, tr("Installing Desktop Helper"))


def _install_for_development(options: Options, rig: Sequence[Need]) -> None:
    tools = () if ENVIRONMENT.has(DEV) else (*system_needs.COMPILER, *uv_tool.needs())
    required, useful = [*system_needs.LIBRARIES, *tools], [*rig, system_needs.CJK_FONT]
    if not options.rest:  # a run of everything needs everything
        required, useful = [*required, *useful], []
    system_packages.ensure(required, useful, sudo=options.sudo)
    title = tr("Installing everything for tests, the engine for local models too; once, this takes about six minutes")
    engine.install(ENVIRONMENT, DEV, title)


def _screen_needs() -> tuple[Need, ...]:
    wayland = system_needs.WAYLAND_LIBRARIES if os.environ.get("WAYLAND_DISPLAY") else ()
    return (*system_needs.LIBRARIES, *wayland)


def _has_display() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _become(command: list[str]) -> int:
    """Go on as `command`: it gets our terminal, our signals and our exit code."""
    if sys.platform == "win32":
        # Windows has no exec that waits: the shell would come back while the app runs.
        process = subprocess.Popen(command)
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the app got it too and decides
    os.execv(command[0], command)
