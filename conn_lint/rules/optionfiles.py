"""What the rules about option files have in common."""

from __future__ import annotations

from collections.abc import Mapping

from conn_lint.model import Facts
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import MYCNF, settings


def option_file(
    title: str, text: str, *, at: tuple[str, ...] = (), server: str = "", files: Mapping[str, str] | None = None
) -> Example:
    """A project on MySQL that is linted with ``text`` as its option file my.cnf, for the flavour and version
    ``server``; ``files`` lie beside it or replace its settings.py."""
    args = (*MYCNF, "--server", server) if server else MYCNF
    return Example(title, {"settings.py": settings(), "my.cnf": text, **(files or {})}, at=at, args=args)


class OptionFileRule(Rule, abstract=True):
    """A rule that has nothing to say as long as no server source was given."""

    def skip(self, facts: Facts) -> str | None:
        return super().skip(facts) or (None if facts.servers else "no server source was given (--mycnf, --variables)")
