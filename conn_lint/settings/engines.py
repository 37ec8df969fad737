"""What is known of database engines: which speak MySQL's protocol, and what they do to the age."""

from __future__ import annotations

MYSQL = frozenset(
    [
        "dj_db_conn_pool.backends.mysql",
        "django.contrib.gis.db.backends.mysql",
        "django.db.backends.mysql",
        "django_mysql_geventpool.backends.mysql",
        "django_prometheus.db.backends.mysql",
        "django_tidb",
        "mysql.connector.django",
    ]
)

NOT_MYSQL_WORDS = (
    "cockroach",
    "dummy",
    "firebird",
    "ldapdb",
    "mongo",
    "mssql",
    "oracle",
    "postgis",
    "postgres",
    "psycopg",
    "pyodbc",
    "redshift",
    "snowflake",
    "spanner",
    "spatialite",
    "sql_server",
    "sqlite",
    "timescale",
)

AGE_FORCED = {"django_mysql_geventpool.backends.mysql": 0}
"""Engines that set CONN_MAX_AGE themselves (django-mysql-geventpool 0.2.5, ``DatabaseWrapper.__init__``).

dj_db_conn_pool (django-db-connection-pool 1.2.6) honours it: the age decides when a connection goes back to its
pool, and the pool looks at a connection only when it hands one out.
"""


def speaks_mysql(engine: object) -> bool | None:
    """Whether the engine of this dotted name speaks MySQL's protocol; None when nobody can tell by its name.

    Without an engine Django takes one that refuses every query (``ConnectionHandler.configure_settings``). A
    wrapper of a project's own is told by its name, as ``myproject.db.mysql``.
    """
    if engine is None or engine == "":
        return False
    if not isinstance(engine, str):
        return None
    if engine in MYSQL:
        return True
    name = engine.lower()
    if "mysql" in name or "mariadb" in name or "tidb" in name:
        return True
    if any(word in name for word in NOT_MYSQL_WORDS):
        return False
    return None
