"""One option of a server group: which variable it sets and to what, or why the server refuses to start.

Source: ``handle_options``, ``findopt``, ``setval`` and ``getopt_ull`` in ``mysys/my_getopt.c`` (MariaDB) and
``mysys/my_getopt.cc`` (MySQL); both timeouts are unsigned, between 1 and 31536000 seconds, 28800 by default
(``Sys_net_wait_timeout`` and ``Sys_interactive_timeout`` in ``sql/sys_vars.cc``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from conn_lint.model import Span
from conn_lint.server.flavours import Flavour, Rules
from conn_lint.server.grammar import Option
from conn_lint.server.option_names import Known, lookup

Variable = Literal["wait_timeout", "interactive_timeout"]

DEFAULT_SECONDS = 28800
MINIMUM_SECONDS = 1
MAXIMUM_SECONDS = 31536000

_PREFIXES = (b"skip", b"disable", b"enable", b"maximum", b"loose", b"autoset")

_TIMEOUTS: tuple[Variable, ...] = ("wait_timeout", "interactive_timeout")

_LIMIT_64 = 1 << 64

_SUFFIXES = tuple(b"kmgtpe"[i : i + 1] for i in range(6))


class Assignment(NamedTuple):
    """``variable`` becomes ``seconds``; with ``lowers`` only if that is less than what it is."""

    variable: Variable
    seconds: int
    lowers: bool = False


class Refusal(NamedTuple):
    """The server does not start. ``foreign``: only because it does not know an option that others may."""

    reason: str
    foreign: bool = False


class _Found(NamedTuple):
    variable: Variable
    prefix: str
    """The special prefix it was found behind, "" for none."""
    loose: bool


class _Other(NamedTuple):
    stages: tuple[bytes, ...]
    """The name, and what is left of it as its special prefixes are taken off one by one."""
    loose: bool


def effect(option: Option, flavour: Flavour) -> Assignment | Refusal | None:
    """What ``option`` does to the two timeouts when ``flavour`` starts; None: nothing."""
    found = _find(option.name, flavour.rules)
    if isinstance(found, _Found):
        return _assignment(found, option.value, flavour.rules)
    return None if found.loose else _refused(option, found.stages, flavour)


def _assignment(found: _Found, value: bytes | None, rules: Rules) -> Assignment | Refusal | None:
    if found.prefix in ("skip", "disable", "enable"):
        value = b"1" if (value == b"0") == (found.prefix != "enable") else b"0"
    if found.prefix == "autoset":
        if found.loose and rules.passes_loose_autoset:
            return None
        return Refusal(f"{found.variable} cannot be set automatically")
    if value is None:
        return Refusal(f"{found.variable} requires an argument")
    seconds = number(value, rules)
    if isinstance(seconds, Refusal):
        if not found.loose or rules.loose_error == "refused":
            return Refusal(f"{seconds.reason} for {found.variable}")
        seconds = 0 if rules.loose_error == "zero" else MINIMUM_SECONDS
    if found.prefix == "maximum":
        return Assignment(found.variable, seconds, lowers=True) if rules.maximum_lowers else None
    return Assignment(found.variable, seconds)


def _refused(option: Option, stages: tuple[bytes, ...], flavour: Flavour) -> Refusal | None:
    """Why ``flavour`` does not start with an ``option`` that is none of the timeouts; None when it does."""
    shown = option.name.decode("latin-1")
    if not option.name or option.name.startswith(b"-"):
        return Refusal(f"unknown option '{shown}': option files take names without dashes")
    last = stages[-1].rpartition(b".")[2]
    if last.lower().startswith((b"wait", b"interactive")) or isinstance(_find(last, flavour.rules), _Found):
        return Refusal(f"unknown variable '{shown}'")
    known: Known | str = "unknown"
    for stage in stages:
        known = lookup(stage.decode("latin-1"), flavour)
        if known != "unknown":
            break
    if known == "unknown":
        return Refusal(f"unknown variable '{shown}'", foreign=True)
    if not isinstance(known, Known) or stage != stages[0]:
        return None
    if option.value is None:
        return Refusal(f"{known.name} requires an argument") if known.kind in ("number", "text") else None
    if known.kind in ("number", "number or nothing") and not _numeric(option.value):
        return Refusal(f"value '{option.written}' for {known.name}, which takes a number")
    return None


def _numeric(value: bytes) -> bool:
    """Whether some numeric option could take ``value``: decimals and signs are for some of them."""
    text = value.strip().lstrip(b"+-")
    digits = len(text) - len(text.lstrip(b"0123456789"))
    tail = text[digits:]
    if tail.startswith(b"."):
        return tail[1:].isdigit() or tail == b"."
    return not tail or tail[:1].lower() in _SUFFIXES


def settle(changes: Iterable[tuple[Assignment, Span]]) -> tuple[dict[Variable, int], dict[Variable, Span]]:
    """The values in force after ``changes`` were made in order, and where each was set (absent: the default)."""
    values: dict[Variable, int] = {"wait_timeout": DEFAULT_SECONDS, "interactive_timeout": DEFAULT_SECONDS}
    sources: dict[Variable, Span] = {}
    for change, place in changes:
        if not (change.lowers and change.seconds >= values[change.variable]):
            values[change.variable] = change.seconds
            sources[change.variable] = place
    return values, sources


def timeout_named(name: bytes) -> Variable | None:
    """The timeout that ``name`` spells in full, in any case and behind any prefix."""
    found = _find(name, _LENIENT)
    return found.variable if isinstance(found, _Found) else None


def prefix_of(name: bytes) -> str:
    """The special prefix that ``name`` has right before the timeout that it spells in full; "" for none."""
    found = _find(name, _LENIENT)
    return found.prefix if isinstance(found, _Found) else ""


_LENIENT = Rules(any_case=True, unique_prefixes=False)


def _find(name: bytes, rules: Rules) -> _Found | _Other:
    """The timeout that an option's name stands for, or what is left of a name that is another option's."""
    spelled = name.replace(b"-", b"_")
    if rules.any_case:
        spelled = spelled.lower()
    dot = spelled.find(b".", 1)
    if rules.dotted_names and 0 < dot < len(spelled) - 1:
        spelled = spelled[dot + 1 :]
    prefix, loose = "", False
    stages: tuple[bytes, ...] = ()
    while True:
        found = _full_name(spelled) or _unique_prefix(spelled, rules)
        if found:
            return _Found(found, prefix, loose)
        stripped = next((p for p in _PREFIXES if spelled.startswith(p + b"_")), None)
        if stripped is None:
            return _Other((*stages, spelled), loose)
        stages += (spelled,)
        prefix, spelled = stripped.decode(), spelled[len(stripped) + 1 :]
        loose = loose or prefix == "loose"


def _full_name(spelled: bytes) -> Variable | None:
    return next((variable for variable in _TIMEOUTS if spelled == variable.encode()), None)


def _unique_prefix(spelled: bytes, rules: Rules) -> Variable | None:
    if not rules.unique_prefixes or not spelled:
        return None
    for variable, shortest in zip(_TIMEOUTS, rules.shortest_prefixes, strict=True):
        if len(spelled) >= shortest and variable.encode().startswith(spelled):
            return variable
    return None


def number(text: bytes, rules: Rules) -> int | Refusal:
    """The seconds that ``text`` stands for, within the bounds (``getopt_ull``, ``eval_num_suffix``)."""
    if not text:
        return Refusal("empty value") if rules.refuses_empty else MINIMUM_SECONDS
    shown = f"value '{text.decode('latin-1')}'"
    if rules.negative == "refused" and text.startswith(b"-"):
        return Refusal(f"negative {shown}")
    rest = text.lstrip(b" \t\n\v\f\r")
    if rules.negative == "minimum" and rest.lstrip(b"\xa0").startswith(b"-"):
        return MINIMUM_SECONDS
    sign = rest[:1] if rest[:1] in (b"+", b"-") else b""
    unsigned = rest[len(sign) :]
    digits = unsigned[: len(unsigned) - len(unsigned.lstrip(b"0123456789"))]
    if not digits:
        tail, value = text, 0
    else:
        tail, value = unsigned[len(digits) :], int(digits.lstrip(b"0")[:21] or b"0")  # 21 digits are too many
    if value >= _LIMIT_64:
        return Refusal(f"{shown} beyond 64 bits")
    if sign == b"-":
        value = -value % _LIMIT_64
    if tail:
        power = rules.suffixes.find(tail[:1].lower())
        if power < 0:
            return Refusal(f"unknown suffix in {shown}")
        raised = (value << 10 * (power + 1)) % _LIMIT_64
        if rules.refuses_lost_bits and raised.bit_count() != value.bit_count():
            return Refusal(f"{shown} beyond 64 bits")
        value = raised
    return max(MINIMUM_SECONDS, min(value, MAXIMUM_SECONDS))
