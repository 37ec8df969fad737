"""``os.environ`` as a whole: what goes over it, copies it or looks into it, against Python in several environments."""

from __future__ import annotations

import pytest

from tests.settings.oracle import Package, Trial

HEAD = """import os
from os import environ
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}
DB = DATABASES['default']
"""

PIECES = """
for k, v in os.environ.items():
    if k == 'AGE':
        DB['CONN_MAX_AGE'] = int(v)
---
for k in os.environ:
    if k == 'AGE':
        DB['CONN_MAX_AGE'] = int(os.environ[k])
---
DB.update({'CONN_MAX_AGE': int(v) for k, v in environ.items() if k == 'AGE'})
---
E = dict(environ); DB['CONN_MAX_AGE'] = int(E.get('AGE', 0))
---
E = {**environ}
if 'AGE' in E: DB['CONN_MAX_AGE'] = 5
---
E = {'AGE': '5'}
E.update(environ)
DB['CONN_MAX_AGE'] = int(E['AGE'])
---
if 'AGE' in environ.keys(): DB['CONN_MAX_AGE'] = 5
---
if '33' in environ.values(): DB['CONN_MAX_AGE'] = 5
---
if any(k.startswith('AG') for k in environ): DB['CONN_MAX_AGE'] = 5
---
if {'AGE'} <= set(environ): DB['CONN_MAX_AGE'] = 5
---
if {'AGE'} & set(environ): DB['CONN_MAX_AGE'] = 5
---
if {'AGE'} <= environ.keys(): DB['CONN_MAX_AGE'] = 5
---
K = next((k for k in environ if k.startswith('AG')), None)
if K: DB['CONN_MAX_AGE'] = 5
---
for k, v in environ.items():
    if k.startswith('X_'): globals()[k[2:]] = eval(v)
---
DATABASES.update({k[3:-4].lower(): {'CONN_MAX_AGE': 7} for k in environ if k.startswith('DB_')})
---
if 'AGE' in ' '.join(environ): DB['CONN_MAX_AGE'] = 5
---
DB['CONN_MAX_AGE'] = len([k for k in environ if k == 'AGE'])
---
DB['CONN_MAX_AGE'] = len(environ)
---
E = os.environ.copy()
DB['CONN_MAX_AGE'] = int(E.get('AGE', '4'))
---
E = dict(os.environ, AGE='8')
DB['CONN_MAX_AGE'] = int(E.get('AGE', '4'))
---
E = os.environ | {'AGE': '9'}
DB['CONN_MAX_AGE'] = int(E.get('AGE', '4'))
---
E = {'AGE': '9'} | os.environ
DB['CONN_MAX_AGE'] = int(E.get('AGE', '4'))
---
os.environ['AGE'] = '7'
for k, v in os.environ.items():
    if k == 'AGE':
        DB['CONN_MAX_AGE'] = int(v)
---
os.environ['AGE'] = '7'
for k in sorted(os.environ):
    if k == 'AGE':
        DB['CONN_MAX_AGE'] = int(os.environ[k])
---
os.environ.setdefault('AGE', '7')
E = dict(os.environ)
DB['CONN_MAX_AGE'] = int(E['AGE'])
---
os.environ.update(AGE='7')
DB['CONN_MAX_AGE'] = int(os.environ['AGE'])
---
os.environ |= {'AGE': '7'}
DB['CONN_MAX_AGE'] = int(os.environ['AGE'])
---
X = os.environ.pop('AGE', '2')
DB['CONN_MAX_AGE'] = int(X) + int(os.environ.get('AGE', 1))
---
del os.environ['AGE']
DB['CONN_MAX_AGE'] = int(os.environ.get('AGE', 1))
---
os.environ.clear()
DB['CONN_MAX_AGE'] = int(os.environ.get('AGE', 1))
---
from string import Template
DB['CONN_MAX_AGE'] = int(Template('${AGE}').safe_substitute(os.environ)[-1:] .replace('}', '3'))
---
DB['CONN_MAX_AGE'] = int('%(AGE)s' % os.environ)
---
DB['CONN_MAX_AGE'] = int('{AGE}'.format(**os.environ))
---
DB['CONN_MAX_AGE'] = int(dict(os.environ.items()).get('AGE') or 0)
---
DB['CONN_MAX_AGE'] = [v for k, v in sorted(os.environ.items()) if k == 'AGE'][0:1] and 5
---
def f(**kw): return kw.get('AGE', 3)
DB['CONN_MAX_AGE'] = int(f(**os.environ))
---
vars().update(os.environ)
DB['CONN_MAX_AGE'] = int(globals().get('AGE', 2))
---
locals().update({k: v for k, v in os.environ.items()})
---
match dict(os.environ):
    case {'AGE': a}: DB['CONN_MAX_AGE'] = int(a)
---
DB['CONN_MAX_AGE'] = int(os.environ.get('AGE', 3)) if os.environ.keys() & {'AGE', 'B'} else 1
---
import copy
E = copy.copy(os.environ)
DB['CONN_MAX_AGE'] = int(E.get('AGE', 1))
---
import copy
E = copy.deepcopy(os.environ)
DB['CONN_MAX_AGE'] = int(E.get('AGE', 1))
---
E = list(os.environ)
DB['CONN_MAX_AGE'] = E.count('AGE')
---
E = tuple(os.environ.items())
DB['CONN_MAX_AGE'] = dict(E).get('AGE', 3)
---
DB['CONN_MAX_AGE'] = int(max(os.environ.values(), key=len)) if 'AGE' in os.environ else 0
---
DB['CONN_MAX_AGE'] = isinstance(os.environ, dict)
---
DB['CONN_MAX_AGE'] = type(os.environ) is dict
---
DB['CONN_MAX_AGE'] = os.environ == {}
---
DB['CONN_MAX_AGE'] = bool([k for k in os.environ.keys()])
---
DB['CONN_MAX_AGE'] = str(os.environ.get)[:1]
---
DB['CONN_MAX_AGE'] = hasattr(os.environ, 'AGE')
---
E = filter(lambda k: k == 'AGE', os.environ)
for k in E: DB['CONN_MAX_AGE'] = int(os.environ[k])
---
for k, v in zip(os.environ.keys(), os.environ.values()):
    if k == 'AGE': DB['CONN_MAX_AGE'] = int(v)
---
for n, k in enumerate(os.environ):
    if k == 'AGE': DB['CONN_MAX_AGE'] = 4
---
ENV = os.environ
for k in ENV:
    if k == 'AGE': DB['CONN_MAX_AGE'] = 4
---
getenv = os.environ.get
DB['CONN_MAX_AGE'] = int(getenv('AGE', 3))
---
exec('\\n'.join(f'{k} = {v!r}' for k, v in os.environ.items() if k.startswith('X_')))
""".strip().split("\n---\n")

ENVIRONMENTS = [
    {},
    {"AGE": "33"},
    {"X_DATABASES": "{'z': {'CONN_MAX_AGE': 1}}"},
    {"DB_A_URL": "x", "AGE": "7"},
    {"DATABASES": "5"},
]


@pytest.mark.parametrize("piece", PIECES)
def test_the_truth_lies_inside_the_answer(piece: str) -> None:
    package = Package({"__init__.py": "", "leaf.py": f"{HEAD}{piece}\n"})
    for bound in ({}, {"AGE": "12"}):
        assert not package.objection("leaf", Trial(bound, ENVIRONMENTS, 10**9))
