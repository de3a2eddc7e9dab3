"""What a client is told instead of an answer, in OpenAI's form."""

from __future__ import annotations

from typing import Any

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr

# What went wrong while the model answered. Everything else is 500.
_STATUS = {
    ErrorKind.USAGE: 400,
    ErrorKind.SOURCE: 400,
    ErrorKind.LOCKED: 400,
    ErrorKind.PROTECTED: 400,
    ErrorKind.LENGTH: 400,
    ErrorKind.FILTERED: 400,
    ErrorKind.CANCELLED: 503,
    ErrorKind.INTERRUPTED: 503,
    ErrorKind.WORKER: 503,
    ErrorKind.TIMEOUT: 504,
}
_CODES = {ErrorKind.LENGTH: "context_length_exceeded", ErrorKind.FILTERED: "content_filter"}


class Refusal(HelperError):
    """A request that gets no answer.

    Args:
        status: of HTTP.
        message, fix: see `HelperError`.
        code: for programs.
        param: the field that is wrong.
        headers: of the reply.
        kind: see `HelperError`.
    """

    def __init__(
        self,
        status: int,
        message: str,
        fix: str = "",
        *,
        code: str | None = None,
        param: str | None = None,
        headers: dict[str, str] | None = None,
        kind: ErrorKind = ErrorKind.USAGE,
    ) -> None:
        super().__init__(kind, message, fix)
        self.status = status
        self.code = code
        self.param = param
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The JSON of the reply."""
        error_type = "server_error" if self.status >= 500 else _TYPES.get(self.status, "invalid_request_error")
        return {"error": {"message": str(self), "type": error_type, "param": self.param, "code": self.code}}


_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def wrong_field(param: str, message: str, fix: str = "", code: str = "invalid_value") -> Refusal:
    """A field of the request that cannot be used; `message` names it."""
    return Refusal(400, message, fix, param=param, code=code)


def of_error(error: HelperError) -> Refusal:
    """What a failed answer becomes."""
    if isinstance(error, Refusal):
        return error
    status = _STATUS.get(error.kind, 500)
    # Clients of OpenAI's making repeat every 5xx by themselves; a broken model file stays broken.
    headers = {} if error.retry or status == 503 else {"x-should-retry": "false"}
    code = _CODES.get(error.kind, error.kind.value)
    return Refusal(status, error.message, error.fix, code=code, headers=headers, kind=error.kind)


def stopping() -> Refusal:
    """The server ends, and with it every answer."""
    return Refusal(503, tr("The server is being stopped."), code="stopping", kind=ErrorKind.CANCELLED)


def fault(name: str) -> Refusal:
    """A bug of ours."""
    message = tr("The answer ended because of a fault inside Desktop Helper ({fault}).", fault=name)
    fix = tr("Try again; the log file says where it happened.")
    return Refusal(500, message, fix, code="fault", headers={"x-should-retry": "false"}, kind=ErrorKind.WORKER)
