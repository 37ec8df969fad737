"""Which database aliases are judged, and after how many idle seconds the server drops their sessions."""

from __future__ import annotations

from collections.abc import Iterable

from conn_lint.idle import Client, idle_limit
from conn_lint.model import (
    Database,
    Deployment,
    Facts,
    Known,
    OneOf,
    ServerAnswer,
    Session,
    Span,
    Unknown,
    Value,
)

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
    client: Client | None = None,
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
            found.append(Session(deployment.name, judged, idle_limit(judged, servers, client), counts))
    if not deployments:
        database = default_database(Span(".", 1), known=True)
        found.append(Session("", database, idle_limit(database, servers, client), counts=True))
    return tuple(found)


def databases_of(deployment: Deployment, *, assume_mysql: bool, force_mysql: bool) -> tuple[Database, ...]:
    """The databases of ``deployment``; one by the name of "default" where it has some that cannot be seen."""
    if deployment.databases or not (force_mysql or (deployment.open and assume_mysql)):
        return tuple(deployment.databases.values())
    unseen = deployment.unseen or UNSEEN
    place = unseen.place or Span(deployment.path, 1)
    return (default_database(place, known=not deployment.open, unseen=unseen._replace(place=place)),)


UNSEEN = Unknown("nothing in the tree sets DATABASES")


def default_database(place: Span, *, known: bool, unseen: Unknown = UNSEEN) -> Database:
    """The alias "default" with Django's own defaults, or with nothing known of it, for the reason of ``unseen``."""

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


def notes(facts: Facts) -> tuple[str, ...]:
    """What must be said once about what is judged, and what is not."""
    if not facts.deployments:
        if facts.observations or any(unit.touches_orm != "no" for unit in facts.units):
            return ("no settings found: judged as if the alias default were on MySQL with CONN_MAX_AGE 0",)
        return ("no settings found, and no code that uses the ORM outside a request: nothing to judge",)
    if facts.judged_sessions:
        return ()
    modules = ", ".join(sorted({deployment.name for deployment in facts.deployments}))
    unknown = [session.database for session in facts.sessions if session.database.mysql is None]
    unseen = ", ".join(sorted({each.name for each in facts.deployments if each.open and not each.databases}))
    if unseen and not unknown:
        return (
            f"DATABASES of {unseen} cannot be read, and nothing says MySQL: nothing is judged; pass --assume-mysql",
        )
    databases = [database for deployment in facts.deployments for database in deployment.databases.values()]
    perhaps = [database for database in databases if database.as_mysql is not None]
    if not unknown and not perhaps:
        return (f"no MySQL or MariaDB alias in {modules}: nothing to judge",)
    engines = [each.engine for each in unknown or perhaps]
    names = sorted({name for each in engines if isinstance(each, (OneOf, Unknown)) for name in each.env})
    bind = " ".join(f"--env {name}=VALUE" for name in names)
    aliases = ", ".join(sorted({each.alias for each in unknown or perhaps}))
    why = "cannot be known, and nothing says MySQL" if unknown else "is MySQL only in some environments"
    return (
        f"the engine of {aliases} in {modules} {why}: nothing is judged; "
        f"pass {bind + ' or ' if bind else ''}--assume-mysql",
    )
