"""How often a scheduler runs what it is given: the idle time between two runs, as the registration says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

JOB = """\
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from discord.ext import tasks
from django.conf import settings
from django.db import close_old_connections
from shop.models import Order
from telegram.ext import JobQueue
from tornado.ioloop import PeriodicCallback
import schedule, time

scheduler = BlockingScheduler()
job_queue = JobQueue()
MINUTES = 5

"""

RUN = "def job(*args):\n    Order.objects.count()\n\n"

HOUR, DAY = 3600.0, 86400.0

BOUNDED = [
    (30, "scheduler.add_job(job, 'interval', seconds=30)"),
    (5 * 60 + 1, "scheduler.add_job(job, trigger='interval', minutes=MINUTES, seconds=1)"),
    (10 * HOUR, "scheduler.add_job(job, IntervalTrigger(hours=10))"),
    (2 * HOUR, "scheduler.add_job(func=job, trigger=IntervalTrigger(hours=2))"),
    (10, "scheduler.add_interval_job(job, seconds=10)"),
    (5 * 60, "scheduler.add_job(job, 'cron', minute='*/5')"),
    (HOUR, "scheduler.add_job(job, 'cron', minute=30)"),
    (DAY, "scheduler.add_job(job, 'cron', hour=3, minute=30)"),
    (DAY, "scheduler.add_job(job, CronTrigger(hour=3))"),
    (HOUR, "scheduler.add_job(job, 'cron', hour='*')"),
    (10, "scheduler.add_job(job, 'cron', second='*/10')"),
    (10 * 60, "scheduler.add_job(job, CronTrigger.from_crontab('*/10 * * * *'))"),
    (DAY, "scheduler.add_job(job, CronTrigger.from_crontab('0 4 * * *'))"),
    (60, "scheduler.add_job(job, 'interval', seconds=10)\nscheduler.add_job(job, 'interval', minutes=1)"),
    (10, "schedule.every(10).seconds.do(job)"),
    (HOUR, "schedule.every().hour.do(job)"),
    (DAY, "schedule.every().day.at('10:30').do(job)"),
    (600, "schedule.every(5).to(10).minutes.do(job)"),
    (60, "job_queue.run_repeating(job, interval=60)"),
    (60, "job_queue.run_repeating(job, 60, first=1)"),
    (10, "PeriodicCallback(job, 10_000).start()"),
]

OPEN = [
    "def later():\n    scheduler.add_job(job, 'date')",
    "scheduler.add_job(job, 'date')\nscheduler.add_job(job, 'cron', day=1)",
    "def later():\n    scheduler.add_job(job)",
    "scheduler.add_job(job, **options)",
    "scheduler.add_job(job, trigger)",
    "scheduler.add_job(job, 'interval', seconds=10, jitter=86400)",
    "scheduler.add_job(job, 'cron', day_of_week='mon')",
    "scheduler.add_job(job, 'cron', hour='9-17', minute='*/5')",
    "scheduler.add_job(job, 'cron', minute=settings.MINUTE)",
    "scheduler.add_job(job, CronTrigger.from_crontab('*/10 9-17 * * *'))",
    "scheduler.add_job(job, CronTrigger.from_crontab(settings.CRONTAB))",
    "scheduler.add_job(job, 'interval', seconds=10)\nscheduler.add_job(job, 'cron', day=1)",
    "schedule.every().monday.do(job)",
    "job_queue.run_once(job, 60)",
]

UNSURE = [
    "scheduler.add_job(job, 'interval', seconds=settings.SECONDS)",
    "scheduler.add_job(job, 'interval', minutes=1, seconds=settings.SECONDS)",
    "schedule.every(settings.SECONDS).seconds.do(job)",
    "PeriodicCallback(job, settings.MILLISECONDS).start()",
]


@pytest.mark.parametrize(("seconds", "registration"), BOUNDED)
def test_the_registration_says_how_often(tmp_path: Path, seconds: float, registration: str) -> None:
    unit = worker(tmp_path, JOB + RUN + registration).unit
    assert (unit.gap, unit.unsure_gap, unit.never_closes) == (seconds, False, True)


@pytest.mark.parametrize("registration", OPEN)
def test_it_does_not(tmp_path: Path, registration: str) -> None:
    unit = worker(tmp_path, JOB + RUN + registration).unit
    assert (unit.gap, unit.unsure_gap, unit.never_closes) == (None, False, False)


@pytest.mark.parametrize("registration", UNSURE)
def test_it_says_by_a_name_that_is_not_known(tmp_path: Path, registration: str) -> None:
    unit = worker(tmp_path, JOB + RUN + registration).unit
    assert (unit.gap, unit.unsure_gap) == (None, True)


def test_the_settings_say_what_the_name_stands_for(tmp_path: Path) -> None:
    reading = worker(tmp_path, JOB + RUN + UNSURE[0], settings="SECONDS = env.int('SECONDS', default=7)\n")
    assert (reading.unit.gap, reading.unit.unsure_gap) == (7, False)


def test_a_decorator_says_it(tmp_path: Path) -> None:
    text = JOB + "@scheduler.scheduled_job('interval', minutes=MINUTES)\n" + RUN
    assert worker(tmp_path, text).unit.gap == 300


def test_a_coroutine_is_told_by_its_decorator(tmp_path: Path) -> None:
    text = (
        JOB
        + "@tasks.loop(hours=24)\nasync def job():\n    async for order in Order.objects.all():\n        print(order)\n"
    )
    assert worker(tmp_path, text).unit.gap == DAY


SELDOM = """\
def job():
    if settings.BUSY:
        Order.objects.count()

"""


@pytest.mark.parametrize("registration", [BOUNDED[0][1], BOUNDED[14][1]])
def test_runs_without_a_query_may_follow_for_ever(tmp_path: Path, registration: str) -> None:
    assert worker(tmp_path, JOB + SELDOM + registration).unit.gap is None


LOOP = """\
schedule.every(10).seconds.do(job)
while True:
    close_old_connections()
    schedule.run_pending()
    time.sleep(1)
"""


@pytest.mark.parametrize("run", [RUN, SELDOM])
def test_the_loop_that_runs_it_closes_after_the_wait(tmp_path: Path, run: str) -> None:
    unit = worker(tmp_path, JOB + run + LOOP).unit
    assert (unit.cleanup_start, unit.never_closes) == ("close_old", False)


@pytest.mark.parametrize(
    "registration",
    [
        "scheduler.add_job(job, 'date', run_date=soon())",
        "scheduler.add_job(job)",
        "scheduler.add_job(func=job, id='first')",
        "scheduler.add_job(job, trigger=DateTrigger(soon()))",
        "scheduler.add_date_job(job, soon())",
        "class ShopConfig:\n    def ready(self):\n        scheduler.add_job(job, 'date')",
    ],
)
def test_what_runs_once_after_the_start_has_nothing_before_it(tmp_path: Path, registration: str) -> None:
    text = f"from apscheduler.triggers.date import DateTrigger\n{JOB}{RUN}{registration}\n"
    unit = worker(tmp_path, text).unit
    assert (unit.kind, unit.touches_orm, unit.gap, unit.never_closes) == ("scheduled", "yes", 0.0, False)
