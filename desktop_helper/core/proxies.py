"""A proxy that stood in the way, as the door out of this machine tells it to the ways to a model."""

from __future__ import annotations


class ProxyFault(Exception):
    """The cause behind the HTTP client's own exception.

    Args:
        proxy: its host and port; never the name and the password in its address.
        status: HTTP's number, if it refused; None if it could not be reached.
        has_password: whether its address holds a name and a password.
        again: it may be there in a moment.
        page: it, or something behind it, answered with a web page in the server's place.
    """

    def __init__(
        self,
        proxy: str,
        status: int | None = None,
        *,
        has_password: bool = False,
        again: bool = False,
        page: bool = False,
    ) -> None:
        super().__init__(proxy, status)
        self.page = page
        self.proxy = proxy
        self.status = status
        self.has_password = has_password
        self.again = again
