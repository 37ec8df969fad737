"""After how many idle seconds the server drops the sessions of one database alias.

A session starts with the server's wait_timeout, or its interactive_timeout when the client asks to be an
interactive one. Then init_connect of the server runs (not for administrators), then OPTIONS["init_command"], then
the init-command of the client's option file; the last that sets wait_timeout wins. Every step was run on
MariaDB 10.11 with mysqlclient 2.3.1, PyMySQL 1.2.4 and mysql-connector 26.10.0.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from conn_lint.model import Database, IdleLimit, Known, ServerAnswer, Unknown, Value, candidates

if TYPE_CHECKING:
    from conn_lint.setstatement import Expression

DEFAULT_TIMEOUT = 28800
"""What wait_timeout and interactive_timeout are when nothing sets them, on every MySQL and MariaDB."""

CLIENT_INTERACTIVE = 1024
"""``CLIENT.INTERACTIVE`` of mysqlclient, PyMySQL and mysql-connector: the session takes interactive_timeout."""

CONNECTOR = "mysql.connector.django"
"""The engine that brings its own driver; every other one imports MySQLdb."""

_MYSQLDB = frozenset("mysql-python mysqlclient mysqlclient-binary".split())
_PYMYSQL = frozenset("django-pymysql pymysql".split())


class Client(NamedTuple):
    """What is known of the side that connects: the distributions that the project depends on, its folder, which
    relative paths start at, and the files in it."""

    requirements: Collection[str] = ()
    root: str = "."
    paths: Collection[str] = ()

    def reads_option_files(self) -> bool | None:
        """Whether OPTIONS["read_default_file"] can set a timeout: libmysqlclient and MariaDB Connector/C (mysqlclient)
        obey the file, PyMySQL takes the login from it; None where both are there, or neither."""
        obeys, other = (not names.isdisjoint(self.requirements) for names in (_MYSQLDB, _PYMYSQL))
        return obeys if obeys != other else None


def idle_limit(database: Database, servers: tuple[ServerAnswer, ...], client: Client | None = None) -> IdleLimit:
    """When the server drops an idle session of ``database``; the first of ``servers`` that fits it speaks."""
    answer = answer_for(database.alias, servers)
    file = _client_file(database, client or Client())
    interactive = is_interactive(database)
    if file.interactive and not interactive:
        interactive = True if file.obeyed else None
    limit = _after_init_connect(_at_login(answer, interactive), answer, interactive)
    command = database.options.get("init_command")
    if command is not None:
        limit = _after(limit, command, "OPTIONS['init_command']", answer)
    for known in file.commands:
        limit = _after(limit, known if file.obeyed else Unknown(_MAYBE_OBEYED, possible=(known,)), file.name, answer)
    return limit._replace(why=f"{limit.why}; {file.note}") if file.note else limit


def answer_for(alias: str, servers: Iterable[ServerAnswer]) -> ServerAnswer | None:
    """The answer that counts for ``alias``: the first bound to it, else the first that is bound to none."""
    found = list(servers)
    bound = next((each for each in found if each.alias == alias), None)
    return bound or next((each for each in found if each.alias is None), None)


def _at_login(answer: ServerAnswer | None, interactive: bool | None) -> IdleLimit:
    """The limit by the server's global variables."""
    variable = "interactive_timeout" if interactive else "wait_timeout"
    if answer is None:
        return IdleLimit(DEFAULT_TIMEOUT, "no server source was given", None, True, variable)
    if answer.outcome != "value":
        place = next((each.span for each in answer.places if each.label.startswith(variable)), None)
        return IdleLimit(None, answer.reason, place, False, variable)
    if interactive is None and answer.interactive_timeout != answer.wait_timeout:
        return IdleLimit(None, "whether CLIENT.INTERACTIVE is set cannot be known", None, False, variable)
    seconds = answer.interactive_timeout if interactive else answer.wait_timeout
    place = answer.interactive_place if interactive else answer.wait_place
    if seconds is None:
        return IdleLimit(None, f"{answer.name} does not show {variable}", place, False, variable)
    group = next((group for span, group in answer.groups if span == place), "")
    return IdleLimit(seconds, answer.name, place, False, variable, group)


def _after_init_connect(limit: IdleLimit, answer: ServerAnswer | None, interactive: bool | None) -> IdleLimit:
    """``limit`` as the server's init_connect leaves it.

    A live server shows what it gave the session of the account that asked: with an init_connect, another value
    than the global one. The same value in spite of an init_connect is an administrator's.
    """
    if answer is None or answer.outcome != "value":
        return limit
    told = _told(answer.init_connect)
    session = answer.session_wait_timeout
    if session is not None and session != answer.wait_timeout:
        if interactive is False or told == session:
            return IdleLimit(session, f"{answer.name}, by its init_connect", None, False)
        return IdleLimit(None, f"{answer.name} does not tell the wait_timeout of interactive sessions", None, False)
    if told is None or told == limit.seconds:
        return limit
    if not isinstance(told, int) or session is not None:
        shown = f"{told} s" if isinstance(told, int) else told.text
        why = f"{answer.name} sets wait_timeout to {shown} in init_connect, for accounts that are no administrators"
        return IdleLimit(None, why, None, False)
    return IdleLimit(told, f"init_connect of {answer.name}, for accounts that are no administrators", None, False)


def _after(limit: IdleLimit, command: Value, name: str, answer: ServerAnswer | None) -> IdleLimit:
    """``limit`` as a command of the client leaves it; one that cannot be read is taken for another command."""
    found = {}
    for known in candidates(command):
        if isinstance(known.value, str):
            found[_told(known.value)] = known
    if not found or set(found) == {None}:
        return limit
    (told, known), *others = found.items()
    if others or (isinstance(command, Unknown) and command.default is None):
        reason = command.why if isinstance(command, Unknown) else "sets a wait_timeout that cannot be known"
        return IdleLimit(None, f"{name}: {reason}", known.place, False)
    if isinstance(told, int):
        return IdleLimit(told, name, known.place, False)
    assert told is not None
    seconds = _global_timeout(told.text, answer)
    if seconds is not None:
        return IdleLimit(seconds, f"{name}, {told.text}", known.place, answer is None)
    return IdleLimit(None, f"{name} sets wait_timeout to {told.text}", known.place, False)


def _told(sql: str) -> int | Expression | None:
    if "wait_timeout" not in sql.lower():
        return None
    from conn_lint.setstatement import wait_timeout_of

    return wait_timeout_of(sql)


def _global_timeout(expression: str, answer: ServerAnswer | None) -> int | None:
    """What a reference to a global timeout stands for: DEFAULT in a session is the global value."""
    names = {"default": "wait_timeout", "@@global.wait_timeout": "wait_timeout"}
    names["@@global.interactive_timeout"] = "interactive_timeout"
    variable = names.get(expression.lower())
    if variable is None:
        return None
    if answer is None:
        return DEFAULT_TIMEOUT
    return answer.wait_timeout if variable == "wait_timeout" else answer.interactive_timeout


def is_interactive(database: Database) -> bool | None:
    """Whether OPTIONS ask for interactive sessions; None when a flag that may do so cannot be known."""
    flags = client_flags(database)
    if flags is None:
        return False
    if isinstance(flags, Unknown) and not candidates(flags):
        return None if "INTERACTIVE" in flags.why else False
    asked = {has_flag(known.value, CLIENT_INTERACTIVE) for known in candidates(flags)}
    return asked.pop() if len(asked) == 1 else None


def client_flags(database: Database) -> Value | None:
    """The option that sets the flags of the connection: mysql-connector calls it by another name."""
    return database.options.get("client_flags" if _engine(database) == CONNECTOR else "client_flag")


def _engine(database: Database) -> object:
    return database.engine.value if isinstance(database.engine, Known) else None


def has_flag(flags: object, flag: int) -> bool:
    """Whether ``flags`` set ``flag``: a number, or mysql-connector's list in which a negative one unsets it."""
    if isinstance(flags, (list, tuple)):
        return flag in flags and -flag not in flags
    return isinstance(flags, int) and bool(flags & flag)


class _ClientFile(NamedTuple):
    """What OPTIONS["read_default_file"] brings. ``obeyed`` is False where it may be passed over; ``note`` says what
    was not seen and is taken to set nothing."""

    commands: tuple[Known, ...] = ()
    interactive: bool = False
    obeyed: bool = True
    name: str = ""
    note: str = ""


def _client_file(database: Database, client: Client) -> _ClientFile:
    option = next((name for name in ("read_default_file", "read_default_group") if name in database.options), None)
    if option is None or client.reads_option_files() is False:
        return _ClientFile()
    name = f"OPTIONS['{option}']"
    path, group = _text(database.options.get("read_default_file")), _text(database.options.get("read_default_group"))
    if option == "read_default_group":
        return _ClientFile(note=f"{name} names option files of the client, which are taken to set no timeout")
    if path is None:
        return _ClientFile(note=f"{name} cannot be known and is taken to set no timeout")
    from conn_lint.server.clientfile import read_client_file

    full = os.path.abspath(os.path.join(client.root, path))
    there = os.path.relpath(full, client.root).replace(os.sep, "/") in client.paths
    found = read_client_file(full, group, root=client.root) if there else None
    if found is None:
        return _ClientFile(note=f"{name} is {path}, which is not in this tree and is taken to set no timeout")
    connector = _engine(database) == CONNECTOR
    return _ClientFile(
        found.commands,
        found.interactive is not None and not connector,
        bool(client.reads_option_files()) and not found.disputed and not connector,
        name,
        f"the files that {path} includes are taken to set no timeout" if found.includes else "",
    )


def _text(value: Value | None) -> str | None:
    if not isinstance(value, Known) or not isinstance(value.value, (str, PurePath)):
        return None
    return str(value.value)


_MAYBE_OBEYED = "not every driver obeys the file, and the requirements do not say which one it is"
