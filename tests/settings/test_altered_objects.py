"""Objects of libraries that the settings change before they ask them: what they say then is not known, and is not
what they would have said otherwise."""

from __future__ import annotations

import pytest

from conn_lint.model import Known, Unknown
from tests.settings.conftest import Reader

ENV = "import environ\nenv = environ.Env()\n"
DATABASES = "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': AGE}}\n"


@pytest.mark.parametrize(
    "text",
    [
        ENV + "env.smart_cast = False\nAGE = env('A', default=6)\n",
        ENV + "env.prefix = 'P_'\nAGE = env.int('A', default=6)\n",
        "import environ\nenviron.Env.smart_cast = False\nenv = environ.Env()\nAGE = env('A', default=6)\n",
        ENV + "environ.Env.ENVIRON = {'A': '9'}\nAGE = env.int('A', default=6)\n",
        "from environ import Env\nclass Ours(Env):\n    def int(self, *a, **k):\n        return super().int(*a, **k) * 2\n"
        "env = Ours()\nAGE = env.int('A', 6)\n",
        "import configparser\nc = configparser.ConfigParser()\nc.read('c.ini')\nc['d']['age'] = '12'\n"
        "AGE = int(c['d']['age'])\n",
        "import json\nAGE = json.loads('[1.5]', parse_float=int)[0]\n",
        "import json\nAGE = json.loads('{}', object_hook=lambda found: {'a': 5}).get('a')\n",
    ],
)
def test_what_was_changed_says_nothing(read: Reader, text: str) -> None:
    age = read(text + DATABASES, {"c.ini": "[d]\nage = 3\n"}).databases["default"].conn_max_age
    assert isinstance(age, Unknown)
    assert age.default is None


def test_the_engines_of_urls_may_be_the_projects_own(read: Reader) -> None:
    text = (
        "import environ\nenviron.Env.DB_SCHEMES['mysql'] = 'django.db.backends.postgresql'\n"
        "DATABASES = {'default': environ.Env.db_url_config('mysql://h/n')}\n"
    )
    assert isinstance(read(text).databases["default"].engine, Unknown)


@pytest.mark.parametrize(
    "text",
    [
        ENV + "AGE = env.int('A', default=6)\n",
        "from environ import Env\nclass Ours(Env):\n    '''As it is.'''\nenv = Ours()\nAGE = env.int('A', 6)\n",
        ENV + "class Other:\n    pass\nOther.smart_cast = False\nAGE = env('A', default=6)\n",
    ],
)
def test_what_was_not_changed_names_its_default(read: Reader, text: str) -> None:
    age = read(text + DATABASES).databases["default"].conn_max_age
    assert isinstance(age, Unknown)
    assert isinstance(age.default, Known)
    assert age.default.value == 6


def test_a_dictionary_of_the_projects_own_kind_answers_for_what_it_has_not_got(read: Reader) -> None:
    kind = "class Ages(dict):\n    def __missing__(self, key):\n        return 7\n"
    for key, age in (("x", 7), ("y", 8)):
        deployment = read(f"{kind}AGE = Ages(y=8)['{key}']\n{DATABASES}")
        found = deployment.databases["default"].conn_max_age
        assert isinstance(found, Known)
        assert found.value == age
        assert not deployment.problems
