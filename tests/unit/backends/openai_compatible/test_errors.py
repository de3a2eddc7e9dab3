"""Every foreign exception and every code of the server becomes one sentence with a remedy."""

from __future__ import annotations

import errno
import importlib
import pkgutil
import socket
import ssl
import warnings
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import httpx2
import openai
import pytest

from desktop_helper.backends.openai_compatible._answer import ServerSaidError
from desktop_helper.backends.openai_compatible._codes import BY_CODE, BY_STATUS, failure_of
from desktop_helper.backends.openai_compatible._errors import BY_CLASS, failure_from, is_foreseen, is_known, retry_after
from desktop_helper.backends.openai_compatible._failures import FEW, MANY, key_refused, wrong_model
from desktop_helper.backends.openai_compatible._line import SilentError
from desktop_helper.backends.openai_compatible._quirks import Quirks
from desktop_helper.backends.openai_compatible._site import Site
from desktop_helper.backends.openai_compatible._sse import EndlessError, GarbledError, WebPageError
from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.protocols import ModelProfile
from tests.contract.backend_contract import assert_is_told

SITE = Site(
    "Z.ai", "api.z.ai", "https://api.z.ai/api/paas/v4", "glm-4.6v", "https://z.ai/keys", "Hint.", True, "s3cret"
)
HERE = Site("vLLM", "127.0.0.1", "http://127.0.0.1:8000/v1", "m")

# Parts of the openai package that this program does not use.
UNUSED = (
    "openai.lib.",
    "openai.auth.",
    "openai._extras.",
    "openai._legacy_response.",
    "openai._response.",
    "openai._Ambiguous",
)


def subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def load_all(package: ModuleType) -> None:
    """Import the public and private modules of the package's top level, where its exceptions are."""
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not info.name.endswith(("__main__", "websockets", ".cli", "._main")):
            importlib.import_module(info.name)


def test_every_exception_of_the_libraries_is_in_the_table() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        load_all(openai)
        load_all(httpx2)
    names = {
        f"{kind.__module__}.{kind.__qualname__}": kind
        for kind in subclasses(Exception)
        if kind.__module__.split(".")[0] in ("openai", "httpx2") and not issubclass(kind, Warning)
    }
    assert len(names) > 40
    assert [name for name, kind in names.items() if not is_known(kind) and not name.startswith(UNUSED)] == []
    assert sorted(set(BY_CLASS) - set(names)) == []


def make(kind: type[Exception]) -> Exception:
    """An instance of any of the exceptions, without their many constructors."""
    error = kind.__new__(kind)
    error.args = ("Bearer s3cret",)
    request = httpx2.Request("POST", "https://api.z.ai")
    error.__dict__.update(response=httpx2.Response(401, request=request), body={"error": {"code": "1"}}, error={})
    return error


@pytest.mark.parametrize("name", sorted(BY_CLASS))
def test_every_exception_of_the_table_becomes_a_sentence(name: str) -> None:
    module, _, kind = name.rpartition(".")
    error = failure_from(make(getattr(importlib.import_module(module), kind)), SITE).error
    assert_is_told(error)
    assert "s3cret" not in str(error)


def caused(cause: BaseException) -> Exception:
    """As openai and httpx2 wrap it."""
    outer = httpx2.ConnectError("inner")
    outer.__cause__ = cause
    outermost = openai.APIConnectionError(request=httpx2.Request("POST", "https://api.z.ai"))
    outermost.__cause__ = outer
    return outermost


UNTRUSTED = ssl.SSLCertVerificationError(1, "certificate verify failed")


@pytest.mark.parametrize(
    ("cause", "site", "kind", "words", "retries"),
    [
        (ConnectionRefusedError(), SITE, ErrorKind.NETWORK, "cannot be reached", MANY),
        (ConnectionRefusedError(), HERE, ErrorKind.NETWORK, "No server is listening", 0),
        (ConnectionResetError(), SITE, ErrorKind.NETWORK, "broke", MANY),
        (socket.gaierror(socket.EAI_NONAME, "x"), SITE, ErrorKind.NETWORK, "not found", 0),
        (socket.gaierror(socket.EAI_AGAIN, "x"), SITE, ErrorKind.NETWORK, "probably no network", MANY),
        (UNTRUSTED, SITE, ErrorKind.NETWORK, "not trusted", 0),
        (ssl.SSLError(1, "wrong version number"), SITE, ErrorKind.NETWORK, "No encrypted connection", 0),
        (ssl.SSLEOFError(8, "eof"), SITE, ErrorKind.NETWORK, "broke", MANY),
        (OSError(errno.ENETUNREACH, "x"), SITE, ErrorKind.NETWORK, "no network of this machine leads there", MANY),
        (OSError(errno.EHOSTUNREACH, "x"), SITE, ErrorKind.NETWORK, "cannot be reached.", MANY),
        (WebPageError(), SITE, ErrorKind.NETWORK, "a web page answers", 0),
        (SilentError(), SITE, ErrorKind.TIMEOUT, "silent", 0),
        (EndlessError(), SITE, ErrorKind.SERVER, "far more", 0),
        (GarbledError(), SITE, ErrorKind.SERVER, "not the OpenAI protocol", 0),
        (HelperError(ErrorKind.CONFIG, "Ours.", "Fix."), SITE, ErrorKind.CONFIG, "Ours.", 0),
        (KeyError("bug"), SITE, ErrorKind.NETWORK, "cannot be reached", MANY),
    ],
)
def test_the_deepest_cause_decides(cause, site: Site, kind: ErrorKind, words: str, retries: int) -> None:
    failure = failure_from(caused(cause), site)
    assert failure.error.kind == kind
    assert words in failure.error.message
    assert failure.retries == retries
    assert_is_told(failure.error)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (18, "(it vouches for itself)"),
        (19, "(the authority behind it is not known here)"),
        (20, "(who issued it is not known here)"),
        (9, "(it is not valid yet)"),
        (10, "(it has expired)"),
        (62, "issued for another name"),
        (23, "(certificate revoked)"),
        (0, "(TLS)"),
    ],
)
def test_why_a_certificate_is_not_trusted(code: int, said: str) -> None:
    untrusted = ssl.SSLCertVerificationError(1, "certificate verify failed")
    untrusted.verify_code = code
    untrusted.verify_message = "certificate revoked" if code else ""
    error = failure_from(caused(untrusted), SITE).error
    assert said in error.message
    assert ("date and time" in error.fix) is (code in (9, 10))


def status_error(status: int, body: str = "", **headers: str) -> Exception:
    request = httpx2.Request("POST", "https://api.z.ai")
    response = httpx2.Response(status, request=request, headers=headers, text=body)
    return openai.APIStatusError("x", response=response, body=None)


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("https://new.example/v1/chat/completions", "https://new.example/v1"),
        ("http://login.hotel.example/?back=s3cret&more", "http://login.hotel.example/"),
        ("//new.example/v1", "https://new.example/v1"),
        ("https://me:word@new.example/s3cret", "https://…@new.example/[key]"),
        ("/v2", "https://api.z.ai/v2"),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_a_redirect_says_where_to(location: str, there: str) -> None:
    error = failure_from(status_error(307, location=location), SITE).error
    assert_is_told(error)
    assert (f"on to {there}," if there else "elsewhere") in error.message
    assert "s3cret" not in str(error)


def test_a_web_page_that_refuses_is_not_the_server() -> None:
    page = status_error(403, "<html>Blocked</html>", **{"content-type": "text/html"})
    assert "refused with a web page" in failure_from(page, SITE).error.message
    own = status_error(403, "{}", **{"content-type": "application/json"})
    assert failure_from(own, SITE).error.kind is ErrorKind.AUTH


def test_the_network_is_doubted_where_the_address_is_the_providers() -> None:
    ours = replace(SITE, address_is_ours=True)
    assert "log in with a browser" in failure_from(WebPageError(), ours).error.fix
    assert "usually ends in /v1" in failure_from(WebPageError(), SITE).error.fix
    assert "log in" not in failure_from(WebPageError(), HERE).error.fix


@pytest.mark.parametrize(("own", "told"), [(True, False), (False, True)])
def test_an_address_that_the_user_gave_is_doubted(own: bool, told: bool) -> None:
    quirks = {"provider_title": "Z.ai", "needs_key": True, "own_address": own}
    profile = ModelProfile("mine", "zai", "openai_compatible", "GLM", "glm", "https://a.example/v1", quirks=quirks)
    error = failure_from(caused(socket.gaierror(socket.EAI_NONAME, "x")), Site.of(profile, Quirks.of(quirks), "")).error
    assert ("the server address" in error.fix) is told


def test_a_bug_is_called_unexpected() -> None:
    failure = failure_from(ZeroDivisionError("s3cret"), SITE)
    assert "unexpected" in failure.error.message
    assert not is_foreseen(ZeroDivisionError())
    assert is_foreseen(caused(ConnectionRefusedError()))


TABLE = [
    *[(401, code, ErrorKind.AUTH, 0) for code in ("1000", "1001", "1002", "1003", "1004")],
    *[(401, code, ErrorKind.AUTH, 0) for code in ("1110", "1111", "1112", "1120", "1121")],
    (429, "1113", ErrorKind.BALANCE, 0),
    *[(400, code, ErrorKind.MODEL, 0) for code in ("1210", "1213", "1214", "1215")],
    *[(400, code, ErrorKind.MODEL, 0) for code in ("1211", "1212", "1220", "1221", "1222")],
    (400, "1261", ErrorKind.LENGTH, 0),
    *[(400, code, ErrorKind.FILTERED, 0) for code in ("1300", "1301")],
    *[(429, code, ErrorKind.SERVER, MANY) for code in ("1302", "1303", "1305", "1312")],
    *[(429, code, ErrorKind.BALANCE, 0) for code in ("1304", "1308", "1309", "1310", "1311", "1313")],
    *[(500, code, ErrorKind.SERVER, FEW) for code in ("500", "1200", "1230", "1234")],
]


@pytest.mark.parametrize(("status", "code", "kind", "retries"), TABLE)
def test_business_codes(status: int, code: str, kind: ErrorKind, retries: int) -> None:
    failure = failure_of({"code": code, "message": "what they say"}, SITE, status=status)
    assert (failure.error.kind, failure.retries, failure.error.retry) == (kind, retries, retries > 0)
    assert "what they say" in failure.error.message
    assert_is_told(failure.error)


def test_the_table_of_codes_is_tested_whole() -> None:
    assert {code for code in BY_CODE if code.isdigit()} == {code for _, code, _, _ in TABLE}


@pytest.mark.parametrize(
    ("status", "kind", "retries"),
    [
        (302, ErrorKind.NETWORK, 0),
        (400, ErrorKind.MODEL, 0),
        (401, ErrorKind.AUTH, 0),
        (402, ErrorKind.BALANCE, 0),
        (403, ErrorKind.AUTH, 0),
        (404, ErrorKind.MODEL, 0),
        (413, ErrorKind.LENGTH, 0),
        (418, ErrorKind.MODEL, 0),
        (429, ErrorKind.SERVER, MANY),
        (500, ErrorKind.SERVER, FEW),
        (503, ErrorKind.SERVER, MANY),
        (507, ErrorKind.SERVER, FEW),
    ],
)
@pytest.mark.parametrize(
    "body", [None, "<html>oops</html>", {}, {"detail": "x"}, {"error": "x"}, ["x"], {"error": {"code": None}}]
)
def test_statuses_with_any_body(status: int, kind: ErrorKind, retries: int, body: object) -> None:
    failure = failure_of(body, SITE, status=status)
    assert (failure.error.kind, failure.retries) == (kind, retries)
    assert "<html" not in str(failure.error)
    assert_is_told(failure.error)


def test_all_statuses_are_made_of_known_failures() -> None:
    assert all(400 <= status < 600 for status in BY_STATUS)


@pytest.mark.parametrize(
    "said",
    [
        "This model's maximum context length is 8192 tokens",
        "the request exceeds the available context size. try increasing the context size",
        "prompt exceeds max tokens",
    ],
)
def test_too_long_in_other_words(said: str) -> None:
    assert failure_of({"message": said}, HERE, status=400).error.kind == ErrorKind.LENGTH


def test_hints() -> None:
    wrong_key = failure_of({"code": "1002"}, SITE, status=401).error
    assert "Hint." in wrong_key.fix
    assert "https://z.ai/keys" in wrong_key.fix
    assert "no balance" in failure_of({"code": "1113"}, SITE, status=429).error.message
    assert "free" not in failure_of({"code": "1113"}, SITE, status=429).error.fix  # there, nobody knows of one
    known = replace(SITE, free_model="glm-4.6v-flash")
    assert "such as glm-4.6v-flash" in failure_of({"code": "1113"}, known, status=429).error.fix
    itself = failure_of({"code": "1113"}, replace(known, model="glm-4.6v-flash"), status=429).error.fix
    assert "address" in itself
    assert "choose" not in itself


def test_what_the_server_says_is_one_short_clean_line() -> None:
    error = failure_of({"message": "bad key s3cret\n\x1b[31m\u202e" + "x" * 500}, SITE, status=401).error
    assert "s3cret" not in str(error)
    assert_is_told(error)
    assert not set("\x1b\u202e") & set(error.message)
    assert len(error.message) < 320


def test_an_error_object_in_a_stream() -> None:
    assert failure_from(ServerSaidError({"code": "1301", "message": "x"}), SITE).error.kind == ErrorKind.FILTERED
    assert failure_from(ServerSaidError({"code": 429, "message": "x"}), SITE).retries == MANY
    assert failure_from(ServerSaidError("boom"), SITE).error.kind == ErrorKind.SERVER


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("-1", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("inf", None),
        ("nan", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}) == seconds


def test_a_long_wait_is_told_instead_of_waited() -> None:
    for status in (429, 500, 503):
        failure = failure_of({}, SITE, status=status, wait=600.0)
        assert failure.retries == 0
        assert "10 minutes" in failure.error.fix


@pytest.mark.parametrize(
    ("seconds", "said"), [(61, "61 seconds"), (120, "2 minutes"), (5400, "90 minutes"), (86_000, "24 hours")]
)
def test_a_quota_says_when_it_is_renewed_if_the_server_does(seconds: float, said: str) -> None:
    assert said in failure_of({"code": "1308"}, SITE, status=429, wait=seconds).error.fix
    assert "Wait until" in failure_of({"code": "1308"}, SITE, status=429).error.fix


def test_without_a_named_model_the_address_is_doubted() -> None:
    site = Site("Your own server", "127.0.0.1", "http://127.0.0.1:1/v1", "Your own server", model_named=False)
    error = wrong_model(site, "", None).error
    assert "There is no model server at http://127.0.0.1:1/v1" in error.message
    assert "Your own server" not in str(error)


@pytest.mark.parametrize(
    ("provider", "title", "name"), [("custom", "Your own server", "gpu.lan"), ("vllm", "vLLM", "vLLM")]
)
def test_a_server_without_a_name_is_called_by_its_host(provider: str, title: str, name: str) -> None:
    quirks = {"provider_title": title}
    profile = ModelProfile("mine", provider, "openai_compatible", "GLM", "glm", "http://gpu.lan:8000/v1", quirks=quirks)
    error = key_refused(Site.of(profile, Quirks.of(quirks), ""), "", None).error
    assert error.message == f"{name} needs an API key, and none is set."


def test_a_refusal_without_a_key_does_not_speak_of_one() -> None:
    told = failure_of({}, HERE, status=403).error
    assert told.message == "vLLM does not allow the use of m without a key."
    assert "this key" in failure_of({}, SITE, status=403).error.message


@pytest.mark.parametrize("site", [SITE, HERE])
@pytest.mark.parametrize("status", [401, 403, 408, 500])
def test_options_are_only_told_where_they_are_written(site: Site, status: int) -> None:
    error = failure_of({}, site, status=status).error
    assert "--" not in str(error)


def test_the_command_line_is_told_how_to_name_the_key() -> None:
    for site in (SITE, HERE):
        assert "--api-key-env" in str(failure_of({}, site, status=401).error.for_command_line)
    assert "--timeout" in str(failure_from(SilentError(), SITE).error.for_command_line)
