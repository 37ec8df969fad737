"""Saved variables: a SHOW GLOBAL VARIABLES, a SELECT @@global..., a ``mysqld --verbose --help`` or a
``my_print_defaults`` in a file."""

from __future__ import annotations

import os
import sys

from conn_lint.model import Place, ServerAnswer, Span
from conn_lint.project.tree import display
from conn_lint.server import defaultwords
from conn_lint.server.clientoutput import of_unseen_session, rows
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.variablerow import Row

MAX_BYTES = 50_000_000
"""A dump of all variables has some 60 kB; what is larger is something else."""

_WANTED = ("wait_timeout", "interactive_timeout")

_ASK = 'save the output of: mysql -e "SHOW GLOBAL VARIABLES"'


def read_variables(path: str, *, root: str, alias: str | None = None) -> ServerAnswer:
    """The global timeouts that the file ``path`` ("-": standard input) shows; it may be gzipped.

    ``root`` is the linted tree, which the path is shown relative to. The outcome is "unknown" when only the
    values of an interactive session are there, whose wait_timeout is the server's interactive_timeout (the
    clients set CLIENT_INTERACTIVE at a prompt; measured on MariaDB 10.11 and MySQL 9.7).

    Raises ServerSourceError when the file cannot be read or shows no wait_timeout.
    """
    name = "standard input" if path == "-" else display(path, os.path.abspath(root))
    text = _decoded(_bytes(path, name), name)
    if defaultwords.are_in(text):
        return defaultwords.answer(text, name, alias)
    first = text.lstrip().partition("\n")[0].partition("#")[0].strip()
    if first.startswith("[") and first.endswith("]") and first[1:-1].replace("-", "").replace("_", "").isalnum():
        raise ServerSourceError(f"{name}: is an option file: give it with --mycnf")
    try:
        found = rows(text)
    except (ValueError, RecursionError) as error:
        raise ServerSourceError(f"{name}: begins like JSON and is none ({error})") from None
    if _refused_while_printed(text):
        reason = "the server refused to start while it printed this, so its numbers say nothing"
        return ServerAnswer(name=name, outcome="unknown", reason=reason, alias=alias, kind="variables")
    answer = _answer(name, found, alias)
    if answer.outcome == "value" and of_unseen_session(text) and not _differ(answer):
        reason = f"may show the session of an interactive client (the statement is not there to tell); {_ASK}"
        return answer._replace(outcome="unknown", reason=reason, wait_timeout=None, interactive_timeout=None)
    return answer


def _differ(answer: ServerAnswer) -> bool:
    """Whether the two timeouts are shown and differ: the session of an interactive client has them equal."""
    return answer.interactive_timeout not in (None, answer.wait_timeout)


def _refused_while_printed(text: str) -> bool:
    """``mysqld --verbose --help`` goes on after an option that keeps the server from starting."""
    return "Variables (--variable-name=value)" in text and "[ERROR]" in text and "Aborting" in text


def _bytes(path: str, name: str) -> bytes:
    try:
        if path == "-":
            data = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ServerSourceError(f"{name}: cannot be read: {error.strerror}") from error
    if data.startswith(b"\x1f\x8b"):
        data = _gunzipped(data, name)
    if len(data) > MAX_BYTES:
        raise ServerSourceError(f"{name}: is larger than {MAX_BYTES // 1_000_000} MB")
    return data


def _gunzipped(data: bytes, name: str) -> bytes:
    import gzip
    import io
    import zlib

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ServerSourceError(f"{name}: is not whole gzip data: {error}") from None


def _decoded(data: bytes, name: str) -> str:
    """Text of any encoding that keeps ASCII, or UTF-16 with its mark (``>`` of PowerShell)."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        if data[1:2] == data[3:4] == b"\0" and data[:1] != b"\0":
            return data.decode("utf-16-le")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in data:
            raise ServerSourceError(f"{name}: is not text") from None
        return data.decode("latin-1")


def _answer(name: str, found: list[Row], alias: str | None) -> ServerAnswer:
    answer = ServerAnswer(
        name=name, outcome="unknown", reason="", alias=alias, flavour=_flavour(found), kind="variables"
    )
    wanted = [row for row in found if row.name in _WANTED and row.value.isdecimal() and len(row.value) < 20]
    values: dict[str, Row] = {}
    for row in wanted:
        if row.session:
            continue
        other = values.setdefault(row.name, row)
        if other.value != row.value:
            reason = f"{row.name} is {other.value} in line {other.line} and {row.value} in line {row.line}"
            return answer._replace(reason=reason)
    wait, interactive = values.get("wait_timeout"), values.get("interactive_timeout")
    if wait is None:
        if any(row.session for row in wanted):
            return answer._replace(
                reason="shows the session of an interactive client, whose wait_timeout is the server's"
                f" interactive_timeout; {_ASK}"
            )
        raise ServerSourceError(f"{name}: shows no wait_timeout; {_ASK}")
    shown = [row for row in (wait, interactive) if row]
    allowed = [row for row in found if row.name == "max_connections" and row.value.isdecimal() and len(row.value) < 20]
    return answer._replace(
        outcome="value",
        reason=f"{name} shows wait_timeout {wait.value}",
        wait_timeout=int(wait.value),
        interactive_timeout=int(interactive.value) if interactive else None,
        wait_place=Span(name, wait.line),
        interactive_place=Span(name, interactive.line) if interactive else None,
        places=tuple(Place(Span(name, row.line), f"{row.name} = {row.value}") for row in shown),
        max_connections=int(allowed[0].value) if allowed else None,
        init_connect=next((row.value for row in found if row.name == "init_connect" and not row.session), ""),
    )


def _flavour(found: list[Row]) -> str | None:
    version = next((row.value for row in found if row.name == "version" and row.value[:1].isdigit()), None)
    return flavour_of(version) if version else None


def flavour_of(version: str) -> str:
    """``mariadb-10.11.19`` for what ``@@version`` says: ``10.11.19-MariaDB-0+deb12u1``."""
    family = "mariadb" if "mariadb" in version.lower() else "mysql"
    return f"{family}-{version.split('-')[0]}"
