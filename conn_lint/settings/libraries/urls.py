"""Database URLs, as dj-database-url and django-environ read them."""

from __future__ import annotations

from ast import literal_eval
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

_COMMON = {
    "mssql": "mssql",
    "mysql": "django.db.backends.mysql",
    "mysql-connector": "mysql.connector.django",
    "mysql2": "django.db.backends.mysql",
    "mysqlgis": "django.contrib.gis.db.backends.mysql",
    "oracle": "django.db.backends.oracle",
    "pgsql": "django.db.backends.postgresql",
    "postgis": "django.contrib.gis.db.backends.postgis",
    "postgres": "django.db.backends.postgresql",
    "postgresql": "django.db.backends.postgresql",
    "redshift": "django_redshift_backend",
    "spatialite": "django.contrib.gis.db.backends.spatialite",
    "sqlite": "django.db.backends.sqlite3",
}

DJ_DATABASE_URL = {
    **_COMMON,
    "cockroach": "django_cockroachdb",
    "mssql": "sql_server.pyodbc",
    "mssqlms": "mssql",
    "oraclegis": "django.contrib.gis.db.backends.oracle",
    "timescale": "timescale.db.backends.postgresql",
    "timescalegis": "timescale.db.backends.postgis",
}
"""dj-database-url 1.0 to 3.1, ``ENGINE_SCHEMES``."""

TEXT_PORTS = frozenset(("mssql", "mssqlms", "oracle"))
"""Schemes of whose ports dj-database-url makes text."""

SEARCH_PATH = frozenset("pgsql postgis postgres postgresql redshift timescale timescalegis".split())
"""Schemes of which dj-database-url makes ``?currentSchema=`` the search path."""

DJANGO_ENVIRON = {
    **_COMMON,
    "cockroachdb": "django_cockroachdb",
    "ldap": "ldapdb.backends.ldap",
    "prometheus_mysql": "django_prometheus.db.backends.mysql",
    "prometheus_postgis": "django_prometheus.db.backends.postgis",
    "prometheus_postgresql": "django_prometheus.db.backends.postgresql",
    "prometheus_spatialite": "django_prometheus.db.backends.spatialite",
    "prometheus_sqlite": "django_prometheus.db.backends.sqlite3",
    "psql": "django.db.backends.postgresql",
    "pyodbc": "sql_server.pyodbc",
}
"""django-environ 0.14, ``Env.DB_SCHEMES``."""

POSTGRES = frozenset("pgsql postgis postgres postgresql psql".split())
"""django-environ, ``Env.POSTGRES_FAMILY``."""

CLASSY_SETTINGS = {scheme: _COMMON[scheme] for scheme in ("mysql", "oracle", "postgres", "postgresql", "sqlite")} | {
    "mariadb": _COMMON["mysql"]
}
"""django-classy-settings 3.0, ``ENGINE_MAP`` of ``cbs/urls.py``."""

TOP_LEVEL = frozenset("ATOMIC_REQUESTS AUTOCOMMIT CONN_HEALTH_CHECKS CONN_MAX_AGE DISABLE_SERVER_SIDE_CURSORS".split())
"""Query options that django-environ lifts out of OPTIONS (``Env._DB_BASE_OPTIONS``)."""


class Url(NamedTuple):
    """A database URL taken apart; ``query`` holds the first value of each option as text, ``queries`` all of them."""

    scheme: str
    host: str
    port: int | str
    name: str
    query: dict[str, str]
    queries: dict[str, list[str]]
    written_host: str = ""
    """The host with its escapes."""


def parse(text: str) -> Url:
    """The parts of ``text``; raises ValueError when it is no URL."""
    if text == "sqlite://:memory:":
        return Url("sqlite", "", "", ":memory:", {}, {})
    parts = urlsplit(text)
    queries = parse_qs(parts.query)
    query = {key: values[0] for key, values in queries.items()}
    host = parts.hostname or ""
    return Url(parts.scheme, unquote(host), parts.port or "", unquote(parts.path[1:]), query, queries, host)


def literal(text: str) -> Any:
    """A query value as django-environ casts one of TOP_LEVEL: what Python could read as a literal, else text."""
    try:
        return literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def whole(text: str) -> Any:
    """A query value as django-environ puts it into OPTIONS: whole numbers are told from text."""
    return int(text) if text.isdigit() else text


def plain(text: str) -> Any:
    """A query value as dj-database-url casts it: whole numbers and truth values are told from text."""
    if text.isdigit():
        return int(text)
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text
