"""The grammar that random settings programs are written in, as templates.

``<value>`` and the like are filled in at random, ``<x>`` and ``<y>`` stand for names that nothing else uses,
``<block>`` for a few statements.
"""

from __future__ import annotations

VARIABLES = ("V0", "V1", "V2", "V3")
TEXTS = ("", "0", "1", "60", "x", "django.db.backends.mysql")
NAMES = ("a", "b", "c", "e", "g", "DEBUG")
KEYS = ("CONN_MAX_AGE", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "ENGINE", "HOST", "OPTIONS")
ENGINES = ("django.db.backends.mysql", "django.db.backends.sqlite3")

LITERALS = [
    *"0 60 600 None True False 'x' 3.5 -1 'django.db.backends.mysql' 'django.db.backends.sqlite3' '' b'y'".split(),
]

VALUES = """
<literal>
<literal>
<name>
<name>
os.environ.get(<variable>, <text>)
os.environ.get(<variable>)
int(os.environ.get(<variable>, <number>))
os.getenv(<variable>, <value>)
(<value> if <test> else <value>)
(<value> if <test> else <value>)
(<value> or <value>)
(<value> and <value>)
(not <value>)
D.get(<word>, <value>)
D.get(<word>)
E.get(<word>, <value>)
D['k']
[<value>, *D.values()][-1]
next(iter(D), <value>)
[*D, *E][:<digit>]
'-'.join(D)
(len(L) <sign> <digit>)
(len(D) * 60)
f'{<name>}-{len(L)}'
f'{<name>!r}'
'%s/%s' % (<name>, <digit>)
'{}:{x}'.format(<name>, x=<digit>)
str(<name>)
bool(<value>)
{'x': <value>, 'y': 7}[<xy>]
[<value>, <value>][<bit>]
(<value>, <value>)[-1]
sum([<x> for <x> in range(<digit>) if <x> != <digit>])
len({<x>: <y> for <x>, <y> in D.items() if <y> != <name>})
[<x> for <x> in (<name>, <name>) if <x> != <literal>][:1]
next((<x> for <x> in (60, 0, 5) if <x> != <name>), None)
max(<digit>, len(L))
sorted([3, <digit>, 1])[0]
sorted({3, <digit>, 1}, reverse=<test>)[0]
len({<name>, <literal>, <literal>})
max({5, len(L), <digit>})
[*{<literal>, <digit>}][<bit>]
(<x> := {1, len(D)}, <x>.discard(1), len(<x>))[-1]
{frozenset([<digit>, 1]): <value>, (<digit>, <literal>): 5}.get(frozenset({1, 2}), <value>)
(<name> := <value>)
<call>
<call>
(lambda <x>, <y>=<value>: <y> if <x> else <value>)(<value>)
DATABASES['default'].get(<key>, <value>)
DATABASES.get('third', {}).get('HOST', <value>)
DATABASES['other'].get('CONN_MAX_AGE')
os.environ.get(<variable>, '').upper()
os.environ.get(<variable>, 'a,b').split(',')[0]
('k' in D, <value>)[<bit>]
getattr(helpers, <attribute>, <value>)
helpers.H
globals().get(<quoted>, <value>)
dict(D, k=<value>).get('k')
{**D, 'm': <value>}['m']
dict(zip(('p', 'q'), (<value>, <value>)))['q']
tuple(enumerate((<value>, <value>)))[<bit>][1]
any([<test>, <test>])
all((<test>, <test>))
json.loads('{"n": <digit>}')['n']
copy.copy(<name>)
isinstance(<value>, (int, str))
(L + [<value>])[-1]
(L or [<value>])[0]
abs(-<digit>) + <digit>
divmod(7, 2)[<bit>]
reversed([<value>, <value>]).__next__()
{**{'x': <value>}, **{'x': <value>, 'y': 1}}[<xy>]
[*(<value>, <value>), <value>][<bit>]
(lambda *<x>, **<y>: <x>[-1] if <x> else <y>.get('z'))(<value>, z=<value>)
{<name>: 'a', <name>: 'b'}.get(<value>)
set((60, <digit>)) == {60}
(<value> in (<value>, <value>))
(<value>, <value>) == (<value>, <value>)
helpers.Plan(<value>).age
helpers.Plan(<value>).doubled()
helpers.recurse(<digit>, <value>)
json.loads(json.dumps({'n': <digit>, 'm': None}))['n']
timedelta(minutes=<digit>).total_seconds()
int(timedelta(seconds=<digit>, minutes=1).total_seconds())
'%(a)s-%(b)d' % {'a': <name>, 'b': <digit>}
os.path.basename('/srv/' + str(<name>))
str(Path('/srv') / str(<digit>) / 'x')
[<y> for <x> in ((<value>, 1), (2, <value>)) for <y> in <x> if <y>]
{<x> for <x> in (<name>, <name>) if isinstance(<x>, int)} == set()
dict.fromkeys(('a', 'b'), <value>)['b']
vars(helpers).get(<attribute>, <value>)
(yes := <value>) and yes
min((<digit>, 2), key=lambda <x>: -<x>)
' '.join(filter(None, [str(<name>), '', 'z']))
list(map(lambda <x>: <x> or <value>, (<value>, <value>)))[<bit>]
functools.partial(dict, k=<value>)(m=1).get(<word>)
operator_of(<value>, <value>)
float(<digit>) / 2
-<digit> ** 2
<digit> // 2 + <digit> % 2 << 1
~<digit> & 7 | <digit> ^ 1
round(<digit> / 3, 1)
bytes(str(<digit>), 'ascii').decode()
""".strip().splitlines()

TESTS = """
<variable> in os.environ
<variable> not in os.environ
<value> == <value>
<value> != <literal>
<name>
<name> is None
<name> is not None
not (<test>)
(<test> and <test>)
(<test> or <test>)
len(L) > <digit>
isinstance(<name>, int)
isinstance(<name>, (str, bool))
<word> in D
<word> not in E
<key> in DATABASES['default']
'third' in DATABASES
<name> in (None, 60, 'x')
<digit> in L
os.environ.get(<variable>, <text>) == <text>
os.environ.get(<variable>)
0 < len(L) < <digit>
hasattr(helpers, <attribute>)
callable(<name>)
type(<name>) is int
D == E
D is E
<value> is <value>
D.keys() == E.keys()
set(D) >= {'k'}
(<x> if (<x> := <value>) else <name>)
issubclass(type(<name>), str)
str(<name>).isdigit()
str(<name>).startswith(('x', '6'))
<name> != <name> == <name>
helpers.Plan.BASE
DATABASES['default'] is DATABASES['other']
""".strip().splitlines()

TABLES = """
{'ENGINE': <engine>, 'CONN_MAX_AGE': <value>}
{'CONN_MAX_AGE': <value>, 'OPTIONS': {'init_command': <value>}}
{**D, 'HOST': <value>}
{'HOST': <value>, **DATABASES['default']}
dict(CONN_MAX_AGE=<value>, HOST=<value>)
dict(DATABASES['default'], CONN_MAX_AGE=<value>)
dict([('CONN_MAX_AGE', <value>), (<key>, <value>)])
{<x>: <value> for <x> in ('HOST', 'CONN_MAX_AGE')}
copy.deepcopy(DATABASES['default'])
copy.copy(DATABASES['other'])
DATABASES['default'].copy()
(DATABASES['other'] | {<key>: <value>})
(DATABASES['other'] if <test> else {'CONN_MAX_AGE': <value>})
D
helpers.Plan(<value>).table
{**helpers.TABLES[<number>], 'HOST': <value>}
helpers.TABLES.get(<value>, {'HOST': <value>})
{<x>: <y> for <x>, <y> in DATABASES['default'].items() if <x> != <key>}
dict(zip(('CONN_MAX_AGE', 'HOST'), (<value>, <value>)))
dict(DATABASES['other'].items(), HOST=<value>)
json.loads('{"CONN_MAX_AGE": <digit>, "HOST": "h"}')
""".strip().splitlines()

SIMPLE = """
<name> = <value>
<name> = <value>
<name> = <name> = <value>
<name>, *rest = [<value>, <value>]
<name>, (<name>, <name>) = <value>, (<value>, <value>)
<unused>: object = <value>
<target>[<key>] = <value>
<target>[<key>] = <value>
<target>['CONN_MAX_AGE'] = <value>
<target>['CONN_MAX_AGE'], <name> = <value>, <value>
<target> = <table>
<target> = <table>
DATABASES['third'] = <table>
DATABASES[<value>] = <table>
DATABASES.setdefault('third', <table>)['HOST'] = <value>
<target>.update(<table>)
<target>.update(HOST=<value>, CONN_MAX_AGE=<value>)
<target>.setdefault(<key>, <value>)
<name> = <target>.pop(<key>, <value>)
<target> |= <table>
DATABASES |= {'third': <table>}
DATABASES = {<x>: dict(<y>, HOST=<value>) for <x>, <y> in DATABASES.items()}
DATABASES = {**DATABASES, 'third': <table>}
DATABASES = copy.deepcopy(DATABASES)
if <key> in <target>: del <target>[<key>]
if 'third' in DATABASES: del DATABASES['third']
<x> = <target>;<x>[<key>] = <value>
<x> = DATABASES;<x>['other'][<key>] = <value>
<x> = [DATABASES['default']];<x>[0][<key>] = <value>
<x> = {'n': DATABASES['other']};<x>['n'].update(HOST=<value>)
<x> = (DATABASES['default'] if <test> else DATABASES['other']);<x>['HOST'] = <value>
OPT = {'init_command': <value>};<target>['OPTIONS'] = OPT;OPT['init_command'] = <value>
OPT['charset'] = <value>
<target>['OPTIONS'] = OPT
<target>['OPTIONS'] = dict(OPT, charset=<value>)
<target>.get('OPTIONS', {}).pop('init_command', None) if isinstance(<target>.get('OPTIONS', {}), dict) else None
L.append(<value>)
L += [<value>]
L = [<value>, <value>]
<x> = [<value>];<y> = <x>;<y> *= <digit>;<name> = len(<x>)
<x> = {<literal>, <name>};<y> = <x>;<x> |= {<digit>, 2};<name> = len(<y>)
L.reverse()
L.extend([<value>, <value>])
L.insert(<bit>, <value>)
L = L[:<digit>]
L[:] = [<value>]
L.clear() if len(L) > 5 else None
D[<word>] = <value>
D = {'k': <value>, 'm': <value>}
D.update(k=<value>)
D.update({'k': <value>}, m=<value>)
if <test>: D[<word>] = <value>
if not <name>: D[<word>] = <value>
D.pop(<word>, None)
D.setdefault(<word>, <value>)
D = {<word>: <value>}
D = {**E, <word>: <value>}
D = {<x>: <y> for <x>, <y> in E.items() if <x> != <word>}
D = copy.deepcopy(E) if <test> else E.copy()
for <x> in D.values(): <name> = <x>
for <x>, <y> in D.items(): <name> = <y> if <test> else <x>
D['k'] = D.get('k', 0);E = D
E = dict(D)
E[<word>] = <value>
globals()[<quoted>] = <value>
globals().update(<name>=<value>)
globals()['DATABASES']['default'][<key>] = <value>
setattr(helpers, <attribute>, <value>)
helpers.H = <value>
helpers.T['CONN_MAX_AGE'] = <value>
<target> = helpers.T
<target> = helpers.table(<value>)
helpers.adjust(<target>, <value>)
helpers.CHANGES.append(<value>)
os.environ.setdefault(<variable>, <text>)
os.environ[<variable>] = <text>
os.environ.pop(<variable>, None)
<call>
<name> += 1 if isinstance(<name>, int) else <name>[:0] if isinstance(<name>, (str, bytes)) else <name>
del <name>;<name> = <value>
repr(<value>)
STATIC = [<value>, len(L)]
CACHES = {'default': {'TIMEOUT': <value>, 'n': [<value>]}}
CACHES['default']['TIMEOUT'] = <value>
CACHES.update(other=<table>)
CACHES['shared'] = helpers.T;CACHES['shared']['HOST'] = <value>
STATIC = [DATABASES['other'], <value>];STATIC[0]['HOST'] = <value>
STATIC.append(DATABASES);STATIC[-1]['default']['HOST'] = <value>
<x> = getattr(helpers, 'T');<x>['HOST'] = <value>
<x> = globals()['DATABASES'];<x>['other']['HOST'] = <value>
<x> = vars(helpers);<x>['T']['HOST'] = <value>;<target>.update(helpers.T)
<x> = '/srv/' + str(<digit>);<target>['HOST'] = <x>
<x> = os.path.join('/srv', os.environ.get(<variable>, <text>));CACHES['path'] = <x>
<x> = len(DATABASES['default'].get('HOST') or '');CACHES['n'] = <x>
if <test>: raise RuntimeError('no')
if <test>: sys.exit('no')
CACHES['other'] = <target>;CACHES['other']['HOST'] = <value>
assert <value> != 'never'
from .other import *
from .other import AGE as <name>
from . import other;<target>['HOST'] = other.AGE
import site_of_files.other as <x>;<x>.SHARED['HOST'] = <value>
from .other import SHARED as <x>;<target>.update(<x>)
from .other import SHARED as <x>;<x>.update(CONN_MAX_AGE=<value>)
<x> = importlib.import_module('site_of_files.other');<name> = <x>.AGE
<x> = importlib.import_module('.other', __package__);<target>.update(<x>.SHARED)
setattr(sys.modules[__name__], <quoted>, <value>)
vars()[<quoted>] = <value>
locals().update({<quoted>: <value>})
globals().setdefault(<quoted>, <value>)
globals().pop('absent', None)
globals()[<quoted>], <name> = <value>, <value>
(<x> := DATABASES['default'])['HOST'] = <value>
<x>, <y> = DATABASES.values();<x>['HOST'] = <value>
[<x>.update(HOST=<value>) for <x> in DATABASES.values()]
[<x>.setdefault(<key>, <value>) for <x> in (DATABASES['default'],) if <test>]
DATABASES.update({<x>: {**<y>, <key>: <value>} for <x>, <y> in list(DATABASES.items())})
DATABASES.update(default={'HOST': <value>}) if <test> else None
DATABASES.pop('third', None)
DATABASES['third'] = DATABASES.pop('third', {})
del DATABASES['default']['ENGINE'];<target>['HOST'] = <value>
DATABASES['default'].pop(<key>, None)
DATABASES['default'] = DATABASES['other'] = <table>
DATABASES, <name> = dict(DATABASES), <value>
DATABASES: dict = {**DATABASES}
<x> = helpers.Plan(<value>);<target>.update(<x>.table);<x>.table['HOST'] = <value>
helpers.Plan.TABLE['HOST'] = <value>;<target>.update(helpers.Plan.TABLE)
helpers.Plan.BASE = <value>
<x> = helpers.Plan;<x>.BASE = <value>;<name> = helpers.Late(<value>).age
<x> = [*DATABASES.values()];<x>[<bit>]['HOST'] = <value>
<x> = sorted(DATABASES.items());<x>[0][1].update(HOST=<value>)
<x> = DATABASES['default'].update;<x>(HOST=<value>)
<x> = DATABASES.get('third') or DATABASES['other'];<x>['HOST'] = <value>
<x> = map(lambda <y>: <y>.update(HOST=<value>), DATABASES.values());list(<x>)
for <x> in DATABASES: DATABASES[<x>][<key>] = <value>
for (<x>, <y>) in enumerate(DATABASES.values()): <y>['HOST'] = <x>
while len(L) < 4: L.append(<value>)
L[<bit>:] = [<value>, <value>]
L[0] = <value>
L.reverse()
L.remove(L[0]) if L else None
del L[:1]
D |= E
D.update(E, k=<value>)
D.update([('k', <value>)])
D.clear();D['k'], D['m'] = <value>, <value>
exec('DATABASES["default"]["HOST"] = 60')
DEBUG = not DEBUG
DEBUG = os.environ.get(<variable>, <text>) in ('1', 'true', 'x')
""".strip().splitlines()

NESTED = """
if <test>:
<block>
---
if <test>:
<block>
else:
<block>
---
if <test>:
<block>
elif <test>:
<block>
else:
<block>
---
if <test>:
<block>
---
try:
    <risky>
<block>
except <handled>:
<block>
---
try:
    <risky>
<block>
except KeyError:
<block>
except (ValueError, TypeError):
<block>
except Exception:
<block>
---
try:
    <risky>
except <handled> as error:
    <name> = <value>
else:
<block>
---
try:
    try:
        <risky>
<inner>
    finally:
        <name> = <value>
        <target>['HOST'] = <value>
except Exception:
<block>
---
try:
<block>
finally:
    <target>['HOST'] = <value>
---
try:
    from .local_of_nobody import *
except ImportError:
<block>
else:
<block>
---
try:
    from .other import *
    from .other import nothing
except ImportError as error:
<block>
---
try:
    <risky>
except (KeyError, TypeError) as error:
<block>
except ValueError:
    raise
except BaseException:
    <name> = <value>
---
with contextlib.suppress(KeyError, TypeError), contextlib.suppress(Exception):
    <risky>
    <name> = <value>
---
with helpers.changed(DATABASES['default'], <value>) as <x>:
    <x>['HOST'] = <value>
<block>
---
with contextlib.suppress(Exception):
    <risky>
<block>
---
for <x> in <several>:
    <name> = <x>
<turn>
---
for <x> in <several>:
<turn>
else:
    <name> = <value>
---
for <x> in os.environ.get(<variable>, '').split('0'):
    <name> = <x>
<turn>
---
for <x>, <y> in D.items():
    <name> = <y>
<turn>
---
for <x> in DATABASES.values():
    <x>[<key>] = <value>
---
for <x> in list(DATABASES):
    DATABASES[<x>][<key>] = <value>
---
for <x>, <y> in DATABASES.items():
    <y>.setdefault(<key>, <value>)
    if <x> == 'default' or <test>: <y>['HOST'] = <x>
---
for <x> in (DATABASES['default'], DATABASES['other']):
    <x>.update({<key>: <value>})
---
<x> = <start>
while <x> < 3:
    <x> += 1
<turn>
---
<x> = 0
while True:
    <x> += 1
    if <x> > 2 or <test>: break
<turn>
---
match <value>:
    case 60:
<inner>
    case None | 'x':
<inner>
    case int(<x>):
        <name> = <x>
    case _:
        <name> = <value>
---
match DATABASES['default']:
    case {'CONN_MAX_AGE': <x>, **<y>} if <test>:
        <name> = <x>
<inner>
    case {'HOST': str()}:
<inner>
    case dict():
        <name> = <value>
---
match (<value>, <value>):
    case (60, <x>) | (<x>, 60):
        <name> = <x>
    case [None, *<y>]:
        <name> = <y>
    case _ if <test>:
<inner>
---
match [<value>, len(L)]:
    case [<x>]:
        <name> = <x>
    case [<x>, 2 as <y>]:
        <name> = <y>
    case _:
<inner>
---
match <value>:
    case str() as <x>:
        <name> = <x>
    case bool() | None:
<inner>
    case float() | int():
        <name> = <value>
---
for <x> in <several>:
    for <y> in (1, <value>):
        if <y> == <x>: break
        <name> = <y>
    else:
<inner>
---
for <x> in <several>:
    try:
        if <test>: continue
        <risky>
    except Exception:
        break
    finally:
        <name> = <value>
---
for <x> in <several>:
    try:
        if <test>: break
        if <test>: continue
        <risky>
    except (KeyError, TypeError):
        <risky>
    finally:
        if <test>: break
        <risky>
---
try:
    try:
        <risky>
    except ValueError:
        <risky>
    else:
        <risky>
    finally:
        <risky>
except (KeyError, NameError):
    <name> = <value>
except Exception:
<block>
---
class <c>(dict):
    def __init__(self, *args, **more): super().__init__(*args, **more)
    def __getattr__(self, name): return self.get(name, <value>)
    def grown(self, **more): self.update(more); return self
<x> = <c>(HOST=<value>); <name> = <x>.HOST
<x>.grown(CONN_MAX_AGE=<value>); <target>.update(<x>)
---
class <c>:
    def __init__(self): self.held = DATABASES['default']
    def __getitem__(self, key): return self.held.get(key)
    def __setitem__(self, key, value): self.held[key] = value
    def __contains__(self, key): return key in self.held
    def __call__(self, value): self.held.update(HOST=value); return value
    def __enter__(self): return self.held
    def __exit__(self, *args): self.held['HOST'] = <value>
<x> = <c>(); <x>[<key>] = <value>
<name> = <x>['HOST'] if 'HOST' in <x> else <x>(<value>)
with <x> as <y>: <y>['CONN_MAX_AGE'] = <value>
---
class <c>:
    for AGE in (60, <value>): pass
    if <test>: HOST = <value>
    else: HOST = AGE
    DATABASES['other']['HOST'] = HOST
<name> = getattr(<c>, 'HOST', <value>)
---
match <value>:
    case 0 | 1:
<inner>
    case <x> if <test>:
        <name> = <x>
---
class <c>:
    AGE = <value>
    TABLE = {'HOST': <value>}
    def __init__(self, start=<value>): self.start = start
    @property
    def twice(self): return [self.start, self.AGE][<bit>]
    @classmethod
    def made(cls, x): return cls(x).start
    @staticmethod
    def plain(x): return x or <value>
    def set(self, x): self.start = x; return self
class <C>(<c>):
    AGE = <value>
    def twice(self): return super().twice
<name> = <c>(<value>).<member>
<name> = <C>(<value>).twice()
<name> = <C>.made(<value>)
<name> = <c>.plain(<value>)
<x> = <c>(<value>); <x>.set(<value>); <name> = <x>.start
<c>.TABLE['HOST'] = <value>; <target>.update(<C>.TABLE)
""".strip().split("\n---\n")

FUNCTIONS = """
def <f>(p, q=<value>):
<globals>
<body>
    return <value>
---
def <f>(p, q=<value>):
<globals>
    if <test>: return <value>
<body>
---
def <f>(p=<value>, *args, **more):
    DATABASES['default'].update(HOST=p)
    D['k'] = more.get('z', <value>)
    return args[0] if args else p
---
def <f>(p):
    try:
        <name> = [p, <name>]
    except NameError:
        return p
    return <name>[<bit>]
---
def <f>(p):
    if <test>: <name> = p
    try:
        return <name>
    except UnboundLocalError:
        return <value>
---
def <f>(p, table=DATABASES['other']):
    table['CONN_MAX_AGE'] = p
    return table.get('HOST', <value>)
---
def <f>(p, held=[]):
    held.append(p)
    return held[0] if <test> else len(held)
---
def <f>(p):
    kept = [p]
    def inner(q):
        nonlocal kept
        kept = kept + [q]
        return kept[-1]
    inner(<value>)
    return kept[<bit>]
---
def <f>(p):
    for x in (p, <value>):
        if x == <value>: return x
        if <test>: continue
        L.append(x)
    return <value>
---
def <f>(p, q=<value>):
<globals>
    try:
        if <test>: return <value>
        <risky>
    except KeyError:
        return p
    finally:
        if <test>: return <value>
        <risky>
---
def <f>(p):
    for x in (p, <value>):
        try:
            if <test>: return x
            if x == <value>: break
            DATABASES['default']['HOST'] = x
        finally:
            if <test>: continue
            D[<word>] = x
    return <value>
---
def <f>(p):
    try:
        return {60: 'x', 'x': 60}[p]
    except (KeyError, TypeError):
        return <value>
---
<f> = lambda p, q=<value>: q if p else <value>
---
def <f>(p):
    global <name>
    <name> = p
    return DATABASES['default']
---
def <f>(p):
    CACHES['default'] = DATABASES['other']
    CACHES['default']['HOST'] = p
    return p
---
def <f>(p):
    globals()[<quoted>] = p
    return globals().get(<quoted>, p)
---
@functools.lru_cache(maxsize=None)
def <f>(p=<value>):
    return os.environ.get(<variable>, p)
---
def <f>(p):
    yield_of = (x for x in (p, <value>) if x)
    for x in yield_of: return x
---
def all_of_<f>(p):
    yield p
    if <test>: yield <value>
    yield from (<value>, 60)
def <f>(p):
    return list(all_of_<f>(p))[<bit>]
---
def some_of_<f>(p):
    yield p
    L.append(<value>)
    if <test>: return
    try:
        yield <value>
        <risky>
        yield from D.values()
    finally:
        D[<word>] = p
def <f>(p):
    for x in some_of_<f>(p):
        if x == <value>: break
        if <test>: continue
        DATABASES['default']['HOST'] = x
        if <test>: return x
    else:
        return <value>
    return any(x == p for x in some_of_<f>(<value>))
---
def tables_of_<f>(p):
    for table in DATABASES.values():
        yield table
        table[<key>] = p
    <risky>
def <f>(p):
    try:
        for table in tables_of_<f>(p):
            table['HOST'] = <value>
            if <test>: break
    except (KeyError, ValueError, TypeError):
        return p
    return next((x for x in D.values() if x), <value>) if <test> else sum(x == p for x in L)
---
def <f>(p):
    with contextlib.suppress(Exception):
        <risky>
        return p
    return <value>
---
def <f>(p):
    match p:
        case None: return <value>
        case 60 | 'x': return 60
        case int(x) if x: return x
---
def of_<f>(function):
    @functools.wraps(function)
    def inner(*args, **more):
        D['k'] = args[0]
        return function(*args, **more) or <value>
    return inner
@of_<f>
def <f>(p, q=<value>):
    return p if <test> else q
---
def <f>(p):
    while p:
        p = None if <test> else 0
        D['m'] = p
    else:
        return <value>
---
def <f>(p):
    DATABASES['third'] = dict(DATABASES['default'], HOST=p)
    del DATABASES['third']
    return p
---
def <f>(p):
    for alias, table in DATABASES.items():
        table.setdefault('HOST', alias)
        table |= {<key>: p}
    return p
---
class Keeper<f>:
    held = {}
    @classmethod
    def keep(cls, p):
        cls.held['p'] = p
        return cls.held
<f> = lambda p: Keeper<f>.keep(p).get('p')
""".strip().split("\n---\n")

OTHER = """
import os
from . import helpers
AGE = <literal>
SHARED = {'HOST': <literal>}
if os.environ.get(<variable>):
    AGE = <literal>
    SHARED['CONN_MAX_AGE'] = <literal>
"""

HELPERS = """
import contextlib, os
H = <literal>
T = {'CONN_MAX_AGE': <literal>, 'HOST': os.environ.get(<variable>, <text>)}
CHANGES = []
TABLES = {'5': T, '60': {'CONN_MAX_AGE': 60}, '0': {'HOST': <literal>}}
class Plan:
    BASE = <literal>
    TABLE = {'HOST': <literal>}
    def __init__(self, age=None):
        self.age = age if age is not None else self.BASE
        self.table = {'CONN_MAX_AGE': self.age, **self.TABLE}
    def doubled(self): return [self.age, self.age][1]
class Late(Plan):
    BASE = property(lambda self: <literal>)
def recurse(n, value):
    return value if n <= 0 else recurse(n - 1, value)
@contextlib.contextmanager
def changed(table, age):
    before = dict(table)
    table['CONN_MAX_AGE'] = age
    yield table
    table.update(HOST=before.get('HOST', <literal>))
if os.environ.get(<variable>) == <text>:
    H = <literal>
    T['HOST'] = <literal>
def table(age=5, **more):
    made = {'CONN_MAX_AGE': age, 'ENGINE': os.environ.get(<variable>) or <engine>}
    made.update(T if CHANGES else more)
    return made
def adjust(table, age):
    if age is not None: table['CONN_MAX_AGE'] = age
    else: table.pop('HOST', None)
    return table
"""

LIST_OF_RISKS = """
<name> = os.environ[<variable>]
<name> = int(<name>)
<name> = D[<word>]
<name> = L[<digit>]
<name> = <value> / <value>
<name> = <name> + <name>
<name> = <name>.strip()
raise KeyError('no')
sys.exit(<value>)
exit()
raise ImportError
<name> = undefined
<name> = helpers.<missing>
import missing_module_of_the_project
from .missing_local import a
<name> = <value>
<name> = json.loads(os.environ.get(<variable>, ''))
<name> = [].pop()
<name> = DATABASES[<text>]
assert <test>
<name>, = <value>
<name> = int(<value>)
<name> = float(<text>)
<name> = {'x': <value>}[<value>]
<name> = (<value>)['k']
<name> = helpers.T['HOST'].upper()
<name> = max(<value>, <value>)
<name> = sorted((<value>, <value>))
<name> = dict(<value>)
<name> = len(<value>)
<name> = <value> < <value>
DATABASES['default']['HOST'] += 'x'
DATABASES.update(<value>)
del DATABASES['default']['HOST']
del D[<word>]
from .other import nothing
from .other import AGE as <name>
<x> = 60;del <x>;<name> = <x>
""".strip().splitlines()
