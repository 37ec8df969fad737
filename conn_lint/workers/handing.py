"""What a callable is given that is handed to something which runs it: ``Thread(target=f, args=(server,))``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given, argument
from conn_lint.workers.frameworks.base import Registrar

NOTHING = Given((), ())


def handed_on(
    registrar: Registrar, given: Given, call: f.Call, value_of: Callable[[f.Expr], v.Val]
) -> tuple[Given, ...]:
    """With what the callable is called that ``call`` of ``registrar`` is ``given``, as far as it decides what that
    does: once, or as often as there are items that differ."""
    if registrar.packed:
        several, named = registrar.packed
        items = given.first(*several)
        keywords = tuple(_items(argument(call, *named), value_of))
        return (_deciding(Given(items.items if isinstance(items, v.Items) else (), keywords)),)
    position = None if registrar.keyword in dict(given.keywords) else registrar.position
    after = given.args[0 if position is None else position + 1 :]
    if registrar.rest:
        return (_deciding(Given(after, given.keywords)),)
    if registrar.each and after and isinstance(after[0], v.Items):
        return tuple(dict.fromkeys(_deciding(Given((item,), ())) for item in after[0].items)) or (NOTHING,)
    return (NOTHING,)


def _deciding(given: Given) -> Given:
    """``given`` without what cannot be called, closed or queried."""
    named = tuple((name, value) for name, value in given.keywords if _decides(value))
    return Given(tuple(value if _decides(value) else v.UNKNOWN for value in given.args), named)


def _decides(value: v.Val) -> bool:
    return isinstance(value, (v.Func, v.Later, v.Cls, v.Obj, v.Model, v.QuerySet)) or value == v.PARAM


def _items(written: f.Expr, value_of: Callable[[f.Expr], v.Val]) -> Iterator[tuple[str, v.Val]]:
    """The items of a dictionary as ``written``, by those of its keys that are names."""
    if isinstance(written, f.Several) and written.display == "dict":
        for key, item in zip(written.keys, written.items, strict=True):
            if isinstance(key, f.Constant) and isinstance(key.value, str):
                yield key.value, value_of(item)
