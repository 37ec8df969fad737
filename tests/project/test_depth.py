"""Work that goes deep."""

from __future__ import annotations

import sys
import threading

import pytest

from conn_lint.project.depth import FRAMES, deeply


def sink(levels: int) -> int:
    return 0 if levels == 0 else 1 + sink(levels - 1)


def test_deeper_than_python_goes_by_itself() -> None:
    before = sys.getrecursionlimit(), threading.stack_size()
    assert deeply(lambda: sink(20_000)) == 20_000
    assert (sys.getrecursionlimit(), threading.stack_size()) == before


def test_what_it_raises_is_raised() -> None:
    before = sys.getrecursionlimit()
    with pytest.raises(RecursionError):
        deeply(lambda: sink(FRAMES))
    with pytest.raises(ZeroDivisionError):
        deeply(lambda: 1 // 0)
    assert sys.getrecursionlimit() == before


def test_where_the_machine_has_no_room_for_a_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert deeply(lambda: sink(10)) == 10
