"""Everything Python's own values can do, with every kind of value: the evaluator against Python itself."""

from __future__ import annotations

import random

import pytest

from tests.settings.trials import VALUES, Piece, found_wrong

BINARY = "+ - * / // % ** << >> & | ^ == != < <= > >= is in and or".split()

UNARY = """
not V
-V
~V
V[0]
V[-1]
V['k']
V[1:]
V[None]
[*V]
[1, *V, 3]
{**V}
{V: 1}
len(V)
bool(V)
str(V)
repr(V)
'%s' % V
'%s' % (V,)
'{}'.format(V)
list(V)
tuple(V)
sorted(V)
sorted(V, reverse=True)
sorted(V, key=str)
set(V) == {1, 2}
frozenset(V)
dict(V)
dict.fromkeys(V)
sum(V)
sum(V, [])
max(V)
min(V, default=6)
any(V)
all(V)
int(V)
int(V, 0)
float(V)
abs(V)
round(V, 1)
bytes(V)
range(V)
divmod(V, 2)
isinstance(V, list)
isinstance(V, (str, int))
isinstance(V, tuple)
isinstance(V, set)
isinstance(V, Plan)
type(V) is list
type(V).__name__
callable(V)
hasattr(V, 'items')
hasattr(V, '__iter__')
getattr(V, 'age', 9)
list(enumerate(V))
list(zip(V, 'ab'))
list(map(str, V))
list(filter(None, V))
list(reversed(V))
list(iter(V))
next(iter(V), 8)
','.join(V)
json.dumps(V)
copy.copy(V)
copy.deepcopy(V)
V or 'z'
V and 'z'
[x for x in V]
{k: v for k, v in V}
{x for x in V} == {1, 2}
age(*V)
age(**V)
(V if A else 5)
(V, 1)[0]
1 in V
'k' in V
V()
V.age
V.doubled()
V.get('k')
V.setdefault('k')
V.pop()
V.items()
list(V.keys())
V.update()
V.copy()
V.append(1)
V.index(1)
V.count(1)
V.upper()
V.split(',')
V.startswith('x')
V.decode()
V.union([3]) == {1, 2, 3}
V.isdisjoint([3])
V.total_seconds()
V.real
V.__class__
V.__len__()
V.__contains__(1)
""".strip().splitlines()

AUGMENTED = "+= -= *= |= &= ^= /= //= %= **= <<= >>=".split()

HELD = ["[1, 2]", "{'k': 5}", "{1, 2}", "frozenset({1})", "(1,)", "'x'", "5", "{'k': 5}.keys()"]

STATEMENTS = [
    ("a, b = V", "b"),
    ("a, *b = V", "b"),
    ("[a] = V", "a"),
    ("*a, = V", "a"),
    ("x = [1, 2, 3]\nx[0] = V", "x"),
    ("x = [1, 2, 3]\nx[1:] = V", "x"),
    ("x = [1, 2, 3]\nx[V] = 9", "x"),
    ("x = {'k': 1}\nx[V] = 9", "[len(x), x.get('k')]"),
    ("x = [1, 2, 3]\ndel x[V]", "x"),
    ("x = {'k': 1, 'x': 2}\ndel x[V]", "len(x)"),
    ("x = V\ndel x[0]", "len(x)"),
    ("x = V\nx['k'] = 9", "x['k']"),
    ("x = V\nx[0] = 9", "x[0]"),
    ("x = V\nx.k = 9", "x.k"),
    ("x = V\nx.append(5)", "len(x)"),
    ("x = {}\nx.update(V)", "sorted(x, key=str)"),
    ("r = 0\nfor z in V: r = z", "r"),
    ("r = 0\nfor a, b in V: r = b", "r"),
    ("r = 0\nfor z in V:\n    r = z\n    break\nelse: r = 'else'", "r"),
    ("x = V\nr = 0\nwhile x:\n    r += 1\n    if r > 3: break\n    x = x[1:]", "r"),
    ("assert V", "5"),
    ("raise V", "5"),
    ("r = 1\nif V: r = 2", "r"),
    ("with V as x: r = 1", "r"),
    ("x = {**V, 'z': 1}", "len(x)"),
    ("def f(a, b=2, *c, **d): return (a, b, c, sorted(d))\nr = f(*V)", "r"),
    ("def f(a=1, k=2, m=3): return (k, m)\nr = f(**V)", "r"),
    ("x = V\na = list(x)\nb = list(x)", "b"),
    ("x = V\na = 1 in x\nb = list(x)", "b"),
    ("x = V\na = next(iter(x))\nb = list(x)", "b"),
    ("x = iter(V)\na = list(x)\nb = list(x)", "b"),
    ("x = (y for y in V if y)\na = any(x)\nb = list(x)", "b"),
    ("def f(x): return [*x, *x]\nr = f(V)", "r"),
    ("x = copy.deepcopy(V)\ny = copy.copy(x)", "y"),
    (
        "match V:\n    case []: r = 'none'\n    case [a]: r = a\n    case [a, *b]: r = b\n    case {'k': k}: r = k\n"
        "    case str(): r = 'text'\n    case int() | float(): r = 'number'\n    case None: r = 'None'\n    case _: r = 'else'",
        "r",
    ),
    (
        "match V:\n    case {}: r = 'map'\n    case (1, 2): r = 'pair'\n    case Plan(): r = 'plan'\n    case _: r = 'else'",
        "r",
    ),
]

pytestmark = [pytest.mark.usefixtures("untraced"), pytest.mark.filterwarnings("ignore::SyntaxWarning")]


@pytest.mark.parametrize("operation", UNARY)
def test_operation(operation: str) -> None:
    assert list(found_wrong([Piece("pass", operation.replace("V", f"({value})")) for value in VALUES])) == []


@pytest.mark.parametrize("operator", BINARY)
def test_operator(operator: str) -> None:
    pairs = random.Random(operator).sample([(left, right) for left in VALUES for right in VALUES], 200)
    assert list(found_wrong([Piece("pass", f"({left}) {operator} ({right})") for left, right in pairs])) == []


@pytest.mark.parametrize("operator", AUGMENTED)
def test_changing_in_place(operator: str) -> None:
    """``y`` is the same object as ``x`` where the operator changes that."""
    pieces = [Piece(f"x = y = {held}\nx {operator} {value}", "[x, y]") for held in HELD for value in VALUES]
    assert list(found_wrong(pieces)) == []


@pytest.mark.parametrize(("statements", "result"), STATEMENTS)
def test_statement(statements: str, result: str) -> None:
    pieces = [Piece(statements.replace("V", f"({value})"), result) for value in VALUES]
    assert list(found_wrong(pieces)) == []
