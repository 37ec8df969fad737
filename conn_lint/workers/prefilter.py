"""Which files can matter, by their bytes: nothing else of this package is imported for a tree without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from conn_lint.workers.atimport import may_query_at_import, may_query_when_ready
from conn_lint.workers.django import CLOSE_WORDS
from conn_lint.workers.frameworks import all_frameworks

if TYPE_CHECKING:
    from conn_lint.project.project import Project

STOP_WORDS = (
    "abort active alive cancel close done end exit finish forever halt interrupt keep kill loop quit run shut sigint"
    " sigterm stop term terminat".split()
)
"""Beginnings of words in the names people give to the flag that ends a worker."""

FLAG_METHODS = frozenset("isSet is_set wait".split())
"""Methods of ``threading.Event``, whatever the event is called."""

GAP_WORDS = (
    b"sleep(",
    b"subprocess",
    b"os.system",
    b".communicate(",
    b"exec_command",
    b"containers.run",
    b"images.",
    b"blocking=True",
    b"clone_from",
    b"ffmpeg",
    b"write_videofile",
    b"write_audiofile",
    b".join()",
    b"requests.",
    b"urlopen",
    b"httpx.",
)
"""Code without any of these has no long idle time of its own."""

LOOP_WORDS = (
    b" in iter(",
    b".listen()",
    b".consume(",
    b".read_loop(",
    b"KafkaConsumer",
    b"SimpleQueue",
    b"async for ",
    b"import docker",
    b"kubernetes",
    b"pymongo",
    b"inotify.adapters",
    b"watchfiles",
    b"servicebus",
)

_ENDLESS = re.compile(
    rb"\bitertools\.(?:count|cycle)\b|\bimport\s+itertools\s+as\b"
    rb"|\bfrom\s+itertools\s+import\b(?:(?:[^\n(\\]|\\\r?\n)*|\s*\([^)]*)\b(?:count|cycle)\b"
)
"""The functions of itertools that yield without end, or an import by which they may bear another name."""

FORK_WORDS = (b"os.fork", b"import fork", b"multiprocessing", b"billiard", b"ProcessPoolExecutor")
"""A file without any of these makes no process."""

LIVENESS_WORDS = ("ensure_connection", ".ping(", "elect 1", "ELECT 1", "ELECT NOW()", "elect now()", "do 1", "DO 1")
"""A function without any of these does not ask whether the server is there."""

RETRY_WORDS = (b"OperationalError", b"InterfaceError")
"""A file without any of these does not go on after a lost connection on purpose."""

_WHILE = re.compile(
    rb"^[ \t]*while\b[^\n]*(?:\\\n|\(\s*\n|True|\b1\b|\bor\b|%s)" % "|".join((*STOP_WORDS, *FLAG_METHODS)).encode(),
    re.MULTILINE | re.IGNORECASE,
)
"""A ``while`` whose test may hold as long as the process runs, as ``extract`` judges it in full."""

_NOT_WORKERS = re.compile(
    r"(^|/)(tests?|testing|migrations|docs?)/"
    r"|(^|/)(test_[^/]*|[^/]*_tests?|tests|conftest|setup|noxfile|fabfile)\.py$"
)


@cache
def may_hold_units(path: str) -> bool:
    """Whether the file ``path`` is Python that runs in production: no test, migration or set-up script."""
    return path.endswith(".py") and not _NOT_WORKERS.search(path)


def files_of(project: Project) -> Iterator[str]:
    """The files of a project that may hold units of work, scripts by another name among them."""
    paths = project.tree.paths
    return (path for path in paths if may_hold_units(path) or path in project.scripts)


def framework_words() -> tuple[bytes, ...]:
    """The words of which a file that registers something holds at least one."""
    return tuple(sorted({word for framework in all_frameworks() for word in framework.words}))


def framework_words_in(data: bytes) -> frozenset[bytes]:
    """Those of ``framework_words()`` that ``data`` holds."""
    return frozenset(word for part, words in _by_part() if part in data for word in words if word in data)


@cache
def _by_part() -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """The words of the frameworks by a part that they have in common, each word once: most files hold few of the
    parts, and to look for less than half as much takes that much less time."""
    words = set(framework_words())
    holding: dict[bytes, set[bytes]] = {}
    for word in words:
        for start in range(len(word) - _PART + 1):
            holding.setdefault(word[start : start + _PART], set()).add(word)
    grouped: list[tuple[bytes, tuple[bytes, ...]]] = []
    for part, having in sorted(holding.items(), key=lambda each: (-len(each[1]), each[0])):
        left = having & words
        if len(left) > 1:
            grouped.append((part, tuple(sorted(left))))
            words -= left
    return (*grouped, *((word, (word,)) for word in sorted(words)))


_PART = 5
"""Bytes of such a part: shorter ones are in most files, longer ones are in few words."""


def may_loop_for_ever(data: bytes) -> bool:
    """Whether ``data`` may hold a loop that runs as long as its process."""
    return (
        any(word in data for word in LOOP_WORDS)
        or (b"while" in data and _WHILE.search(data) is not None)
        or (b"itertools" in data and _ENDLESS.search(data) is not None)
    )


_IMPORT = re.compile(rb"^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]+)", re.MULTILINE)


def _imported(path: str, data: bytes, project: Project) -> Iterator[str]:
    """The files of the project that one imports something from, by its bytes."""
    for dots, module, names in _IMPORT.findall(data):
        base = project.modules.absolute(path, len(dots), module.decode())
        for dotted in (base, *(f"{base}.{name.decode()}" for name in re.findall(rb"\w+", names))):
            found = project.modules.path_of(dotted, path)
            if found is not None:
                yield found


def may_idle(path: str, project: Project) -> bool:
    """Whether ``path`` is a management command that may idle between two queries, itself or in what it imports."""
    if "management/commands/" not in path or not may_hold_units(path):
        return False
    data = project.data(path)
    return _may_wait(data) or any(_may_wait(project.data(each)) for each in _imported(path, data, project))


def _may_wait(data: bytes) -> bool:
    """Whether something in ``data`` may take long beside the database."""
    return any(word in data for word in GAP_WORDS)


def matters(data: bytes) -> bool:
    """Whether a file can hold an entrypoint, an endless loop, a close, a fork or a retry."""
    return (
        any(word in data for word in (*CLOSE_WORDS, *FORK_WORDS, *RETRY_WORDS))
        or bool(framework_words_in(data))
        or may_loop_for_ever(data)
        or may_query_when_ready(data)
        or may_query_at_import(data)
    )
