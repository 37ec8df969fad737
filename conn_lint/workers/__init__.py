"""Units of work outside a request: where they start, what they touch, what they close.

In the order in which it is best read:

- ``facts``: what one file says, as plain data, made by ``syntax`` and ``extract``; ``prefilter`` and ``index`` decide
  by their bytes which files are parsed at all.
- ``graph``: what a name of some file stands for in the whole tree (``symbols``, ``values``, ``fields``).
- ``paths`` and ``effects``: what code does to a connection, as an algebra.
- ``follow``: what a function does, by running it abstractly. Its parts build on each other: ``lookup``,
  ``iterations``, ``expressions``, ``blocking``, ``database``, ``byname``, ``outside``, ``rows``, ``guesses``,
  ``calls``, ``forks``, ``loops``, ``statements``, ``decorators``, ``alike``, ``follow``. What they know of Django, of
  what libraries keep in the database and of the time that calls take stands in ``django``, ``persistence`` and
  ``waits``.
- ``entrypoints``: which functions something else runs (``enlisting``, ``registrations``, ``declared``), by the data of
  ``frameworks``.
- ``surroundings``: what runs before, after and around each run of them.
- ``units``: all that together, with what ``gaps``, ``retries``, ``imports``, ``aliases`` and ``libraries`` notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conn_lint.model import Deployment, Observation, UnitOfWork, WorkerCommand
    from conn_lint.project.project import Project


class UnknownFunction(ValueError):
    """A name of the configuration that no function of the tree bears; the message is one line."""


def worth_reading(project: Project, commands: tuple[WorkerCommand, ...] = ()) -> bool:
    """Whether the bytes of any file, or one of ``commands``, say that there may be a unit of work; costs no parsing."""
    from conn_lint.workers.prefilter import files_of, framework_words_in, matters, may_idle

    started = "\n".join(" ".join(command.words) for command in commands).encode()
    return bool(framework_words_in(started)) or any(
        matters(project.data(path)) or may_idle(path, project) for path in files_of(project)
    )


def read_units(
    project: Project,
    deployments: tuple[Deployment, ...],
    corrections: Mapping[str, Iterable[str]] | None = None,
    commands: tuple[WorkerCommand, ...] = (),
    *,
    explain: bool = False,
) -> tuple[tuple[UnitOfWork, ...], tuple[Observation, ...]]:
    """Every unit of work of a project that runs outside a request, and what was noticed on the way.

    ``corrections`` are names and patterns of functions, by the key of [tool.conn-lint] that says what these are to
    be taken for (``corrections.Corrections``); ``commands`` and ``deployments`` decide how the frameworks behave.
    With ``explain`` each unit says what could not be followed on its way.
    Raises UnknownFunction (a ValueError) where such a name means nothing, RecursionError where code leads on deeper
    than any that was written by hand.
    """
    from conn_lint.project.depth import deeply
    from conn_lint.workers.corrections import Corrections, Names
    from conn_lint.workers.units import units_of

    said = Corrections(**{key: Names(words) for key, words in (corrections or {}).items()})
    return deeply(lambda: units_of(project, deployments, said, commands, explain=explain))
