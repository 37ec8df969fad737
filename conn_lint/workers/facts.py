"""What one Python file says, as plain data: names, functions, classes, and the order of what they do.

These are made once per file from its syntax (``extract``) and everything after reads only these.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, Union

from conn_lint.model import Span

# --- expressions -------------------------------------------------------------------------------


class Name(NamedTuple):
    """A plain dotted name as written: ``self.queue.put`` is ``Name("self.queue.put")``."""

    path: str


class Attr(NamedTuple):
    """An attribute of something that is no plain name: ``get_queue().enqueue``."""

    value: Expr
    name: str


class Call(NamedTuple):
    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    span: Span


class Constant(NamedTuple):
    value: str | bytes | int | float | bool | None


class Item(NamedTuple):
    """A subscript: ``connections["replica"]``."""

    value: Expr
    key: Expr


class Lambda(NamedTuple):
    """A lambda, by the qualified name under which its body is kept."""

    qualname: str


class Several(NamedTuple):
    """Parts evaluated in this order, whatever is made of them: displays, slices, operators, f-strings."""

    items: tuple[Expr, ...]
    display: Literal["list", "dict", "slice", "other"] = "other"
    keys: tuple[Expr, ...] = ()


class Choice(NamedTuple):
    """One of these: ``a if t else b``, ``a or b``. ``test`` is evaluated first."""

    test: Expr | None
    items: tuple[Expr, ...]


class Comprehension(NamedTuple):
    """``element`` is evaluated once per item of ``source``."""

    target: tuple[str, ...]
    source: Expr
    element: Expr


class Await(NamedTuple):
    value: Expr


class Yield(NamedTuple):
    value: Expr | None


class Named(NamedTuple):
    """``target := value``."""

    target: str
    value: Expr


class Not(NamedTuple):
    value: Expr


class IsNone(NamedTuple):
    value: Expr


class IsZero(NamedTuple):
    """``value == 0``."""

    value: Expr


class Opaque(NamedTuple):
    """Anything that calls nothing."""


Expr = Union[  # noqa: UP007
    Name,
    Attr,
    Call,
    Constant,
    Item,
    Lambda,
    Several,
    Choice,
    Comprehension,
    Await,
    Yield,
    Named,
    Not,
    IsNone,
    IsZero,
    Opaque,
]
OPAQUE = Opaque()

# --- statements --------------------------------------------------------------------------------


class Do(NamedTuple):
    value: Expr
    span: Span


class Let(NamedTuple):
    """``targets`` are dotted names; a target that is no name is left out."""

    targets: tuple[str, ...]
    value: Expr
    span: Span


class If(NamedTuple):
    test: Expr
    body: Body
    orelse: Body
    span: Span
    mentions: frozenset[str]
    """Every identifier in the test, for guards such as ``connection.in_atomic_block``."""


class Loop(NamedTuple):
    """``source`` is the test of a ``while``, the iterable of a ``for``."""

    kind: Literal["while", "for", "async for"]
    targets: tuple[str, ...]
    source: Expr
    endless: Literal["always", "flag", "no"]
    """``always``: ``while True``; ``flag``: until some stop flag is set, as ``while not self.stopped``."""
    body: Body
    orelse: Body
    span: Span


class Handler(NamedTuple):
    types: tuple[str, ...]
    """Dotted names as written; empty for a bare ``except``."""
    body: Body
    span: Span
    name: str = ""
    """What the exception is bound to."""


class Try(NamedTuple):
    body: Body
    handlers: tuple[Handler, ...]
    orelse: Body
    final: Body
    span: Span


class With(NamedTuple):
    items: tuple[tuple[Expr, str | None], ...]
    body: Body
    span: Span
    is_async: bool


class Exit(NamedTuple):
    kind: Literal["return", "raise", "break", "continue"]
    value: Expr
    span: Span


class Local(NamedTuple):
    """An import inside a function, in force from here on."""

    imports: tuple[tuple[str, str], ...]


class Define(NamedTuple):
    """A nested function or class, by its qualified name."""

    name: str
    qualname: str


Statement = Union[Do, Let, If, Loop, Try, With, Exit, Local, Define]  # noqa: UP007
Body = tuple[Statement, ...]

# --- definitions -------------------------------------------------------------------------------


class Function(NamedTuple):
    qualname: str
    """Dotted inside the module, as Django and tracebacks name it without ``<locals>``: ``Command.handle``."""
    params: tuple[str, ...]
    defaults: tuple[tuple[str, Expr], ...]
    annotations: tuple[tuple[str, str], ...]
    decorators: tuple[Expr, ...]
    decorator_spans: tuple[Span, ...]
    body: Body
    span: Span
    is_async: bool
    is_generator: bool
    owner: str | None
    """Qualified name of the class it is a method of."""
    read: bool = True
    """False while only its head has been read, not its body."""

    @property
    def name(self) -> str:
        return self.qualname.rpartition(".")[2]


class Class(NamedTuple):
    qualname: str
    bases: tuple[Expr, ...]
    methods: dict[str, str]
    attributes: dict[str, Expr]
    """Assignments in the class body, the last one winning; ``Graph.attribute`` adds those to ``self.x``."""
    span: Span


class FileFacts(NamedTuple):
    path: str
    module: str
    imports: dict[str, str]
    """Local name to absolute dotted name, of every import outside functions."""
    stars: tuple[str, ...]
    functions: dict[str, Function]
    classes: dict[str, Class]
    values: dict[str, Expr]
    """Module-level assignments; the last one wins."""
    import_spans: dict[str, Span] = {}  # noqa: RUF012
    """Where each absolute dotted name is imported by ``from``, functions included; the first place wins."""


def mentions(expr: Expr) -> set[str]:
    """Every identifier that ``expr`` reads, attributes among them."""
    found: set[str] = set()
    pending: list[Expr] = [expr]
    while pending:
        node = pending.pop()
        if isinstance(node, Name):
            found.update(node.path.split("."))
        elif isinstance(node, Attr):
            found.add(node.name)
            pending.append(node.value)
        elif isinstance(node, Call):
            pending += [node.func, *node.args]
        elif isinstance(node, (Several, Choice)):
            pending += node.items
        elif isinstance(node, (Not, IsNone, Item)):
            pending.append(node.value)
    return found
