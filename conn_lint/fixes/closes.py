"""Closes put in where a unit of work, a handler or a wait needs one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from conn_lint.fixes.document import Block, Document, holds
from conn_lint.fixes.ground import may_close
from conn_lint.fixes.names import closing_call, free_name, written
from conn_lint.model import Edit, Fix, Repair, Span

LOOPS = (ast.While, ast.For, ast.AsyncFor)


def each_turn(document: Document, repair: Repair) -> Iterator[Fix]:
    """``close_old_connections()`` in each turn of a loop: after the wait, else first of all. One that may end, in
    a function, may have been called in a transaction, as by a test of a command: that is spared."""
    loop = document.statement(repair.span)
    if not isinstance(loop, LOOPS):
        return
    title = "call close_old_connections() in every turn of the loop"
    function = document.function(loop)
    if isinstance(function, ast.FunctionDef) and _may_end(loop):
        for spot in _spots(document, loop.body, repair):
            yield from _close_outside_atomic(document, spot, repair.aliases, title + ", outside of atomic()")
        return
    for spot in _spots(document, loop.body, repair):
        yield from _close_before(document, spot, title)


def at_start(document: Document, repair: Repair, called_elsewhere: bool) -> Iterator[Fix]:
    """``close_old_connections()`` where a function starts. A caller may be in a transaction, which closing would roll
    back: where others than its framework may call the function, it closes only outside of one. A coroutine cannot ask
    whether it runs in one (by async_to_sync()): there that is unsafe."""
    function = document.statement(repair.span)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    title = f"call close_old_connections() where {function.name}() starts"
    first = _after_docstring(function.body)
    if first is None:
        return
    if called_elsewhere and isinstance(function, ast.FunctionDef):
        yield from _close_outside_atomic(document, first, repair.aliases, title + ", outside of atomic()")
    else:
        for fix in _close_before(document, first, title):
            yield fix._replace(safety="unsafe") if called_elsewhere else fix


def at_end(document: Document, repair: Repair, called_elsewhere: bool) -> Iterator[Fix]:
    """``connections.close_all()`` in a ``finally`` around the body of a function whose thread ends with it."""
    function = document.statement(repair.span)
    if not isinstance(function, ast.FunctionDef) or called_elsewhere:
        return
    first = _after_docstring(function.body)
    if first is None or not may_close(document, first):
        return
    inner, indentation = document.indentation(first), document.indentation(function)
    names = written(document, first, "django.db", ("connections",))
    if inner is None or indentation is None or names is None or document.indentation(function) == inner:
        return
    last = document.span(function.body[-1])
    step, newline = document.indent, document.newline
    edits = [document.inserted(document.first_own_line(first), f"{inner}try:{newline}")]
    edits += [
        document.inserted(line, step)
        for line in range(document.first_own_line(first), last.end_line + 1)
        if document.line(line).strip() and line not in document.inside_strings
    ]
    end = f"{newline}{inner}finally:{newline}{inner}{step}{names.words[0]}.close_all()"
    edits.append(document.inserted(last.end_line, end, len(document.line(last.end_line)) + 1))
    title = f"call connections.close_all() in a finally clause at the end of {function.name}()"
    yield Fix("unsafe", title, (*names.edits, *edits))


def after_wait(document: Document, repair: Repair) -> Iterator[Fix]:
    """``close_old_connections()`` between a wait inside of a unit and the next statement: unsafe, as what belongs to
    the session (a named lock, a temporary table, a variable of it) is lost with it."""
    wait = document.enclosing(repair.span)
    if wait is None:
        return
    following = _following(document, wait)
    function = document.function(wait)
    if following is None or isinstance(function, (ast.Lambda, ast.AsyncFunctionDef)):
        return
    title = "call close_old_connections() after the wait, outside of atomic()"
    for fix in _close_outside_atomic(document, following, repair.aliases, title):
        yield fix._replace(safety="unsafe")


def in_handler(document: Document, repair: Repair) -> Iterator[Fix]:
    """``close_old_connections()`` first of all in an ``except`` clause: after an error it closes what does not answer
    (django/db/backends/base/base.py, ``close_if_unusable_or_obsolete``)."""
    handler = document.handler(repair.span)
    if handler is None:
        return
    title = "call close_old_connections() in the except clause, outside of atomic()"
    if isinstance(document.function(handler), ast.AsyncFunctionDef):
        yield from _close_before(document, handler.body[0], title)
    else:
        yield from _close_outside_atomic(document, handler.body[0], repair.aliases, title)


def before_fork(document: Document, repair: Repair) -> Iterator[Fix]:
    """``connections.close_all()`` right before a fork: unsafe, as a caller may be in a transaction."""
    fork = document.enclosing(repair.span)
    if fork is None or not may_close(document, fork):
        return
    if isinstance(document.function(fork), (ast.AsyncFunctionDef, ast.Lambda)):
        return
    names = written(document, fork, "django.db", ("connections",))
    edit = document.lines_before(fork, [f"{names.words[0]}.close_all()"]) if names else None
    if names and edit:
        yield Fix("unsafe", "call connections.close_all() right before the fork", (*names.edits, edit))


def _following(document: Document, node: ast.stmt) -> ast.stmt | None:
    """The statement that is run after ``node``, if not in another turn of a loop."""
    block = document.block(node)
    if node is not block[-1]:
        return block[block.index(node) + 1]
    parent = next(document.around(node), None)
    return _following(document, parent) if isinstance(parent, (ast.If, ast.With)) else None


def _may_end(loop: ast.While | ast.For | ast.AsyncFor) -> bool:
    """Whether something is run after ``loop`` but by an error."""
    if not isinstance(loop, ast.While) or not isinstance(loop.test, ast.Constant):
        return True
    pending: list[tuple[ast.AST, bool]] = [(node, False) for node in loop.body]
    while pending:
        node, in_loop = pending.pop()
        if isinstance(node, ast.Return) or (isinstance(node, ast.Break) and not in_loop):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            inside = in_loop or isinstance(node, LOOPS)
            pending.extend((child, inside) for child in ast.iter_child_nodes(node))
    return False


# --- where -------------------------------------------------------------------------------------


def _spots(document: Document, body: Block, repair: Repair) -> Iterator[ast.stmt]:
    """The statements of ``body`` before which a close may stand: what comes after the wait, then the first one."""
    use = next((span for span in repair.uses if span.path == document.path and _in(document, body, span)), None)
    wait = repair.wait
    after = _after(document, body, use, wait) if use and wait and wait.path == document.path else None
    if after is not None:
        yield after
    if after is not body[0]:
        yield body[0]


def _in(document: Document, body: Block, span: Span) -> bool:
    return any(holds(document.span(node), span) for node in body)


def _after(document: Document, body: Block, use: Span, wait: Span) -> ast.stmt | None:
    """The statement after the wait on the way to the use; None where the wait does not come before it in ``body``."""
    places = [document.span(node) for node in body]
    waiting = next((number for number, place in enumerate(places) if holds(place, wait)), None)
    using = next((number for number, place in enumerate(places) if holds(place, use)), None)
    if waiting is None or using is None or (use.line, use.column) < (wait.line, wait.column):
        return None
    if waiting < using:
        return body[waiting + 1]
    inner = next((block for block in _blocks(body[using]) if _in(document, block, use)), None)
    if inner is None:
        return body[using]
    if _in(document, inner, wait):
        return _after(document, inner, use, wait)
    return inner[0]


def _blocks(node: ast.stmt) -> Iterator[Block]:
    """The blocks inside of ``node``."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if block:
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _after_docstring(body: Block) -> ast.stmt | None:
    first = body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return next(iter(body[int(is_docstring) :]), None)


# --- what --------------------------------------------------------------------------------------


def _close_before(document: Document, node: ast.stmt, title: str) -> Iterator[Fix]:
    """``close_old_connections()`` before ``node``; in a coroutine it is run in the ORM's thread."""
    if not may_close(document, node) or isinstance(document.function(node), ast.Lambda):
        return
    call = closing_call(document, node)
    edit = document.lines_before(node, list(call.words)) if call else None
    if call and edit:
        yield Fix("safe", title, (*call.edits, edit))


def _close_outside_atomic(document: Document, node: ast.stmt, aliases: tuple[str, ...], title: str) -> Iterator[Fix]:
    """What closes old connections before ``node`` but those in a transaction, whose writes it would roll back."""
    if not may_close(document, node):
        return
    edit: Edit | None
    if set(aliases) <= {"default"}:
        names = written(document, node, "django.db", ("close_old_connections", "connection"))
        lines = [f"if not {names.words[1]}.in_atomic_block:", f"{document.indent}{names.words[0]}()"] if names else []
    else:
        names = written(document, node, "django.db", ("connections",))
        item = free_name(document, ("connection", "each_connection"))
        lines = (
            [
                f"for {item} in {names.words[0]}.all():",
                f"{document.indent}if not {item}.in_atomic_block:",
                f"{document.indent * 2}{item}.close_if_unusable_or_obsolete()",
            ]
            if names and item
            else []
        )
    edit = document.lines_before(node, lines) if lines else None
    if names and edit:
        yield Fix("safe", title, (*names.edits, edit))
