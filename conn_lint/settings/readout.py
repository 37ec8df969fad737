"""From the names of an evaluated settings module to the databases Django would see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conn_lint.model import Database, Deployment, Known, OneOf, Span, Unknown, Value
from conn_lint.settings.containers import Table
from conn_lint.settings.discovery import Target
from conn_lint.settings.engines import AGE_FORCED, speaks_mysql
from conn_lint.settings.folding import freeze, out_of_reach
from conn_lint.settings.members import plain
from conn_lint.settings.nodes import Guard, leaves
from conn_lint.settings.objects import Instance
from conn_lint.settings.pools import pool_slips
from conn_lint.settings.slips import AGES, module_slips, table_slips
from conn_lint.settings.values import ABSENT, NONE, At, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

DEFAULTS: dict[str, Any] = {
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": False,
    "AUTOCOMMIT": True,
    "ATOMIC_REQUESTS": False,
    "HOST": "",
    "PORT": "",
}
"""What ``ConnectionHandler.configure_settings`` fills in (django/db/utils.py, 1.6 to 6.0)."""

WEIGHTY_OPTIONS = ("init_command", "read_default_file", "read_default_group")
"""Options that can set a timeout: said to be unknown when OPTIONS as a whole is."""

NAMES = frozenset(
    "CELERYBEAT_MAX_LOOP_INTERVAL CELERYBEAT_SCHEDULER CELERY_ALWAYS_EAGER CELERY_BEAT_MAX_LOOP_INTERVAL"
    " CELERY_BEAT_SCHEDULER CELERY_DB_REUSE_MAX CELERY_TASK_ALWAYS_EAGER DEBUG DJANGO_HUEY DRAMATIQ_BROKER HUEY"
    " Q_CLUSTER ROOT_URLCONF RQ TASKS".split()
)
"""Settings beside DATABASES that verdicts rest on, each read by name somewhere; every other one would be run for
nothing."""

WANTED = NAMES | {"DATABASES", "__all__", *AGES}
"""Everything that is looked at in a settings module."""


def deployment(machine: Machine, scope: Table, target: Target) -> Deployment:
    """What the settings in ``scope`` say, in the worlds in which they can be loaded."""
    reader = _Reader(machine)
    tree = machine.read(scope, "DATABASES")
    databases, more = reader.databases(tree, scope.written.get("DATABASES"))
    names = {
        name: _placed(reader.value(freeze(machine, machine.read(scope, name), partly=True)), scope.written.get(name))
        for name in sorted(str(key) for key in scope.cells)
        if name in NAMES and machine.read(scope, name) is not ABSENT
    }
    return Deployment(
        target.module,
        target.path,
        target.class_name,
        databases,
        more,
        names,
        slips=module_slips(machine, scope, tree, tuple(databases)),
        problems=tuple(machine.problems.values()),
        notes=tuple(machine.notes.values()),
        unseen=_reason(machine, reader, tree, scope.written.get("DATABASES")) if more else None,
    )


def _reason(machine: Machine, reader: _Reader, tree: Tree, at: At | None) -> Unknown | None:
    """Why DATABASES, set ``at`` a place, is not known, where it is not."""
    if any(isinstance(leaf, Opaque) for leaf in leaves(tree)):
        value = reader.value(machine.choices.map(tree, lambda leaf: leaf if isinstance(leaf, Opaque) else Const(None)))
    else:
        value = reader.value(freeze(machine, tree))
    if isinstance(value, Unknown):
        return Unknown(value.why, value.env, place=value.place or (at.span() if at is not None else None))
    return None if any(isinstance(leaf, Table) for leaf in leaves(tree)) else Unknown("DATABASES is no dict")


class _Reader:
    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def databases(self, tree: Tree, at: Any) -> tuple[dict[str, Database], bool]:
        """The aliases, and whether there may be others."""
        machine = self.machine
        more = False
        aliases: dict[str, None] = {}
        for leaf in leaves(tree):
            table = leaf.content if isinstance(leaf, Instance) else leaf
            if not isinstance(table, Table):
                more = more or leaf is not ABSENT
                continue
            more = more or machine.has_more(table) is not False
            aliases.update({str(key): None for key, _ in machine.keys(table) if isinstance(key, str)})
        found = {}
        for alias in aliases:
            one = self.each_table(tree, lambda table, alias=alias: machine.read(table, alias))
            place = self.place_of(tree, alias) or (at.span() if at is not None else Span("", 1))
            found[alias] = self.database(alias, one, place)
        return found, more

    def each_table(self, tree: Tree, read: Any) -> Tree:
        def act(leaf: Atom) -> Tree:
            table = leaf.content if isinstance(leaf, Instance) else leaf
            if isinstance(table, Table):
                result: Tree = read(table)
                return result
            if isinstance(leaf, Opaque) or leaf is ABSENT:
                return leaf
            return Opaque(("odd", leaf.serial), out_of_reach(leaf) or "it is no dict")

        return self.machine.each(tree, act)

    def place_of(self, tree: Tree, key: str) -> Span | None:
        for leaf in leaves(tree):
            if isinstance(leaf, Table) and key in leaf.written:
                return leaf.written[key].span()
        return None

    def database(self, alias: str, tree: Tree, place: Span) -> Database:
        there = self.machine.choices.map(tree, lambda leaf: leaf is not ABSENT)
        with self.machine.only(there):
            present = self.machine.choices.under(tree, self.machine.pc)
            engine = self.setting(present, "ENGINE", None)
            database = self.fields(alias, present, engine, place)
            candidate = self.machine.choices.map(engine, _may_be_mysql)
            if isinstance(candidate, bool):
                return database
            with self.machine.only(candidate):
                if self.machine.is_dead():
                    return database
                return database._replace(as_mysql=self.fields(alias, present, engine, place))

    def fields(self, alias: str, tree: Tree, engine_tree: Tree, place: Span) -> Database:
        engine = self.value(engine_tree)
        return Database(
            alias=alias,
            engine=engine,
            conn_max_age=self.age(tree, engine_tree),
            conn_health_checks=self.field(tree, "CONN_HEALTH_CHECKS"),
            autocommit=self.field(tree, "AUTOCOMMIT"),
            atomic_requests=self.field(tree, "ATOMIC_REQUESTS"),
            options=self.options(tree),
            host=self.field(tree, "HOST"),
            port=self.field(tree, "PORT"),
            mysql=_speaks_mysql(engine),
            place=place,
            slips=(*table_slips(self.machine, tree), *pool_slips(self.machine, tree)),
        )

    def setting(self, tree: Tree, key: str, default: Any) -> Tree:
        filled = Const(default)
        held = self.each_table(tree, lambda table: self.machine.read(table, key))
        filled_tree: Tree = self.machine.choices.map(held, lambda leaf: filled if leaf is ABSENT else leaf)
        return filled_tree

    def age(self, tree: Tree, engine: Tree) -> Value:
        """CONN_MAX_AGE; a container, as a stray comma makes one, has the place of its key."""
        age = self.value(freeze(self.machine, self.forced(engine, self.setting(tree, "CONN_MAX_AGE", 0))))
        if isinstance(age, Known) and isinstance(age.value, (tuple, list, dict)):
            return age._replace(place=self.place_of(tree, "CONN_MAX_AGE"))
        return age

    def forced(self, engine: Tree, age: Tree) -> Tree:
        """The age, where the engine does not set one itself."""

        def choose(leaf: Atom) -> Tree:
            if isinstance(leaf, Const) and isinstance(leaf.value, str) and leaf.value in AGE_FORCED:
                return Const(AGE_FORCED[leaf.value])
            return age

        return self.machine.each(engine, choose)

    def field(self, tree: Tree, key: str) -> Value:
        return self.value(self.setting(tree, key, DEFAULTS[key]))

    def options(self, tree: Tree) -> dict[str, Value]:
        machine = self.machine
        options = self.each_table(tree, lambda table: machine.read(table, "OPTIONS"))
        names: dict[str, None] = {}
        for leaf in leaves(options):
            if isinstance(leaf, Table):
                names.update({str(key): None for key, _ in machine.keys(leaf)})
            elif isinstance(leaf, Opaque):
                names.update(dict.fromkeys(WEIGHTY_OPTIONS))
        found = {}
        for name in names:
            held = self.each_table(options, lambda table, name=name: machine.read(table, name))
            found[name] = self.value(machine.each(held, self.plain_option))
        return found

    def plain_option(self, leaf: Atom) -> Tree:
        """An option as Python's own value; None where it is not there."""
        return NONE if leaf is ABSENT else freeze(self.machine, leaf)

    def value(self, tree: Tree) -> Value:
        """What a tree says, as one of the values that leave this package."""
        machine = self.machine
        alive = machine.choices.both(machine.pc, machine.alive_for(tree))
        live = machine.choices.under(tree, alive)
        found = leaves(live)
        known = _distinct([_known(leaf) for leaf in found if isinstance(leaf, Const) or leaf is ABSENT])
        env, reasons = machine.origin(live)
        if len(known) == 1 and not reasons and all(isinstance(leaf, Const) for leaf in found):
            return known[0]
        default = self.default(live, alive)
        if len(found) == len([leaf for leaf in found if isinstance(leaf, Const) or leaf is ABSENT]):
            return OneOf(tuple(known), env, default)
        place = next((leaf.at.span() for leaf in found if isinstance(leaf, Opaque) and leaf.at is not None), None)
        why = next(iter(reasons), "it is something else than a plain value")
        text = any(isinstance(leaf, Opaque) and isinstance(leaf.key, tuple) and leaf.key[0] == "env" for leaf in found)
        return Unknown(why, env, default, place, tuple(known), text)

    def default(self, tree: Tree, alive: Guard) -> Known | None:
        """The value in the worlds where no variable is set, if it is one."""
        machine = self.machine
        left = machine.choices.by_default(tree, alive)
        if left is None:
            return None
        found = leaves(left)
        known = _distinct([_known(leaf) for leaf in found if isinstance(leaf, Const)])
        return known[0] if len(known) == 1 and all(isinstance(leaf, Const) for leaf in found) else None


def _placed(value: Value, at: Any) -> Value:
    """``value`` at the place where its name was last bound, where it has none of its own."""
    span = at.span() if at is not None else None
    if isinstance(value, Known):
        return value._replace(place=value.place or span)
    if isinstance(value, OneOf):
        return value._replace(values=tuple(each._replace(place=each.place or span) for each in value.values))
    return value


def _known(leaf: Atom) -> Known:
    if isinstance(leaf, Const):
        return Known(plain(leaf.value), leaf.at.span() if leaf.at is not None else None)
    return Known(None)


def _distinct(values: list[Known]) -> list[Known]:
    found: list[Known] = []
    for value in values:
        if not any(type(one.value) is type(value.value) and one.value == value.value for one in found):
            found.append(value)
    return found


def _may_be_mysql(leaf: Atom) -> bool:
    return not isinstance(leaf, Const) or speaks_mysql(leaf.value) is not False


def _speaks_mysql(engine: Value) -> bool | None:
    """True or False when every engine it can be agrees; None otherwise."""
    if isinstance(engine, Unknown):
        said = [
            speaks_mysql(value.value) for value in (*engine.possible, *([engine.default] if engine.default else []))
        ]
        return True if said and all(said) else None
    values = (engine,) if isinstance(engine, Known) else engine.values
    answers = {speaks_mysql(value.value) for value in values}
    return answers.pop() if len(answers) == 1 else None


def everything_unknown(machine: Machine, target: Target) -> Deployment:
    """A deployment of which nothing can be said."""
    problems, notes = tuple(machine.problems.values()), tuple(machine.notes.values())
    unseen = None
    if problems:
        last = problems[-1]
        unseen = Unknown(f"{last.span.path} {last.reason}", place=last.span)
    return Deployment(
        target.module, target.path, target.class_name, {}, True, {}, problems=problems, notes=notes, unseen=unseen
    )
