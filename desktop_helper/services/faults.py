"""What nobody foresaw: a mistake of ours. The user gets one sentence, the log the place."""

from __future__ import annotations

import logging

from desktop_helper.core.errors import ErrorKind, HelperError
from desktop_helper.core.i18n import tr
from desktop_helper.services.log_file import logging_to
from desktop_helper.services.paths import Paths

EXIT_CODE = 1

_log = logging.getLogger(__name__)


def fault(error: BaseException, paths: Paths) -> HelperError:
    """What to tell the user about `error`, which was logged."""
    what = tr("Something went wrong inside Desktop Helper ({fault}).", fault=type(error).__name__)
    if not paths.log_file.exists():  # a folder that cannot be written
        return HelperError(ErrorKind.WORKER, what)
    return HelperError(ErrorKind.WORKER, what, tr("The log says where: {path}", path=paths.log_file))


def log_and_explain(error: BaseException) -> HelperError:
    """The same where nothing is set up any more, or yet."""
    paths = Paths.default()
    try:
        paths.ensure()
    except HelperError as problem:
        return problem  # without its folders nothing else can work either
    with logging_to(paths.log_file):
        _log.error("nobody caught", exc_info=error)
    return fault(error, paths)
