"""Settings modules that copy the names of another one by hand: by ``dir()``, ``inspect`` and ``exec()``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from conn_lint.project.project import Project
from conn_lint.settings import read_deployments
from tests.settings.conftest import Open, said

Make = Callable[[Mapping[str, str]], Project]

BASE = """from datetime import timedelta
_PRIVATE = 5
DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "CONN_MAX_AGE": 60}}
def helper(): return 5
"""

COPIES: dict[str, tuple[str, object]] = {
    "each name that is written large": (
        "m = __import__('base', globals(), locals(), ['*'])\n"
        "for name in dir(m):\n    if name == name.upper():\n        locals()[name] = getattr(m, name)\n",
        60,
    ),
    "all at once": (
        "import base\nglobals().update({name: getattr(base, name) for name in dir(base) if name.isupper()})\n",
        60,
    ),
    "from the inspection": (
        "import base, inspect\nfor name, it in inspect.getmembers(base):\n    globals()[name] = it\n",
        60,
    ),
    "the names that are here, of which most were never run": (
        "from base import *\nfor name in dir():\n    if name == 'DATABASES':\n        DATABASES['default']['CONN_MAX_AGE'] = 7\n",
        {7, 60},
    ),
    "in the order of the alphabet": (
        "import base\nDATABASES = {'default': {'CONN_MAX_AGE': dir(base).index('DATABASES')}}\n",
        0,
    ),
    "a module that the environment names": (
        "import os\nm = __import__('%s' % os.environ.get('CONF', 'base'), fromlist=['*'])\n"
        "for name in dir(m):\n    if name.isupper():\n        globals()[name] = getattr(m, name)\n",
        Open("CONF", default=60),
    ),
    "a statement that is written out": ("name = 'base'\nexec('from %s import *' % name)\n", 60),
    "several of them": (
        'exec(\'import base\\nDATABASES = base.DATABASES\\nDATABASES["default"]["CONN_MAX_AGE"] = 8\')\n',
        8,
    ),
    "in the names of this module": ("exec('from base import *', globals())\n", 60),
    "one that the environment decides": (
        "import os\nexec('from {} import *'.format(os.environ.get('CONF', 'base')))\n",
        Open("CONF", default=60),
    ),
    "in names of its own": ("from base import *\nexec('DATABASES = {}', {})\n", 60),
    "in a function, which keeps it to itself": (
        "from base import *\ndef f():\n    exec('DATABASES = {}')\nf()\n",
        Open(),
    ),
    "a file that Python 2 runs": (
        "import os\nexecfile(os.path.join(os.path.dirname(__file__), 'base.py'))\n",
        60,
    ),
    "a file that Python 2 runs where it is there": (
        "import os\ntry:\n    execfile(os.path.join(os.path.dirname(__file__), 'base.py'))\nexcept IOError:\n    pass\n",
        60,
    ),
    "a file that Python 2 runs, and Python 3 does not": (
        "from base import *\ntry:\n    execfile('more.py')\nexcept NameError:\n"
        "    DATABASES['default']['CONN_MAX_AGE'] = 9\n",
        9,
    ),
    "one that fails": (
        "from base import *\ntry:\n    exec('{}[1]')\nexcept KeyError:\n    DATABASES['default']['CONN_MAX_AGE'] = 9\n",
        9,
    ),
    "one that is no Python": (
        "from base import *\ntry:\n    exec('if if')\nexcept SyntaxError:\n    DATABASES['default']['CONN_MAX_AGE'] = 9\n",
        9,
    ),
}


@pytest.mark.parametrize("name", COPIES)
def test_copies(project: Make, name: str) -> None:
    text, expected = COPIES[name]
    (deployment,) = read_deployments(project({"base.py": BASE, "prod.py": text, "manage.py": ""}), wanted=("prod",))
    assert said(deployment.databases["default"].conn_max_age) == expected


def test_what_is_written_out_stands_where_it_is_run(project: Make) -> None:
    text = 'X = 5\nexec(\'DATABASES = {"default": {"CONN_MAX_AGE": 5}}\')\n'
    (deployment,) = read_deployments(project({"prod.py": text, "manage.py": ""}), wanted=("prod",))
    place = deployment.databases["default"].conn_max_age.place
    assert place is not None
    assert (place.path, place.line) == ("prod.py", 2)
