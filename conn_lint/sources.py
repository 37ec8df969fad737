"""Asking the server sources that were given: option files, saved variables, live servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from conn_lint.config import Config, ServerSource
from conn_lint.model import ServerAnswer
from conn_lint.server.errors import ServerSourceError


def ask_servers(
    config: Config, ask_password: Callable[[str], str | None]
) -> tuple[tuple[ServerAnswer, ...], tuple[str, ...]]:
    """The answers, the most direct first (live, saved variables, option files), and one line per failure.

    A source that fails, or a file that the server would refuse, leaves the idle limit unknown: what rests on
    it is not judged, and the run is incomplete.
    """
    answers: list[ServerAnswer] = []
    errors: list[str] = []
    for name, alias, ask in _questions(config, ask_password):
        try:
            answer = ask()
        except ServerSourceError as error:
            errors.append(str(error))
            answer = ServerAnswer(name, "unknown", str(error), alias=alias)
        if answer.outcome == "refused":
            errors.append(f"{answer.name}: the server would refuse to start: {answer.reason}")
        answers.append(answer)
    return tuple(answers), tuple(errors)


def _questions(
    config: Config, ask_password: Callable[[str], str | None]
) -> Iterator[tuple[str, str | None, Callable[[], ServerAnswer]]]:
    """Name, alias and call of each source; the option files of one alias are one server's."""
    for source in config.live:
        yield "live server", source.alias, partial(_live, source, ask_password)
    for source in config.variables:
        yield source.location, source.alias, partial(_variables, source, config)
    for alias in dict.fromkeys(source.alias for source in config.mycnf):
        paths = [source.location for source in config.mycnf if source.alias == alias]
        yield ", ".join(paths), alias, partial(_option_files, paths, alias, config)


def _live(source: ServerSource, ask_password: Callable[[str], str | None]) -> ServerAnswer:
    from conn_lint.server.live import ask

    return ask(source.location, password=ask_password(source.location), alias=source.alias)


def _variables(source: ServerSource, config: Config) -> ServerAnswer:
    from conn_lint.server.variables import read_variables

    return read_variables(source.location, root=config.root, alias=source.alias)


def _option_files(paths: list[str], alias: str | None, config: Config) -> ServerAnswer:
    from conn_lint.server.optionfiles import read_option_files

    return read_option_files(paths, root=config.root, server=config.server, alias=alias)
