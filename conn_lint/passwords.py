"""Passwords of live servers: where they come from, and that they are seen nowhere."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable

VARIABLE = "CONN_LINT_PASSWORD"

_IN_URL = re.compile(r"(?P<before>\w://[^\s:/@]*:)(?P<password>\S*)@")


def password_for(login: str, alias: str | None, may_ask: bool) -> str | None:
    """The password for ``login`` (user@server): CONN_LINT_PASSWORD_ALIAS, else CONN_LINT_PASSWORD, else, when
    ``may_ask``, what is typed at a terminal; None when there is none."""
    names = [VARIABLE]
    if alias:
        names.insert(0, f"{VARIABLE}_{re.sub(r'[^A-Z0-9]', '_', alias.upper())}")
    given = next((os.environ[name] for name in names if name in os.environ), None)
    if given is not None or not may_ask or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return given
    from getpass import getpass

    return getpass(f"Password for {login}: ", sys.stderr)


def masked(text: str) -> str:
    """``text`` without the passwords of the URLs in it."""
    return _IN_URL.sub(r"\g<before>***@", text)


def passwords_in(words: Iterable[str]) -> list[str]:
    """The passwords of the URLs among ``words``, as they are written there."""
    found = [_IN_URL.search(word) for word in words]
    return [each["password"] for each in found if each and each["password"]]


def hide_from_process_list(password: str) -> None:
    """Overwrites ``password`` in this process's arguments, where ``ps`` shows them, as the mysql client does.

    Linux only: the bounds of the arguments are fields 48 and 49 of /proc/self/stat (proc(5): arg_start, arg_end).
    """
    try:
        with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        start, end = int(fields[45]), int(fields[46])
    except (OSError, IndexError, ValueError):
        return
    if not 0 < start < end:
        return
    import ctypes

    arguments = ctypes.string_at(start, end - start)
    secret = os.fsencode(password)
    at = arguments.find(secret)
    while secret and at >= 0:
        ctypes.memset(start + at, ord("x"), len(secret))
        at = arguments.find(secret, at + len(secret))
