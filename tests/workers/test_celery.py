"""Celery: what is a task, and whether its Django fixup closes around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import OneOf, UnitOfWork, Value
from tests.workers.test_frameworks import deployment, known
from tests.workers.trees import units_of, worker

SET = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")\n'
MAKE = 'app = Celery("site")\n'
TASK = (
    "from celery import shared_task\nfrom shop.models import Order\n"
    "@shared_task\ndef ship():\n    Order.objects.count()\n"
)


def task(
    root: Path,
    app: str = SET + MAKE,
    *,
    files: dict[str, str] | None = None,
    requirements: tuple[str, ...] = (),
    names: dict[str, Value] | None = None,
    commands: tuple[str, ...] = (),
) -> UnitOfWork:
    return units_of(
        root,
        {
            "site/__init__.py": "",
            "site/celery.py": f"import os\nfrom celery import Celery\n{app}",
            "shop/tasks.py": TASK,
        }
        | (files or {}),
        requirements=requirements,
        commands=commands,
        deployments=(deployment(**names),) if names else (),
    ).unit


@pytest.mark.parametrize(
    ("requirement", "cleanup"),
    [
        ("celery", "close"),
        ("celery==5.7.0", "close"),
        ("celery==5.6.0", "close"),
        ("celery>=5.2", "close"),
        ("celery==5.5.3", "close_old"),
        ("celery==4.2.0", "close_old"),
        ("celery<5", "close_old"),
        ("celery==4.1.0", "close"),
        ("celery==3.1.26", "close_old"),
        ("django-celery==3.2.2", "close_old"),
    ],
)
def test_how_the_fixup_closes_by_release(tmp_path: Path, requirement: str, cleanup: str) -> None:
    unit = task(tmp_path, requirements=(requirement,))
    assert (unit.framework, unit.kind, unit.cleanup_start, unit.cleanup_end) == ("Celery", "job", cleanup, cleanup)
    assert unit.hook is None
    assert "Celery" in unit.note


@pytest.mark.parametrize(
    "app",
    [
        MAKE + SET,
        'app = Celery("site")\nos.environ["DJANGO_SETTINGS_MODULE"] = "site.settings"\n',
        "import celery\n" + MAKE.replace("Celery", "celery.Celery") + SET,
        SET + 'app = Celery("site", fixups=[])\n',
        MAKE + 'app.conf.update(task_acks_late=True)\nif "DJANGO_SETTINGS_MODULE" not in os.environ:\n    ' + SET,
    ],
)
def test_an_app_without_the_fixup(tmp_path: Path, app: str) -> None:
    unit = task(tmp_path, app)
    assert unit.hook is not None
    assert unit.hook.place is not None
    assert unit.hook.place.path == "site/celery.py"
    assert (unit.cleanup_start, unit.cleanup_end) == ("none", "none")


@pytest.mark.parametrize(
    "app",
    [
        SET + MAKE,
        MAKE,
        SET + MAKE + SET,
        'os.environ["DJANGO_SETTINGS_MODULE"] = "site.settings"\n' + MAKE + SET,
        "if True:\n    " + SET + MAKE,
        "import django\ndjango.setup()\n" + MAKE + SET,
        "from dotenv import load_dotenv\nload_dotenv()\n" + MAKE + SET,
        "def make():\n    " + MAKE.replace("app =", "return") + "app = make()\n" + SET,
        SET + 'app = Celery("site", fixups=["celery.fixups.django:fixup"])\n',
        SET + 'app = Celery("site", fixups=None)\n',
        "class App(Celery):\n    pass\n" + MAKE.replace("Celery", "App") + SET,
        'from site.first import x\napp = Celery("site")\n' + SET,
        MAKE + "print(os.environ.get('DJANGO_SETTINGS_MODULE'))\n",
    ],
)
def test_an_app_that_may_have_the_fixup(tmp_path: Path, app: str) -> None:
    assert task(tmp_path, app, files={"site/first.py": f"import os\n{SET}x = 1\n"}).hook is None


@pytest.mark.parametrize(
    ("files", "commands"),
    [
        ({".env": "DJANGO_SETTINGS_MODULE=site.settings\n"}, ()),
        ({"docker-compose.yml": "environment:\n  DJANGO_SETTINGS_MODULE: site.settings\n"}, ()),
        ({"site/__init__.py": f"import os\n{SET}from .celery import app\n"}, ()),
        ({"other/celery.py": f"import os\nfrom celery import Celery\n{SET}{MAKE}"}, ()),
        ({}, ("python manage.py celery worker",)),
    ],
)
def test_the_variable_may_be_set_from_outside(tmp_path: Path, files: dict[str, str], commands: tuple[str, ...]) -> None:
    assert task(tmp_path, MAKE + SET, files=files, commands=commands).hook is None


def test_configuration_files_of_tests_start_no_worker(tmp_path: Path) -> None:
    assert task(tmp_path, MAKE + SET, files={"pytest.ini": "[pytest]\nDJANGO_SETTINGS_MODULE = site.settings\n"}).hook


@pytest.mark.parametrize(
    ("value", "requirement", "missing"),
    [
        (known(10), "celery==5.7.0", True),
        (known(2), "celery==4.4.7", True),
        (OneOf((known(None), known(100))), "celery", True),
        (known(10), "celery==3.1.26", False),
        (known(1), "celery", False),
        (known(0), "celery", False),
        (known(None), "celery", False),
        (known("10"), "celery", False),
    ],
)
def test_connections_kept_for_several_tasks(tmp_path: Path, value: Value, requirement: str, missing: bool) -> None:
    unit = task(tmp_path, requirements=(requirement,), names={"CELERY_DB_REUSE_MAX": value})
    assert (unit.hook is not None) is missing


@pytest.mark.parametrize("name", ["CELERY_TASK_ALWAYS_EAGER", "CELERY_ALWAYS_EAGER"])
def test_eager_tasks_are_part_of_what_calls_them(tmp_path: Path, name: str) -> None:
    files = {"shop/tasks.py": TASK}
    assert units_of(tmp_path, files, deployments=(deployment(**{name: known(True)}),)).units == ()
    sometimes = (deployment(**{name: known(True)}), deployment())
    assert len(units_of(tmp_path, files, deployments=sometimes).units) == 1


TASKS = {
    "shared": "from celery import shared_task\n@shared_task\ndef f(): Order.objects.count()",
    "shared, called": "from celery import shared_task\n@shared_task(bind=True, max_retries=3)\ndef f(self): Order.objects.count()",
    "another name": "from celery import shared_task as job\n@job\ndef f(): Order.objects.count()",
    "of the module": "import celery\n@celery.shared_task\ndef f(): Order.objects.count()",
    "of an app": "from celery import Celery\napp = Celery()\n@app.task\ndef f(): Order.objects.count()",
    "of an app, called": "import celery\nqueue = celery.Celery()\n@queue.task(name='x')\ndef f(): Order.objects.count()",
    "of an app of a class of its own": "from celery import Celery\nclass App(Celery):\n    pass\nmine = App()\n"
    "@mine.task(bind=True)\ndef f(self): Order.objects.count()",
    "of an app elsewhere": "from elsewhere.celery import app\n@app.task\ndef f(): Order.objects.count()",
    "of whatever app there is": "from celery import app\nqueue = app.app_or_default()\n"
    "@queue.task()\ndef f(): Order.objects.count()",
    "of the current app": "from celery import current_app\n@current_app.task\ndef f(): Order.objects.count()",
    "Celery 3": "from celery import task\n@task()\ndef f(): Order.objects.count()",
    "Celery 3, decorators": "from celery.decorators import task\n@task\ndef f(): Order.objects.count()",
    "periodic": "from celery.task import periodic_task\n@periodic_task(run_every=5)\ndef f(): Order.objects.count()",
    "made by a call": "from celery import shared_task\ndef f(): Order.objects.count()\nf_task = shared_task(f)",
    "through a decorator of the project": "from celery import shared_task\ndef job(**options):\n"
    "    return shared_task(acks_late=True, **options)\n@job(name='x')\ndef f(): Order.objects.count()",
}


@pytest.mark.parametrize("text", TASKS.values(), ids=TASKS)
def test_a_function_that_is_a_task(tmp_path: Path, text: str) -> None:
    reading = worker(tmp_path, f"from shop.models import Order\n{text}\n")
    assert reading.functions == [("f", "job")]
    assert reading.unit.framework == "Celery"


CLASSES = {
    "Task": "from celery import Task\nclass Ship(Task):",
    "of the module": "import celery\nclass Ship(celery.Task):",
    "of Celery 3": "from celery.task import Task\nclass Ship(Task):",
    "of an app": "from celery import Celery\napp = Celery()\nclass Ship(app.Task):",
    "through a base": "from celery import Task\nclass Base(Task):\n    abstract = True\nclass Ship(Base):",
}


@pytest.mark.parametrize("text", CLASSES.values(), ids=CLASSES)
def test_a_class_that_is_a_task(tmp_path: Path, text: str) -> None:
    body = "    name = 'ship'\n    def run(self, pk):\n        Order.objects.get(pk=pk)\n"
    assert worker(tmp_path, f"from shop.models import Order\n{text}\n{body}").functions == [("Ship.run", "job")]


@pytest.mark.parametrize(
    "text",
    [
        "from shop.other import shared_task\n@shared_task\ndef f(): Order.objects.count()",
        "import procrastinate\napp = procrastinate.App()\n@app.task\ndef f(): Order.objects.count()",
        "class App:\n    def task(self, f): return f\napp = App()\n@app.task\ndef f(): Order.objects.count()",
        "from luigi import Task\nclass Ship(Task):\n    def run(self): Order.objects.count()",
        "from celery import signature\ndef f(): signature('shop.tasks.ship').delay(Order.objects.count())",
    ],
)
def test_what_is_no_task(tmp_path: Path, text: str) -> None:
    assert worker(tmp_path, f"from shop.models import Order\n{text}\n").functions == []


@pytest.mark.parametrize(
    "receiver",
    [
        "@task_prerun.connect\ndef clean(**kwargs):\n    close_old_connections()",
        "@task_prerun.connect()\ndef clean(**kwargs):\n    close_old_connections()",
        "def clean(**kwargs):\n    close_old_connections()\ntask_prerun.connect(clean)",
    ],
)
def test_a_receiver_that_closes_before_every_task(tmp_path: Path, receiver: str) -> None:
    signals = f"from celery.signals import task_prerun\nfrom django.db import close_old_connections\n{receiver}\n"
    unit = task(tmp_path, MAKE + SET, files={"shop/signals.py": signals})
    assert unit.cleanup_start == "close_old"
