"""Files that are found by a pattern or in a folder: those of the tree, in no order but the one that is asked for."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = """
import glob, os
from pathlib import Path
HERE = os.path.dirname(__file__)
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}
DB = DATABASES['default']
"""
FILES = {
    **{f"conf/{number}0-part.conf": f"DB['CONN_MAX_AGE'] = {number}" for number in range(1, 6)},
    "conf/readme.txt": "no Python",
    "conf/.hidden.conf": "DB['CONN_MAX_AGE'] = 9",
    "few/1.py": "DB['CONN_MAX_AGE'] = 1",
    "few/2.py": "DB['CONN_MAX_AGE'] = 2",
}


def age_of(read: Reader, text: str) -> object:
    return said(read(HEAD + text, FILES).databases["default"].conn_max_age)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("for f in sorted(glob.glob(os.path.join(HERE, 'conf', '*.conf'))): exec(open(f).read())", 5),
        ("for f in sorted(glob.glob(HERE + '/conf/*.conf'), reverse=True): exec(open(f).read())", 1),
        ("fs = glob.glob(HERE + '/conf/*.conf')\nfs.sort()\nfor f in fs: exec(open(f).read())", 5),
        ("for f in sorted(Path(__file__).parent.glob('conf/[1-4]*.conf')): exec(f.read_text())", 4),
        (
            "for f in sorted(os.listdir(HERE + '/conf')):\n"
            "    if f[0].isdigit(): exec(open(os.path.join(HERE, 'conf', f)).read())",
            5,
        ),
        ("for f in glob.glob(HERE + '/none/*.conf'): exec(open(f).read())", 60),
        ("if 'readme.txt' in os.listdir(HERE + '/conf'): DB['CONN_MAX_AGE'] = 3", 3),
        ("if not glob.glob(HERE + '/none/*'): DB['CONN_MAX_AGE'] = 3", 3),
    ],
)
def test_in_order(read: Reader, text: str, age: object) -> None:
    assert age_of(read, text) == age


def test_in_any_order(read: Reader) -> None:
    assert age_of(read, "for f in glob.glob(HERE + '/few/*.py'): exec(open(f).read())") == {1, 2}
    assert age_of(read, "for f in glob.glob(HERE + '/conf/*.conf'): exec(open(f).read())") == Open()


@pytest.mark.parametrize(
    "text",
    [
        "for f in glob.glob('/etc/shop/*.py'): exec(open(f).read())",
        "for f in sorted(glob.glob(HERE + '/**/*.py', recursive=True)): exec(open(f).read())",
        "fs = glob.glob(HERE + '/few/*.py')\nfs.append(os.environ['MORE'])\nfor f in fs: exec(open(f).read())",
    ],
)
def test_what_cannot_be_told(read: Reader, text: str) -> None:
    assert isinstance(age_of(read, text), Open)
