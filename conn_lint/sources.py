"""Asking the sources that were given: option files, saved variables, live servers, the hops before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from conn_lint.config import Config, HopSource, ServerSource
from conn_lint.model import Hop, ServerAnswer
from conn_lint.server.errors import ServerSourceError

AskPassword = Callable[[str, "str | None", bool], "str | None"]
"""The password for user@server of an alias, None when there is none; the last argument: whether a user may be asked."""


def ask_servers(config: Config, ask_password: AskPassword) -> tuple[tuple[ServerAnswer, ...], tuple[str, ...]]:
    """The answers, the most direct first (live, saved variables, option files), and one line per failure.

    A source that fails leaves the idle limit unknown: what rests on it is not judged, and the run is incomplete.
    """
    answers: list[ServerAnswer] = []
    errors: list[str] = []
    for name, alias, ask in _questions(config, ask_password, answers):
        try:
            answer = ask()
        except ServerSourceError as error:
            errors.append(str(error))
            answer = ServerAnswer(name, "unknown", str(error), alias=alias)
        answers.append(answer)
    return tuple(answers), tuple(errors)


def _questions(
    config: Config, ask_password: AskPassword, answers: Sequence[ServerAnswer]
) -> Iterator[tuple[str, str | None, Callable[[], ServerAnswer]]]:
    """Name, alias and call of each source; the option files of one alias are one server's.

    Live servers are asked side by side. ``answers`` grows while the questions are asked.
    """
    for source, waiting in [(source, _live(source, config, ask_password)) for source in config.live]:
        yield "live server", source.alias, waiting
    for source in config.variables:
        yield source.location, source.alias, partial(_variables, source, config)
    for source in config.deploy:
        yield source.location, source.alias, partial(_deployment, source, config)
    unbound = [None] if config.mycnf_defaults else []
    for alias in dict.fromkeys([*(source.alias for source in config.mycnf), *unbound]):
        paths = [source.location for source in config.mycnf if source.alias == alias]
        yield ", ".join(paths), alias, partial(_option_files, paths, alias, config, answers)


def _live(source: ServerSource, config: Config, ask_password: AskPassword) -> Callable[[], ServerAnswer]:
    from conn_lint.server.live import begin

    return begin(
        source.location,
        ask_password,
        defaults_file=config.live_defaults_file,
        timeout=config.live_timeout,
        alias=source.alias,
    )


def _variables(source: ServerSource, config: Config) -> ServerAnswer:
    from conn_lint.server.variables import read_variables

    return read_variables(source.location, root=config.root, alias=source.alias)


def _deployment(source: ServerSource, config: Config) -> ServerAnswer:
    from conn_lint.server.deploy import read_deployment_file

    return read_deployment_file(source.location, root=config.root, alias=source.alias)


def _option_files(paths: list[str], alias: str | None, config: Config, answers: Sequence[ServerAnswer]) -> ServerAnswer:
    from conn_lint.server.optionfiles import read_option_files

    return read_option_files(
        paths,
        root=config.root,
        server=config.server or _flavour(alias, answers),
        alias=alias,
        suffix=config.mycnf_group_suffix,
        defaults=config.mycnf_defaults and alias is None,
    )


def _flavour(alias: str | None, answers: Sequence[ServerAnswer]) -> str | None:
    """Which server reads the option files of ``alias``: the one that runs, where it or its variables say."""
    from conn_lint.server.flavours import is_known

    asked = [each for each in answers if each.kind in ("live", "variables") and each.alias in (alias, None)]
    return next((each.flavour for each in asked if each.flavour and is_known(each.flavour)), None)


def ask_hops(config: Config) -> tuple[tuple[Hop, ...], tuple[str, ...]]:
    """The hops of ``config``, and one line for each whose file does not say its limit."""
    hops: list[Hop] = []
    errors: list[str] = []
    for source in config.hops:
        hop = _hop(source, config.root)
        if isinstance(hop, Hop):
            hops.append(hop)
        else:
            errors.append(str(hop))
    return tuple(hops), tuple(errors)


def _hop(source: HopSource, root: str) -> Hop | ServerSourceError:
    hop = Hop(source.name, source.seconds, source.where, source.place, source.aliases, source.hosts)
    if source.preset:
        from conn_lint.server.presets import PRESETS

        preset = PRESETS[source.preset]
        return hop._replace(seconds=float(preset.seconds), why=f"the default of {preset.what}")
    if source.file:
        from conn_lint.project.tree import display
        from conn_lint.server.proxies import read_limit

        try:
            limit, place = read_limit(source.file, display(source.file, root))
        except ServerSourceError as error:
            return error
        return hop._replace(seconds=limit.seconds, why=limit.why, place=place)
    return hop
