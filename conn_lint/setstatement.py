"""What SQL leaves behind in its session's wait_timeout: OPTIONS["init_command"], init_connect of the server.

Follows the SET statement as MariaDB 10.11.19 and MySQL 8.4.13 and 9.7.4 run it ("SET Syntax for Variable
Assignment" of the MySQL manual).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

SHORTEST, LONGEST = 1, 31_536_000
"""What the server clamps a wait_timeout to, in seconds (``Sys_net_wait_timeout`` in sql/sys_vars.cc)."""

_SCOPES = ("session", "local", "global", "persist", "persist_only")
_OWN_SCOPES = ("session", "local")

_LAST_OLD_VERSION = 50699
"""``/*!50600 ... */`` runs everywhere; MariaDB and MySQL do not agree on which later versions they are."""

_TOKEN = re.compile(
    r"""
      (?P<skipped> \s+ | /\*(?![!M]) .*? (?:\*/|\Z) | --(?=\s|\Z) [^\n]* | \#[^\n]* | \*/ )
    | (?P<executed> /\* M? ! \d* )
    | (?P<text> '(?: [^'\\] | \\. | '' )*' | "(?: [^"\\] | \\. | "" )*" )
    | (?P<name> ` [^`]* ` )
    | (?P<word> [\w$]+ )
    | (?P<sign> @@ | := | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class Expression(NamedTuple):
    """A value that is no number: ``DEFAULT``, ``@@global.interactive_timeout``, ``@seconds``."""

    text: str


def wait_timeout_of(sql: str) -> int | Expression | None:
    """The session wait_timeout after ``sql`` ran: seconds, the Expression it was set to, None if it was not set.

    A scope word holds for the assignments after it in the same statement, ``@@global.`` for its own only;
    GLOBAL and PERSIST leave the session's value alone.
    """
    tokens = _tokens(sql)
    if tokens is None:
        return Expression(sql) if "wait_timeout" in sql.lower() else None
    value: int | Expression | None = None
    for statement in _split(tokens, ";"):
        if len(statement) < 2 or statement[0].lower() != "set" or statement[1].lower() == "statement":
            continue
        scope = "session"
        for assignment in _split(statement[1:], ","):
            if assignment and assignment[0].lower() in _SCOPES and assignment[1:2] not in (["="], [":="], ["."]):
                scope = assignment.pop(0).lower()
            target = next((index for index, token in enumerate(assignment) if token in ("=", ":=")), 0)
            if _sets_own_timeout([token.strip("`").lower() for token in assignment[:target]], scope):
                value = _value(assignment[target + 1 :])
    return value


def _tokens(sql: str) -> list[str] | None:
    """The tokens without comments; None where a comment is executed by some servers only."""
    tokens = []
    for found in _TOKEN.finditer(sql):
        if found.lastgroup == "executed":
            version = found.group().lstrip("/*M!")
            if "M" in found.group() or (version and int(version) > _LAST_OLD_VERSION):
                return None
        elif found.lastgroup != "skipped":
            tokens.append(found.group())
    return tokens


def _split(tokens: list[str], separator: str) -> Iterator[list[str]]:
    """The runs of ``tokens`` between the separators that stand in no parentheses."""
    part: list[str] = []
    depth = 0
    for each in tokens:
        depth += (each == "(") - (each == ")")
        if each == separator and depth <= 0:
            yield part
            part = []
        else:
            part.append(each)
    yield part


def _sets_own_timeout(target: list[str], scope: str) -> bool:
    if target[:1] == ["@@"]:
        *of, name = target[1:] or [""]
        return name == "wait_timeout" and (not of or (of[0] in _OWN_SCOPES and of[1:] == ["."]))
    return target == ["wait_timeout"] and scope in _OWN_SCOPES


def _value(tokens: list[str]) -> int | Expression:
    try:
        seconds, rest = _sum(tokens)
    except (ValueError, IndexError, RecursionError):
        return _expression(tokens)
    if rest or seconds.bit_length() > 63:  # beyond 64 bits MySQL refuses what MariaDB clamps
        return _expression(tokens)
    return min(max(seconds, SHORTEST), LONGEST)


def _expression(tokens: list[str]) -> Expression:
    return Expression(re.sub(r"(@@|@|\.) ", r"\1", " ".join(tokens).replace(" .", ".")))


def _sum(tokens: list[str]) -> tuple[int, list[str]]:
    """The number that ``tokens`` begin with, and what is left of them; ValueError where there is none."""
    value, rest = _product(tokens)
    while rest and rest[0] in "+-":
        sign = 1 if rest[0] == "+" else -1
        operand, rest = _product(rest[1:])
        value += sign * operand
    return value, rest


def _product(tokens: list[str]) -> tuple[int, list[str]]:
    value, rest = _number(tokens)
    while rest and rest[0] == "*":
        operand, rest = _number(rest[1:])
        value *= operand
    return value, rest


def _number(tokens: list[str]) -> tuple[int, list[str]]:
    first, rest = tokens[0], tokens[1:]
    if first in ("+", "-"):
        value, rest = _number(rest)
        return (value if first == "+" else -value), rest
    if first == "(":
        value, rest = _sum(rest)
        if rest[0] != ")":
            raise ValueError(rest[0])
        return value, rest[1:]
    if first.lower() in ("true", "false"):
        return int(first.lower() == "true"), rest
    if not (first.isascii() and first.isdecimal() and len(first) < 30):
        raise ValueError(first)
    return int(first), rest
