"""CL206 fork-with-connection."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import max_ages
from conn_lint.model import Facts, Finding, Observation, Place, Session, Severity
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.repairs import of_observation


def _command(*body: str, imports: str = "") -> str:
    lines = "".join(f"        {line}\n" for line in body)
    return (
        f"import multiprocessing\nimport os\n{imports}\nfrom django.contrib.auth.models import User\n"
        "from django.core.management.base import BaseCommand\nfrom django.db import connection, connections\n\n\n"
        'def rename(pk):\n    User.objects.filter(pk=pk).update(last_name="")\n\n\n'
        "def rename_apart(pk):\n    connection.close()\n    rename(pk)\n\n\n"
        "def resize(pk):\n    return pk * 2\n\n\n"
        f"class Command(BaseCommand):\n    def handle(self, **options):\n{lines}"
    )


def _files(*body: str, imports: str = "") -> dict[str, str]:
    return {"settings.py": settings(), "shop/management/commands/rename.py": _command(*body, imports=imports)}


_KEYS = 'keys = list(User.objects.values_list("pk", flat=True))'
_AT = "shop/management/commands/rename.py"


class ForkWithConnection(Rule):
    """
    ## What it does
    Reports os.fork(), a Process, a Pool or a ProcessPoolExecutor in a process that has queried and not closed its
    connections since, when the new process uses the database.

    ## Why it goes wrong
    The child gets a copy of the open socket, and with it the session: answers to one process are read by the
    other ("Packet sequence number wrong", "Commands out of sync", error 2013, rows of another query). A child that
    closes the connection first does so for both: the next query of its parent fails with 2013 or 2006.

    ## Example
        keys = list(User.objects.values_list("pk", flat=True))
        with multiprocessing.Pool(4) as pool:
            pool.map(rename, keys)

    ## Use instead
        from django.db import connections

        keys = list(User.objects.values_list("pk", flat=True))
        connections.close_all()
        with multiprocessing.Pool(4) as pool:
            pool.map(rename, keys)

    ## When it stays silent
    When connections.close_all() (or connection.close(), or with CONN_MAX_AGE 0 close_old_connections()) comes
    between the last query and the fork; when the new process does not use the database; with the start methods
    spawn and forkserver. A single child that does not close is a warning: it works for as long as only one of
    the two uses the connection.

    ## References
    - https://dev.mysql.com/doc/c-api/8.0/en/c-api-threaded-clients.html
    - https://code.djangoproject.com/ticket/31637
    """

    code = "CL206"
    name = "fork-with-connection"
    severity = "error"

    VALID = (
        Example(
            "all connections closed before the pool is made",
            _files(
                _KEYS,
                "connections.close_all()",
                "with multiprocessing.Pool(4) as pool:",
                "    pool.map(rename, keys)",
            ),
        ),
        Example(
            "closed between the construction and the start",
            _files(
                _KEYS, "p = multiprocessing.Process(target=rename, args=keys)", "connections.close_all()", "p.start()"
            ),
        ),
        Example("no query before", _files("multiprocessing.Pool(4).map(rename, range(9))")),
        Example("a child without the ORM", _files(_KEYS, "multiprocessing.Pool(4).map(resize, keys)")),
        Example(
            "a start method that inherits nothing",
            _files(_KEYS, 'multiprocessing.get_context("spawn").Pool(4).map(rename, keys)'),
        ),
        Example(
            "a start method chosen for all",
            _files(_KEYS, "multiprocessing.Pool(4).map(rename, keys)")
            | {"manage.py": 'import multiprocessing\n\nmultiprocessing.set_start_method("spawn")\n'},
        ),
        Example(
            "a child that only runs another program",
            _files(_KEYS, "if os.fork() == 0:", '    os.execv("/bin/true", [])', "rename(1)"),
        ),
        Example(
            "another database",
            _files(_KEYS, "multiprocessing.Pool(4).map(rename, keys)") | {"settings.py": POSTGRES},
        ),
    )
    INVALID = (
        Example(
            "a pool",
            _files(_KEYS, "with multiprocessing.Pool(4) as pool:", "    pool.map(rename, keys)"),
            at=(f"{_AT}:25",),
        ),
        Example(
            "an executor, whose processes are made at the first job",
            _files(
                _KEYS,
                "with ProcessPoolExecutor() as pool:",
                "    pool.map(rename, keys)",
                imports="from concurrent.futures import ProcessPoolExecutor\n",
            ),
            at=(f"{_AT}:27",),
        ),
        Example(
            "a child that closes what it inherited",
            _files(_KEYS, "p = multiprocessing.Process(target=rename_apart, args=keys)", "p.start()", "rename(1)"),
            at=(f"{_AT}:26",),
        ),
        Example(
            "os.fork()",
            _files(_KEYS, "pid = os.fork()", "if pid == 0:", "    rename(1)", "    os._exit(0)", "os.waitpid(pid, 0)"),
            at=(f"{_AT}:25",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for seen in facts.observations:
            words = seen.detail.split()
            sessions = tuple(each for each in facts.judged_sessions if _stays_open(each, facts, words))
            if seen.kind == "fork-with-connection" and sessions:
                severity: Severity = "error" if "several" in words or "closes" in words else "warning"
                yield self.finding(
                    _message(seen, words),
                    "call django.db.connections.close_all() right before the fork, outside atomic()"
                    if facts.django.at_least(1, 8)
                    else "close every connection of django.db.connections right before the fork, outside atomic()",
                    (Place(seen.span, "forks here"), *seen.places),
                    severity=severity,
                    function=seen.function,
                    sessions=sessions,
                    repair=of_observation("close-before-fork", seen, facts),
                )


def _stays_open(session: Session, facts: Facts, words: list[str]) -> bool:
    """Whether a connection outlives the cleanup that comes before the fork."""
    ages = [age for _, age in max_ages(session.database, facts.django)]
    return "close_old" not in words or not ages or any(age is None or age > 0 for age in ages)


def _message(seen: Observation, words: list[str]) -> str:
    who = f"{seen.function}()" if (seen.function or "").replace(".", "").isidentifier() else "this module"
    start = f"{who} forks while its connection is open, and the new process uses the database: "
    if "closes" in words:
        return start + "the close in the child ends the session of the parent too, whose next query fails with 2013"
    many = "all of them talk" if "several" in words else "both talk"
    return start + f"{many} to one session of the server and read each other's answers (2013, 2014, wrong rows)"
