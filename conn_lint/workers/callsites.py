"""The statements, calls and names that stand in a piece of code, whatever they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conn_lint.workers import facts as f


def flat(body: f.Body) -> Iterable[f.Statement]:
    """Every statement of ``body``, those inside branches and loops included, nested definitions not."""
    for statement in body:
        yield statement
        if isinstance(statement, (f.If, f.Loop)):
            yield from flat(statement.body)
            yield from flat(statement.orelse)
        elif isinstance(statement, f.With):
            yield from flat(statement.body)
        elif isinstance(statement, f.Try):
            yield from flat(statement.body)
            for handler in statement.handlers:
                yield from flat(handler.body)
            yield from flat(statement.orelse)
            yield from flat(statement.final)


def calls_of(body: f.Body) -> Iterator[f.Call]:
    """Every call that the statements of ``body`` make, outermost first."""
    for statement in flat(body):
        if isinstance(statement, (f.Do, f.Let, f.Exit)):
            yield from calls_in(statement.value)
        elif isinstance(statement, f.With):
            for expr, _ in statement.items:
                yield from calls_in(expr)
        elif isinstance(statement, f.Loop):
            yield from calls_in(statement.source)
        elif isinstance(statement, f.If):
            yield from calls_in(statement.test)


def calls_in(expr: f.Expr) -> Iterator[f.Call]:
    pending = [expr]
    while pending:
        node = pending.pop()
        if isinstance(node, f.Call):
            yield node
            pending += [node.func, *node.args, *(value for _, value in node.keywords)]
        elif isinstance(node, (f.Several, f.Choice)):
            pending += node.items
        elif isinstance(node, (f.Attr, f.Await, f.Item, f.Named, f.Not, f.IsNone, f.IsZero)):
            pending.append(node.value)
        elif isinstance(node, f.Comprehension):
            pending += [node.source, node.element]


def names_read(facts: object) -> Iterator[str]:
    """Every name that is read in facts of whatever kind."""
    pending = [facts]
    while pending:
        each = pending.pop()
        if isinstance(each, f.Name):
            yield each.path
        elif isinstance(each, tuple):
            pending += each
