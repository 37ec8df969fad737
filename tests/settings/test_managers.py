"""``with`` and context managers: what they do at the start, at the end and with exceptions."""

from __future__ import annotations

import textwrap

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}\n"

OWN = textwrap.dedent("""
    class changed:
        def __init__(self, table): self.table = table
        def __enter__(self): return self.table
        def __exit__(self, kind, error, traceback):
            self.table['CONN_HEALTH_CHECKS'] = True
            return TAKES
    """)


def test_an_object_of_the_project_is_entered_and_left(read: Reader) -> None:
    text = "with changed(DATABASES['default']) as table:\n    table['CONN_MAX_AGE'] = 300\n"
    database = read("TAKES = False\n" + HEAD + OWN + text).databases["default"]
    assert (said(database.conn_max_age), said(database.conn_health_checks)) == (300, True)


def test_it_takes_exceptions_where_it_says_so(read: Reader) -> None:
    text = "try:\n    with changed(DATABASES['default']):\n        {}['x']\nexcept KeyError:\n"
    text += "    DATABASES['default']['CONN_MAX_AGE'] = 1\n"
    assert said(read("TAKES = False\n" + HEAD + OWN + text).databases["default"].conn_max_age) == 1
    assert said(read("TAKES = True\n" + HEAD + OWN + text).databases["default"].conn_max_age) == 60


def test_one_that_is_not_followed_may_change_what_it_was_given_at_its_end(read: Reader) -> None:
    text = "import unheard_of\nwith unheard_of.changed(DATABASES['default']):\n"
    text += "    DATABASES['default']['CONN_MAX_AGE'] = 300\n"
    assert isinstance(said(read(HEAD + text).databases["default"].conn_max_age), Open)


def test_one_that_is_not_followed_may_take_exceptions(read: Reader) -> None:
    text = (
        "import unheard_of\ntry:\n    with unheard_of.manager():\n        {}['x']\n        AGE = 60\nexcept KeyError:\n"
    )
    text += "    DATABASES['default']['CONN_MAX_AGE'] = 1\n"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == {1, 60}


def test_what_is_sorted_or_unpacked_is_still_the_same_dict(read: Reader) -> None:
    for text in (
        "sorted(DATABASES.items())[0][1]['CONN_MAX_AGE'] = 5\n",
        "import os\nfor n in range(int(os.environ.get('N', 1))):\n    pass\n[*DATABASES.values()][0]['CONN_MAX_AGE'] = 5\n",
        "list(reversed(list(DATABASES.values())))[0]['CONN_MAX_AGE'] = 5\n",
        "change = DATABASES['default'].update\nchange(CONN_MAX_AGE=5)\n",
        "list(map(lambda table: table.update(CONN_MAX_AGE=5), DATABASES.values()))\n",
        "def change(table): table['CONN_MAX_AGE'] = 5\ndef run(changes): list(changes)\nrun(map(change, DATABASES.values()))\n",
    ):
        assert said(read(HEAD + text).databases["default"].conn_max_age) == 5, text


def test_an_unknown_element_may_be_any_of_them(read: Reader) -> None:
    several = HEAD + "import unheard_of\nTABLES = [DATABASES['default'], {}]\n"
    for text in (
        "TABLES[unheard_of.number()]['CONN_MAX_AGE'] = 5\n",
        "TABLES.insert(unheard_of.number(), {})\nTABLES[0]['CONN_MAX_AGE'] = 5\n",
        "(TABLES + unheard_of.tables())[0]['CONN_MAX_AGE'] = 5\n",
        "sorted(TABLES, key=len)[0]['CONN_MAX_AGE'] = 5\n",
        "import random\nrandom.choice(TABLES)['CONN_MAX_AGE'] = 5\n",
    ):
        assert isinstance(said(read(several + text).databases["default"].conn_max_age), Open), text


def test_what_exec_runs_may_change_what_names_hold(read: Reader) -> None:
    text = "import unheard_of\nexec(unheard_of.text())\n"
    assert isinstance(said(read(HEAD + text).databases["default"].conn_max_age), Open)


def test_a_chained_comparison_stops_where_it_is_false(read: Reader) -> None:
    text = "AGE = 1\nif 1 == 2 < 'x':\n    AGE = 2\nDATABASES['default']['CONN_MAX_AGE'] = AGE\n"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == 1


TAKEN = {
    "suppress takes what it names": ("with suppress(KeyError):\n    {}['x']\nAGE = 60", 60),
    "and what derives from that": ("with suppress(LookupError):\n    {}['x']\nAGE = 60", 60),
    "and nothing else": (
        "try:\n    with suppress(KeyError):\n        raise ValueError\n    AGE = 1\nexcept ValueError:\n    AGE = 60",
        60,
    ),
    "names in a tuple": ("LOST = (KeyError, ValueError)\nwith suppress(*LOST):\n    int('x')\nAGE = 60", 60),
    "a handler of a tuple": ("LOST = (KeyError, ValueError)\ntry:\n    int('x')\nexcept LOST:\n    AGE = 60", 60),
    "a handler of another name": ("LOST = KeyError\ntry:\n    {}['x']\nexcept LOST:\n    AGE = 60", 60),
    "a handler of the project's own": (
        "class Lost(Exception): pass\ntry:\n    try:\n        {}['x']\n    except Lost:\n        AGE = 1\n"
        "except KeyError:\n    AGE = 60",
        60,
    ),
}


@pytest.mark.parametrize(("text", "age"), TAKEN.values(), ids=TAKEN)
def test_which_exceptions_are_taken(read: Reader, text: str, age: int) -> None:
    text = f"from contextlib import suppress\n{text}\nDATABASES = {{'default': {{'CONN_MAX_AGE': AGE}}}}\n"
    assert said(read(text).databases["default"].conn_max_age) == age


LEFT = {
    "continue": "for n in [1]:\n    with managed(DB):\n        DB['CONN_MAX_AGE'] = 60\n        continue\n",
    "break": "while True:\n    with managed(DB):\n        DB['CONN_MAX_AGE'] = 60\n        break\n",
    "return": "def f():\n    with managed(DB):\n        DB['CONN_MAX_AGE'] = 60\n        return\nf()\n",
    "an exception": "try:\n    with managed(DB):\n        DB['CONN_MAX_AGE'] = 60\n        {}['x']\nexcept KeyError:\n    pass\n",
}


@pytest.mark.parametrize("text", LEFT.values(), ids=LEFT)
def test_an_unknown_manager_may_change_what_it_was_given_however_it_is_left(read: Reader, text: str) -> None:
    database = read(f"from shopping import managed\n{HEAD}DB = DATABASES['default']\n{text}").databases["default"]
    assert said(database.conn_max_age) == Open()


def test_what_an_unknown_may_be_is_changed_through_it_however_late(read: Reader) -> None:
    for made in (
        "sorted([DATABASES['default'], unheard_of.table()], key=len)[0]",
        "[DATABASES['default'], {}][unheard_of.number()]",
        "next(unheard_of.each(DATABASES.values()))",
        "list(filter(unheard_of.wanted, DATABASES.values()))[unheard_of.number()]",
        "list(reversed([DATABASES['default'], *unheard_of.more()]))[0]",
        "list(unheard_of.chained(DATABASES.values()))[0]",
        "dict(sorted(DATABASES.items(), key=unheard_of.order))['default']",
        "unheard_of.wrapped(DATABASES['default'])",
    ):
        for changed in (
            "X.update(CONN_MAX_AGE=5)",
            "X['CONN_MAX_AGE'] = 5",
            "X |= {'CONN_MAX_AGE': 5}",
        ):
            text = f"import unheard_of\nX = {made}\nDATABASES['default']['CONN_MAX_AGE'] = 7\n{changed}\n"
            assert said(read(HEAD + text).databases["default"].conn_max_age) == Open(), text


def test_what_may_have_been_taken_in_may_as_well_not_be_there(read: Reader) -> None:
    text = (
        "import unheard_of\nDATABASES['default'].update(unheard_of.table())\ndel DATABASES['default']['CONN_MAX_AGE']\n"
    )
    text += "X = 5\nif 'HOST' in DATABASES['default']:\n    X = 7\nDATABASES['default']['CONN_MAX_AGE'] = X\n"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == {5, 7}


def test_a_dict_of_the_projects_own_class_is_filled_as_any(read: Reader) -> None:
    text = "class Table(dict):\n    def __init__(self, *args, **more):\n        super().__init__(*args, **more)\n"
    text += "DATABASES['default'].update(Table({'CONN_MAX_AGE': 5}))\n"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == 5
