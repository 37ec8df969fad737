"""What conn-lint knows of modules outside the project: one file per library.

Such a file may define MODELS (dotted name of a callable to a function of machine, arguments and node that gives
what the call returns, None when it cannot tell), VALUES (dotted name to a function that gives what the name
holds), INHERITED (what a class of the library gives to its heirs), COMPLETED (what becomes of an
heir where it is defined) and SUBCLASSED (how an instance of an heir is made).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from conn_lint.settings.objects import Args, Class
from conn_lint.settings.purity import PLAIN_BUILTINS
from conn_lint.settings.values import Atom, External, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

Model = Callable[["Machine", Args, "cst.CSTNode"], "Tree | None"]

FILES = {
    "ConfigParser": "ini",
    "MySQLdb": "client_flags",
    "abc": "typing_names",
    "attr": "records",
    "attrs": "records",
    "backports": "ini",
    "builtins": "builtin",
    "cbs": "classy_settings",
    "collections": "standard",
    "configparser": "ini",
    "configurations": "configurations",
    "contextlib": "standard",
    "copy": "standard",
    "dataclasses": "records",
    "datetime": "standard",
    "decouple": "decouple",
    "distutils": "standard",
    "dj_database_url": "dj_database_url",
    "dj_email_url": "dj_email_url",
    "django_heroku": "heroku",
    "django_on_heroku": "heroku",
    "dotenv": "dotenv",
    "dynaconf": "dynaconf",
    "enum": "enums",
    "environ": "django_environ",
    "environs": "environs",
    "functools": "standard",
    "glob": "listings",
    "goodconf": "pydantic_models",
    "importlib": "standard",
    "inspect": "reflection",
    "io": "standard",
    "json": "datafiles",
    "mysql": "client_flags",
    "os": "standard",
    "path": "text_paths",
    "pathlib": "standard",
    "pydantic": "pydantic_models",
    "pydantic_settings": "pydantic_models",
    "pymysql": "client_flags",
    "rtoml": "datafiles",
    "ruamel": "datafiles",
    "simplejson": "datafiles",
    "split_settings": "split_settings",
    "six": "ini",
    "sys": "standard",
    "toml": "datafiles",
    "tomli": "datafiles",
    "tomlkit": "datafiles",
    "tomllib": "datafiles",
    "types": "records",
    "typing": "typing_names",
    "typing_extensions": "typing_names",
    "unipath": "text_paths",
    "urllib": "standard",
    "yaml": "datafiles",
}
"""The file that knows a top-level module."""

_GIVES_PARTS = frozenset(
    "builtins collections concurrent contextlib copy functools heapq inspect itertools operator queue random threading"
    " types weakref".split()
)
"""Modules with functions that give back what they were given, or call it."""

_PURE = frozenset("django logging warnings".split())


def _known(dotted: str, table: str) -> Any:
    file = FILES.get(dotted.partition(".")[0])
    if file is None:
        return None
    known = import_module(f"conn_lint.settings.libraries.{file}")
    return getattr(known, table, {}).get(dotted)


def model(dotted: str) -> Model | None:
    """What is known of calling ``dotted``."""
    found: Model | None = _known(dotted, "MODELS")
    return found


def value(machine: Machine, dotted: str) -> Tree:
    """What ``dotted`` holds: the thing itself where a library file says so, else its name."""
    make = _known(dotted, "VALUES")
    if make is not None:
        tree: Tree = make(machine)
        return tree
    return External(dotted)


def inherited(machine: Machine, base: str, name: str) -> Tree | None:
    """What the class ``base`` gives its heirs as ``name``; None when that is not known."""
    give = _known(base, "INHERITED")
    tree: Tree | None = give(machine, name) if give is not None else None
    return tree


def completed(machine: Machine, cls: Class, base: str, node: cst.ClassDef) -> Atom | None:
    """What becomes of a project class that inherits from ``base`` where it is defined; None: it stays as it is."""
    make = _known(base, "COMPLETED")
    found: Atom | None = make(machine, cls, node) if make is not None else None
    return found


def subclassed(machine: Machine, cls: Class, base: str, args: Args, node: cst.CSTNode) -> Tree | None:
    """An instance of a project class that inherits from ``base``; None: made as any other."""
    make = _known(base, "SUBCLASSED")
    tree: Tree | None = make(machine, cls, args, node) if make is not None else None
    return tree


def is_pure(dotted: str) -> bool:
    """Whether calling ``dotted`` leaves its arguments alone, and does not give parts of them back: so does most of
    Python's own library but for what is modelled."""
    top, _, name = dotted.partition(".")
    if top in _GIVES_PARTS and name not in PLAIN_BUILTINS:
        return False
    return top == "builtins" or top in sys.stdlib_module_names or top in _PURE
