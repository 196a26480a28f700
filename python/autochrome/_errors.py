"""Exceptions. ``docs/errors.md`` lists every code."""

from __future__ import annotations

import errno
import os
from typing import Optional, Type, Union


class AutochromeError(Exception):
    """What went wrong, in words that say what to do."""

    code: str
    """A name that stays the same over versions, such as ``truncated-file``."""
    category: str
    """What kind of error it is, such as ``BadInput``, ``Unsupported``, ``TooLarge``, ``BadRequest``, ``Environment``."""
    blame: str
    """Who can mend it: ``input`` (another picture), ``request`` (other options), ``machine``, or ``stopped``."""


class InputError(AutochromeError, ValueError):
    """This picture cannot be coloured; another may well be."""


class UnsupportedError(InputError):
    """The picture may be fine, but its format is not read here."""


class TooLargeError(InputError):
    """The picture is beyond the limits."""


class RequestError(AutochromeError, ValueError):
    """What was asked for cannot be done, whatever the picture."""


class MachineError(AutochromeError, OSError):
    """The machine, the installation or a file is at fault."""


class MissingFileError(MachineError, FileNotFoundError):
    """There is no such file."""


class StoppedError(AutochromeError):
    """Somebody asked to stop."""


class AutochromeWarning(UserWarning):
    """What had to be left out or guessed; the result is there all the same."""


def of(
    message: str,
    code: str,
    category: str,
    blame: str,
    number: Optional[int],
    path: Optional[Union[str, os.PathLike[str]]],
) -> AutochromeError:
    """The exception of an error of the library; ``number`` is the system's ``errno``."""
    kind: Type[AutochromeError]
    if blame == "stopped":
        kind = StoppedError
    elif blame == "request":
        kind = RequestError
    elif category == "Unsupported":
        kind = UnsupportedError
    elif category == "TooLarge":
        kind = TooLargeError
    elif blame == "input":
        kind = InputError
    elif number == errno.ENOENT:
        kind = MissingFileError
    else:
        kind = MachineError
    exception = kind(message)
    exception.code, exception.category, exception.blame = code, category, blame
    if isinstance(exception, MachineError):
        exception.errno = number
        exception.filename = None if path is None else os.fspath(path)
    return exception
