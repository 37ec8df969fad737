"""The decorators and middlewares of frameworks that close."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.cli import main

SETTINGS = 'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql"}}\n'
BODY = "def count():\n    User.objects.count()\n"
USER = "from django.contrib.auth.models import User\n"


def fixed(root: Path, name: str, text: str, **files: str) -> str:
    (root / "settings.py").write_text(SETTINGS)
    for path, content in {name: text, **{f"{key}.py": value for key, value in files.items()}}.items():
        (root / path).write_text(content)
    main([str(root), "--fix", "--no-cache", "--quiet"])
    return (root / name).read_text()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from huey.contrib.djhuey import task\n\n\n@task()\n",
            "from huey.contrib.djhuey import db_task\n\n\n@db_task()\n",
        ),
        (
            "from huey.contrib.djhuey import task, HUEY\n\n\n@task\n",
            "from huey.contrib.djhuey import db_task, HUEY\n\n\n@db_task\n",
        ),
        (
            "from huey import crontab\nfrom huey.contrib.djhuey import periodic_task as nightly\n\n\n"
            "@nightly(crontab(hour=3))\n",
            "from huey import crontab\nfrom huey.contrib.djhuey import db_periodic_task, periodic_task as nightly\n\n\n"
            "@db_periodic_task(crontab(hour=3))\n",
        ),
        (
            "from huey.contrib import djhuey\n\n\n@djhuey.task(retries=2)\n",
            "from huey.contrib import djhuey\n\n\n@djhuey.db_task(retries=2)\n",
        ),
        (
            "from huey.contrib.djhuey import HUEY as huey\n\n\n@huey.task()\n",
            "from huey.contrib.djhuey import HUEY as huey, db_task\n\n\n@db_task()\n",
        ),
    ],
)
def test_the_decorator_of_huey_that_closes(tmp_path: Path, before: str, after: str) -> None:
    assert fixed(tmp_path, "tasks.py", USER + before + BODY) == USER + after + BODY


def test_another_task_keeps_its_decorator(tmp_path: Path) -> None:
    start = "from huey.contrib.djhuey import task\n\n\n@task()\ndef greet():\n    print(1)\n\n\n"
    after = start.replace("import task", "import db_task, task") + "@db_task()\n" + BODY
    assert fixed(tmp_path, "tasks.py", USER + start + "@task()\n" + BODY) == USER + after


def test_what_makes_the_task_elsewhere_is_not_changed(tmp_path: Path) -> None:
    text = USER + "from queues import job\n\n\n@job()\n" + BODY
    queues = "from huey.contrib.djhuey import task\n\n\ndef job():\n    return task()\n"
    assert fixed(tmp_path, "tasks.py", text, queues=queues) == text


BROKER = """\
DRAMATIQ_BROKER = {{
    "BROKER": "dramatiq.brokers.redis.RedisBroker",
    "MIDDLEWARE": {},
}}
"""
ACTOR = USER + "import dramatiq\n\n\n@dramatiq.actor\n" + BODY


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '["dramatiq.middleware.Retries"]',
            '["django_dramatiq.middleware.DbConnectionsMiddleware", "dramatiq.middleware.Retries"]',
        ),
        (
            '[\n        "dramatiq.middleware.Retries",  # thrice\n    ]',
            '[\n        "django_dramatiq.middleware.DbConnectionsMiddleware",\n'
            '        "dramatiq.middleware.Retries",  # thrice\n    ]',
        ),
        ("[]", "[]"),
        ("names", "names"),
    ],
)
def test_the_middleware_of_dramatiq(tmp_path: Path, before: str, after: str) -> None:
    def text(listed: str) -> str:
        return SETTINGS + 'names = ["dramatiq.middleware.Retries"]\n' + BROKER.format(listed)

    (tmp_path / "tasks.py").write_text(ACTOR)
    (tmp_path / "settings.py").write_text(text(before))
    main([str(tmp_path), "--fix", "--no-cache", "--quiet"])
    assert (tmp_path / "settings.py").read_text() == text(after)
