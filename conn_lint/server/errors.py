"""The one way a server source fails."""

from __future__ import annotations


class ServerSourceError(Exception):
    """A server source cannot be read at all; the message is one line that names it, never a password."""
