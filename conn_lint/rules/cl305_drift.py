"""CL305 drift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.model import Facts, Finding, Known, Place, ServerAnswer, Session, Span
from conn_lint.rules.base import Example, Rule, seconds, unique
from conn_lint.rules.examples import POSTGRES, settings

_BOTH = ("--variables", "saved.txt", "--mycnf", "my.cnf")


def _project(saved: int, file: int | None) -> dict[str, str]:
    """Saved variables and an option file of one server."""
    line = "" if file is None else f"wait_timeout = {file}\n"
    return {
        "settings.py": settings(),
        "saved.txt": f"wait_timeout\t{saved}\ninteractive_timeout\t28800\n",
        "my.cnf": f"[mysqld]\n{line}",
    }


_TWO_ALIASES = 'DATABASES = {name: {"ENGINE": "django.db.backends.mysql"} for name in ("default", "copy")}\n'


class Difference(NamedTuple):
    """One variable of which two sources of the same server say different things, the more direct one first."""

    variable: str
    running: ServerAnswer
    other: ServerAnswer


class Drift(Rule):
    """
    ## What it does
    Compares what several sources say of the server of one alias: a live server, saved variables, option files,
    deployment files.

    ## Why it goes wrong
    A timeout that was set with SET GLOBAL is gone with the next start, and a file that was changed counts only
    after it: what is true today is not true then. Several servers of one alias (a cluster, replicas behind one
    name) drop connections after different times, and only the smallest one is safe.

    ## Example
        wait_timeout = 600

    ## Use instead
        wait_timeout = 3600

    ## When it stays silent
    Where the sources agree or one of them cannot say, and where they are bound to different aliases.

    ## References
    - https://dev.mysql.com/doc/refman/8.4/en/set-variable.html
    - https://mariadb.com/kb/en/set/#global-session
    """

    code = "CL305"
    name = "drift"
    severity = "warning"

    VALID = (
        Example("the same timeout", _project(3600, 3600), args=_BOTH),
        Example("one source", _project(3600, 600), args=("--mycnf", "my.cnf")),
        Example("the default of the server, in both", _project(28800, None), args=_BOTH),
        Example(
            "servers of different aliases",
            {
                **_project(3600, 600),
                "settings.py": _TWO_ALIASES,
            },
            args=("--variables", "default=saved.txt", "--mycnf", "copy=my.cnf"),
        ),
        Example("another database", {**_project(3600, 600), "settings.py": POSTGRES}, args=_BOTH),
    )
    INVALID = (
        Example("a file that was changed", _project(3600, 600), at=("my.cnf:2",), args=_BOTH),
        Example("a timeout that no file sets", _project(600, None), at=("saved.txt:1",), args=_BOTH),
    )

    def skip(self, facts: Facts) -> str | None:
        return super().skip(facts) or (None if len(facts.servers) > 1 else "no two server sources were given")

    def check(self, facts: Facts) -> Iterator[Finding]:
        found: dict[Difference, list[Session]] = {}
        aliases = {session.database.alias for session in facts.judged_sessions}
        for session in facts.judged_sessions:
            answers = _answers_for(session, facts.servers, alone=len(aliases) == 1)
            for difference in _differences(session, answers):
                found.setdefault(difference, []).append(session)
        for difference, sessions in found.items():
            yield self._finding(difference, tuple(sessions))

    def _finding(self, difference: Difference, sessions: tuple[Session, ...]) -> Finding:
        variable, running, other = difference
        here, there = _value(running, variable), _value(other, variable)
        places = [Place(at, f"{variable} {seconds(there)}") for at in [_place(other, variable)] if at]
        places += [Place(at, f"{variable} {seconds(here)}") for at in [_place(running, variable)] if at]
        if not places:
            places = [Place(sessions[0].database.place, f"judged by {running.name}")]
        return self.finding(
            f"{running.name} says {variable} {seconds(here)} and {other.name} {variable} {seconds(there)}: "
            "the verdicts rest on the first",
            _advice(difference, here),
            tuple(places),
            sessions=sessions,
        )


def _answers_for(session: Session, servers: tuple[ServerAnswer, ...], *, alone: bool) -> list[ServerAnswer]:
    """The sources that speak of the server of ``session``, the most direct first.

    Where a source is bound to the alias, one that is bound to none counts only if it is of another kind and no
    other alias is there that it could be about. A file found in the tree counts where it names the host that the
    alias connects to.
    """
    alias, host = session.database.alias, session.database.host
    said = [each for each in servers if each.outcome == "value" and each.alias in (alias, None)]
    said = [each for each in said if not each.found or (isinstance(host, Known) and host.value in each.hosts)]
    kinds = {each.kind for each in said if each.alias == alias}
    if kinds:
        said = [each for each in said if each.alias == alias or (alone and each.kind not in kinds)]
    return sorted(said, key=lambda each: (each.found, each.alias is None))


def _differences(session: Session, answers: list[ServerAnswer]) -> Iterator[Difference]:
    """Of wait_timeout, and of interactive_timeout where it rules the session."""
    ruling = session.chain[0] if session.chain else session.limit
    for variable in unique(("wait_timeout", ruling.variable)):
        for other in answers[1:]:
            here, there = _value(answers[0], variable), _value(other, variable)
            if here and there and here != there:
                yield Difference(variable, answers[0], other)


def _value(answer: ServerAnswer, variable: str) -> int:
    """The seconds of ``variable``, 0 where the source does not tell."""
    seconds = answer.interactive_timeout if variable == "interactive_timeout" else answer.wait_timeout
    return seconds or 0


def _place(answer: ServerAnswer, variable: str) -> Span | None:
    return answer.interactive_place if variable == "interactive_timeout" else answer.wait_place


def _advice(difference: Difference, here: int) -> str:
    variable, running, other = difference
    if running.kind == other.kind == "live":
        return f"set the same {variable} on every server of an alias, or bind each to its own: --live ALIAS=URL"
    if other.kind in ("option files", "deployment"):
        return f"write {variable} = {here} where the server starts from, or it is another one after the next start"
    return "save the variables of the server anew"
