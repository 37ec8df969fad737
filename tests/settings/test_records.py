"""Classes that declare their fields, enums and generators: what Python makes of them, too."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from tests.settings.conftest import Open, Reader, said

PROGRAMS = {
    "dataclass": """
        from dataclasses import dataclass, field, asdict
        from typing import ClassVar
        @dataclass(frozen=True)
        class Database:
            kinds: ClassVar[int] = 3
            ENGINE: str
            CONN_MAX_AGE: int = 60
            OPTIONS: dict = field(default_factory=dict)
        DATABASES = {"default": asdict(Database("mysql")), "other": asdict(Database("x", CONN_MAX_AGE=5))}
        """,
    "dataclass that inherits and finishes itself": """
        from dataclasses import dataclass, asdict, replace
        @dataclass
        class Base:
            ENGINE: str = "mysql"
            CONN_MAX_AGE: int = 60
        @dataclass
        class Sub(Base):
            CONN_HEALTH_CHECKS: bool = False
            def __post_init__(self):
                self.CONN_MAX_AGE += 1
        DATABASES = {"default": asdict(Sub(CONN_HEALTH_CHECKS=True)), "other": asdict(replace(Base(), CONN_MAX_AGE=7))}
        """,
    "a dataclass inside another": """
        from dataclasses import dataclass, field, asdict
        @dataclass
        class Options:
            charset: str = "utf8mb4"
        @dataclass
        class Database:
            CONN_MAX_AGE: int = 60
            OPTIONS: Options = field(default_factory=Options)
        DATABASES = {"default": asdict(Database())}
        """,
    "named tuples": """
        from collections import namedtuple
        from typing import NamedTuple
        class Database(NamedTuple):
            ENGINE: str
            CONN_MAX_AGE: int = 7
        Pair = namedtuple("Pair", "a b", defaults=[9])
        DATABASES = {"default": Database("y")._asdict(), "other": {"CONN_MAX_AGE": Pair(1).b}}
        """,
    "enums": """
        from enum import Enum
        class Engine(str, Enum):
            MYSQL = "django.db.backends.mysql"
            POSTGRES = "django.db.backends.postgresql"
        class Age(Enum):
            SHORT = 5
            LONG = 600
        AGES = {Engine.MYSQL: Age.LONG, Engine.POSTGRES: Age.SHORT}
        CHOSEN = Engine("django.db.backends.mysql")
        DATABASES = {"default": {"ENGINE": CHOSEN.value, "CONN_MAX_AGE": AGES[CHOSEN].value}}
        if CHOSEN == "django.db.backends.mysql" and CHOSEN is Engine.MYSQL and Age.SHORT != 5:
            DATABASES["other"] = {"ENGINE": CHOSEN.name, "CONN_MAX_AGE": 3}
        """,
    "generators": """
        def databases():
            for number, alias in enumerate(["default", "other"]):
                yield alias, {"ENGINE": "mysql", "CONN_MAX_AGE": number}
        def more():
            yield from databases()
            yield "third", {"CONN_MAX_AGE": 60}
        DATABASES = dict(more())
        DATABASES.update(("copy_" + alias, dict(one)) for alias, one in databases())
        for alias, one in databases():
            DATABASES["again_" + alias] = one
        """,
    "a plain namespace": """
        from types import SimpleNamespace
        from typing import TYPE_CHECKING, cast
        if TYPE_CHECKING:
            from nowhere import Database
        config = SimpleNamespace(age=11)
        DATABASES = {"default": {"CONN_MAX_AGE": cast(int, config.age)}}
        """,
    "an abstract base": """
        from abc import ABC, ABCMeta, abstractmethod
        class Base(ABC):
            @abstractmethod
            def age(self): ...
        class Config(Base):
            def age(self):
                return 60
        class Other(metaclass=ABCMeta):
            age = 5
        DATABASES = {"default": {"CONN_MAX_AGE": Config().age()}, "other": {"CONN_MAX_AGE": Other.age}}
        """,
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_as_python_does_it(read: Reader, text: str) -> None:
    names: dict[str, Any] = {"__name__": __name__}
    exec(compile(dedent(text), "settings.py", "exec", dont_inherit=True), names)
    deployment = read(text)
    assert not deployment.open
    assert not deployment.problems
    assert list(deployment.databases) == list(names["DATABASES"])
    for alias, database in deployment.databases.items():
        real = names["DATABASES"][alias]
        assert said(database.conn_max_age) == real.get("CONN_MAX_AGE", 0)
        assert said(database.engine) == real.get("ENGINE")
        assert said(database.conn_health_checks) == real.get("CONN_HEALTH_CHECKS", False)
        assert {name: said(value) for name, value in database.options.items()} == real.get("OPTIONS", {})


ATTRS = """
import attr
from attrs import define, field, asdict
@attr.s(auto_attribs=True)
class Old:
    age: int = 3
    twice: int = attr.ib(default=4)
@attr.s
class Older:
    age = attr.ib(default=5)
@define
class New:
    CONN_MAX_AGE: int = 60
    OPTIONS: dict = field(factory=dict)
DATABASES = {
    "default": {"CONN_MAX_AGE": Old().age + Old(twice=10).twice},
    "other": {"CONN_MAX_AGE": Older(age=6).age},
    "new": asdict(New(CONN_MAX_AGE=7)),
}
"""


def test_attrs(read: Reader) -> None:
    databases = read(ATTRS).databases
    assert {alias: said(one.conn_max_age) for alias, one in databases.items()} == {"default": 13, "other": 6, "new": 7}


NOT_FOLLOWED = {
    "a used generator": "def f():\n    yield 60\ng = f()\nlist(g)\nAGE = list(g)",
    "InitVar": "from dataclasses import dataclass, InitVar\n@dataclass\nclass C:\n    age: InitVar[int] = 60\nAGE = C().age",
    "a converter": "import attr\n@attr.s\nclass C:\n    age = attr.ib(default='60', converter=int)\nAGE = C().age",
    "a metaclass": "class M(type):\n    pass\nclass C(metaclass=M):\n    age = 60\nAGE = C.age",
    "the text of a member": "from enum import Enum\nclass E(str, Enum):\n    A = 'a'\nAGE = f'{E.A}'",
    "an endless generator": "import shopping\ndef f():\n    n = 60\n    while True:\n        yield n\n        n += 1\n"
    "for AGE in f():\n    if shopping.done():\n        break",
}


@pytest.mark.parametrize("text", NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_unknown_rather_than_wrong(read: Reader, text: str) -> None:
    database = read(f"{text}\nDATABASES = {{'default': {{'CONN_MAX_AGE': AGE}}}}\n").databases["default"]
    assert isinstance(said(database.conn_max_age), Open)
