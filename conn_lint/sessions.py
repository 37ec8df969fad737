"""Which database aliases are judged, and after how many idle seconds the server drops their sessions."""

from __future__ import annotations

from collections.abc import Iterable

from conn_lint.model import (
    Database,
    Deployment,
    Facts,
    IdleLimit,
    Known,
    ServerAnswer,
    Session,
    Span,
    Unknown,
    Value,
    candidates,
)

DEFAULT_TIMEOUT = 28800
"""What wait_timeout and interactive_timeout are when nothing sets them, on every MySQL and MariaDB."""

CLIENT_INTERACTIVE = 1024
"""``CLIENT.INTERACTIVE`` of mysqlclient, PyMySQL and mysql-connector: the session takes interactive_timeout."""

DRIVERS = frozenset(
    "aiomysql asyncmy django-mysql django-mysql-geventpool django-pymysql django-tidb mysql-connector oursql pymysql"
    " mysql-connector-python mysql-connector-python-rf mysql-python mysqlclient mysqlclient-binary".split()
)
"""Distributions that a project depends on only to talk to MySQL or MariaDB."""


def mysql_driver(requirements: Iterable[str]) -> str | None:
    """The first MySQL driver among the normalized distribution names, or None."""
    return next((name for name in sorted(requirements) if name in DRIVERS), None)


def sessions(
    deployments: tuple[Deployment, ...],
    servers: tuple[ServerAnswer, ...],
    *,
    assume_mysql: bool,
    force_mysql: bool,
) -> tuple[Session, ...]:
    """Every alias of every deployment with its idle limit; the first of ``servers`` that fits one wins.

    ``assume_mysql`` counts an alias whose engine cannot be known, ``force_mysql`` counts every alias.
    Without any deployment, or where DATABASES cannot be seen, Django's defaults stand in for "default".
    """
    found: list[Session] = []
    for deployment in deployments:
        for database in databases_of(deployment, assume_mysql=assume_mysql, force_mysql=force_mysql):
            counts = force_mysql or database.mysql is True or (database.mysql is None and assume_mysql)
            judged = database.as_mysql if database.as_mysql and not force_mysql else database
            found.append(Session(deployment.name, judged, idle_limit(judged, servers), counts))
    if not deployments:
        database = default_database(Span(".", 1), known=True)
        found.append(Session("", database, idle_limit(database, servers), counts=True))
    return tuple(found)


def databases_of(deployment: Deployment, *, assume_mysql: bool, force_mysql: bool) -> tuple[Database, ...]:
    """The databases of ``deployment``; one by the name of "default" where it has some that cannot be seen.

    A settings file that cannot be parsed has none: that it is unreadable is said already.
    """
    unread = any(problem.span.path == deployment.path for problem in deployment.problems)
    if deployment.databases or unread or not (force_mysql or (deployment.open and assume_mysql)):
        return tuple(deployment.databases.values())
    return (default_database(Span(deployment.path, 1), known=not deployment.open),)


def default_database(place: Span, *, known: bool) -> Database:
    """The alias "default" with Django's own defaults, or with nothing known of it."""
    unseen = Unknown("DATABASES cannot be read from the settings")

    def value(default: object) -> Value:
        return Known(default) if known else unseen

    return Database(
        alias="default",
        engine=unseen,
        conn_max_age=value(0),
        conn_health_checks=value(False),
        autocommit=value(True),
        atomic_requests=value(False),
        options={},
        host=unseen,
        port=unseen,
        mysql=None,
        place=place,
    )


def idle_limit(database: Database, servers: tuple[ServerAnswer, ...]) -> IdleLimit:
    """When the server drops an idle session of ``database``.

    ``SET wait_timeout`` in OPTIONS["init_command"] beats the server's own value (measured with mysqlclient,
    PyMySQL and mysql-connector); CLIENT.INTERACTIVE swaps interactive_timeout in for wait_timeout.
    """
    command = database.options.get("init_command")
    if command is not None:
        own = _own_timeout(command)
        if own is not None:
            return own
    interactive = _interactive(database)
    answer = next(
        (each for each in servers if each.alias == database.alias),
        next((each for each in servers if each.alias is None), None),
    )
    variable = "interactive_timeout" if interactive else "wait_timeout"
    if answer is None:
        limit = IdleLimit(DEFAULT_TIMEOUT, "no server source was given", None, True, variable)
    elif answer.outcome != "value":
        limit = IdleLimit(None, answer.reason, _first_place(answer), False, variable)
    else:
        seconds = answer.interactive_timeout if interactive else answer.wait_timeout
        place = answer.interactive_place if interactive else answer.wait_place
        limit = IdleLimit(seconds, answer.name, place, False, variable)
        if interactive is None and answer.interactive_timeout != answer.wait_timeout:
            limit = IdleLimit(None, "OPTIONS['client_flag'] cannot be known", None, False, variable)
    return limit


def _first_place(answer: ServerAnswer) -> Span | None:
    return answer.places[0].span if answer.places else None


def _interactive(database: Database) -> bool | None:
    """Whether the sessions are interactive; None when a flag that may say so cannot be known."""
    for option in ("client_flag", "client_flags"):
        value = database.options.get(option)
        if value is None:
            continue
        if isinstance(value, Unknown) and not candidates(value):
            return None if "INTERACTIVE" in value.why else False
        flags = [known.value for known in candidates(value)]
        asked = {isinstance(flag, int) and bool(flag & CLIENT_INTERACTIVE) for flag in flags}
        return asked.pop() if len(asked) == 1 else None
    return False


def _own_timeout(command: Value) -> IdleLimit | None:
    """The limit that an init_command gives its session; None when it leaves the server's alone."""
    if isinstance(command, Unknown) and not candidates(command):
        return None
    texts = [known for known in candidates(command) if isinstance(known.value, str)]
    found = {wait_timeout_of(known.value): known for known in texts}
    if not found or set(found) == {None}:
        return None
    if len(found) == 1:
        (seconds, known), *_ = found.items()
        if isinstance(seconds, int):
            return IdleLimit(seconds, "OPTIONS['init_command']", known.place, False)
    place = command.place
    return IdleLimit(None, "OPTIONS['init_command'] sets a wait_timeout that cannot be known", place, False)


def wait_timeout_of(sql: str) -> int | str | None:
    """The session wait_timeout after ``sql`` ran: in seconds, its text where that is no number, None if not set.

    Follows MySQL's SET grammar: a scope word holds for the assignments after it in the same statement, and
    GLOBAL or PERSIST leave the session's value alone. The server clamps to 1..31536000.
    """
    seconds: int | str | None = None
    for statement in sql.split(";"):
        words = statement.split(None, 1)
        if len(words) < 2 or words[0].lower() != "set":
            continue
        scope = "session"
        for assignment in words[1].split(","):
            name, equals, value = assignment.partition("=")
            parts = name.strip().rstrip(":").strip().lower().split()
            if len(parts) == 2 and parts[0] in ("session", "local", "global", "persist", "persist_only"):
                scope = parts.pop(0)
            target = parts[0].replace("`", "") if len(parts) == 1 else ""
            of = scope
            if target.startswith("@@"):
                of, _, target = target[2:].rpartition(".")
            if equals and target == "wait_timeout" and of in ("", "session", "local"):
                seconds = _clamped(value.strip())
    return seconds


def _clamped(text: str) -> int | str:
    return min(max(int(text), 1), 31_536_000) if text.isdecimal() else text


def notes(facts: Facts) -> tuple[str, ...]:
    """What must be said once about what is judged, and what is not."""
    if not facts.deployments:
        if facts.units or facts.observations:
            return ("no settings found: judged as if the alias default were on MySQL with CONN_MAX_AGE 0",)
        return ("no settings found, and no code that uses the ORM outside a request: nothing to judge",)
    if facts.judged_sessions:
        return ()
    modules = ", ".join(sorted({deployment.name for deployment in facts.deployments}))
    unknown = [session.database for session in facts.sessions if session.database.mysql is None]
    if not unknown:
        return (f"no MySQL or MariaDB alias in {modules}: nothing to judge",)
    names = sorted({name for each in unknown if isinstance(each.engine, Unknown) for name in each.engine.env})
    bind = " ".join(f"--env {name}=VALUE" for name in names)
    aliases = ", ".join(sorted({each.alias for each in unknown}))
    return (
        f"the engine of {aliases} in {modules} cannot be known, and nothing says MySQL: nothing is judged; "
        f"pass {bind + ' or ' if bind else ''}--assume-mysql",
    )
