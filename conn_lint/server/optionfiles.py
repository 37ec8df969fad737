"""Option files (my.cnf): the timeouts that a server started with them applies."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from conn_lint.model import Place, Problem, ServerAnswer, Span, TimeoutSetting
from conn_lint.project.tree import display
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import Flavour, candidates
from conn_lint.server.options import Variable, timeout_named
from conn_lint.server.reader import OPEN_TO_ALL, Files, Outcome, Seen, read
from conn_lint.server.surprises import remarks_on
from conn_lint.server.verdicts import Verdict, agreed

if TYPE_CHECKING:
    from conn_lint.server.persisted import Persisted

_NAMES = ("my.cnf", "mariadb.cnf", "etc/my.cnf", "etc/mysql/my.cnf", "my.ini")
"""What is looked for in a folder given instead of a file."""

PERSISTED = "mysqld-auto.cnf"
"""The file of MySQL's SET PERSIST."""


class Given(NamedTuple):
    """The files of one server. ``option_files`` are read one after another; ``defaults``: after the list that the
    server reads by itself on this machine, as its ``--defaults-extra-file``. ``persisted`` is a mysqld-auto.cnf."""

    option_files: tuple[str, ...]
    defaults: bool = False
    persisted: str | None = None
    suffix: str = ""

    def entries(self, flavour: Flavour) -> list[str]:
        """The option files in the order in which ``flavour`` reads them."""
        if not self.defaults:
            return list(self.option_files)
        from conn_lint.server.defaultfiles import default_files

        return default_files(flavour, os.environ, self.option_files)

    def suffix_of(self, flavour: Flavour) -> str:
        if self.suffix or not self.defaults:
            return self.suffix
        from conn_lint.server.defaultfiles import group_suffix

        return group_suffix(flavour, os.environ)


def read_option_files(
    paths: Sequence[str],
    *,
    root: str,
    server: str | None = None,
    alias: str | None = None,
    suffix: str = "",
    defaults: bool = False,
) -> ServerAnswer:
    """The timeouts that a server started with the option files ``paths`` would have.

    ``paths`` are files, or folders like /etc/mysql, read one after another as one server's: the last one wins.
    A mysqld-auto.cnf among them, or beside one of them, or in their datadir, goes before all of them on MySQL.
    ``defaults`` reads what the server reads by itself on this machine, too; ``suffix`` is its
    ``--defaults-group-suffix``. ``root`` is the linted tree, which paths are shown relative to and in which
    absolute includes are looked for. ``server`` ("mariadb-10.11", "mysql-8.0") says who reads them; without it
    every current server is asked, and the answer has a value only where they agree.

    Raises ServerSourceError when a given path cannot be read or ``server`` is not a server's name.
    """
    flavours = candidates(server)
    files = Files(root)
    named = [file for path in paths for file in _entry_files(path)]
    for path in named:
        _check(path, files)
    persisted = next((path for path in reversed(named) if os.path.basename(path) == PERSISTED), None)
    option_files = tuple(path for path in named if os.path.basename(path) != PERSISTED)
    given = Given(option_files, defaults, persisted, suffix)
    if defaults and not any(given.entries(flavour) for flavour in flavours):
        raise ServerSourceError("--mycnf-defaults: none of the files that a server reads by itself is on this machine")
    outcomes = [read(given.entries(flavour), flavour, files, given.suffix_of(flavour)) for flavour in flavours]
    shown = ["the server's default files"] if defaults else []
    answer = ServerAnswer(
        name=", ".join([*shown, *(display(path, files.root) for path in paths)]),
        outcome="unknown",
        reason="",
        flavour=server,
        alias=alias,
    )
    return _answer(answer, outcomes, _persisted(given, outcomes, files), given)


def _entry_files(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    beside = os.path.join(path, PERSISTED)
    persisted = [beside] if os.path.isfile(beside) else []
    found = [os.path.join(path, name) for name in _NAMES if os.path.isfile(os.path.join(path, name))]
    if found:
        return found[:1]
    found = [os.path.join(path, name) for name in sorted(os.listdir(path), key=os.fsencode) if name.endswith(".cnf")]
    if not found:
        raise ServerSourceError(f"{path}: no my.cnf and no other .cnf file in this folder")
    return [name for name in found if name != beside] + persisted


def _check(path: str, files: Files) -> None:
    data = files.read(os.path.abspath(path))
    if isinstance(data, str) and data != OPEN_TO_ALL:
        raise ServerSourceError(f"{path}: {data}")


def _persisted(given: Given, outcomes: list[Outcome], files: Files) -> Persisted | None:
    """What the mysqld-auto.cnf sets that was given, or that lies beside the option files or in their datadir."""
    path = given.persisted
    if path is None:
        folders = [os.path.dirname(file) for file in given.option_files]
        folders += [outcome.datadir for outcome in outcomes if outcome.datadir]
        found = (os.path.join(folder, PERSISTED) for folder in folders)
        path = next((each for each in found if os.path.isfile(each)), None)
    if path is None:
        return None
    from conn_lint.server.persisted import read_persisted

    return read_persisted(path, files)


def _answer(answer: ServerAnswer, outcomes: list[Outcome], persisted: Persisted | None, given: Given) -> ServerAnswer:
    problems: list[Problem] = []
    for outcome in outcomes:
        problems += [problem for problem in outcome.problems if problem not in problems]
    verdicts = [Verdict(each.flavour, each.values, each.sources, each.refused) for each in outcomes]
    init_connect = {each.init_connect for each in outcomes if not each.refused}
    answer = answer._replace(
        places=_places(outcomes),
        groups=_groups(outcomes),
        misplaced=_misplaced(outcomes),
        problems=tuple(problems),
        init_connect=init_connect.pop() if len(init_connect) == 1 else "",
    )
    if persisted is None:
        return agreed(answer._replace(remarks=remarks_on(outcomes)), verdicts)
    from conn_lint.server.persisted import with_persisted

    off = {outcome.flavour for outcome in outcomes if not outcome.loads_persisted}
    alone = not given.option_files and not given.defaults
    answer, verdicts = with_persisted(answer, verdicts, persisted, off=off, alone=alone)
    answer = agreed(answer._replace(remarks=remarks_on(outcomes)), verdicts)
    return answer._replace(interactive_timeout=None) if alone and not answer.interactive_place else answer


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


def _groups(outcomes: list[Outcome]) -> tuple[tuple[Span, str], ...]:
    """The group of every assignment that one of the servers makes."""
    found = {(seen.place, seen.group) for each in outcomes for seen in each.seen if seen.effect is not None}
    return tuple(sorted(found))


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

_START_SCRIPTS = ("mysqld_safe", "mysqld_multi", "mariadbd_safe", "mariadb_safe", "mariadbd_multi")


def _some_server_reads(group: str, multi: bool) -> bool:
    """Whether ``group`` is one of some server, under some version or ``--defaults-group-suffix``."""
    if group in _SERVER_GROUPS:
        return True
    if group.startswith(_START_SCRIPTS):
        return False
    for name in _SERVER_GROUPS:
        rest = group[len(name) :] if group.startswith(name) else ""
        if rest[:1] in ("-", "_", "@", ".") or (multi and rest.isdecimal()):
            return True
    return False
