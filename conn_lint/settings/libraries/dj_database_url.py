"""dj-database-url: ``config()`` and ``parse()`` (read in 0.5.0, 1.3.0, 2.3.0, 3.0.1 and 3.1.2).

The age and the health checks come from the arguments alone, 0 and False without them; what the URL's query says
goes into OPTIONS, ``?conn_max_age=`` too. How the rest is read differs by version: that of the project, or the newest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Table
from conn_lint.settings.folding import unknown, wrap
from conn_lint.settings.libraries import Model, urls
from conn_lint.settings.libraries.standard import environment, or_else
from conn_lint.settings.objects import Args
from conn_lint.settings.values import ABSENT, FALSE, NONE, At, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


def _config(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    name = args.get(0, "env") or Const("DATABASE_URL")
    default = args.get(1, "default")
    url = or_else(machine, environment(machine, name), NONE if default is None else default)
    return database(machine, url, _without_default(args), node)


def _without_default(args: Args) -> Args:
    """The arguments of ``config`` as ``parse`` takes them: the URL first, the default gone."""
    keywords = {name: tree for name, tree in args.keywords.items() if name not in ("env", "default")}
    return Args((NONE, *args.positional[2:]), keywords)


def _parse(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    url = args.get(0, "url")
    return None if url is None else database(machine, url, args, node)


def database(machine: Machine, url: Tree, args: Args, node: cst.CSTNode) -> Tree:
    """The dict for ``url``; ``args`` are those of ``parse``."""
    return machine.each(url, lambda leaf: _database(machine, leaf, args, node))


def _since(machine: Machine, *version: int) -> bool:
    return machine.project.installs("dj-database-url", *version)


def _database(machine: Machine, url: Atom, args: Args, node: cst.CSTNode) -> Tree:
    table = Table(site=node, born=machine.pc)
    if isinstance(url, Const):
        if not url.value:
            return table
        if not _take_apart(machine, table, str(url.value), args, node):
            return ABSENT
        if str(url.value) == "sqlite://:memory:":
            return table
    else:
        machine.may_fail()
        for key in ("ENGINE", "HOST", "PORT"):
            _set(machine, table, key, unknown(machine, node, f"{key} of a database URL", url), node)
        _set(machine, table, "OPTIONS", _unknown_options(machine, url, node), node)
    _arguments(machine, table, args, node)
    return table


def _take_apart(machine: Machine, table: Table, url: str, args: Args, node: cst.CSTNode) -> bool:
    """Set what ``url`` says itself; False where the library raises instead."""
    try:
        parts = urls.parse(url)
    except ValueError:
        machine.throw("ValueError")
        return False
    engine = urls.DJ_DATABASE_URL.get(parts.scheme)
    may_be_unknown = machine.own_schemes or (args.get(1, "engine") is not None and not _since(machine, 3))
    if engine is None and not may_be_unknown:
        machine.throw("ValueError" if _since(machine, 1) else "KeyError")
        return False
    if engine == "django.db.backends.postgresql" and not _since(machine, 1):
        engine = "django.db.backends.postgresql_psycopg2"
    _set(machine, table, "ENGINE", Const(engine) if engine else machine.opaque(node, "a scheme of its own"), node)
    host: Tree = Const(parts.host)
    if "%" in url.partition("?")[0].rpartition("@")[2].partition("/")[0] and not _since(machine, 3):
        host = machine.opaque(node, "how escapes in a host are read differs from version to version")
    _set(machine, table, "HOST", host, node)
    as_text = parts.scheme in urls.TEXT_PORTS and (parts.port or _since(machine, 3))
    if parts.scheme != "oracle" and not _since(machine, 1):
        as_text = False
    _set(machine, table, "PORT", Const(str(parts.port) if as_text else parts.port), node)
    options = _options(machine, parts)
    if options:
        _set(machine, table, "OPTIONS", wrap(options), node)
    return True


def _options(machine: Machine, parts: urls.Url) -> dict[str, Any]:
    """The query as OPTIONS: text below 2.2, of several values the last below 3.0."""
    convert = urls.plain if _since(machine, 2, 2) else str
    options: dict[str, Any] = {}
    for key, texts in parts.queries.items():
        values = [convert(text) for text in texts]
        options[key] = values if len(values) > 1 and _since(machine, 3) else values[-1]
    if parts.scheme == "mysql" or (parts.scheme == "mysql2" and _since(machine, 3)):
        authority = options.pop("ssl-ca", None)
        if authority is not None:
            options["ssl"] = {"ca": authority}
    if parts.scheme in urls.SEARCH_PATH and "currentSchema" in options:
        options["options"] = f"-c search_path={options.pop('currentSchema')}"
    return options


def _unknown_options(machine: Machine, url: Atom, node: cst.CSTNode) -> Table:
    options = Table(site=node, born=machine.pc)
    options.rest = unknown(machine, node, "the query of a database URL", url)
    return options


def _arguments(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> None:
    engine = args.get(1, "engine")
    if engine is not None:
        held = machine.read(table, "ENGINE")
        keeps = _since(machine, 3)
        given = machine.each(
            engine,
            lambda leaf: (
                held if isinstance(leaf, Const) and (not leaf.value if keeps else leaf.value is None) else leaf
            ),
        )
        _set(machine, table, "ENGINE", given, node)
    _set(machine, table, "CONN_MAX_AGE", args.get(2, "conn_max_age") or Const(0), node)
    if _since(machine, 1):
        _set(machine, table, "CONN_HEALTH_CHECKS", _health(machine, args, node), node)
    ssl = args.keywords.get("ssl_require")
    if isinstance(ssl, Const) and ssl.value:
        held = machine.read(table, "OPTIONS")
        options = held if isinstance(held, Table) else Table(site=node, born=machine.pc)
        _set(machine, options, "sslmode", Const("require"), node)
        _set(machine, table, "OPTIONS", options, node)


def _health(machine: Machine, args: Args, node: cst.CSTNode) -> Tree:
    """The argument ``conn_health_checks``: there since 1.0, where 0.5 has ``ssl_require``."""
    health = args.get(3, "conn_health_checks")
    if health is None:
        return FALSE
    requirement = machine.project.requirements.get("dj-database-url")
    if len(args.positional) > 3 and (requirement is None or requirement.at_least((1,)) is None):
        return Opaque(("positional", id(node)), "the fourth argument means different things by version")
    return health


def _register(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    machine.own_schemes = True
    return NONE


def _set(machine: Machine, table: Table, key: str, value: Tree, node: cst.CSTNode) -> None:
    machine.write(table, key, machine.placed(value, node), At(machine.source, node))


VALUES: dict[str, Callable[[Machine], Tree]] = {"dj_database_url.DEFAULT_ENV": lambda machine: Const("DATABASE_URL")}

MODELS: dict[str, Model] = {
    "dj_database_url.config": _config,
    "dj_database_url.parse": _parse,
    "dj_database_url.register": _register,
}
