"""What one Python file says, as plain data: names, functions, classes, and the order of what they do.

These are made once per file from its syntax (``extract``) and everything after reads only these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Union

from conn_lint.model import Span

if TYPE_CHECKING:
    from typing_extensions import Self, dataclass_transform

    @dataclass_transform(frozen_default=True)
    class Fact:
        """What type checkers take the facts for: as tuple types that hold each other they would be compared item by
        item, which takes minutes."""

        def _replace(self, **fields: Any) -> Self: ...

else:
    Fact = NamedTuple

# --- expressions -------------------------------------------------------------------------------


class Name(Fact):
    """A plain dotted name as written: ``self.queue.put`` is ``Name("self.queue.put")``."""

    path: str


class Attr(Fact):
    """An attribute of something that is no plain name: ``get_queue().enqueue``."""

    value: Expr
    name: str


class Call(Fact):
    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    span: Span


class Constant(Fact):
    value: str | bytes | int | float | bool | None


class Item(Fact):
    """A subscript: ``connections["replica"]``."""

    value: Expr
    key: Expr


class Lambda(Fact):
    """A lambda, by the qualified name under which its body is kept."""

    qualname: str


class Several(Fact):
    """Parts evaluated in this order, whatever is made of them: displays, slices, operators, f-strings."""

    items: tuple[Expr, ...]
    display: Literal["list", "dict", "slice", "sum", "difference", "other"] = "other"
    """``sum``: texts one after the other, or numbers; of a text that is formatted the parts that are known at both of
    its ends, where these may be part of a name."""
    keys: tuple[Expr, ...] = ()


class Choice(Fact):
    """One of these: ``a if t else b``, ``a or b``. ``test`` is evaluated first."""

    test: Expr | None
    items: tuple[Expr, ...]
    every: bool = False
    """``a and b``: the second matters where the first holds."""


class Comprehension(Fact):
    """``element`` is evaluated once per item of ``source``."""

    target: tuple[str, ...]
    source: Expr
    element: Expr


class Await(Fact):
    value: Expr


class Yield(Fact):
    value: Expr | None


class Named(Fact):
    """``target := value``."""

    target: str
    value: Expr


class Not(Fact):
    value: Expr


class IsNone(Fact):
    value: Expr


class IsZero(Fact):
    """``value == 0``."""

    value: Expr


class Opaque(Fact):
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


class Do(Fact):
    value: Expr
    span: Span


class Let(Fact):
    """``targets`` are dotted names, several where the value is unpacked; a target that is no name is left out."""

    targets: tuple[str, ...]
    value: Expr
    span: Span
    hint: str = ""
    """The dotted name of the one class that a type hint allows the target to be of."""


class If(Fact):
    test: Expr
    body: Body
    orelse: Body
    span: Span
    mentions: frozenset[str]
    """Every identifier in the test, for guards such as ``connection.in_atomic_block``."""


class Loop(Fact):
    """``source`` is the test of a ``while``, the iterable of a ``for``."""

    kind: Literal["while", "for", "async for"]
    targets: tuple[str, ...]
    source: Expr
    endless: Literal["always", "flag", "no"]
    """``always``: ``while True``; ``flag``: until some stop flag is set, as ``while not self.stopped``."""
    body: Body
    orelse: Body
    span: Span


class Handler(Fact):
    types: tuple[str, ...]
    """Dotted names as written; empty for a bare ``except``."""
    body: Body
    span: Span
    name: str = ""
    """What the exception is bound to."""


class Try(Fact):
    body: Body
    handlers: tuple[Handler, ...]
    orelse: Body
    final: Body
    span: Span


class With(Fact):
    items: tuple[tuple[Expr, str | None], ...]
    body: Body
    span: Span
    is_async: bool


class Exit(Fact):
    kind: Literal["return", "raise", "break", "continue"]
    value: Expr
    span: Span


class Local(Fact):
    """An import inside a function, in force from here on."""

    imports: tuple[tuple[str, str], ...]


class Define(Fact):
    """A nested function or class, by its qualified name."""

    name: str
    qualname: str


Statement = Union[Do, Let, If, Loop, Try, With, Exit, Local, Define]  # noqa: UP007
Body = tuple[Statement, ...]

# --- definitions -------------------------------------------------------------------------------


class Function(Fact):
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


class Class(Fact):
    qualname: str
    bases: tuple[Expr, ...]
    methods: dict[str, str]
    attributes: dict[str, Expr]
    """Assignments in the class body, the last one winning; ``Graph.attribute`` adds those to ``self.x``."""
    span: Span


class FileFacts(Fact):
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


def written(expr: Expr) -> str:
    """The name that ``expr`` writes: dotted as far as it is plain, the last part behind anything else; "" for none."""
    return expr.path if isinstance(expr, Name) else expr.name if isinstance(expr, Attr) else ""


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
