"""What each framework does around one run, by its version, its commands and the settings."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from conn_lint.model import Deployment, Known, OneOf, Span, UnitOfWork, Unknown, Value
from conn_lint.workers.frameworks import all_frameworks
from tests.workers.trees import Reading, units_of, worker

RQ_JOB = "from django_rq import job\nfrom shop.models import Order\n@job\ndef ship():\n    Order.objects.count()\n"


def deployment(**names: Value) -> Deployment:
    return Deployment("site.settings", "site/settings.py", None, {}, False, names)


def known(value: Any) -> Known:
    return Known(value, Span("site/settings.py", 1))


def isolation(
    root: Path,
    *commands: str,
    requirements: tuple[str, ...] = (),
    files: dict[str, str] | None = None,
    names: dict[str, Value] | None = None,
) -> str:
    reading = units_of(
        root,
        {"shop/worker.py": RQ_JOB} | (files or {}),
        commands=commands,
        requirements=requirements,
        deployments=(deployment(**names),) if names else (),
    )
    (unit,) = [unit for unit in reading.touching if unit.kind == "job"]
    assert unit.isolation_why
    return unit.isolation


# --- rq ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python manage.py rqworker", "fork-clean"),
        ("python manage.py rqworker default low", "fork-clean"),
        ("python ./manage.py rqworker --name a high", "fork-clean"),
        ("django-admin rqworker", "fork-clean"),
        ("/venv/bin/django-admin.py rqworker", "fork-clean"),
        ("python manage.py rqworker-pool", "fork-clean"),
        ("rq worker", "fork"),
        ("/venv/bin/rq worker --url redis://x", "fork"),
        ("rq worker-pool", "fork"),
        ("rqworker", "fork"),
        ("python manage.py rqworker --worker-class rq.worker.SimpleWorker", "none"),
        ("python manage.py rqworker --worker-class=rq.SimpleWorker", "none"),
        ("rq worker -w rq.worker.SimpleWorker", "none"),
        ("rq worker -w rq.worker.worker_classes.SimpleWorker high", "none"),
        ("rq worker --worker-class rq.worker.SpawnWorker", "fork-clean"),
        ("rq worker -w rq_win.WindowsWorker", "none"),
        ("python manage.py runserver", "fork"),
        ("rq info", "fork"),
        ("python manage.py rqstats", "fork"),
        ("gunicorn site.wsgi", "fork"),
    ],
)
def test_the_process_of_a_job_by_the_command_of_its_worker(tmp_path: Path, command: str, expected: str) -> None:
    assert isolation(tmp_path, command) == expected


@pytest.mark.parametrize(
    ("command", "requirement", "expected"),
    [
        ("manage.py rqworker", "django-rq==4.2.0", "fork-clean"),
        ("manage.py rqworker", "django-rq==0.9.5", "fork-clean"),
        ("manage.py rqworker", "django-rq==0.9.4", "fork"),
        ("manage.py rqworker", "django-rq>=2.0", "fork-clean"),
        ("manage.py rqworker", "django-rq<0.9", "fork"),
        ("manage.py rqworker-pool", "django-rq==4.2.0", "fork-clean"),
        ("manage.py rqworker-pool", "django-rq==3.0.0", "fork"),
        ("rq worker", "django-rq==4.2.0", "fork"),
    ],
)
def test_the_process_of_a_job_by_the_release_of_django_rq(
    tmp_path: Path, command: str, requirement: str, expected: str
) -> None:
    assert isolation(tmp_path, command, requirements=(requirement,)) == expected


def test_without_a_command_the_parent_may_hold_a_connection(tmp_path: Path) -> None:
    assert isolation(tmp_path) == "fork"


def test_of_two_workers_the_one_that_protects_least_counts(tmp_path: Path) -> None:
    assert isolation(tmp_path, "manage.py rqworker", "rq worker") == "fork"
    assert isolation(tmp_path, "manage.py rqworker", "rq worker -w rq.SimpleWorker") == "none"


@pytest.mark.parametrize(
    "script",
    [
        "from rq import Queue, SimpleWorker\nSimpleWorker([Queue()]).work()\n",
        "import rq\nif __name__ == '__main__':\n    rq.SimpleWorker([]).work()\n",
        "from rq.worker import SimpleWorker\ndef main():\n    SimpleWorker([]).work()\n",
    ],
)
def test_a_worker_script_that_does_not_fork(tmp_path: Path, script: str) -> None:
    assert isolation(tmp_path, "manage.py rqworker", files={"run.py": script}) == "none"


def test_a_worker_script_that_forks(tmp_path: Path) -> None:
    script = "from rq import Queue, Worker\nWorker([Queue()]).work()\n"
    assert isolation(tmp_path, files={"run.py": script}) == "fork"


@pytest.mark.parametrize(
    ("value", "command", "expected"),
    [
        (known({"WORKER_CLASS": "rq.worker.SimpleWorker"}), "manage.py rqworker", "none"),
        (known({"WORKER_CLASS": "rq.worker.SimpleWorker"}), "rq worker", "fork"),
        (known({"WORKER_CLASS": "rq.worker.SimpleWorker"}), "", "none"),
        (known({"WORKER_CLASS": "rq.worker.SimpleWorker"}), "manage.py rqworker --worker-class rq.Worker", "fork-clean"),
        (OneOf((known({}), known({"WORKER_CLASS": "rq.SimpleWorker"}))), "manage.py rqworker", "none"),
        (known({"WORKER_CLASS": "rq.Worker"}), "manage.py rqworker", "fork-clean"),
        (known({"SHOW_ADMIN_LINK": True}), "manage.py rqworker", "fork-clean"),
        (known({"WORKER_CLASS": None}), "manage.py rqworker", "fork-clean"),
        (known("nonsense"), "manage.py rqworker", "fork-clean"),
        (Unknown("environment"), "manage.py rqworker", "fork-clean"),
    ],
)  # fmt: skip
def test_the_worker_class_of_the_settings(tmp_path: Path, value: Value, command: str, expected: str) -> None:
    assert isolation(tmp_path, *([command] if command else []), names={"RQ": value}) == expected


def test_where_the_choice_of_a_worker_stands(tmp_path: Path) -> None:
    unit = units_of(tmp_path, {"shop/worker.py": RQ_JOB}, commands=["rq worker -w rq.SimpleWorker"]).unit
    assert str(unit.isolation_place) == "Procfile:1"
    assert "SimpleWorker" in unit.isolation_why


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("call_command('rqworker', *queues, with_scheduler=True)", "fork-clean"),
        ("call_command('rqworker', 'low', worker_class='rq.SimpleWorker')", "none"),
        ("call_command('rqworker', 'low', '--worker-class=rq.SimpleWorker')", "none"),
        ("call_command('migrate')", "fork"),
        ("call_command(name)", "fork"),
    ],
)
def test_a_worker_started_by_a_call_of_its_command(tmp_path: Path, call: str, expected: str) -> None:
    script = f"from django.core.management import call_command\n\ndef rqworker(name, queues):\n    {call}\n"
    assert isolation(tmp_path, files={"shop/run.py": script}) == expected


RQ_CLASSES = """
    from django.db import close_old_connections, connection
    from rq import SimpleWorker, Worker
    from rq.job import Job
    class Closing(Job):
        def perform(self):
            close_old_connections()
            try:
                return super().perform()
            finally:
                connection.close()
    class Open(Job):
        def perform(self):
            return super().perform()
    class InProcess(SimpleWorker):
        def execute_job(self, job, queue):
            close_old_connections()
            return super().execute_job(job, queue)
    class Forking(Worker):
        def perform_job(self, job, queue):
            close_old_connections()
            return super().perform_job(job, queue)
"""

SIMPLE = "manage.py rqworker --worker-class rq.SimpleWorker"


@pytest.mark.parametrize(
    ("command", "settings", "expected"),
    [
        (SIMPLE, {}, ("none", "none", "none")),
        (SIMPLE, {"JOB_CLASS": "shop.classes.Closing"}, ("none", "close_old", "close")),
        (SIMPLE, {"JOB_CLASS": "shop.classes.Open"}, ("none", "none", "none")),
        (SIMPLE, {"JOB_CLASS": "elsewhere.Job"}, ("none", "none", "none")),
        (f"{SIMPLE} --job-class shop.classes.Closing", {}, ("none", "close_old", "close")),
        ("rq worker --worker-class shop.classes.InProcess", {}, ("none", "close_old", "none")),
        ("manage.py rqworker", {"WORKER_CLASS": "shop.classes.InProcess"}, ("none", "close_old", "none")),
        ("rq worker -w shop.classes.Forking", {}, ("fork", "close_old", "none")),
    ],
)
def test_job_and_worker_classes_of_the_project(
    tmp_path: Path, command: str, settings: dict[str, str], expected: tuple[str, str, str]
) -> None:
    files = {"shop/worker.py": RQ_JOB, "shop/classes.py": RQ_CLASSES}
    unit = units_of(tmp_path, files, commands=[command], deployments=(deployment(RQ=known(settings)),)).unit
    assert (unit.isolation, unit.cleanup_start, unit.cleanup_end) == expected


@pytest.mark.parametrize("given", ["Closing", "'shop.classes.Closing'"])
def test_the_job_class_of_a_worker_script(tmp_path: Path, given: str) -> None:
    script = (
        f"from rq import SimpleWorker\nfrom shop.classes import Closing\nSimpleWorker([], job_class={given}).work()\n"
    )
    files = {"shop/worker.py": RQ_JOB, "shop/classes.py": RQ_CLASSES, "run.py": script}
    unit = units_of(tmp_path, files).unit
    assert (unit.cleanup_start, unit.cleanup_end) == ("close_old", "close")


JOBS = """
    from shop.models import Order
    def ship(pk):
        _send(Order.objects.get(pk=pk))
    def total(order):
        return order.total()
    def _send(order):
        return counted(order)
    def counted(order):
        return Order.objects.count()
"""


@pytest.mark.parametrize(
    ("commands", "requirements", "files", "expected"),
    [
        (["manage.py rqworker"], ["django-rq==2.10"], {"shop/jobs.py": JOBS}, ["ship"]),
        (["rq worker"], ["rq==1.16"], {"shop/tasks.py": JOBS}, ["ship"]),
        (["manage.py rqworker"], ["django-rq==2.10"], {"shop/helpers.py": JOBS}, []),
        (["manage.py rqworker"], [], {"shop/jobs.py": JOBS}, []),
        ([], ["django-rq==2.10"], {"shop/jobs.py": JOBS}, []),
        (["manage.py rqworker"], ["rq==1.16", "celery==5.4"], {"shop/tasks.py": JOBS}, []),
        (["manage.py rqworker"], ["rq==1.16"], {"shop/jobs.py": JOBS, "shop/worker.py": RQ_JOB}, []),
        (["manage.py rqworker"], ["rq==1.16"], {"shop/jobs.py": JOBS, "shop/views.py": "ship(1)"}, []),
    ],
)
def test_files_of_jobs_that_nothing_in_the_tree_enqueues(
    tmp_path: Path, commands: list[str], requirements: list[str], files: dict[str, str], expected: list[str]
) -> None:
    units = units_of(tmp_path, files, commands=commands, requirements=requirements).units
    guessed = [unit for unit in units if unit.touches_orm == "maybe"]
    assert [unit.function for unit in guessed] == expected
    assert all(unit.registrations[0].span.path == "Procfile" for unit in guessed)


# --- APScheduler ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("close", "expected"), [("", "none"), ("close_old_connections()", "close_old")])
def test_job_stores_are_asked_by_the_scheduler_after_each_sleep(tmp_path: Path, close: str, expected: str) -> None:
    text = f"""
    from apscheduler.jobstores.base import BaseJobStore
    from django.db import close_old_connections
    from shop.models import Order
    class Store(BaseJobStore):
        def get_due_jobs(self, now):
            {close or "pass"}
            return self._jobs(due__lte=now)
        def _jobs(self, **filters):
            return list(Order.objects.filter(**filters))
        def remove_all_jobs(self):
            Order.objects.all().delete()
    """
    unit = worker(tmp_path, text).unit
    assert (unit.function, unit.kind, unit.cleanup_start) == ("Store.get_due_jobs", "scheduled", expected)


# --- gearman -------------------------------------------------------------------------------------

GEARMAN = """
    import gearman
    from django.db import close_old_connections, connection
    from shop.models import Order
    class Worker(gearman.GearmanWorker):
        {}
    def ship(worker, job):
        Order.objects.count()
    def main():
        worker = {}(["localhost:4730"])
        worker.register_task("ship", ship)
        worker.work()
    """


def gearman(root: Path, override: str = "pass", made: str = "Worker") -> Reading:
    return worker(root, dedent(GEARMAN).format(override.replace("\n", "\n    "), made))


CLOSING = "def on_job_execute(self, job):\n    close_old_connections()\n    return super().on_job_execute(job)"


@pytest.mark.parametrize(
    ("override", "made", "cleanups"),
    [
        ("pass", "gearman.GearmanWorker", ("none", "none")),
        ("pass", "Worker", ("none", "none")),
        (CLOSING, "Worker", ("close_old", "none")),
        (CLOSING, "gearman.GearmanWorker", ("none", "none")),
        (CLOSING.replace("super()", "super(Worker, self)"), "Worker", ("close_old", "none")),
        (
            "def on_job_execute(self, job):\n    try:\n        return gearman.GearmanWorker.on_job_execute(self, job)\n"
            "    finally:\n        connection.close()",
            "Worker",
            ("none", "close"),
        ),
        ("def on_job_execute(self, job):\n    print(job)\n    return super().on_job_execute(job)", "Worker", ("none", "none")),
        ("def on_job_complete(self, job):\n    close_old_connections()", "Worker", ("none", "none")),
    ],
)  # fmt: skip
def test_a_task_inside_what_runs_it(tmp_path: Path, override: str, made: str, cleanups: tuple[str, str]) -> None:
    (unit,) = [unit for unit in gearman(tmp_path, override, made).touching if unit.function == "ship"]
    assert (unit.kind, unit.framework) == ("consumer", "gearman")
    assert (unit.cleanup_start, unit.cleanup_end) == cleanups


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("from django_gearman.decorators import gearman_job\n@gearman_job\ndef f(job): Order.objects.count()", "f"),
        ("from django_gearman.decorators import gearman_job\n@gearman_job(name='x')\ndef f(job): Order.objects.count()", "f"),
        ("from django_gearman_commands import GearmanWorkerBaseCommand\nclass Command(GearmanWorkerBaseCommand):\n"
         "    task_name = 'x'\n    def do_job(self, data): Order.objects.count()", "Command.do_job"),
        ("import gearman\ndef f(worker, job): Order.objects.count()\n"
         "gearman.GearmanWorker([]).register_task('f', f)", "f"),
        ("import gearman\nclass A:\n    def f(self, worker, job): Order.objects.count()\n    def run(self):\n"
         "        self.worker = gearman.GearmanWorker([])\n        self.worker.register_task('f', self.f)", "A.f"),
        ("import gearman\ndef f(worker, job): Order.objects.count()\nTASKS = {'f': f}\ndef main(w):\n"
         "    w = gearman.GearmanWorker([])\n    w.register_task('f', callback_function=f)", "f"),
    ],
)  # fmt: skip
def test_tasks_of_gearman(tmp_path: Path, text: str, function: str) -> None:
    assert worker(tmp_path, f"from shop.models import Order\n{text}\n").functions == [(function, "consumer")]


@pytest.mark.parametrize(
    "text",
    [
        "import gearman\ndef f(worker, job): print(job)\ngearman.GearmanWorker([]).register_task('f', f)",
        "import gearman\ndef f(): gearman.GearmanClient([]).submit_job('f', Order.objects.count())",
        "from django_gearman_commands import GearmanSubmitJobBaseCommand\n"
        "class Command(GearmanSubmitJobBaseCommand):\n    def handle(self): Order.objects.count()",
        "from shop.other import gearman_job\n@gearman_job\ndef f(job): Order.objects.count()",
        "from shop.other import GearmanBase\nclass A(GearmanBase):\n    def do_job(self): Order.objects.count()",
    ],
)
def test_what_is_no_task_of_gearman(tmp_path: Path, text: str) -> None:
    assert worker(tmp_path, f"from shop.models import Order\n{text}\n").functions == []


# --- the others ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decorator", "requirement", "cleanups"),
    [
        ("db_task()", "huey", ("close_old", "close_old")),
        ("db_task()", "huey==2.5.1", ("close_old", "close_old")),
        ("db_task()", "huey==2.4.3", ("close_old", "close_old")),
        ("db_task()", "huey==2.1.0", ("none", "close_old")),
        ("db_periodic_task(crontab())", "huey==2.5.1", ("close_old", "close_old")),
        ("task()", "huey==2.5.1", ("none", "none")),
        ("periodic_task(crontab())", "huey==2.5.1", ("none", "none")),
    ],
)
def test_huey(tmp_path: Path, decorator: str, requirement: str, cleanups: tuple[str, str]) -> None:
    text = (
        "from huey import crontab\nfrom huey.contrib.djhuey import db_periodic_task, db_task, periodic_task, task\n"
        f"from shop.models import Order\n@{decorator}\ndef ship():\n    Order.objects.count()\n"
    )
    unit = units_of(tmp_path, {"shop/tasks.py": text}, requirements=[requirement]).unit
    assert (unit.function, unit.kind, unit.framework) == ("ship", "job", "huey")
    assert (unit.cleanup_start, unit.cleanup_end) == cleanups
    assert unit.note


@pytest.mark.parametrize(
    ("decorator", "requirement", "cleanups"),
    [
        ('db_task(queue="mails")', "django-huey", ("close_old", "close_old")),
        ('db_task(queue="mails")', "django-huey==1.0.1", ("close_old", "close_old")),
        ('db_task(queue="mails")', "django-huey==1.0.0", ("none", "close_old")),
        ('db_periodic_task(crontab(), queue="mails")', "django-huey==1.3.1", ("close_old", "close_old")),
        ('task(queue="mails")', "django-huey==1.3.1", ("none", "none")),
        ("periodic_task(crontab())", "django-huey==1.3.1", ("none", "none")),
    ],
)
def test_django_huey(tmp_path: Path, decorator: str, requirement: str, cleanups: tuple[str, str]) -> None:
    text = (
        "from huey import crontab\nfrom django_huey import db_periodic_task, db_task, periodic_task, task\n"
        f"from shop.models import Order\n@{decorator}\ndef ship():\n    Order.objects.count()\n"
    )
    unit = units_of(tmp_path, {"shop/tasks.py": text}, requirements=[requirement]).unit
    assert (unit.function, unit.kind, unit.framework) == ("ship", "job", "huey")
    assert (unit.cleanup_start, unit.cleanup_end) == cleanups
    assert unit.note


@pytest.mark.parametrize(
    ("broker", "cleanups"),
    [
        (None, ("close_old", "close_old")),
        (known({"MIDDLEWARE": ["django_dramatiq.middleware.DbConnectionsMiddleware"]}), ("close_old", "close_old")),
        (known({"MIDDLEWARE": ["dramatiq.middleware.AgeLimit"]}), ("none", "none")),
        (known({"MIDDLEWARE": ["shop.middleware:Closes"]}), ("none", "none")),
        (known({"BROKER": "x"}), ("none", "none")),
        (Unknown("environment"), ("close_old", "close_old")),
    ],
)
def test_dramatiq(tmp_path: Path, broker: Value | None, cleanups: tuple[str, str]) -> None:
    text = "import dramatiq\nfrom shop.models import Order\n@dramatiq.actor\ndef ship():\n    Order.objects.count()\n"
    names = {"DRAMATIQ_BROKER": broker} if broker else {}
    reading = units_of(
        tmp_path, {"shop/tasks.py": text}, deployments=(deployment(**names),), requirements=("django-dramatiq==0.11",)
    )
    unit = reading.unit
    assert (unit.kind, unit.framework) == ("job", "dramatiq")
    assert (unit.cleanup_start, unit.cleanup_end) == cleanups


@pytest.mark.parametrize(
    ("file", "cleanups"),
    [
        ("", ("none", "none")),
        ("from django_dramatiq.middleware import DbConnectionsMiddleware", ("close_old", "close_old")),
        (
            "import dramatiq\nclass Closes(dramatiq.Middleware):\n"
            "    def before_process_message(self, broker, message):\n        connection.close()\n",
            ("close_old", "close_old"),
        ),
        (
            "import dramatiq\nclass Tells(dramatiq.Middleware):\n"
            "    def before_process_message(self, broker, message):\n        print('close to the end')\n",
            ("none", "none"),
        ),
    ],
)
def test_dramatiq_without_django_dramatiq(tmp_path: Path, file: str, cleanups: tuple[str, str]) -> None:
    text = "import dramatiq\nfrom shop.models import Order\n@dramatiq.actor\ndef ship():\n    Order.objects.count()\n"
    unit = units_of(tmp_path, {"shop/tasks.py": text, "shop/broker.py": file}).unit
    assert (unit.cleanup_start, unit.cleanup_end) == cleanups


def test_a_middleware_of_the_project_may_close(tmp_path: Path) -> None:
    files = {
        "shop/jobs.py": "import dramatiq\nfrom shop.models import Order\n@dramatiq.actor\ndef ship():\n"
        "    Order.objects.count()\n",
        "shop/middleware.py": "from django.db import connections\nfrom dramatiq.middleware import Middleware\n"
        "class Fresh(Middleware):\n    def after_process_message(self, broker, message, **kwargs):\n"
        "        connections.close_all()\n",
    }
    listed = known({"MIDDLEWARE": ["dramatiq.middleware.AgeLimit", "shop.middleware.Fresh"]})
    unit = units_of(tmp_path, files, deployments=(deployment(DRAMATIQ_BROKER=listed),)).unit
    assert (unit.cleanup_start, unit.cleanup_end) == ("none", "close")


@pytest.mark.parametrize(
    "text",
    [
        "from apscheduler.schedulers.blocking import BlockingScheduler\ns = BlockingScheduler()\ns.add_job(ship, 'cron')",
        "from apscheduler.schedulers.background import BackgroundScheduler\ndef main():\n    s = BackgroundScheduler()\n"
        "    s.add_job(func=ship, trigger='cron')",
        "from apscheduler.schedulers.background import BackgroundScheduler\nscheduler = BackgroundScheduler()\n"
        "scheduler.add_job('shop.jobs:ship')",
        "from shop.app import scheduler\nscheduler.add_job(ship)",
        "import schedule\nschedule.every(10).minutes.do(ship)",
        "import schedule\nschedule.every().day.at('10:30').do(ship, 1)",
    ],
)
def test_scheduled_jobs(tmp_path: Path, text: str) -> None:
    jobs = "from shop.models import Order\ndef ship(n=0):\n    Order.objects.count()\n"
    reading = worker(tmp_path, f"from shop.jobs import ship\n{text}\n", jobs=jobs)
    assert reading.functions == [("ship", "scheduled")]


@pytest.mark.parametrize(
    "text",
    [
        "def main(channel):\n    channel.basic_consume('q', on_message)",
        "def main(channel):\n    channel.basic_consume(queue='q', on_message_callback=on_message)",
        "def main(channel):\n    channel.basic_consume(on_message, queue='q')",
        "from kombu import Consumer\ndef main(c):\n    Consumer(c, callbacks=[on_message])",
        "from kombu import Consumer\ndef main(c):\n    Consumer(c).register_callback(on_message)",
    ],
)
def test_message_callbacks(tmp_path: Path, text: str) -> None:
    callback = "from shop.models import Order\ndef on_message(*a):\n    Order.objects.count()\n"
    assert worker(tmp_path, f"import pika\n{callback}{text}\n").functions == [("on_message", "consumer")]


@pytest.mark.parametrize("framework", all_frameworks(), ids=lambda framework: framework.name)
def test_a_framework_says_where_its_facts_were_read(framework: Any) -> None:
    assert framework.source
    assert framework.words


@pytest.mark.parametrize(
    ("backend", "cleanups"),
    [
        ("django_tasks_db.DatabaseBackend", ("close_old", "close_old")),
        ("django_tasks.backends.database.DatabaseBackend", ("none", "close")),
        ("huey.contrib.djhuey.tasks_backend.HueyBackend", ("close_old", "close_old")),
        ("threadmill.ThreadmillBackend", ("none", "none")),
    ],
)
def test_a_task_of_django_by_its_backend(tmp_path: Path, backend: str, cleanups: tuple[str, str]) -> None:
    unit = task_units(tmp_path, known({"default": {"BACKEND": backend}}))[0]
    assert (unit.kind, unit.framework) == ("job", "django.tasks")
    assert (unit.cleanup_start, unit.cleanup_end) == cleanups


def test_a_task_of_django_in_an_rq_worker(tmp_path: Path) -> None:
    assert task_units(tmp_path, known({"default": {"BACKEND": "django_tasks_rq.RQBackend"}}))[0].isolation != "none"


@pytest.mark.parametrize(
    "tasks",
    [None, {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}, {"default": {}}, "x"],
)
def test_a_task_of_django_that_runs_where_it_is_enqueued(tmp_path: Path, tasks: object) -> None:
    assert task_units(tmp_path, known(tasks) if tasks else None) == ()


def task_units(root: Path, tasks: Value | None) -> tuple[UnitOfWork, ...]:
    text = (
        "from django.tasks import task\nfrom shop.models import Order\n@task\ndef ship():\n    Order.objects.count()\n"
    )
    names = {"TASKS": tasks} if tasks else {}
    return units_of(root, {"shop/tasks.py": text}, deployments=(deployment(**names),)).touching


@pytest.mark.parametrize(
    ("queues", "count"),
    [
        ({"mail": {"immediate": True}, "web": {"immediate": True}}, 0),
        ({"mail": {"immediate": True}, "web": {}}, 2),
        ({"mail": {"immediate": False}}, 2),
        (None, 2),
    ],
)
def test_a_task_of_django_huey_that_runs_where_it_is_called(tmp_path: Path, queues: object, count: int) -> None:
    text = (
        "from django_huey import db_task, task\nfrom shop.models import Order\n"
        "@task(queue='mail')\ndef send():\n    Order.objects.count()\n"
        "@db_task()\ndef ship():\n    Order.objects.count()\n"
    )
    names = {"DJANGO_HUEY": known({"queues": queues})}
    found = units_of(tmp_path, {"shop/tasks.py": text}, deployments=(deployment(**names),)).touching
    assert len(found) == count
