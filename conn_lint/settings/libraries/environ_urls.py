"""Databases from URLs, as django-environ reads them (0.14.0, ``Env.db_url_config``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Table
from conn_lint.settings.folding import identity, unknown, wrap
from conn_lint.settings.libraries import urls
from conn_lint.settings.values import ABSENT, At, Atom, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


def database(
    machine: Machine,
    url: Tree,
    engine: Tree | None,
    node: cst.CSTNode,
    schemes: Mapping[str, str] = urls.DJANGO_ENVIRON,
    plain: Callable[[str], Any] | None = None,
) -> Tree:
    """``Env.db_url_config``: the age is in the URL's query or nowhere.

    ``schemes`` gives the engines by name, ``plain`` what the text of a query option stands for.
    """
    return machine.each(url, lambda leaf: _database(machine, leaf, engine, node, schemes, plain))


def _host(parts: urls.Url) -> str:
    """The host: a folder of sockets in the place of a name is written in the path."""
    sockets = parts.name.startswith("/") and (parts.scheme in urls.POSTGRES or "cloudsql" in parts.name)
    return parts.name.rpartition("/")[0] if sockets else parts.written_host


def _database(
    machine: Machine,
    url: Atom,
    engine: Tree | None,
    node: cst.CSTNode,
    schemes: Mapping[str, str],
    plain: Callable[[str], Any] | None,
) -> Tree:
    known = (
        urls.TOP_LEVEL if machine.project.installs("django-environ", 0, 10) else urls.TOP_LEVEL - {"CONN_HEALTH_CHECKS"}
    )
    table = Table(site=node, born=machine.pc)

    def put(key: str, value: Tree) -> None:
        machine.write(table, key, machine.placed(value, node), At(machine.source, node))

    if plain is None and any(map(machine.is_altered, ("environ.Env", "environ.FileAwareEnv"))):
        return machine.opaque(node, "attributes of environ.Env are set", url)
    if not isinstance(url, Const):
        machine.may_fail()
        for key in ("ENGINE", "HOST", "PORT"):
            put(key, unknown(machine, node, f"{key} of a database URL", url))
        env, _ = machine.origin(url)
        for key in sorted(known):
            # an URL may carry ?conn_max_age=; few do
            said = machine.choices.decide(("query", key, identity(url)), env, default=False)
            held = unknown(machine, node, f"?{key.lower()}= of a database URL", url)
            put(key, machine.choices.ite(said, held, ABSENT))
        options = Table(site=node, born=machine.pc)
        options.rest = unknown(machine, node, "the query of a database URL", url)
        put("OPTIONS", options)
    else:
        try:
            parts = urls.parse(str(url.value))
        except ValueError:
            return machine.throw("ValueError")
        put("ENGINE", Const(schemes.get(parts.scheme, parts.scheme)))
        put("HOST", Const(_host(parts) if plain is None else parts.host))
        put("PORT", Const(str(parts.port) if parts.scheme == "oracle" and plain is None else parts.port))
        options = Table(site=node, born=machine.pc)
        for key, text in parts.query.items():
            if key.upper() in known:
                put(key.upper(), wrap((plain or urls.literal)(text)))
            else:
                machine.write(options, key, wrap((plain or urls.whole)(text)))
        if parts.query:
            put("OPTIONS", options)
    if engine is not None and not (isinstance(url, Const) and url.value == "sqlite://:memory:"):
        by_name = machine.each(
            engine, lambda leaf: Const(schemes.get(leaf.value, leaf.value)) if isinstance(leaf, Const) else leaf
        )
        put("ENGINE", by_name)
    return table
