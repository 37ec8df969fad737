"""CL110 connections-exceed-server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from conn_lint.lifetime import max_ages
from conn_lint.model import Facts, Finding, Known, Place, ProcessGroup, ServerAnswer, Session
from conn_lint.rules.base import Example, Rule, age_place, listed
from conn_lint.rules.examples import POSTGRES, settings

_ALLOWED = "Variable_name\tValue\nmax_connections\t50\nwait_timeout\t28800\ninteractive_timeout\t28800\n"
_VARIABLES = ("--variables", "variables.tsv")


class ConnectionsExceedServer(Rule):
    """
    ## What it does
    Multiplies the processes, threads and database aliases that the command lines of one deployment file start
    (gunicorn, uWSGI, Celery, where they or their configuration files say how many), and compares the product with
    max_connections.

    ## Why it goes wrong
    Django has no pool for MySQL: every thread opens a connection of its own for every alias it uses, and with a
    CONN_MAX_AGE it keeps it. Once max_connections are open the next thread gets (1040, 'Too many connections'),
    and so does every worker and cron job beside it.

    ## Example
        web: gunicorn shop.wsgi --workers 8 --threads 10

    ## Use instead
        web: gunicorn shop.wsgi --workers 4 --threads 10

    ## When it stays silent
    When max_connections is not known (no --live, no saved variables that show it), when a number is left to a
    variable or to the count of processors, with greenlets and event loops, and within the limit.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#caveats
    - https://dev.mysql.com/doc/refman/8.4/en/too-many-connections.html
    """

    code = "CL110"
    name = "connections-exceed-server"
    severity = "warning"

    VALID = (
        Example(
            "fewer than the server allows",
            {
                "settings.py": settings('"CONN_MAX_AGE": 60,'),
                "Procfile": "web: gunicorn shop.wsgi --workers 4 --threads 10\n",
                "variables.tsv": _ALLOWED,
            },
            args=_VARIABLES,
        ),
        Example(
            "a number that the environment decides",
            {
                "settings.py": settings('"CONN_MAX_AGE": 60,'),
                "Procfile": "web: gunicorn shop.wsgi --workers $WORKERS --threads 100\n",
                "variables.tsv": _ALLOWED,
            },
            args=_VARIABLES,
        ),
        Example(
            "a server that nobody asked",
            {
                "settings.py": settings('"CONN_MAX_AGE": 60,'),
                "Procfile": "web: gunicorn shop.wsgi --workers 100 --threads 10\n",
            },
        ),
        Example(
            "another database",
            {
                "settings.py": POSTGRES,
                "Procfile": "web: gunicorn shop.wsgi --workers 8 --threads 10\n",
                "variables.tsv": _ALLOWED,
            },
            args=_VARIABLES,
        ),
    )
    INVALID = (
        Example(
            "more than the server allows",
            {
                "settings.py": settings('"CONN_MAX_AGE": 60,'),
                "Procfile": "web: gunicorn shop.wsgi --workers 8 --threads 10\n",
                "variables.tsv": _ALLOWED,
            },
            at=("Procfile:1",),
            args=_VARIABLES,
        ),
    )

    def skip(self, facts: Facts) -> str | None:
        known = any(server.max_connections is not None for server in facts.servers)
        return super().skip(facts) or (None if known else "no server source shows max_connections")

    def check(self, facts: Facts) -> Iterator[Finding]:
        by_file: dict[str, list[ProcessGroup]] = {}
        for group in facts.processes:
            by_file.setdefault(group.place.path, []).append(group)
        for server in facts.servers:
            sessions = _sharing(server, facts)
            if server.max_connections is None or not sessions:
                continue
            for groups in by_file.values():
                wanted = sum(group.processes * group.threads for group in groups) * len(sessions)
                if wanted > server.max_connections:
                    yield self._report(server, groups, sessions, wanted, facts)

    def _report(
        self, server: ServerAnswer, groups: list[ProcessGroup], sessions: tuple[Session, ...], wanted: int, facts: Facts
    ) -> Finding:
        kept = any(age != 0 for session in sessions for _, age in max_ages(session.database, facts.django))
        started = listed(tuple(f"{group.processes} x {group.threads} threads of {group.program}" for group in groups))
        aliases = f" with {len(sessions)} aliases" if len(sessions) > 1 else ""
        what = "keep up to" if kept else "at a busy moment hold"
        places = [Place(group.place, f"{group.processes} processes x {group.threads} threads") for group in groups]
        places += [
            Place(age_place(session), "keeps each connection open")
            for session in sessions
            if kept and session.database.conn_max_age.place
        ]
        return self.finding(
            f"{started}{aliases} {what} {wanted} connections open, and {server.name} allows max_connections "
            f"{server.max_connections}: the next one fails with (1040, 'Too many connections')",
            "start fewer processes or threads, raise max_connections, or put a pooling proxy (ProxySQL) between",
            tuple(places),
            severity="warning" if kept else "info",
            sessions=sessions,
        )


def _sharing(server: ServerAnswer, facts: Facts) -> tuple[Session, ...]:
    """The sessions of one settings module that are on ``server`` for certain: those bound to it, or those whose HOST
    is the same; of several modules the one with the most."""
    found: dict[str, list[Session]] = {}
    for session in facts.judged_sessions:
        if server.alias in (None, session.database.alias):
            found.setdefault(session.settings, []).append(session)
    best = max(found.values(), key=len, default=[])
    hosts = Counter(_address(session) for session in best)
    if not hosts:
        return ()
    (address, number), *_ = hosts.most_common(1)
    return tuple(session for session in best if _address(session) == address) if number > 1 else tuple(best[:1])


def _address(session: Session) -> object:
    """HOST and PORT where both are known; otherwise something that is like nothing else."""
    host, port = session.database.host, session.database.port
    if isinstance(host, Known) and isinstance(port, Known):
        return host.value, port.value
    return session.database.alias
