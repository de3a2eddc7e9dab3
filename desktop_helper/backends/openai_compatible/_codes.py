"""Which answer of a server means which failure: the business codes of Z.ai and BigModel first, then HTTP's own.

The table of codes is the one at https://docs.z.ai/api-reference/api-code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from desktop_helper.backends.openai_compatible import _failures as failures
from desktop_helper.backends.openai_compatible._failures import Failure, MakeFailure
from desktop_helper.backends.openai_compatible._site import Site

BY_CODE: dict[str, MakeFailure] = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004"), failures.key_refused),
    **dict.fromkeys(("1110", "1111", "1112", "1120", "1121"), failures.account_problem),
    "1113": failures.no_balance,
    **dict.fromkeys(("1210", "1213", "1214", "1215"), failures.bad_request),
    **dict.fromkeys(("1211", "1212", "1220", "1221", "1222"), failures.wrong_model),
    "1261": failures.too_long,
    **dict.fromkeys(("1300", "1301"), failures.filtered),
    **dict.fromkeys(("1302", "1303", "1305", "1312"), failures.busy),
    **dict.fromkeys(("1304", "1308", "1309", "1310", "1311", "1313"), failures.quota),
    **dict.fromkeys(("500", "1200", "1230", "1234"), failures.server_fault),
    # OpenAI's own words, which vLLM, OpenRouter and others use.
    "invalid_api_key": failures.key_refused,
    "insufficient_quota": failures.no_balance,
    "model_not_found": failures.wrong_model,
    "context_length_exceeded": failures.too_long,
    "content_filter": failures.filtered,
    "rate_limit_exceeded": failures.busy,
}

BY_STATUS: dict[int, MakeFailure] = {
    400: failures.bad_request,
    401: failures.key_refused,
    402: failures.no_balance,
    403: failures.forbidden,
    404: failures.wrong_model,
    405: failures.wrong_model,
    408: failures.not_ready,
    413: failures.too_large,
    422: failures.bad_request,
    429: failures.busy,
    502: failures.not_ready,
    503: failures.not_ready,
    504: failures.not_ready,
}

_TOO_LONG = re.compile(
    r"context (length|window|size)|maximum context|exceeds? .*\btokens\b|too many tokens", re.IGNORECASE
)


# vLLM's words: `--limit-mm-per-prompt`.
_TOO_MANY = re.compile(r"\bat most ([0-9]{1,6}) image\(?s?\)? may be provided", re.IGNORECASE)


def failure_of(error: object, site: Site, *, status: int | None = None, wait: float | None = None) -> Failure:
    """What an error object (or the text in its place) means.

    Args:
        error: the value of `error` in the body, or the whole body if it has none.
        site: who said it.
        status: of HTTP; None inside a stream.
        wait: seconds from `Retry-After`.
    """
    code, said = _read(error)
    said = site.clean(said)
    make = BY_CODE.get(code)
    if found := _TOO_MANY.search(said):
        return failures.too_many_pictures(site, said, int(found[1]))
    if make is None:
        number = status if status is not None else int(code) if re.fullmatch("[3-5][0-9]{2}", code) else 500
        make = failures.too_long if number in (400, 413, 422, 500) and _TOO_LONG.search(said) else _of_status(number)
    return make(site, said, wait)


def _of_status(status: int) -> MakeFailure:
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status < 400:
        return failures.redirected
    return failures.bad_request if status < 500 else failures.server_fault


def _read(error: object) -> tuple[str, str]:
    """Code and message of the many forms of an error object."""
    if isinstance(error, Mapping):
        inner: Any = error.get("error")
        if isinstance(inner, Mapping | str):
            return _read(inner)
        code = error.get("code") or error.get("type") or ""
        return str(code), str(error.get("message") or error.get("detail") or error.get("msg") or "")
    text = str(error) if error is not None else ""
    return "", "" if "<" in text[:200] else text  # a proxy's web page says nothing to the user
