"""How real settings write the age: each idiom, and what must be said of it."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = "import os\nDATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'shop'}}\n"

DECIDED = {
    "nothing said": ("", 0),
    "item assignment": ("DATABASES['default']['CONN_MAX_AGE'] = 60", 60),
    "last assignment wins": ("DATABASES['default']['CONN_MAX_AGE'] = 60\nDATABASES['default']['CONN_MAX_AGE'] = 5", 5),
    "None": ("DATABASES['default']['CONN_MAX_AGE'] = None", None),
    "arithmetic": ("DATABASES['default']['CONN_MAX_AGE'] = 5 * 60 + 2 ** 3 - 8 // 1", 300),
    "a name": ("MINUTE = 60\nDATABASES['default']['CONN_MAX_AGE'] = 10 * MINUTE", 600),
    "annotated": ("AGE: int = 60\nDATABASES['default']['CONN_MAX_AGE'] = AGE", 60),
    "update with a dict": ("DATABASES['default'].update({'CONN_MAX_AGE': 60})", 60),
    "update with keywords": ("DATABASES['default'].update(CONN_MAX_AGE=60)", 60),
    "update of the whole": ("DATABASES.update({'default': {'CONN_MAX_AGE': 60}})", 60),
    "a replaced alias loses its age": (
        "DATABASES['default']['CONN_MAX_AGE'] = 60\nDATABASES['default'] = {'ENGINE': 'x'}",
        0,
    ),
    "merged with |=": ("DATABASES['default'] |= {'CONN_MAX_AGE': 60}", 60),
    "merged with |": ("DATABASES['default'] = DATABASES['default'] | {'CONN_MAX_AGE': 60}", 60),
    "spread": ("DATABASES['default'] = {**DATABASES['default'], 'CONN_MAX_AGE': 60}", 60),
    "a spread after the key wins": ("X = {'CONN_MAX_AGE': 1}\nDATABASES['default'] = {'CONN_MAX_AGE': 60, **X}", 1),
    "dict()": ("DATABASES['default'] = dict(DATABASES['default'], CONN_MAX_AGE=60)", 60),
    "setdefault on a missing key": ("DATABASES['default'].setdefault('CONN_MAX_AGE', 60)", 60),
    "setdefault on a present key": (
        "DATABASES['default']['CONN_MAX_AGE'] = 5\nDATABASES['default'].setdefault('CONN_MAX_AGE', 60)",
        5,
    ),
    "pop": ("DATABASES['default']['CONN_MAX_AGE'] = 5\nDATABASES['default'].pop('CONN_MAX_AGE', None)", 0),
    "del": ("DATABASES['default']['CONN_MAX_AGE'] = 5\ndel DATABASES['default']['CONN_MAX_AGE']", 0),
    "del of a name that is gone raises": (
        "try:\n    A = 5\n    del A\n    del A\nexcept NameError:\n    A = 60\nDATABASES['default']['CONN_MAX_AGE'] = A",
        60,
    ),
    "sys.exit() ends the process": (
        "import sys\nif os.environ.get('ROLE') != 'worker':\n    DATABASES['default']['CONN_MAX_AGE'] = 7\n"
        "    sys.exit('workers only')\nDATABASES['default']['CONN_MAX_AGE'] = 60",
        60,
    ),
    "except Exception does not take SystemExit": (
        "A = 60\ntry:\n    try:\n        raise SystemExit(2)\n    except Exception:\n        A = 5\n"
        "except SystemExit:\n    pass\nDATABASES['default']['CONN_MAX_AGE'] = A",
        60,
    ),
    "an error in finally takes the place of break": (
        "A = 60\ntry:\n    for x in (1,):\n        try:\n            break\n        finally:\n"
        "            int('x')\n    A = 5\nexcept ValueError:\n    pass\nDATABASES['default']['CONN_MAX_AGE'] = A",
        60,
    ),
    "a return in finally takes the place of an error": (
        "def age():\n    try:\n        raise KeyError\n    except KeyError:\n        raise ValueError from None\n"
        "    finally:\n        return 60\nA = 5\ntry:\n    A = age()\nexcept ValueError:\n    A = 7\n"
        "DATABASES['default']['CONN_MAX_AGE'] = A",
        60,
    ),
    "an error in finally takes the place of another": (
        "A = 5\ntry:\n    try:\n        raise KeyError\n    finally:\n        int('x')\nexcept KeyError:\n"
        "    A = 7\nexcept ValueError:\n    A = 60\nDATABASES['default']['CONN_MAX_AGE'] = A",
        60,
    ),
    "a key that comes back is the last": (
        "D = {'a': 60, 'b': 5}\ndel D['a']\nD['a'] = 60\nfor age in D.values():\n"
        "    DATABASES['default']['CONN_MAX_AGE'] = age",
        60,
    ),
    "a loop over values": ("for db in DATABASES.values():\n    db['CONN_MAX_AGE'] = 60", 60),
    "a loop over items": ("for name, db in DATABASES.items():\n    DATABASES[name]['CONN_MAX_AGE'] = 60", 60),
    "a loop over keys": ("for name in DATABASES:\n    DATABASES[name]['CONN_MAX_AGE'] = 60", 60),
    "a loop over other keys": ("for key, v in {'HOST': 'h'}.items():\n    DATABASES['default'][key] = v", 0),
    "another name for the alias": ("DB = DATABASES['default']\nDB['CONN_MAX_AGE'] = 60", 60),
    "a copy is another dict": ("DB = DATABASES['default'].copy()\nDB['CONN_MAX_AGE'] = 60", 0),
    "a deep copy is another dict": ("import copy\nX = copy.deepcopy(DATABASES)\nX['default']['CONN_MAX_AGE'] = 60", 0),
    "a helper": (
        "def age(minutes, unit=60):\n    return minutes * unit\nDATABASES['default']['CONN_MAX_AGE'] = age(2)",
        120,
    ),
    "a helper that changes its argument": (
        "def keep(db):\n    db['CONN_MAX_AGE'] = 60\nkeep(DATABASES['default'])",
        60,
    ),
    "a helper with early return": (
        "def age(x):\n    if x is None:\n        return 5\n    return x\nDATABASES['default']['CONN_MAX_AGE'] = age(60)",
        60,
    ),
    "a lambda": ("age = lambda x: x + 1\nDATABASES['default']['CONN_MAX_AGE'] = age(59)", 60),
    "global in a helper": (
        "AGE = 5\ndef set_age():\n    global AGE\n    AGE = 60\nset_age()\nDATABASES['default']['CONN_MAX_AGE'] = AGE",
        60,
    ),
    "a cached helper": (
        "from functools import lru_cache\n@lru_cache(maxsize=None)\ndef age():\n    return 60\n"
        "DATABASES['default']['CONN_MAX_AGE'] = age()",
        60,
    ),
    "a class as a namespace": ("class Cfg:\n    AGE = 60\nDATABASES['default']['CONN_MAX_AGE'] = Cfg.AGE", 60),
    "an inherited attribute": (
        "class A:\n    AGE = 60\nclass B(A):\n    pass\nDATABASES['default']['CONN_MAX_AGE'] = B.AGE",
        60,
    ),
    "a property": (
        "class Cfg:\n    @property\n    def age(self):\n        return 60\nDATABASES['default']['CONN_MAX_AGE'] = Cfg().age",
        60,
    ),
    "a method that calls super": (
        "class A:\n    def age(self):\n        return 30\nclass B(A):\n    def age(self):\n"
        "        return super().age() * 2\nDATABASES['default']['CONN_MAX_AGE'] = B().age()",
        60,
    ),
    "a class that is a dict": (
        "class Cfg(dict):\n    def __getattr__(self, key):\n        return self.get(key, 60)\n"
        "DATABASES['default']['CONN_MAX_AGE'] = Cfg(X=1).AGE",
        60,
    ),
    "globals()": ("globals()['AGE'] = 60\nDATABASES['default']['CONN_MAX_AGE'] = AGE", 60),
    "vars().update of known names": ("vars().update({'AGE': 60})\nDATABASES['default']['CONN_MAX_AGE'] = AGE", 60),
    "setattr on the module": (
        "import sys\nsetattr(sys.modules[__name__], 'AGE', 60)\nDATABASES['default']['CONN_MAX_AGE'] = AGE",
        60,
    ),
    "unpacking": ("A, *B = 1, 60, 2\nDATABASES['default']['CONN_MAX_AGE'] = B[0]", 60),
    "walrus": ("DATABASES['default']['CONN_MAX_AGE'] = (AGE := 30) + AGE", 60),
    "timedelta": (
        "from datetime import timedelta\nDATABASES['default']['CONN_MAX_AGE'] = int(timedelta(minutes=1).total_seconds())",
        60,
    ),
    "a dict comprehension": ("DATABASES = {k: {**v, 'CONN_MAX_AGE': 60} for k, v in DATABASES.items()}", 60),
    "a table look-up": ("AGES = {'a': 60, 'b': 5}\nDATABASES['default']['CONN_MAX_AGE'] = AGES['a']", 60),
    "a while loop": ("n = 0\nwhile n < 60:\n    n += 20\nDATABASES['default']['CONN_MAX_AGE'] = n", 60),
    "break and else": (
        "for n in (5, 60, 600):\n    if n > 30:\n        break\nelse:\n    n = 1\nDATABASES['default']['CONN_MAX_AGE'] = n",
        60,
    ),
    "a taken branch": ("FAST = True\nif FAST:\n    DATABASES['default']['CONN_MAX_AGE'] = 60", 60),
    "a branch on the engine": (
        "if 'mysql' in DATABASES['default']['ENGINE']:\n    DATABASES['default']['CONN_MAX_AGE'] = 60",
        60,
    ),
    "a branch for another engine": (
        "if DATABASES['default']['ENGINE'].endswith('postgresql'):\n    DATABASES['default']['CONN_MAX_AGE'] = 60",
        0,
    ),
    "a ternary": ("DEBUG = False\nDATABASES['default']['CONN_MAX_AGE'] = 0 if DEBUG else 60", 60),
    "a test run": ("import sys\nif 'test' in sys.argv:\n    DATABASES['default']['CONN_MAX_AGE'] = 60", 0),
    "a test run by its position": (
        "import sys\nif len(sys.argv) > 1 and sys.argv[1] == 'test':\n    DATABASES['default']['CONN_MAX_AGE'] = 60",
        0,
    ),
    "an override that is not there": ("try:\n    from local_settings import *\nexcept ImportError:\n    pass", 0),
    "a caught KeyError": (
        "try:\n    AGE = {}['AGE']\nexcept KeyError:\n    AGE = 60\nDATABASES['default']['CONN_MAX_AGE'] = AGE",
        60,
    ),
    "match": (
        "match 'prod':\n    case 'dev':\n        AGE = 0\n    case _:\n        AGE = 60\nDATABASES['default']['CONN_MAX_AGE'] = AGE",
        60,
    ),
    "with": ("with open('x') as f:\n    pass\nDATABASES['default']['CONN_MAX_AGE'] = 60", 60),
    "a string that int() reads": ("DATABASES['default']['CONN_MAX_AGE'] = int('60')", 60),
    "a string is a string": ("DATABASES['default']['CONN_MAX_AGE'] = '60'", "60"),
    "a conversion in an f-string": ("N = 6\nDATABASES['default']['CONN_MAX_AGE'] = int(f'{N}0')", 60),
    "percent formatting": ("DATABASES['default']['CONN_MAX_AGE'] = int('%d%s' % (6, '0'))", 60),
    "str.format": ("DATABASES['default']['CONN_MAX_AGE'] = int('{}{x}'.format(6, x=0))", 60),
    "json.loads": ("import json\nDATABASES['default'].update(json.loads('{\"CONN_MAX_AGE\": 60}'))", 60),
    "walking over a list of pairs": ("DATABASES['default'].update([('CONN_MAX_AGE', 60)])", 60),
    "max": ("DATABASES['default']['CONN_MAX_AGE'] = max(60, 5)", 60),
    "or": ("DATABASES['default']['CONN_MAX_AGE'] = None or 60", 60),
    "an unbound name kept from killing all": (
        "try:\n    AGE = UNBOUND\nexcept NameError:\n    AGE = 60\nDATABASES['default']['CONN_MAX_AGE'] = AGE",
        60,
    ),
    "suppress": (
        "from contextlib import suppress\nAGE = 60\nwith suppress(KeyError):\n    AGE = {}['x']\n"
        "DATABASES['default']['CONN_MAX_AGE'] = AGE",
        60,
    ),
    "import_module": (
        "from importlib import import_module\nDATABASES['default']['CONN_MAX_AGE'] = import_module('ages').AGE",
        60,
    ),
    "import": ("import ages\nDATABASES['default']['CONN_MAX_AGE'] = ages.AGE", 60),
    "exec of a file": (
        "exec(open(os.path.join(os.path.dirname(__file__), 'ages.py')).read())\nDATABASES['default']['CONN_MAX_AGE'] = AGE",
        60,
    ),
}

BY_ENVIRONMENT = {
    "get with a default": ("int(os.environ.get('AGE', 60))", Open("AGE", default=60)),
    "get without int": ("os.environ.get('AGE', 60)", Open("AGE", default=60)),
    "getenv": ("int(os.getenv('AGE', '60'))", Open("AGE", default=60)),
    "or": ("int(os.environ.get('AGE') or 60)", Open("AGE", default=60)),
    "required": ("int(os.environ['AGE'])", Open("AGE")),
    "a test for presence": ("int(os.environ['AGE']) if 'AGE' in os.environ else 60", Open("AGE", default=60)),
    "arithmetic on it": ("60 * int(os.environ.get('MINUTES', '5'))", Open("MINUTES", default=300)),
    "a choice by it": ("600 if os.environ.get('PROD') else 60", {600, 60}),
    "a table look-up by it": ("{'a': 60, 'b': 5}[os.environ.get('KIND', 'a')]", {60, 5}),
    "float": ("float(os.environ.get('AGE', '1.5'))", Open("AGE", default=1.5)),
    "bool": ("bool(os.environ.get('AGE', ''))", {True, False}),
    "an unknown function": ("unheard_of.age()", Open()),
    "an unknown function of a variable": ("unheard_of.age(os.environ.get('AGE', '5'))", Open("AGE")),
    "unsupported arithmetic": ("10 ** 100 ** 100", Open()),
    "a huge string": ("len('x' * 10 ** 9)", Open()),
    "the time of day": ("int(__import__('time').time())", Open()),
}


@pytest.mark.parametrize(("text", "age"), DECIDED.values(), ids=DECIDED)
def test_the_code_decides(read: Reader, text: str, age: object) -> None:
    deployment = read(HEAD + text, {"ages.py": "AGE = 60\n"})
    value = deployment.databases["default"].conn_max_age
    assert said(value) == age
    assert type(said(value)) is type(age)
    assert not deployment.open
    assert not deployment.problems


@pytest.mark.parametrize(("expression", "age"), BY_ENVIRONMENT.values(), ids=BY_ENVIRONMENT)
def test_the_environment_decides(read: Reader, expression: str, age: object) -> None:
    deployment = read(f"import unheard_of\n{HEAD}DATABASES['default']['CONN_MAX_AGE'] = {expression}\n")
    assert said(deployment.databases["default"].conn_max_age) == age


def test_a_bound_variable_is_known(read: Reader) -> None:
    text = HEAD + "DATABASES['default']['CONN_MAX_AGE'] = int(os.environ.get('AGE', 60))"
    assert said(read(text, AGE="5").databases["default"].conn_max_age) == 5


def test_a_choice_by_a_variable_names_it_and_its_default(read: Reader) -> None:
    text = HEAD + "if os.environ.get('PROD') == '1':\n    DATABASES['default']['CONN_MAX_AGE'] = 600"
    value = read(text).databases["default"].conn_max_age
    assert said(value) == {0, 600}
    assert value.env == ("PROD",)  # type: ignore[union-attr]
    assert value.default is not None  # type: ignore[union-attr]
    assert value.default.value == 0  # type: ignore[union-attr]


def test_the_same_question_is_answered_the_same_way(read: Reader) -> None:
    text = f"""{HEAD}
if 'PROD' in os.environ:
    KIND = 'fast'
else:
    KIND = 'slow'
if 'PROD' in os.environ:
    DATABASES['default']['CONN_MAX_AGE'] = 60 if KIND == 'fast' else 1
else:
    DATABASES['default']['CONN_MAX_AGE'] = 60
"""
    assert said(read(text).databases["default"].conn_max_age) == 60


def test_a_variable_that_must_be_set_is_set_afterwards(read: Reader) -> None:
    text = f"{HEAD}KEY = os.environ['KEY']\nDATABASES['default']['CONN_MAX_AGE'] = 60 if 'KEY' in os.environ else 5"
    assert said(read(text).databases["default"].conn_max_age) == 60


@pytest.mark.parametrize(
    ("test", "age"),
    [
        ("A is None", 5),
        ("A is True", 5),
        ("A is 256", 60),
        ("A is 257", {5, 60}),
        ("A is 'prod'", {5, 60}),
        ("A is not 'prod'", {5, 60}),
    ],
)
def test_equal_values_may_be_one_object(read: Reader, test: str, age: object) -> None:
    held = test.split()[-1]
    text = f"{HEAD}A = {held if held not in ('None', 'True') else '0'}\n"
    text += f"DATABASES['default']['CONN_MAX_AGE'] = 60 if {test} else 5"
    assert said(read(text).databases["default"].conn_max_age) == age


UNFOLLOWED = {
    "vars().update of a file": "import yaml\nvars().update(yaml.safe_load(open('/etc/x.yml')))",
    "a foreign function that gets the dict": "import unheard_of\nunheard_of.change(DATABASES)",
    "a foreign function that gets the names": "import unheard_of\nunheard_of.change(locals())",
    "a foreign star import": "from unheard_of import *",
    "a key that is not known": "DATABASES['default'][os.environ['WHICH']] = 60",
    "exec of text": "exec(os.environ['CODE'])",
    "a loop over something unknown": "import unheard_of\nfor k, v in unheard_of.items():\n    DATABASES['default'][k] = v",
    "an update by something unknown": "import unheard_of\nDATABASES['default'].update(unheard_of.more())",
    "a try that may fail": (
        "import unheard_of\ntry:\n    unheard_of.go()\n    DATABASES['default']['CONN_MAX_AGE'] = unheard_of.age()\n"
        "except Exception:\n    pass"
    ),
    "a delete of an unknown key": "DATABASES['default']['CONN_MAX_AGE'] = 5\ndel DATABASES['default'][os.environ['W']]",
}


@pytest.mark.parametrize("text", UNFOLLOWED.values(), ids=UNFOLLOWED)
def test_what_cannot_be_followed_is_unknown(read: Reader, text: str) -> None:
    age = read(HEAD + text).databases["default"].conn_max_age
    assert isinstance(said(age), Open)


HARMLESS = {
    "a foreign function that gets something else": "import unheard_of\nunheard_of.start(dsn='x', hooks=[1])",
    "print": "print(DATABASES)",
    "json.dumps": "import json\njson.dumps(DATABASES)",
    "logging": "import logging\nlogging.info('%s', DATABASES)",
    "a star import of the standard library": "from os.path import *",
    "an unknown base class": "import unheard_of\nclass X(unheard_of.Base):\n    pass",
    "an e-mail URL": "import dj_email_url\nvars().update(dj_email_url.config())",
    "an unknown key of another dict": "OTHER = {}\nOTHER[os.environ['X']] = 1",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_has_nothing_to_do_with_it_changes_nothing(read: Reader, text: str) -> None:
    assert said(read(HEAD + text).databases["default"].conn_max_age) == 0


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("AGE, = 'x'", "x"),
        ("AGE, rest = {'a': 1, 'b': 2}", "a"),
        ("(AGE, *rest), last = range(3), 4", 0),
        ("try:\n    AGE, = 'many'\nexcept ValueError:\n    AGE = 5", 5),
        ("try:\n    AGE, *rest, last = [1]\nexcept ValueError:\n    AGE = 6", 6),
    ],
)
def test_unpacking(read: Reader, text: str, age: object) -> None:
    deployment = read(f"{text}\nDATABASES = {{'default': {{'CONN_MAX_AGE': AGE}}}}\n")
    assert said(deployment.databases["default"].conn_max_age) == age


def test_a_walrus_in_a_comprehension_binds_outside_of_it(read: Reader) -> None:
    deployment = read("[AGE := n for n in (1, 2)]\nDATABASES = {'default': {'CONN_MAX_AGE': AGE}}\n")
    assert said(deployment.databases["default"].conn_max_age) == 2


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("ages = [1, 2]\nages[:] = [7]", 7),
        ("ages = [1, 2]\nages[1:] = []", 1),
        ("ages = [7]\ntry:\n    'text'['k'] = 1\nexcept TypeError:\n    ages = [8]", 8),
        ("ages = (7, 0)\ntry:\n    ages[0] = 1\nexcept TypeError:\n    pass", 7),
    ],
)
def test_setting_elements(read: Reader, text: str, age: object) -> None:
    deployment = read(f"{text}\nDATABASES = {{'default': {{'CONN_MAX_AGE': ages[0]}}}}\n")
    assert said(deployment.databases["default"].conn_max_age) == age


def test_values_are_read_from_a_dict_when_their_turn_comes(read: Reader) -> None:
    deployment = read(
        """
        table = {"a": 1, "b": 2}
        for key, value in table.items():
            table["b"] = 7
            age = value
        DATABASES = {"default": {"CONN_MAX_AGE": age}}
        """
    )
    assert said(deployment.databases["default"].conn_max_age) == 7


def test_a_dict_that_grows_under_a_loop_ends_it(read: Reader) -> None:
    deployment = read(
        """
        table, age = {"a": 1}, 0
        try:
            for key in table:
                table["b"] = 7
        except RuntimeError:
            age = 5
        DATABASES = {"default": {"CONN_MAX_AGE": age}}
        """
    )
    assert said(deployment.databases["default"].conn_max_age) == 5


def test_a_lambda_binds_in_its_defaults(read: Reader) -> None:
    deployment = read(
        """
        age = 0
        unused = lambda n, m=(age := 60): n
        DATABASES = {"default": {"CONN_MAX_AGE": age}}
        """
    )
    assert said(deployment.databases["default"].conn_max_age) == 60


def test_what_another_world_changed_is_not_changed_here(read: Reader) -> None:
    deployment = read(
        "import json, os\n"
        "given = os.environ.get('OPTIONS')\n"
        "options = json.loads(given) if given else {'charset': 'utf8'}\n"
        "if os.environ.get('CA'):\n"
        "    options.update({'ssl': {'ca': os.environ['CA']}})\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'OPTIONS': options}}\n"
    )
    assert said(deployment.databases["default"].options["charset"]) == Open("OPTIONS", default="utf8")


def test_a_table_stays_unknown_however_often_it_was_given_away(read: Reader) -> None:
    deployment = read("import lib\n" + HEAD + "for n in range(9):\n    lib.change(DATABASES)\n")
    assert said(deployment.databases["default"].conn_max_age) == Open()


def test_a_table_that_two_tables_hold_in_other_worlds_is_reached_in_both(read: Reader) -> None:
    deployment = read(
        "import lib\n" + HEAD + "one = [DATABASES['default'] if os.environ.get('X') else None]\n"
        "lib.change([one, DATABASES['default']])\n"
    )
    assert said(deployment.databases["default"].conn_max_age) == Open()


def test_a_default_of_a_parameter_is_another_name_for_it(read: Reader) -> None:
    files = {"base.py": HEAD + "def keep(age, db=DATABASES['default']):\n    db['CONN_MAX_AGE'] = age\n"}
    deployment = read("from base import *\nkeep(60)\n", files)
    assert said(deployment.databases["default"].conn_max_age) == 60


def test_a_dict_that_may_have_grown_under_a_loop_need_not_have(read: Reader) -> None:
    deployment = read(
        HEAD + "D = {'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5}\n"
        "for key in D:\n    for _ in os.environ.get('WORDS', '').split():\n        DATABASES[os.environ['ALIAS']] = D\n"
        "DATABASES['default'] = {'CONN_MAX_AGE': os.environ.get('ALIAS')}\n"
    )
    assert said(deployment.databases["default"].conn_max_age) == Open("ALIAS", default=None)


def test_many_ways_out_of_a_try_are_one(read: Reader) -> None:
    calls = "".join(f"    x{n} = lib.get('{n}')\n" for n in range(60))
    deployment = read(
        "import lib\n" + HEAD + f"try:\n{calls}    DATABASES['default']['CONN_MAX_AGE'] = 60\n"
        "except Exception:\n    DATABASES['default']['CONN_MAX_AGE'] = 5\n"
    )
    assert said(deployment.databases["default"].conn_max_age) == {5, 60}


def test_lists_that_are_equal_may_print_differently(read: Reader) -> None:
    deployment = read(
        HEAD + "values = [1 if os.environ.get('ONE') else True]\n"
        "DATABASES['default']['CONN_MAX_AGE'] = '%s' % (values[0],)\n"
    )
    assert said(deployment.databases["default"].conn_max_age) == {"1", "True"}


def test_an_option_that_is_set_in_some_worlds_only(read: Reader) -> None:
    text = """
    import os
    DATABASES = {'default': {'ENGINE': os.getenv('ENGINE', 'django.db.backends.mysql'), 'OPTIONS': {}}}
    if DATABASES['default']['ENGINE'].endswith('mysql'):
        DATABASES['default']['OPTIONS']['charset'] = 'utf8mb4'
    if os.environ.get('STRICT'):
        DATABASES['default']['OPTIONS']['sql_mode'] = 'TRADITIONAL'
    """
    options = read(text).databases["default"].options
    assert said(options["charset"]) == {"utf8mb4", None}
    assert said(options["sql_mode"]) == {"TRADITIONAL", None}
    assert said(read(text, ENGINE="a.mysql").databases["default"].options["charset"]) == "utf8mb4"
