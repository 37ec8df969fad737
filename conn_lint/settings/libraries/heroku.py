"""django-heroku and django-on-heroku: ``settings(locals())`` (read in 0.3.1 and 1.1.2, ``core.py``).

Where DATABASE_URL is set it becomes the default database, with an age of 600 s; django-on-heroku takes the age from
CONN_MAX_AGE of the settings or of the environment first.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conn_lint.settings.containers import Table
from conn_lint.settings.folding import fold
from conn_lint.settings.libraries import Model, dj_database_url
from conn_lint.settings.libraries.standard import environment
from conn_lint.settings.objects import Args
from conn_lint.settings.values import ABSENT, NONE, At, Atom, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

AGE = Const(600)


def _settings(own_age: bool, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    config = args.get(0, "config")
    options = {name: tree.value for name, tree in args.keywords.items() if isinstance(tree, Const)}
    if not isinstance(config, Table) or len(options) < len(args.keywords) or options.get("db_colors"):
        return None
    if not options.get("databases", True):
        return NONE
    at = At(machine.source, node)
    ssl = Const(bool(options.get("db_ssl_required", True)))
    there = machine.choices.map(machine.read(config, "DATABASES"), lambda leaf: leaf is not ABSENT)
    with machine.only(machine.choices.negate(there)):
        machine.write(config, "DATABASES", Table({"default": NONE}, node, machine.pc), at)
    age = _age(machine, config, node) if own_age else AGE

    def take(leaf: Atom) -> Tree:
        if leaf is not ABSENT:
            made = dj_database_url.database(
                machine, leaf, Args((NONE,), {"conn_max_age": age, "ssl_require": ssl}), node
            )
            machine.each(machine.read(config, "DATABASES"), partial(_put, machine, made, at))
        return NONE

    machine.each(environment(machine, Const("DATABASE_URL")), take)
    return NONE


def _age(machine: Machine, config: Table, node: cst.CSTNode) -> Tree:
    said = environment(machine, Const("CONN_MAX_AGE"))
    default = machine.each(said, lambda leaf: AGE if leaf is ABSENT else fold(machine, node, "int", int, leaf))
    return machine.or_else(machine.read(config, "CONN_MAX_AGE"), default)


def _put(machine: Machine, made: Tree, at: At, databases: Atom) -> Tree:
    if isinstance(databases, Table):
        machine.write(databases, "default", made, at)
    return NONE


MODELS: dict[str, Model] = {
    "django_heroku.settings": partial(_settings, False),
    "django_heroku.core.settings": partial(_settings, False),
    "django_on_heroku.settings": partial(_settings, True),
    "django_on_heroku.core.settings": partial(_settings, True),
}
