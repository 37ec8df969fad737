"""How often schedulers run what they are given, as the call says that hands it over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given, argument
from conn_lint.workers.paths import UNBOUNDED

SECONDS = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0, "weeks": 604800.0}

_CRON = (("second", 60), ("minute", 60), ("hour", 24))
"""The fields of a cron trigger that may come round within a day, finest first, and how many there are of each in one
of the next."""

EVERY = f.Constant("*")

_COARSER = ("year", "month", "week", "day", "day_of_week")


class Pace(NamedTuple):
    """``seconds`` lie between two runs at most; None: they come at an interval whose length is not known here."""

    seconds: float | None


ONCE = Pace(0.0)
"""The pace of what runs once, soon after the process has started."""


def slower(one: Pace | None, other: Pace | None) -> Pace | None:
    """What can be said of something that runs at both; None where nothing is known of one."""
    if one is None or other is None:
        return None
    if one.seconds is None or other.seconds is None:
        return Pace(None)
    return Pace(max(one.seconds, other.seconds))


Length = Callable[[f.Expr], "float | None"]
"""The number that an expression stands for by default; None where nothing says."""


def spelled_out(keywords: Iterable[tuple[str, f.Expr]], length: Length) -> Pace | None:
    """The interval of ``hours=1, minutes=30``; None where no unit of time is named."""
    named = [(SECONDS[name], length(value)) for name, value in keywords if name in SECONDS]
    if not named:
        return None
    known = [unit * count for unit, count in named if count is not None]
    return _every(sum(known) if len(known) == len(named) else None)


def _every(seconds: float | None) -> Pace:
    return Pace(seconds if seconds and seconds != UNBOUNDED else None)


def of_discord(call: f.Call, _given: Given, length: Length) -> Pace | None:
    """``@tasks.loop(minutes=5)`` (discord.py 2.7.1 ``ext/tasks/__init__.py`` loop)."""
    return spelled_out(call.keywords, length)


def of_tornado(call: f.Call, _given: Given, length: Length) -> Pace | None:
    """``PeriodicCallback(callback, milliseconds)`` (tornado 6.4 ``ioloop.py``)."""
    milliseconds = length(argument(call, "callback_time", 1))
    return _every(None if milliseconds is None else milliseconds / 1000)


def of_telegram(call: f.Call, _given: Given, length: Length) -> Pace | None:
    """``job_queue.run_repeating(callback, interval)`` (python-telegram-bot 20.7 ``ext/_jobqueue.py``)."""
    repeats = f.written(call.func).endswith("run_repeating")
    return _every(length(argument(call, "interval", 1))) if repeats else None


def of_schedule(call: f.Call, _given: Given, length: Length) -> Pace | None:
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
            count = length(node.args[0]) if node.args else 1
            most = last == "to"
        node = node.func
    return None if unit is None else _every(None if count is None else unit * count)


def of_apscheduler(call: f.Call, given: Given, length: Length) -> Pace | None:
    """``add_job(f, "interval", seconds=10)``, ``add_job(f, CronTrigger(minute="*/5"))`` and their kin (APScheduler
    3.11.3 ``triggers/interval.py``, ``triggers/cron/__init__.py``; 2.1.2 ``add_interval_job``). A job without a
    trigger runs once, at once (3.11.0 ``schedulers/base.py`` ``_create_trigger``)."""
    for trigger in (*call.args, *(value for name, value in call.keywords if name == "trigger")):
        if isinstance(trigger, f.Call):
            made = f.written(trigger.func)
            if made.endswith("IntervalTrigger"):
                return _unless_shifted(trigger, spelled_out(trigger.keywords, length))
            if made.endswith("CronTrigger"):
                return _unless_shifted(trigger, _cron(dict(trigger.keywords)))
            if made.endswith("from_crontab"):
                return _crontab(trigger.args[0]) if trigger.args else None
            if made.endswith("DateTrigger"):
                return ONCE
    last = f.written(call.func).rpartition(".")[2]
    kinds = {value.value for value in given.values if isinstance(value, v.Const)} & {"interval", "cron", "date"}
    if kinds == {"interval"} or last in ("add_interval_job", "interval_schedule"):
        return _unless_shifted(call, spelled_out(call.keywords, length))
    if kinds == {"cron"} or last in ("add_cron_job", "cron_schedule"):
        return _unless_shifted(call, _cron(dict(call.keywords)))
    if kinds == {"date"} or last == "add_date_job" or (last == "add_job" and not _has_trigger(call)):
        return ONCE
    return None


def _has_trigger(call: f.Call) -> bool:
    """Whether ``add_job()`` is given a trigger, or may be."""
    given = dict(call.keywords)
    return len(call.args) > ("func" not in given) or not {"trigger", "**"}.isdisjoint(given)


def _unless_shifted(call: f.Call, pace: Pace | None) -> Pace | None:
    """``pace``; None where each run is put off at random."""
    return None if "jitter" in dict(call.keywords) else pace


def _cron(fields: Mapping[str, f.Expr]) -> Pace | None:
    """The longest time between two runs of a cron trigger, where no field but its finest picks anything; None for
    one that rests for days, or for some hours of each."""
    if any(fields.get(name, EVERY) != EVERY for name in _COARSER):
        return None
    length = 1.0
    for position, (name, cycle) in enumerate(_CRON):
        field = fields.get(name)
        if field is not None:
            if not isinstance(field, f.Constant):
                return None
            if all(fields.get(coarser, EVERY) == EVERY for coarser, _ in _CRON[position + 1 :]):
                return Pace(length * _step(str(field.value), cycle))
            if not str(field.value).isdecimal():
                return None  # at some times, in some hours
        length *= cycle
    return None


def _crontab(expression: f.Expr) -> Pace | None:
    """As ``_cron``, of ``*/5 * * * *``."""
    fields = str(expression.value).split() if isinstance(expression, f.Constant) else []
    return _cron(dict(zip(_NAMES, map(f.Constant, fields), strict=True))) if len(fields) == len(_NAMES) else None


_NAMES = ("minute", "hour", "day", "month", "day_of_week")


def _step(field: str, cycle: int) -> int:
    """How far apart the values of a cron field are at most: of ``*/5`` 5, of ``30`` the whole ``cycle``."""
    if field == "*":
        return 1
    step = field.removeprefix("*/")
    return min(int(step), cycle) if field != step and step.isdecimal() and int(step) else cycle
