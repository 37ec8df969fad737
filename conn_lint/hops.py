"""Which hops the connections of an alias pass, and what they leave of its idle limit."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from conn_lint.model import Database, Hop, IdleLimit, Session, candidates


def through_hops(session: Session, hops: tuple[Hop, ...]) -> Session:
    """``session`` with its chain, and with the smallest limit of the chain as the one that rules."""
    server = session.limit
    passed = [
        IdleLimit(hop.seconds, hop.why, hop.place, False, hop.name, hop=True)
        for hop in hops
        if hop.seconds is not None and _passes(session.database, hop)
    ]
    if not passed:
        return session._replace(chain=(server,), suggested=suggestion(session.database, hops))
    least = min(passed, key=lambda limit: limit.seconds or 0)
    chain = (server, *passed)
    if server.seconds is None:
        return session._replace(limit=server._replace(at_most=least.seconds), chain=chain)
    return session._replace(limit=least if (least.seconds or 0) < server.seconds else server, chain=chain)


def _passes(database: Database, hop: Hop) -> bool:
    """Whether the connections of ``database`` pass ``hop``; a HOST that cannot be known matches no pattern."""
    if hop.aliases and database.alias not in hop.aliases:
        return False
    if not hop.hosts:
        return True
    names = [known.value.lower() for known in candidates(database.host) if isinstance(known.value, str)]
    return bool(names) and all(any(fnmatchcase(name, pattern.lower()) for pattern in hop.hosts) for name in names)


def suggestion(database: Database, hops: Iterable[Hop]) -> Hop | None:
    """The hop that the name of HOST suggests, where none was declared for the alias; None for none."""
    if any(_passes(database, hop) for hop in hops):
        return None
    from conn_lint.server.presets import PRESETS, suggested

    for known in candidates(database.host):
        name = suggested(known.value) if isinstance(known.value, str) else None
        if name:
            preset = PRESETS[name]
            return Hop(name, float(preset.seconds), f"the default of {preset.what}", known.place or database.host.place)
    return None
