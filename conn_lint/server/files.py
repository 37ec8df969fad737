"""Reading a file that was given as a source."""

from __future__ import annotations

from conn_lint.server.errors import ServerSourceError

MAX_BYTES = 8_000_000
"""No configuration file is larger; what is, is something else."""


def read_given(path: str, shown: str) -> bytes:
    """The bytes of ``path``. Raises ServerSourceError, in one line that names ``shown``, when it cannot be read or is
    too large."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ServerSourceError(f"{shown}: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ServerSourceError(f"{shown}: is larger than {MAX_BYTES // 1_000_000} MB")
    return data
