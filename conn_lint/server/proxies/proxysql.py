"""ProxySQL: ``wait_timeout`` of mysql_variables in proxysql.cnf, in milliseconds.

A client idle for longer is disconnected (``MySQL_Thread::process_all_sessions`` in lib/MySQL_Thread.cpp); the
default is 28800000. The file is in the format of libconfig.
"""

from __future__ import annotations

import re

from conn_lint.server.proxies import Limit

DEFAULT_MILLISECONDS = 28_800_000
MAXIMUM_MILLISECONDS = 20 * 24 * 3600 * 1000

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*|//[^\n]*|/\*.*?\*/)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<mark>[=:;,{}()\[\]])|(?P<word>[^\s=:;,{}()\[\]"]+)""",
    re.DOTALL,
)


def read(text: str) -> Limit:
    """The limit set in ``text``, or ProxySQL's default."""
    groups: list[str] = []
    name, valued = "", False
    found: tuple[str, int] | None = None
    for match in _TOKEN.finditer(text):
        token, kind = match.group(), match.lastgroup
        if kind == "skip":
            continue
        if token in ("{", "(", "["):
            groups.append(name)
        elif token in ("}", ")", "]"):
            groups = groups[:-1]
        if kind == "mark":
            valued = token in ("=", ":")
            name = name if valued else ""
        elif valued:
            if name == "wait_timeout" and groups == ["mysql_variables"]:
                found = token.strip('"'), text.count("\n", 0, match.start()) + 1
            name, valued = "", False
        else:
            name = token
    if found is None:
        return Limit(DEFAULT_MILLISECONDS / 1000, "mysql-wait_timeout, ProxySQL's default", 0)
    written, line = found
    digits = written.rstrip("Ll")
    if not digits.isdecimal() or int(digits) > MAXIMUM_MILLISECONDS:
        raise ValueError(f"line {line}: wait_timeout = {written} is no number of milliseconds that ProxySQL takes")
    return Limit(int(digits) / 1000, f"mysql-wait_timeout {digits} ms", line)
