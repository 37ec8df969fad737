"""How a framework is described."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from conn_lint.model import Deployment, Isolation, MissingHook, Requirement, Span, UnitKind, WorkerCommand

if TYPE_CHECKING:
    from conn_lint.project.project import Project
    from conn_lint.workers import facts as f
    from conn_lint.workers.arguments import Given
    from conn_lint.workers.frameworks.paces import Length, Pace
    from conn_lint.workers.graph import Graph
    from conn_lint.workers.symbols import ClassSymbol


class Registrar(NamedTuple):
    """A call that hands a callable over: ``Thread(target=f)``, ``queue.enqueue(f)``.

    ``name`` is a dotted name, ``.method`` for a method of any object that is not the project's own,
    ``.module.Class`` for a class of any library that the project makes its own kind of, or ``=attribute`` where the
    callable is assigned to an attribute of such an object.
    The callable is the argument ``keyword`` ("*": any keyword argument) or the one at ``position``; ``strings``:
    it may be given as a dotted string.
    """

    name: str
    position: int | None = 0
    keyword: str = ""
    strings: bool = False
    receivers: tuple[str, ...] = ()
    """For a method: dotted types of which the receiver must be one, ``package*`` for whatever that package makes, or
    words its name must contain; empty: any."""
    pool: bool = False
    """The receiver is a pool, which may be gone when the function that made it is."""
    through: str = ""
    """The method by which this one hands over each callable, where a subclass of the project overrides it."""
    only: tuple[str, bool] | None = None
    """A keyword argument and the value it must be given for the call to count."""
    rest: bool = False
    """The callable is given the arguments that follow it, and those by keyword."""
    around: bool = False
    """What is handed over is no entrypoint: it is called around those of the framework that the name before the method
    means, ``update`` all of them, and calls its first argument to go on: ``router.message.middleware(f)``."""
    packed: tuple[tuple[str, int], ...] = ()
    """The callable is given the items of a tuple, and those of a dictionary by keyword: the keyword and the position of
    each in this call."""
    each: bool = False
    """The callable is given each item of the argument that follows it."""
    methods: tuple[str, ...] = ()
    """The argument is an object, or its class, and these methods of it are called: names, ``prefix*``, or ``*`` for
    every public one."""


class Hook(NamedTuple):
    """Methods that a subclass of ``base`` overrides and the framework calls; ``base`` as in ``Graph.is_a``."""

    base: str
    methods: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    """Names of the one parameter by which further methods of the subclass are known to be called, whatever they
    are called themselves: ``def order_shipped(self, event)``."""
    is_async: bool = False
    """Whether those are coroutines."""


class Preparer(NamedTuple):
    """What a framework runs before its entrypoints, in the same thread: functions that the decorator ``name`` is given,
    which is named as ``Framework.decorators`` are; or the ``methods`` of subclasses of ``name``, with "" for it those
    of the class of the entrypoint itself."""

    name: str
    methods: tuple[str, ...] = ()
    before: Callable[[str], bool] | None = None
    """Tells by the decorator of an entrypoint, as it is written, whether that is one of those; None: all are."""
    around: bool = False
    """The methods do not run before it, but run it: innermost first, each by calling ``super()`` or one before it."""


class Shape(NamedTuple):
    """A class of the project that a framework calls for what it defines, whatever it inherits from."""

    defines: tuple[str, ...]
    """Names of methods, all of which the class has itself."""
    parameter: str = ""
    """What the first of them calls its first argument; "" where that does not matter."""
    methods: tuple[str, ...] = ()
    """Those that are called; names or patterns as in ``Registrar.methods``."""


class Sighting(NamedTuple):
    """A call in the project that decides how a framework behaves, and the file it stands in."""

    span: Span
    call: f.Call
    facts: f.FileFacts
    in_function: bool


class Context(NamedTuple):
    """What the framework's behaviour may depend on."""

    requirements: dict[str, Requirement]
    commands: tuple[WorkerCommand, ...]
    deployments: tuple[Deployment, ...]
    sightings: dict[str, tuple[Sighting, ...]]
    """Where the project itself calls one of the framework's ``sightings``."""
    project: Project
    graph: Graph

    def files(self, *suffixes: str) -> Iterator[bytes]:
        """The contents of the project's files whose names end in one of ``suffixes``."""
        return (self.project.data(path) for path in self.project.tree.paths if path.endswith(suffixes))


class Around(NamedTuple):
    """A method of a class of the project that the framework was told to use, which runs every job."""

    owner: ClassSymbol
    method: str
    calls: tuple[str, ...] = ()
    """What it may call to run the job, beside the method that it overrides."""


class Behaviour(NamedTuple):
    """What the framework does around one run: cleanups before and after it, and the process it runs in."""

    start: int = 0
    end: int = 0
    isolation: Isolation = "none"
    isolation_why: str = ""
    isolation_place: Span | None = None
    note: str = ""
    hook: MissingHook | None = None
    inline: bool = False
    """Runs are part of the request or job that asks for them, and no units of their own."""
    gap: float | None = None
    """Idle seconds between two runs at most; None: unbounded."""
    unsure: bool = False
    """It runs every so often, and how often is not known."""
    ends: bool = False
    """The thread or process ends with the run."""
    around: tuple[Around, ...] = ()
    """Methods of the project's classes that run every job, innermost first."""
    before: tuple[tuple[ClassSymbol, str], ...] = ()
    """Methods of the project's classes that the framework calls before each run, in the same thread."""
    after: tuple[tuple[ClassSymbol, str], ...] = ()
    """Those that it calls after each run."""


class Framework(NamedTuple):
    name: str
    kind: UnitKind
    words: tuple[bytes, ...]
    """A file that holds none of these has no entrypoint of this framework."""
    source: str
    """Where the facts about it were read: project, version, function."""
    registrars: tuple[Registrar, ...] = ()
    decorators: tuple[str, ...] = ()
    """Dotted names of decorators that make a function an entrypoint, called or not; ``.method`` for a method of
    any object that is not the project's own, ``.owner.method`` when it is written so and the object's type is not
    known, ``package*.method`` for a method of whatever that package makes."""
    groups: tuple[str, ...] = ()
    """Methods of what a decorator makes of a function that are such decorators themselves: ``@admin.command()``."""
    preparers: tuple[Preparer, ...] = ()
    signs: tuple[str, ...] = ()
    """Functions that only an entrypoint calls."""
    hooks: tuple[Hook, ...] = ()
    functions: tuple[str, ...] = ()
    """Names by which functions of modules are entrypoints."""
    servicers: bool = False
    """Whether the methods with the parameters of an RPC of classes named ``...Servicer`` are entrypoints."""
    shapes: tuple[Shape, ...] = ()
    lists: tuple[tuple[str, str], ...] = ()
    """Classes, by name, and the attribute of each that lists entrypoints."""
    around: str = ""
    """The method of the receiver's class that runs each registered callable, when a subclass overrides it."""
    runs_by: tuple[str, ...] = ()
    """What such a method may call to run it, beside the one it overrides."""
    runner: str = ""
    """The function by which a loop of the project runs what is due, one of ``sightings``."""
    sightings: tuple[str, ...] = ()
    """Functions and classes whose call in the project decides how the framework behaves."""
    behaviour: Callable[[Context], Behaviour] = lambda _: Behaviour()
    ends: bool = False
    """Whether the thread ends with the callable."""
    pace: Callable[[f.Call, Given, Length], Pace | None] | None = None
    """Tells how often the callable runs, by the call that registers it or its decorator, where anything bounds that."""
    modules: tuple[str, ...] = ()
    """Names of files whose functions are taken for jobs where ``unfed`` shows workers and the tree gives them none."""
    unfed: Callable[[Context], Span | None] = lambda _: None
    """Where the project starts workers of this framework, and of no other that keeps jobs in such files."""
