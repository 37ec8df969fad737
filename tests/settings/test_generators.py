"""Generator functions against Python: what each of them does, in the order in which whoever uses it has it done."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from tests.settings.oracle import Package, Trial

HEAD = "LOG = []\nDATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'HOST': 'h'}}\n"
TAIL = "DATABASES['default']['HOST'] += ';'.join([str(one) for one in LOG])\n"
"""What was done, in order, is what the host is."""

GENERATORS = """
# of numbers
def g(n=3):
    for i in range(n):
        yield i
# that fails at its end
def g(n=3):
    yield 0
    yield 1
    raise ValueError('x')
# that fails at once
def g(n=3):
    raise ValueError('x')
    yield 1
# with an end
def g(n=3):
    try:
        yield 0
        yield 1
        yield 2
    finally:
        DATABASES['default']['HOST'] = 'fin'
# counted at its end
def g(n=3):
    try:
        yield 0
        yield 1
    finally:
        LOG.append(len(LOG))
# that would catch what is not raised in it
def g(n=3):
    try:
        yield 0
        yield 1
    except ValueError:
        LOG.append('caught')
# with a manager
class C:
    def __enter__(self): LOG.append('in')
    def __exit__(self, *a): LOG.append('out')
def g(n=3):
    with C():
        yield 0
        yield 1
# that returns
def g(n=3):
    for i in range(9):
        if i == n: return
        LOG.append(('y', i))
        yield i
    LOG.append('never')
# with while
def g(n=3):
    i = 0
    while True:
        yield i
        i += 1
        if i > 5: break
    LOG.append('end')
# that yields from another
def h():
    yield 1
    LOG.append('h')
    yield 2
def g(n=3):
    yield 0
    yield from h()
    LOG.append('g')
# that calls itself
def g(n=3):
    if n:
        yield n
        yield from g(n - 1)
    LOG.append(n)
# that the environment decides
import os
def g(n=3):
    if os.environ.get('A'):
        yield 'a'
        LOG.append('A')
    yield 1
    if os.environ.get('B'):
        raise KeyError('b')
    yield 2
# that uses what yield gives
def g(n=3):
    x = yield 5
    LOG.append(x)
    y = (yield 1) or (yield 2)
    LOG.append((yield 7) if n else 4)
# with an end per turn
def g(n=3):
    for i in range(3):
        try:
            yield i
        finally:
            LOG.append(('f', i))
# over something unknown
import unheard_of
def g(n=3):
    for i in unheard_of.some():
        yield i
    LOG.append('u')
# with names of its own
def g(n=3):
    a = 1
    i = 'inner'
    for x in [1, 2]:
        a += x
        yield a
    LOG.append(i)
# that changes what it gave
def g(n=3):
    d = DATABASES['default']
    yield d
    d['HOST'] = d.get('HOST', 'n') + 'z'
    yield d
    d['PORT'] = 3
"""


USES = """
# all of it
for i in g():
    LOG.append(i)
# left at once
for i in g():
    LOG.append(i)
    break
LOG.append('after')
# left in the middle
for i in g():
    LOG.append(i)
    if i == 1: break
else:
    LOG.append('else')
# a turn left out
for i in g():
    if i == 1: continue
    LOG.append(i)
else:
    LOG.append('else')
# changed and left
for i in g():
    DATABASES['default']['HOST'] = 'loop'
    break
# left by return
def f():
    for i in g():
        LOG.append(i)
        if i == 1: return i
    return 'none'
LOG.append(f())
# left by an exception
try:
    for i in g():
        LOG.append(i)
        if i == 1: raise ValueError('m')
except ValueError:
    LOG.append('v')
# left by an exception that Python raises
try:
    for i in g():
        LOG.append(i)
        {}['x']
except (ValueError, KeyError) as e:
    LOG.append('v')
# a list, in a try
try:
    LOG.append(list(g()))
except Exception as e:
    LOG.append('e')
# a list
LOG.append(list(g(2)))
# searched, in a try
try:
    LOG.append(1 in g())
except ValueError:
    LOG.append('v')
# searched
LOG.append(1 in g())
# zipped with less
try:
    LOG.append(list(zip([1], g())))
except ValueError:
    LOG.append('v')
# zipped with more
LOG.append(dict(zip(g(), 'abcdefgh')))
# any
LOG.append(any(g()))
# any of an expression
LOG.append(any(i == 1 for i in g()))
# all of them
LOG.append(all(g()))
# two loops, both left
for i in g():
    for j in g():
        LOG.append((i, j))
        if j == 1: break
    if i == 1: break
# two loops
for i in g():
    for j in g():
        if j == 1: continue
        LOG.append((i, j))
# a comprehension
LOG.append([i for i in g() if i])
# a dict comprehension
try:
    LOG.append({i: 1 for i in g()})
except (ValueError, TypeError):
    LOG.append('v')
# unpacked
try:
    a, b = g()
    LOG.append(a)
except (ValueError, KeyError):
    LOG.append('v')
# starred
try:
    LOG.append([*g(), 5])
except ValueError:
    LOG.append('v')
# map
for i in map(str, g()):
    LOG.append(i)
    if i == '1': break
# enumerated
for n, i in enumerate(g()):
    LOG.append((n, i))
    if n == 1: break
# joined
try:
    LOG.append(','.join(str(x) for x in g()))
except ValueError:
    LOG.append('v')
# left as the environment decides
import os
for i in g():
    if os.environ.get('C'): break
    LOG.append(i)
else:
    LOG.append('else')
# used twice
x = g()
for i in x:
    LOG.append(i)
    break
LOG.append(list(x))
# used twice in a function
def f():
    x = g()
    for i in x:
        LOG.append(i)
        break
    LOG.append('mid')
    return list(x)
try:
    LOG.append(f())
except ValueError: LOG.append('v')
# left by return, with an end
def f(n):
    for i in g():
        LOG.append(i)
        if i == 1:
            try:
                return n
            finally:
                LOG.append('finally')
LOG.append(f(4))
# sum
try:
    LOG.append(sum(g()))
except (ValueError, TypeError):
    LOG.append('v')
# given to update
try:
    DATABASES['default'].update((k, 1) for k in ['A', 'B'] for _ in g())
except ValueError:
    pass
# in a loop
n = 0
while n < 2:
    for i in g():
        n += 1
        LOG.append(i)
        if n > 1: break
    n += 1
# the first
try:
    LOG.append(next(g()))
except ValueError:
    LOG.append('v')
# sorted
try:
    LOG.append(sorted(set(map(str, g()))))
except ValueError:
    LOG.append('v')
# two loops of a comprehension
LOG.append([(i, j) for i in g() for j in g() if i != j])
# never loaded
for i in g():
    if i == 1:
        {}['dead']
"""


ENVIRONMENTS = [{}, {"A": "1"}, {"B": "1"}, {"C": "1"}, {"A": "1", "B": "1", "C": "1"}]


def _pieces(text: str) -> list[tuple[str, str]]:
    """The pieces of ``text``, each under a comment that names it."""
    parted = [piece.partition("\n") for piece in text.split("# ")[1:]]
    return [(name, code) for name, _, code in parted]


@pytest.mark.parametrize(("generator", "code"), _pieces(GENERATORS), ids=[name for name, _ in _pieces(GENERATORS)])
def test_the_truth_lies_inside_the_answer(monkeypatch: pytest.MonkeyPatch, generator: str, code: str) -> None:
    unheard_of = ModuleType("unheard_of")
    unheard_of.some = lambda: [0, 1]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "unheard_of", unheard_of)
    for use, taken in _pieces(USES):
        package = Package({"__init__.py": "", "leaf.py": f"{HEAD}{code}{taken}{TAIL}"})
        environments = ENVIRONMENTS if "environ" in code + taken else []
        assert not package.objection("leaf", Trial({}, environments, 10**9)), f"{generator}, {use}"
