"""CL106 pool-on-mysql."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, KeySlip, Known, OneOf, Place, Session, Value
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings

CONNECTOR = "mysql.connector.django"
POOLED = "dj_db_conn_pool.backends.mysql"

_PLAIN = frozenset(
    (
        "django.contrib.gis.db.backends.mysql",
        "django.db.backends.mysql",
        "django_prometheus.db.backends.mysql",
        "django_tidb",
        CONNECTOR,
        POOLED,
    )
)
"""Engines that hand every key of OPTIONS to their driver (the plain one, the connector's and the pooled one run,
the others read: subclasses that take nothing out)."""

_CONNECTORS_OWN = frozenset({"pool_name", "pool_reset_session", "pool_size"})
"""Arguments of mysql.connector.connect()."""


class PoolOnMysql(Rule):
    """
    ## What it does
    Reports keys about a connection pool that the MySQL engine in use does not have: `pool` and SQLAlchemy's
    `pool_recycle` and the like in OPTIONS, POOL_OPTIONS for an engine without a pool, and keys in POOL_OPTIONS
    that django-db-connection-pool does not take.

    ## Why it goes wrong
    Django has a pool for PostgreSQL (5.1) and Oracle (5.2), none for MySQL. Its MySQL engine hands OPTIONS to the
    driver, which refuses such a key: opening a connection fails. Beside ENGINE the key is ignored without a word:
    nothing recycles a connection that the server has dropped.

    ## Example
        "OPTIONS": {"pool": True},

    ## Use instead
        "CONN_MAX_AGE": 60,

    ## When it stays silent
    For engines that read the key, as far as they are known: django-db-connection-pool (POOL_OPTIONS),
    django-mysql-geventpool (MAX_CONNS, MAX_LIFETIME), mysql.connector.django (pool_name, pool_size); and for
    engines of which nothing is known.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#mysql-connection-pool
    - https://pypi.org/project/django-db-connection-pool/
    """

    code = "CL106"
    name = "pool-on-mysql"
    severity = "error"

    VALID = (
        Example("an age instead of a pool", {"settings.py": settings('"CONN_MAX_AGE": 60,')}),
        Example(
            "the pool of PostgreSQL",
            {"settings.py": POSTGRES.replace('"CONN_MAX_AGE": None', '"OPTIONS": {"pool": True}')},
        ),
        Example(
            "an engine with a pool",
            {
                "settings.py": settings('"POOL_OPTIONS": {"POOL_SIZE": 10, "RECYCLE": 300},').replace(
                    "django.db.backends.mysql", POOLED
                )
            },
        ),
        Example(
            "the pool of mysql-connector",
            {
                "settings.py": settings('"OPTIONS": {"pool_size": 5},').replace("django.db.backends.mysql", CONNECTOR),
            },
        ),
        Example(
            "the pool of django-mysql-geventpool",
            {
                "settings.py": settings('"OPTIONS": {"MAX_CONNS": 20},').replace(
                    "django.db.backends.mysql", "django_mysql_geventpool.backends.mysql"
                ),
            },
        ),
        Example(
            "an engine of the project's own",
            {
                "settings.py": settings('"OPTIONS": {"pool_recycle": 300},').replace(
                    "django.db.backends.mysql", "shop.db.pooled_mysql"
                ),
            },
        ),
        Example("options of the driver", {"settings.py": settings('"OPTIONS": {"connect_timeout": 5},')}),
    )
    INVALID = (
        Example("Django's pool", {"settings.py": settings('"OPTIONS": {"pool": True},')}, at=("settings.py:4",)),
        Example(
            "a key of SQLAlchemy's, put in later on",
            {"settings.py": settings('"OPTIONS": {},') + 'DATABASES["default"]["OPTIONS"]["pool_recycle"] = 280\n'},
            at=("settings.py:7",),
        ),
        Example(
            "a pool's options beside the plain engine",
            {"settings.py": settings('"POOL_OPTIONS": {"POOL_SIZE": 10},')},
            at=("settings.py:4",),
        ),
        Example(
            "a pool's options in lower case",
            {
                "settings.py": settings('"POOL_OPTIONS": {"recycle": 300},').replace(
                    "django.db.backends.mysql", POOLED
                ),
            },
            at=("settings.py:4",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        found: dict[KeySlip, list[Session]] = {}
        for session in facts.judged_sessions:
            engines = _engines(session.database.engine)
            for slip in session.database.slips:
                if engines and all(_unread(slip, engine) for engine in engines):
                    found.setdefault(slip, []).append(session)
        for slip, sessions in found.items():
            yield self._about(slip, tuple(sessions))

    def _about(self, slip: KeySlip, sessions: tuple[Session, ...]) -> Finding:
        where = (Place(slip.place, "no engine in use reads it"),)
        if slip.kind == "pool-in-options":
            return self.finding(
                f"{slip.key} in OPTIONS is handed to the MySQL driver, which refuses it: opening a connection fails",
                f"remove {slip.key}; Django has no pool for MySQL: CONN_MAX_AGE keeps one connection per thread",
                where,
                sessions=sessions,
            )
        if slip.kind == "pool-option":
            return self.finding(
                f"django-db-connection-pool does not take {slip.key} from POOL_OPTIONS",
                f"write {slip.meant}" if slip.meant else f"remove {slip.key}",
                where,
                severity="warning",
                sessions=sessions,
            )
        return self.finding(
            f"{slip.key} does nothing: the engine in use has no pool",
            f"remove {slip.key}, or set ENGINE to {POOLED} (django-db-connection-pool)",
            where,
            severity="warning",
            sessions=sessions,
        )


def _engines(engine: Value) -> tuple[object, ...]:
    """Every engine it can be; none when that is not known."""
    if isinstance(engine, Known):
        return (engine.value,)
    return tuple(known.value for known in engine.values) if isinstance(engine, OneOf) else ()


def _unread(slip: KeySlip, engine: object) -> bool:
    """Whether ``engine`` is known to have no use for a key about a pool."""
    if slip.kind == "pool-option":
        return engine == POOLED
    if slip.kind == "pool-in-options":
        return engine in _PLAIN and not (engine == CONNECTOR and slip.key in _CONNECTORS_OWN)
    return (
        slip.kind == "pool-beside-engine" and engine in _PLAIN and not (engine == POOLED and slip.key == "POOL_OPTIONS")
    )
