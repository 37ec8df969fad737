"""django-configurations: ``Configuration`` classes and ``values`` (read in 2.5.1, ``values.py`` and ``importer.py``).

A value with an ``environ_name`` is worked out where it stands; one without is named after the attribute it is
bound to, when the class is set up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Table
from conn_lint.settings.libraries import Model, dj_database_url
from conn_lint.settings.libraries.casts import CASTS, cast
from conn_lint.settings.libraries.standard import environment
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import ABSENT, NONE, At, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

KINDS = {
    "BooleanValue": "bool",
    "FloatValue": "float",
    "IntegerValue": "int",
    "ListValue": "list",
    "PositiveIntegerValue": "int",
    "SecretValue": "str",
    "TupleValue": "tuple",
    "Value": "str",
}
"""The casts of the classes in ``configurations.values``; of any other the text cannot be followed."""


HOOKS = ("load_dotenv", "pre_setup", "setup", "post_setup")
"""The class methods of a configuration that are called around reading it: the last of them afterwards."""


class Setting(Native):
    """A ``values.XValue`` that waits for its name."""

    __slots__ = ("default", "kind", "node", "prefix", "required")

    def __init__(self, kind: str, default: Tree, prefix: str, node: cst.CSTNode, *, required: bool) -> None:
        self.kind = kind
        self.default = default
        self.prefix = prefix
        self.node = node
        self.required = required

    def on(self, machine: Machine, receiver: Atom, name: str) -> Tree:
        return self.named(machine, name)

    def named(self, machine: Machine, name: str) -> Tree:
        """What the setting ``name`` holds."""
        variable = f"{self.prefix}_{name}" if self.prefix else name

        def take(leaf: Atom) -> Tree:
            if leaf is ABSENT:
                return machine.throw("ValueError") if self.required else self.default
            if self.kind == "str":
                return leaf
            known = CASTS.get(self.kind)
            if known is None:
                return machine.opaque(self.node, "a value that is not followed", leaf)
            return cast(machine, self.node, self.kind, known, leaf)

        return machine.each(environment(machine, Const(variable)), take)


def _value(kind: str) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        default = args.get(0, "default") or NONE
        options = {name: _plain(tree) for name, tree in args.keywords.items()}
        if options.get("environ") is False:
            return default
        prefix = str(options.get("environ_prefix", "DJANGO") or "").rstrip("_")
        required = kind == "SecretValue" or bool(options.get("environ_required"))
        setting = Setting(KINDS.get(kind, kind), default, prefix, node, required=required)
        name = options.get("environ_name")
        return setting.named(machine, str(name)) if name and not options.get("late_binding") else setting

    return model


def _plain(tree: Tree) -> Any:
    return tree.value if isinstance(tree, Const) else None


def _database_url(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    default = args.get(0, "default")
    name = _plain(args.keywords["environ_name"]) if "environ_name" in args.keywords else "DATABASE_URL"
    prefix = _plain(args.keywords["environ_prefix"]) if "environ_prefix" in args.keywords else None
    variable = Const(f"{prefix}_{name}" if prefix else name)
    asked = "environ" not in args.keywords or _plain(args.keywords["environ"]) is not False
    said = environment(machine, variable) if asked else ABSENT
    url = machine.or_else(said, NONE if default is None else default)
    options = {key: tree for key, tree in args.keywords.items() if key in ("conn_max_age", "conn_health_checks")}
    table = Table(site=node, born=machine.pc)
    alias = _plain(args.keywords["alias"]) if "alias" in args.keywords else "default"
    made = dj_database_url.database(machine, url, Args((NONE,), options), node)
    machine.write(table, alias, made, At(machine.source, node))
    return table


def _inherited(machine: Machine, name: str) -> Tree | None:
    """Configuration brings Django's own defaults (django-configurations 2.5 ``base.py ConfigurationBase.__new__``), and
    hooks that leave the settings alone."""
    if name in HOOKS:
        return Hook()
    return Opaque(("configurations", name), "it is what Django has by default") if name.isupper() else ABSENT


class Hook(Native):
    """A hook of Configuration itself."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return NONE


MODELS: dict[str, Model] = {f"configurations.values.{kind}": _value(kind) for kind in KINDS}
MODELS["configurations.values.DatabaseURLValue"] = _database_url

INHERITED: dict[str, Callable[[Machine, str], Tree | None]] = {
    "configurations.Configuration": _inherited,
    "configurations.base.Configuration": _inherited,
}
