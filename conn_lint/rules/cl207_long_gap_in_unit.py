"""CL207 long-gap-in-unit."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import assess
from conn_lint.model import Facts, Finding, Gap, Observation, Place, Session, Severity, Span
from conn_lint.rules.base import (
    GONE_AWAY,
    Example,
    Rule,
    age_place,
    limit_places,
    limit_text,
    seconds,
    unique,
)
from conn_lint.rules.examples import MYCNF, POSTGRES, SHORT_TIMEOUT, settings
from conn_lint.rules.repairs import of_observation

_SHORT = 3600.0
"""A timeout from which on nothing but a bound that is known to pass it is worth a warning."""

_FEW = 3
"""So many places that wait by one and the same call are reported each; more in one."""

_COMMAND = "shop/management/commands/rebuild.py"


def _project(*body: str, imports: str = "", files: dict[str, str] | None = None) -> dict[str, str]:
    lines = "".join(f"        {line}\n" for line in body)
    packages = ("shop/__init__.py", "shop/management/__init__.py", "shop/management/commands/__init__.py")
    command = (
        "import subprocess\nimport time\n\nfrom django.contrib.auth.models import User\n"
        f"from django.core.management.base import BaseCommand\n{imports}\n\n"
        f"class Command(BaseCommand):\n    def handle(self, *args, **options):\n{lines}"
    )
    return {"settings.py": settings(), _COMMAND: command, **dict.fromkeys(packages, ""), **(files or {})}


_READ = 'names = list(User.objects.values_list("username", flat=True))'
_WRITE = 'User.objects.update(last_name="")'
_CLOSE = "from django.db import connection\n"
_CALLING = (
    "from django.contrib.auth.models import User\nfrom django_rq import job\nfrom shop.run import run\n\n\n"
    f"@job\ndef work():\n    {_READ}\n    run()\n    {_WRITE}\n"
)
_POLL = ("while not finished(names):", "    time.sleep(5)")


class LongGapInUnit(Rule):
    """
    ## What it does
    Reports a query, something that takes long, and another query in one unit of work (a job, a turn of a loop, a
    management command) with nothing between them that closes the connection.

    ## Why it goes wrong
    The connection idles while the code does something else. When that takes longer than the server's wait_timeout,
    the second query fails with (2006, 'MySQL server has gone away'). No setting and no hook of a framework helps:
    they act between two units of work, and this lies inside one. In a transaction a close would lose what was
    written (CL204): there the wait has to come before or after the transaction.

    ## Example
        names = list(User.objects.values_list("username", flat=True))
        time.sleep(36000)
        User.objects.update(last_name="")

    ## Use instead
        from django.db import connection

        names = list(User.objects.values_list("username", flat=True))
        connection.close()
        time.sleep(36000)
        User.objects.update(last_name="")

    ## When it stays silent
    When the time is bounded below the timeout; when the connection is closed before or after the wait; when the
    call usually takes less than the timeout (a request over HTTP 300 s, a program or a transfer 3600 s). It is an
    error only where a constant says that the time passes the timeout, and info where the timeout is assumed or
    longer than an hour and nothing bounds the time. Where many places wait by one and the same call, it is said there.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#connection-management
    """

    code = "CL207"
    name = "long-gap-in-unit"
    severity = "error"

    VALID = (
        Example("the connection closed before the wait", _project(
            _READ, "connection.close()", "time.sleep(36000)", _WRITE, imports=_CLOSE)),
        Example("a pause below the timeout", _project(_READ, "time.sleep(60)", _WRITE)),
        Example("nothing queried after it", _project(_READ, "time.sleep(36000)")),
        Example("a program with a time limit", _project(
            _READ, 'subprocess.run(["true"], timeout=60)', _WRITE)),
        Example("a program under a long timeout", _project(_READ, 'subprocess.run(["true"])', _WRITE)),
        Example("another database", _project(
            _READ, "time.sleep(36000)", _WRITE) | {"settings.py": POSTGRES}),
    )  # fmt: skip
    INVALID = (
        Example(
            "a pause longer than the timeout",
            _project(_READ, "time.sleep(36000)", _WRITE),
            at=(f"{_COMMAND}:11",),
        ),
        Example(
            "a program under a short timeout",
            _project(_READ, 'subprocess.run(["true"])', _WRITE, files={"my.cnf": SHORT_TIMEOUT}),
            at=(f"{_COMMAND}:11",),
            args=MYCNF,
        ),
        Example(
            "one helper that runs programs, called between queries in many places",
            {
                "settings.py": settings(),
                "shop/__init__.py": "",
                "shop/run.py": 'import subprocess\n\n\ndef run():\n    subprocess.run(["true"])\n',
                **{f"shop/{name}.py": _CALLING for name in ("add", "edit", "list", "sort")},
                "my.cnf": SHORT_TIMEOUT,
            },
            at=("shop/run.py:5",),
            args=MYCNF,
        ),
        Example(
            "waiting until something is done",
            _project(_READ, *_POLL, _WRITE, files={"my.cnf": SHORT_TIMEOUT}),
            at=(f"{_COMMAND}:11",),
            args=MYCNF,
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        between_turns = {(unit.gap_place.path, unit.gap_place.line) for unit in facts.units if unit.gap_place}
        alike: dict[tuple[Span, str, Gap], list[Observation]] = {}
        for seen in facts.observations:
            if seen.kind != "long-gap" or seen.gap is None:
                continue
            if (seen.span.path, seen.span.line) in between_turns:
                continue  # the gap before a unit: the rule for its kind speaks of it
            alike.setdefault((_wait(seen), seen.detail, seen.gap), []).append(seen)
        for (wait, detail, gap), group in alike.items():
            sessions = tuple(session for session in facts.judged_sessions if _passes(gap, session, facts))
            if sessions and len(group) > _FEW:
                yield self._everywhere(group, wait, gap, sessions)
            elif sessions:
                for seen in group:
                    found = self._report(seen, gap, seen.places, f"during {detail}", sessions)
                    yield found._replace(repair=of_observation("close-after-wait", seen, facts))

    def _everywhere(self, group: list[Observation], wait: Span, gap: Gap, sessions: tuple[Session, ...]) -> Finding:
        """What makes ``group`` wait, at the place where all of them do."""
        first = group[0]
        paths = unique(seen.span.path for seen in group)
        files = f" in {len(paths)} files" if len(paths) > 1 else f" in {paths[0]}"
        calls = tuple(Place(seen.span, "called between two queries") for seen in group[:_FEW])
        at_wait = first._replace(span=wait, function=None)
        when = f"during {first.detail}, as {len(group)} places{files} call it between them"
        return self._report(at_wait, gap, calls, when, sessions)

    def _report(
        self, seen: Observation, gap: Gap, places: tuple[Place, ...], when: str, sessions: tuple[Session, ...]
    ) -> Finding:
        limit = sessions[0].limit
        long = f", which takes up to {seconds(gap.seconds)}" if gap.seconds is not None else ""
        ages = [age_place(each) for each in sessions[:1] if each.database.conn_max_age.place]
        return self.finding(
            f"the connection idles between two queries {when}{long}: after more than {limit_text(limit)} the second "
            f"query fails with {GONE_AWAY}",
            "call django.db.connection.close() before it, outside any transaction: Django opens a new connection"
            " at the next query",
            (
                Place(seen.span, "idles here"),
                *(place for place in places if place.span != seen.span),
                *(Place(age, "no age helps inside one unit of work") for age in ages),
                *limit_places(tuple(session.limit for session in sessions)),
            ),
            severity=_severity(gap, sessions),
            confidence="certain" if gap.seconds is not None else "likely",
            function=seen.function,
            sessions=sessions,
        )


def _wait(seen: Observation) -> Span:
    """Where a long gap waits, below the calls that lead there."""
    return next((place.span for place in seen.places if place.label == seen.detail), seen.span)


def _passes(gap: Gap, session: Session, facts: Facts) -> bool:
    """Whether the gap can be longer than the session lives."""
    limit = session.limit.seconds
    if limit is None or (gap.seconds is None and gap.usual and gap.usual <= limit):
        return False
    verdict = assess(session, facts.django, start=gap.after, end=gap.before, gap=gap.seconds, delay=gap.delay).verdict
    return verdict in ("goes-away", "goes-away-once")


def _severity(gap: Gap, sessions: tuple[Session, ...]) -> Severity:
    limits = [session.limit for session in sessions]
    if gap.seconds is not None:
        return "error" if any(not limit.assumed for limit in limits) else "warning"
    short = any(not limit.assumed and limit.seconds is not None and limit.seconds <= _SHORT for limit in limits)
    return "warning" if short else "info"
