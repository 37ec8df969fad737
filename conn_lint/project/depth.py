"""Work that goes as deep as the code it reads: it has a thread of its own, with room for it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

FRAMES = 40_000
"""Calls of Python that may lie on each other: several thousand calls of the linted code, or levels of its syntax."""

STACK_BYTES = 512 << 20
"""Room for them: CPython 3.10 takes some 500 bytes for a frame, its parser some 1 000 for a level. Only what is used
of it is ever taken from the machine."""

Result = TypeVar("Result")


def deeply(work: Callable[[], Result]) -> Result:
    """What ``work`` returns; raises what it raises, and RecursionError where even FRAMES are too few.

    Where the machine has no room for a large stack (``ulimit -v``) it is done here, with the usual depth.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 -- it is raised where it was waited for
            errors.append(error)

    thread = threading.Thread(target=run, name="conn-lint", daemon=True)  # Ctrl-C waits for no thread
    frames, stack = sys.getrecursionlimit(), threading.stack_size()
    sys.setrecursionlimit(max(frames, FRAMES))
    try:
        threading.stack_size(STACK_BYTES)
        thread.start()
        thread.join()
    except (RuntimeError, ValueError):
        sys.setrecursionlimit(frames)
        return work()
    finally:
        threading.stack_size(stack)
        sys.setrecursionlimit(frames)
    if errors:
        raise errors[0]
    return results[0]
