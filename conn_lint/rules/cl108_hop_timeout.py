"""CL108 hop-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import assess, max_ages
from conn_lint.model import Facts, Finding, Hop, IdleLimit, Place, Session
from conn_lint.rules.age import AgeRule
from conn_lint.rules.base import Example, age_place, age_text, seconds
from conn_lint.rules.examples import POSTGRES, settings

_BALANCER = '[tool.conn-lint.hops]\nbalancer = "aws-nlb"\n'


def _behind(*lines: str) -> dict[str, str]:
    return {"settings.py": settings(*lines), "pyproject.toml": _BALANCER}


class HopTimeout(AgeRule):
    """
    ## What it does
    Compares CONN_MAX_AGE with the idle limit of what lies between Django and the server: a proxy, a load
    balancer, a NAT gateway, as declared in [tool.conn-lint.hops] or with --hops. Where the name of HOST looks
    like such a hop and none is declared, it says so as information.

    ## Why it goes wrong
    A hop forgets a connection that idles longer than its own limit, which is often far below wait_timeout (350 s
    on an AWS Network Load Balancer, 240 s on an Azure one). Django sees only the age: the first query after such
    a gap fails with a lost connection, or hangs where the hop drops packets without a word.

    ## Example
        [tool.conn-lint.hops]
        balancer = "aws-nlb"

        "CONN_MAX_AGE": 600,

    ## Use instead
        "CONN_MAX_AGE": 300,

    ## When it stays silent
    With CONN_MAX_AGE below the limit of every hop, with CONN_HEALTH_CHECKS (Django 4.1 and later), when the
    server's own limit is smaller (CL101 speaks of that one), and for hosts whose names say nothing.

    ## References
    - https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html
    - https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset
    """

    code = "CL108"
    name = "hop-timeout"
    severity = "error"

    VALID = (
        Example("an age below the limit", _behind('"CONN_MAX_AGE": 300,')),
        Example("no age", _behind()),
        Example("health checks", _behind('"CONN_MAX_AGE": 600,', '"CONN_HEALTH_CHECKS": True,')),
        Example(
            "a hop that other connections pass",
            {
                "settings.py": settings('"CONN_MAX_AGE": 600,', '"HOST": "db.internal",'),
                "pyproject.toml": '[tool.conn-lint.hops]\nproxy = {limit = 60, hosts = ["*.proxy.internal"]}\n',
            },
        ),
        Example(
            "a proxy by its name, and an age below its default",
            {"settings.py": settings('"CONN_MAX_AGE": 600,', '"HOST": "shop.proxy-abc.eu-west-1.rds.amazonaws.com",')},
        ),
        Example("another database", {"settings.py": POSTGRES, "pyproject.toml": _BALANCER}),
    )
    INVALID = (
        Example("an age above the limit of a balancer", _behind('"CONN_MAX_AGE": 600,'), at=("settings.py:4",)),
        Example(
            "a proxy given on the command line",
            {"settings.py": settings('"CONN_MAX_AGE": None,')},
            at=("settings.py:4",),
            args=("--hops", "proxysql=600"),
        ),
        Example(
            "a host that looks like a proxy",
            {"settings.py": settings('"CONN_MAX_AGE": 3600,', '"HOST": "shop.proxy-abc.eu-west-1.rds.amazonaws.com",')},
            at=("settings.py:4",),
        ),
    )

    def ruling(self, session: Session) -> IdleLimit | None:
        if session.limit.hop:
            return session.limit
        if session.limit.at_most is None:
            return None
        return next(limit for limit in session.chain if limit.hop and limit.seconds == session.limit.at_most)

    def check(self, facts: Facts) -> Iterator[Finding]:
        yield from super().check(facts)
        for session in facts.judged_sessions:
            if session.suggested:
                yield from self._suggested(session, session.suggested, facts)

    def _suggested(self, session: Session, hop: Hop, facts: Facts) -> Iterator[Finding]:
        """A hop that only its name gives away: worth a word when the age would reach its default."""
        limit = IdleLimit(hop.seconds, hop.why, hop.place, True, hop.name, hop=True)
        under = session._replace(limit=limit)
        result = assess(under, facts.django, start="close_old", end="close_old")
        if result.verdict != "goes-away-once":
            return
        known = next((each for each, _ in max_ages(session.database, facts.django) if each in result.ages), None)
        if known is None:
            return
        places = [Place(age_place(session, known), f"{age_text(known)} of {session.database.alias}")]
        if hop.place:
            places.append(Place(hop.place, f"this HOST looks like {hop.name}"))
        yield self.finding(
            f"the HOST of {session.database.alias} looks like {hop.name}, which by default drops connections idle for "
            f"{seconds(hop.seconds or 0)}: {age_text(known)} keeps them longer",
            f"declare it to have it judged: [tool.conn-lint.hops] {hop.name} = {hop.seconds:g}",
            tuple(places),
            severity="info",
            sessions=(session,),
        )
