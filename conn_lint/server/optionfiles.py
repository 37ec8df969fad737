"""Option files (my.cnf): the timeouts that a server started with them applies."""

from __future__ import annotations

import os
from collections.abc import Sequence

from conn_lint.model import Place, Problem, ServerAnswer, Span, TimeoutSetting
from conn_lint.project.tree import display
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import candidates
from conn_lint.server.options import Variable, timeout_named
from conn_lint.server.reader import Files, Outcome, Seen, read
from conn_lint.server.verdicts import Verdict, agreed

_NAMES = ("my.cnf", "mariadb.cnf", "etc/my.cnf", "etc/mysql/my.cnf", "my.ini")
"""What is looked for in a folder given instead of a file."""


def read_option_files(
    paths: Sequence[str], *, root: str, server: str | None = None, alias: str | None = None
) -> ServerAnswer:
    """The timeouts that a server started with the option files ``paths`` would have.

    ``paths`` are files, or folders like /etc/mysql, read one after another as one server's; ``root`` is the
    linted tree, which paths are shown relative to and in which absolute includes are looked for. ``server``
    ("mariadb-10.11", "mysql-8.0") says who reads them; without it every current server is asked, and the
    answer has a value only where they agree.

    Raises ServerSourceError when a given path cannot be read or ``server`` is not a server's name.
    """
    flavours = candidates(server)
    entry_files = [file for path in paths for file in _entry_files(path)]
    files = Files(root)
    for path in entry_files:
        _check(path, files)
    outcomes = [read(entry_files, flavour, files) for flavour in flavours]
    name = ", ".join(display(path, files.root) for path in paths)
    return _answer(name, outcomes, server, alias)


def _entry_files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    found = [os.path.join(path, name) for name in _NAMES if os.path.isfile(os.path.join(path, name))]
    if found:
        return found[:1]
    found = [os.path.join(path, name) for name in sorted(os.listdir(path), key=os.fsencode) if name.endswith(".cnf")]
    if not found:
        raise ServerSourceError(f"{path}: no my.cnf and no other .cnf file in this folder")
    return found


def _check(path: str, files: Files) -> None:
    data = files.read(os.path.abspath(path))
    if isinstance(data, str) and "ignores" not in data:
        raise ServerSourceError(f"{path}: {data}")


def _answer(name: str, outcomes: list[Outcome], server: str | None, alias: str | None) -> ServerAnswer:
    problems: list[Problem] = []
    for outcome in outcomes:
        problems += [problem for problem in outcome.problems if problem not in problems]
    answer = ServerAnswer(
        name=name,
        outcome="unknown",
        reason="",
        flavour=server,
        places=_places(outcomes),
        misplaced=_misplaced(outcomes),
        alias=alias,
        problems=tuple(problems),
    )
    return agreed(
        answer, [Verdict(each.flavour, each.values, each.sources, each.refusal, each.foreign) for each in outcomes]
    )


def _places(outcomes: list[Outcome]) -> tuple[Place, ...]:
    """Every assignment in a group that one of the servers reads, in reading order, with its fate."""
    found: dict[Span, Place] = {}
    for outcome in outcomes:
        in_force = set(outcome.sources.values())
        for seen in outcome.seen:
            if seen.effect is not None and seen.place not in found:
                found[seen.place] = Place(seen.place, _label(seen, seen.place in in_force))
    return tuple(found.values())


def _label(seen: Seen, in_force: bool) -> str:
    assert seen.effect is not None
    label = f"{seen.effect.variable} = {seen.option.written or seen.effect.seconds} in [{seen.group}]"
    if seen.option.written != str(seen.effect.seconds):
        label += f", which is {seen.effect.seconds} s"
    return label if in_force else f"{label}, overridden"


def _misplaced(outcomes: list[Outcome]) -> tuple[TimeoutSetting, ...]:
    """Timeouts in groups that no server reads, [mysqld1] of mysqld_multi and [mysqld@one] aside."""
    groups = {seen.group for outcome in outcomes for seen in outcome.seen}
    found: dict[tuple[Span, Variable], TimeoutSetting] = {}
    for outcome in outcomes:
        for seen in outcome.seen:
            variable = timeout_named(seen.option.name)
            if variable and not _some_server_reads(seen.group, "mysqld_multi" in groups):
                setting = TimeoutSetting(variable, seen.option.written, seen.group, seen.place)
                found.setdefault((seen.place, variable), setting)
    return tuple(found.values())


_SERVER_GROUPS = ("mysqld", "server", "mariadb", "mariadbd", "client-server", "galera", "mysql_cluster")


def _some_server_reads(group: str, multi: bool) -> bool:
    if group in _SERVER_GROUPS:
        return True
    for name in _SERVER_GROUPS:
        rest = group[len(name) :] if group.startswith(name) else ""
        if rest[:1] in ("-", "@", ".") or (multi and rest.isdecimal()):
            return True
    return False
