"""What can go wrong with a hosted model, each as one sentence with a remedy, and whether trying again makes sense.

`_codes` says which answer of a server means which failure, `_errors` which exception does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop_helper.backends.openai_compatible._site import Site
from desktop_helper.core import i18n
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.core.known_servers import see_the_list

MANY = 3  # retries
FEW = 2
LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Failure:
    """An error, and how often the request may be sent again if nothing was shown yet.

    `about_fields`: it may be for a field of the request without which it can be answered, too. `most_pictures`: so many
    the server takes at once.
    """

    error: HelperError
    retries: int = 0
    about_fields: bool = False
    most_pictures: int | None = None


MakeFailure = Callable[[Site, str, float | None], Failure]
"""Of the site, what the server said (cleaned, may be empty) and the seconds that it asks to wait."""


def _failure(
    kind: ErrorKind,
    message: str,
    fix: str,
    said: str = "",
    *,
    retries: int = 0,
    wait: float | None = None,
    command_fix: str = "",
) -> Failure:
    if said:
        message = tr("{message} The server said: “{said}”.", message=message, said=said.rstrip("."))
    error = HelperError(kind, message, fix, command_fix=command_fix, retry=retries > 0, retry_after=wait)
    return Failure(error, retries)


def key_refused(site: Site, said: str, wait: float | None) -> Failure:
    """The key is missing, wrong, expired, or of another site."""
    where = tr("Get one at {url}.", url=site.key_url) if site.key_url else ""
    variable = tr("On the command line, --api-key-env names the variable that holds it.")
    if not site.has_key:
        message = tr("{name} needs an API key, and none is set.", name=site.name)
        return _failure(ErrorKind.AUTH, message, _join(tr("Enter your key in Settings."), where), command_fix=variable)
    message = tr("{name} does not accept the API key.", name=site.name)
    fix = _join(tr("Check the key in Settings."), site.key_hint, where)
    return _failure(ErrorKind.AUTH, message, fix, said, command_fix=variable)


def key_unusable(site: Site) -> Failure:
    """The key holds characters that no HTTP header may carry."""
    message = tr("The API key for {name} contains characters that a key cannot have.", name=site.name)
    return _failure(ErrorKind.AUTH, message, tr("Copy the key again and enter it in Settings."))


def forbidden(site: Site, said: str, wait: float | None) -> Failure:
    """The key is good, but not for this; or there is none, and this is not for everybody."""
    if not site.has_key:
        message = tr("{name} does not allow the use of {model} without a key.", name=site.name, model=site.model)
        where = tr("Get one at {url}.", url=site.key_url) if site.key_url else ""
        fix = _join(tr("Enter your key in Settings, or choose another model."), where)
        variable = tr("On the command line, --api-key-env names the variable that holds it.")
        return _failure(ErrorKind.AUTH, message, fix, said, command_fix=variable)
    message = tr("{name} does not allow this key to use {model}.", name=site.name, model=site.model)
    return _failure(ErrorKind.AUTH, message, tr("Choose another model, or check what your account may use."), said)


def account_problem(site: Site, said: str, wait: float | None) -> Failure:
    """The account is locked, inactive or not verified."""
    message = tr("Your account at {name} cannot be used now.", name=site.name)
    return _failure(
        ErrorKind.AUTH, message, tr("Log in at {name} and look at the state of your account.", name=site.name), said
    )


def no_balance(site: Site, said: str, wait: float | None) -> Failure:
    """No money left; waiting does not help."""
    message = tr("Your account at {name} has no balance for {model}.", name=site.name, model=site.model)
    if not site.free_model:
        fix = tr("Recharge it, or choose another model.")
    elif site.model == site.free_model:
        # Seen with keys of a plan: its requests go to an address of their own.
        fix = tr("This model is free: check whether key and server address belong together, or recharge the account.")
    else:
        fix = tr("Recharge it, or choose a free model such as {model}.", model=site.free_model)
    return _failure(ErrorKind.BALANCE, message, fix, said)


def quota(site: Site, said: str, wait: float | None) -> Failure:
    """A plan or a daily limit is used up."""
    message = tr("Your quota for {model} at {name} is used up.", model=site.model, name=site.name)
    if wait is not None and wait > LONGEST_WAIT_S:
        fix = tr("It is renewed in {time}; until then, choose another model.", time=_time(wait))
    else:
        fix = tr("Wait until it is renewed, or choose another model.")
    return _failure(ErrorKind.BALANCE, message, fix, said, wait=wait)


def busy(site: Site, said: str, wait: float | None) -> Failure:
    """Too many requests at once."""
    message = tr("{name} is busy and takes no more requests now.", name=site.name)
    if wait is not None and wait > LONGEST_WAIT_S:
        fix = tr("Try again in {time}, or choose another model.", time=_time(wait))
        return _failure(ErrorKind.SERVER, message, fix, said, wait=wait)
    fix = tr("Try again in a moment, or choose another model.")
    return _failure(ErrorKind.SERVER, message, fix, said, retries=MANY, wait=wait)


def server_fault(site: Site, said: str, wait: float | None) -> Failure:
    """The server broke down over the request."""
    if wait is not None and wait > LONGEST_WAIT_S:
        return busy(site, said, wait)
    message = tr("{name} had an internal error.", name=site.name)
    return _failure(ErrorKind.SERVER, message, tr("Try again in a moment."), said, retries=FEW, wait=wait)


def not_ready(site: Site, said: str, wait: float | None) -> Failure:
    """It is down or still loads its model."""
    if wait is not None and wait > LONGEST_WAIT_S:
        return busy(site, said, wait)
    message = tr("{name} is not ready to answer.", name=site.name)
    return _failure(ErrorKind.SERVER, message, tr("Try again in a moment."), said, retries=MANY, wait=wait)


def bad_request(site: Site, said: str, wait: float | None) -> Failure:
    """It does not like something in the request."""
    message = tr("{name} did not accept the request for {model}.", name=site.name, model=site.model)
    fix = tr(
        "If there are pictures in the question, choose a model that sees (its name has a V); else change the settings."
    )
    return replace(_failure(ErrorKind.MODEL, message, fix, said), about_fields=True)


def wrong_model(site: Site, said: str, wait: float | None) -> Failure:
    """No such model, or no such address."""
    if not site.model_named:
        message = tr("There is no model server at {address}, or it wants to be told a model.", address=site.address)
        fix = tr("Check the server address; it usually ends in /v1. If it is right, name a model.")
        return _failure(ErrorKind.MODEL, message, fix, said)
    message = tr(
        "{name} has no model “{model}”, or not at {address}.", name=site.name, model=site.model, address=site.address
    )
    shown = tr("On the command line, “models test” does.")
    return _failure(ErrorKind.MODEL, message, see_the_list(), said, command_fix=shown)


def too_long(site: Site, said: str, wait: float | None) -> Failure:
    """More than the model can read."""
    message = tr("This conversation is longer than {model} can read.", model=site.model)
    return _failure(ErrorKind.LENGTH, message, tr("Start a new chat, or ask with fewer pictures and files."), said)


def full(site: Site, said: str, wait: float | None) -> Failure:
    """The answer fills what was left of the context."""
    message = tr("The answer broke off: with it, the conversation fills all that {model} can read.", model=site.model)
    return _failure(ErrorKind.LENGTH, message, tr("Start a new chat, or ask with fewer pictures and files."), said)


def too_large(site: Site, said: str, wait: float | None) -> Failure:
    """More bytes than the server takes."""
    message = tr("The pictures and files are larger than {name} accepts.", name=site.name)
    return _failure(ErrorKind.LENGTH, message, tr("Ask with fewer or smaller ones."), said)


def too_many_pictures(site: Site, said: str, most: int) -> Failure:
    """More pictures than the server was told to take."""
    if not most:
        message = tr("{name} takes no pictures for {model}.", name=site.name, model=site.model)
        fix = tr("Take them away, or choose a model that sees.")
    else:
        message = tr("{name} takes no more than {most} pictures at once.", name=site.name, most=most)
        fix = tr("Take pictures away, choose fewer pages, or ask about them in several questions.")
    return replace(_failure(ErrorKind.LENGTH, message, fix, said), most_pictures=most)


def filtered(site: Site, said: str, wait: float | None) -> Failure:
    """The provider's content filter."""
    message = tr("The content filter of {name} stopped this question or its answer.", name=site.name)
    return _failure(ErrorKind.FILTERED, message, tr("Put it in other words, or use a model on this machine."), said)


def redirected(site: Site, said: str, wait: float | None, there: str = "") -> Failure:
    """We follow no redirect, since the key would go along. `there`: where to, as the server says it."""
    if not there:
        message = tr("{address} sends requests elsewhere, and they are not followed.", address=site.address)
        return _failure(ErrorKind.NETWORK, message, tr("Enter the new address as the server address."), said)
    message = tr(
        "{address} sends requests on to {there}, and they are not followed: the key would go along.",
        address=site.address,
        there=there,
    )
    fix = tr("If you know that address, enter it as the server address; if it wants you to log in, do that first.")
    return _failure(ErrorKind.NETWORK, message, fix, said)


def not_the_protocol(site: Site, said: str = "", wait: float | None = None) -> Failure:
    """A web page, or something else that is not the OpenAI protocol."""
    message = tr("What {address} answers is not the OpenAI protocol.", address=site.address)
    return _failure(ErrorKind.SERVER, message, tr("Check the server address; it usually ends in /v1."), said)


def web_page(site: Site, said: str = "", wait: float | None = None) -> Failure:
    """It answers as if a browser had asked."""
    message = tr("At {address} a web page answers, and no model server.", address=site.address)
    if site.is_here:
        fix = tr("Check the server address; it usually ends in /v1.")
    elif site.address_is_ours:
        fix = tr("If this network wants you to log in with a browser, do that first; else check the proxy.")
    else:
        fix = tr(
            "Check the server address, which usually ends in /v1; if this network wants you to log in with a browser, "
            "do that first."
        )
    return _failure(ErrorKind.NETWORK, message, fix, said)


def walled(site: Site, said: str, wait: float | None) -> Failure:
    """A web page that refuses: that was somebody on the way."""
    message = tr("{address} is refused with a web page, as firewalls and proxies do it.", address=site.address)
    return _failure(ErrorKind.NETWORK, message, tr("Open it in a browser: the page may say why."), said)


def packed(site: Site, said: str = "", wait: float | None = None) -> Failure:
    """Compressed in a way that was not asked for."""
    message = tr("What {address} answers is compressed, and cannot be unpacked here.", address=site.address)
    return _failure(ErrorKind.SERVER, message, tr("Switch compression off at the server or at the proxy."), said)


def endless(site: Site, said: str = "", wait: float | None = None) -> Failure:
    """More than any answer is long."""
    message = tr("{name} sent far more than an answer can be long, so the connection was closed.", name=site.name)
    return _failure(ErrorKind.SERVER, message, tr("Check the server address, or use another server."), said)


def _time(seconds: float) -> str:
    """A wait as people say it, rounded up."""
    if seconds < 100:
        return tr("{count} seconds", count=math.ceil(seconds))
    if seconds <= 100 * 60:
        return tr("{count} minutes", count=math.ceil(seconds / 60))
    return tr("{count} hours", count=math.ceil(seconds / 3600))


def _join(*sentences: str) -> str:
    return i18n.sentences(*sentences)
