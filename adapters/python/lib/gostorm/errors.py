"""What can go wrong, as types."""
from __future__ import annotations


class Error(Exception):
    """What all errors of this library descend from."""


class DefinitionError(Error):
    """A topology that is written down in a way that can't be described."""


class NotAvailableError(Error):
    """Something that exists in Storm or in streamparse and not (or not yet) here."""


class EmitError(Error):
    """A tuple that can't be sent: an unknown stream, a wrong number of values, a value that JSON can't carry. It fails
    the tuple that was being handled and is reported; the process lives on."""


class Hangup(BaseException):
    """The host has closed its end. No Exception, so that no handler catches it by accident."""


class Terminated(SystemExit):
    """SIGTERM has come. It is raised in the thread of the handlers. (asyncio lets nothing else through.)"""
