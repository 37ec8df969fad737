"""dj-database-url: ``config()`` and ``parse()`` (read in 0.5.0, 1.3.0, 2.3.0, 3.0.1 and 3.1.2).

The age and the health checks come from the arguments alone, 0 and False without them; what the URL's query says
goes into OPTIONS, ``?conn_max_age=`` too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conn_lint.settings.containers import Table
from conn_lint.settings.folding import unknown
from conn_lint.settings.libraries import Model, urls
from conn_lint.settings.libraries.standard import environment, or_else
from conn_lint.settings.objects import Args
from conn_lint.settings.values import FALSE, NONE, At, Atom, Const, Opaque, Tree

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


def _database(machine: Machine, url: Atom, args: Args, node: cst.CSTNode) -> Tree:
    table = Table(site=node, born=machine.pc)
    if isinstance(url, Const):
        if not url.value:
            return table
        try:
            parts = urls.parse(str(url.value))
        except ValueError:
            return machine.throw("ValueError")
        if parts.scheme not in urls.DJ_DATABASE_URL:
            return machine.throw("ValueError")
        _set(machine, table, "ENGINE", Const(urls.DJ_DATABASE_URL[parts.scheme]), node)
        _set(machine, table, "HOST", Const(parts.host), node)
        _set(machine, table, "PORT", Const(parts.port), node)
        options = Table({key: Const(urls.plain(text)) for key, text in parts.query.items()}, node)
        if parts.query:
            _set(machine, table, "OPTIONS", options, node)
        if str(url.value) == "sqlite://:memory:":
            return table
    else:
        machine.may_fail()
        for key in ("ENGINE", "HOST", "PORT"):
            _set(machine, table, key, unknown(machine, node, f"{key} of a database URL", url), node)
        _set(machine, table, "OPTIONS", _unknown_options(machine, url, node), node)
    _arguments(machine, table, args, node)
    return table


def _unknown_options(machine: Machine, url: Atom, node: cst.CSTNode) -> Table:
    options = Table(site=node, born=machine.pc)
    options.rest = unknown(machine, node, "the query of a database URL", url)
    return options


def _arguments(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> None:
    engine = args.get(1, "engine")
    if engine is not None:
        held = machine.read(table, "ENGINE")
        given = machine.each(engine, lambda leaf: held if isinstance(leaf, Const) and not leaf.value else leaf)
        _set(machine, table, "ENGINE", given, node)
    _set(machine, table, "CONN_MAX_AGE", args.get(2, "conn_max_age") or Const(0), node)
    health = args.keywords.get("conn_health_checks")
    if health is None and len(args.positional) > 3:
        # 0.5 has ssl_require here, later ones conn_health_checks
        health = Opaque(("positional", id(node)), "the fourth argument means different things by version")
    _set(machine, table, "CONN_HEALTH_CHECKS", FALSE if health is None else health, node)
    ssl = args.keywords.get("ssl_require")
    if isinstance(ssl, Const) and ssl.value:
        held = machine.read(table, "OPTIONS")
        options = held if isinstance(held, Table) else Table(site=node, born=machine.pc)
        _set(machine, options, "sslmode", Const("require"), node)
        _set(machine, table, "OPTIONS", options, node)


def _set(machine: Machine, table: Table, key: str, value: Tree, node: cst.CSTNode) -> None:
    machine.write(table, key, machine.placed(value, node), At(machine.source, node))


VALUES: dict[str, Callable[[Machine], Tree]] = {"dj_database_url.DEFAULT_ENV": lambda machine: Const("DATABASE_URL")}

MODELS: dict[str, Model] = {"dj_database_url.config": _config, "dj_database_url.parse": _parse}
