"""How often schedulers run what they are given, as the call says that hands it over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given

SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0, "weeks": 604800.0}

_CRON = (("second", 60), ("minute", 60), ("hour", 24))
"""The fields of a cron trigger that may come round within a day, finest first, and how many there are of each in one
of the next."""

EVERY = v.Const("*")

_COARSER = ("year", "month", "week", "day", "day_of_week")


class Pace(NamedTuple):
    """``seconds`` lie between two runs at most; None: they come at an interval whose length is not known here."""

    seconds: float | None


def slower(one: Pace | None, other: Pace | None) -> Pace | None:
    """What can be said of something that runs at both; None where nothing is known of one."""
    if one is None or other is None:
        return None
    if one.seconds is None or other.seconds is None:
        return Pace(None)
    return Pace(max(one.seconds, other.seconds))


def number(value: v.Val) -> float | None:
    """The positive number that ``value`` is; None for anything else."""
    held = value.value if isinstance(value, v.Const) else None
    return float(held) if isinstance(held, (int, float)) and not isinstance(held, bool) and held > 0 else None


def spelled_out(keywords: Iterable[tuple[str, v.Val]]) -> Pace | None:
    """The interval of ``hours=1, minutes=30``; None where no unit of time is named."""
    named = [(SECONDS[name], number(value)) for name, value in keywords if name in SECONDS]
    if not named:
        return None
    known = [unit * count for unit, count in named if count is not None]
    return Pace(sum(known) if len(known) == len(named) else None)


def of_discord(_call: f.Call, given: Given) -> Pace | None:
    """``@tasks.loop(minutes=5)`` (discord.py 2.7.1 ``ext/tasks/__init__.py`` loop)."""
    return spelled_out(given.keywords)


def of_tornado(_call: f.Call, given: Given) -> Pace | None:
    """``PeriodicCallback(callback, milliseconds)`` (tornado 6.4 ``ioloop.py``)."""
    milliseconds = number(given.first("callback_time", 1))
    return Pace(None if milliseconds is None else milliseconds / 1000)


def of_telegram(call: f.Call, given: Given) -> Pace | None:
    """``job_queue.run_repeating(callback, interval)`` (python-telegram-bot 20.7 ``ext/_jobqueue.py``)."""
    return Pace(number(given.first("interval", 1))) if f.written(call.func).endswith("run_repeating") else None


def of_schedule(call: f.Call, _given: Given) -> Pace | None:
    """``schedule.every(10).minutes.do(job)``, ``schedule.every().hour``, ``.every(5).to(10).seconds`` (schedule 1.2.2
    ``__init__.py`` Job)."""
    unit: float | None = None
    count: float | None = 1
    most = False
    node: f.Expr = call.func
    while isinstance(node, (f.Attr, f.Call)):
        if isinstance(node, f.Attr):
            name, node = node.name, node.value
            unit = SECONDS.get(name, SECONDS.get(f"{name}s", unit))
            continue
        last = f.written(node.func).rpartition(".")[2]
        if last == "to" or (last == "every" and not most):
            count = _plain(node.args[0]) if node.args else 1
            most = last == "to"
        node = node.func
    return None if unit is None else Pace(None if count is None else unit * count)


def of_apscheduler(call: f.Call, given: Given) -> Pace | None:
    """``add_job(f, "interval", seconds=10)``, ``add_job(f, CronTrigger(minute="*/5"))`` and their kin (APScheduler
    3.11.3 ``triggers/interval.py``, ``triggers/cron/__init__.py``; 2.1.2 ``add_interval_job``)."""
    last = f.written(call.func).rpartition(".")[2]
    keywords = dict(given.keywords)
    for trigger in (*call.args, *(value for name, value in call.keywords if name == "trigger")):
        if isinstance(trigger, f.Call):
            made = f.written(trigger.func)
            written = {name: _as_value(value) for name, value in trigger.keywords}
            if made.endswith("IntervalTrigger"):
                return _unless_shifted(written, spelled_out(written.items()))
            if made.endswith("CronTrigger"):
                return _unless_shifted(written, _cron(written))
            if made.endswith("from_crontab"):
                return _crontab(_as_value(trigger.args[0])) if trigger.args else None
    kinds = {value.value for value in given.values if isinstance(value, v.Const)} & {"interval", "cron"}
    if kinds == {"interval"} or last in ("add_interval_job", "interval_schedule"):
        return _unless_shifted(keywords, spelled_out(given.keywords))
    if kinds == {"cron"} or last in ("add_cron_job", "cron_schedule"):
        return _unless_shifted(keywords, _cron(keywords))
    return None


def _unless_shifted(keywords: Mapping[str, v.Val], pace: Pace | None) -> Pace | None:
    """``pace``; None where each run is put off at random."""
    return None if "jitter" in keywords else pace


def _cron(fields: Mapping[str, v.Val]) -> Pace | None:
    """The longest time between two runs of a cron trigger, where no field but its finest picks anything; None for
    one that rests for days, or for some hours of each."""
    if any(name in fields and not _is_every(fields[name]) for name in _COARSER):
        return None
    length = 1.0
    for position, (name, cycle) in enumerate(_CRON):
        value = fields.get(name)
        if value is not None:
            if not isinstance(value, v.Const):
                return None
            if all(_is_every(fields.get(coarser, EVERY)) for coarser, _ in _CRON[position + 1 :]):
                return Pace(length * _step(str(value.value), cycle))
            if not str(value.value).isdecimal():
                return None  # at some times, in some hours
        length *= cycle
    return None


def _crontab(expression: v.Val) -> Pace | None:
    """As ``_cron``, of ``*/5 * * * *``."""
    written = expression.value if isinstance(expression, v.Const) else None
    fields = str(written).split()
    if len(fields) != len(_NAMES):
        return None
    picked = {name: v.Const(field) for name, field in zip(_NAMES, fields, strict=True)}
    return _cron({name: value for name, value in picked.items() if name == "minute" or not _is_every(value)})


_NAMES = ("minute", "hour", "day", "month", "day_of_week")


def _is_every(value: v.Val) -> bool:
    return value == EVERY


def _step(field: str, cycle: int) -> int:
    """How far apart the values of a cron field are at most: of ``*/5`` 5, of ``30`` the whole ``cycle``."""
    if field == "*":
        return 1
    step = field.removeprefix("*/")
    return min(int(step), cycle) if field != step and step.isdecimal() and int(step) else cycle


def _plain(expr: f.Expr) -> float | None:
    return number(_as_value(expr))


def _as_value(expr: f.Expr) -> v.Val:
    return v.Const(expr.value) if isinstance(expr, f.Constant) else v.UNKNOWN
