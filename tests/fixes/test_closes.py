"""Closes put in: what a project's file is after ``--fix``, and where nothing is changed."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from conn_lint.cli import main

SETTINGS = """\
DATABASES = {
    "default": {"ENGINE": "django.db.backends.mysql"},
}
"""
TWO = SETTINGS.replace("\n}", '\n    "archive": {"ENGINE": "django.db.backends.mysql"},\n}')


def fixed(root: Path, files: dict[str, str], *arguments: str) -> dict[str, str]:
    """``files`` after ``--fix``, dedented as they are written."""
    for path, text in {"settings.py": SETTINGS, **files}.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(dedent(text).encode())
    main([str(root), "--fix", "--no-cache", "--quiet", *arguments])
    return {path: (root / path).read_bytes().decode() for path in files}


def check(root: Path, before: str, after: str, *arguments: str, path: str = "worker.py", **more: str) -> None:
    files = {path: before, **{name.replace("__", "/") + ".py": text for name, text in more.items()}}
    assert fixed(root, files, *arguments)[path] == dedent(after)


def unchanged(root: Path, text: str, *arguments: str, path: str = "worker.py", **more: str) -> None:
    check(root, text, text, *arguments, path=path, **more)


# --- loops -------------------------------------------------------------------------------------


def test_a_loop_closes_first_of_all(tmp_path: Path) -> None:
    check(
        tmp_path,
        """\
        import time

        from django.contrib.auth.models import User

        while True:
            User.objects.count()
            time.sleep(36000)
        """,
        """\
        import time

        from django.contrib.auth.models import User
        from django.db import close_old_connections

        while True:
            close_old_connections()
            User.objects.count()
            time.sleep(36000)
        """,
    )


def test_a_loop_closes_after_its_wait(tmp_path: Path) -> None:
    check(
        tmp_path,
        """\
        from queue import Queue
        from django.contrib.auth.models import User
        from django.db import connection
        queue = Queue()

        def work():
            while True:
                try:
                    key = queue.get()
                    # the user may be gone
                    User.objects.filter(pk=key).delete()
                finally:
                    queue.task_done()

        work()
        """,
        """\
        from queue import Queue
        from django.contrib.auth.models import User
        from django.db import close_old_connections, connection
        queue = Queue()

        def work():
            while True:
                try:
                    key = queue.get()
                    close_old_connections()
                    # the user may be gone
                    User.objects.filter(pk=key).delete()
                finally:
                    queue.task_done()

        work()
        """,
    )


def test_a_loop_over_messages(tmp_path: Path) -> None:
    check(
        tmp_path,
        """\
        from django.contrib.auth.models import User
        from kafka import KafkaConsumer

        for message in KafkaConsumer("users"):
            User.objects.filter(pk=message.key).delete()
        """,
        """\
        from django.contrib.auth.models import User
        from django.db import close_old_connections
        from kafka import KafkaConsumer

        for message in KafkaConsumer("users"):
            close_old_connections()
            User.objects.filter(pk=message.key).delete()
        """,
    )


def test_a_coroutine_closes_in_the_thread_of_the_orm(tmp_path: Path) -> None:
    check(
        tmp_path,
        """\
        import asyncio

        from django.contrib.auth.models import User


        async def poll():
            while True:
                await User.objects.acount()
                await asyncio.sleep(36000)
        """,
        """\
        import asyncio

        from asgiref.sync import sync_to_async
        from django.contrib.auth.models import User
        from django.db import close_old_connections


        async def poll():
            while True:
                await sync_to_async(close_old_connections)()
                await User.objects.acount()
                await asyncio.sleep(36000)
        """,
    )


# --- functions ---------------------------------------------------------------------------------

JOB = """\
from django.contrib.auth.models import User
import gearman


def resize(worker, job):
    \"""Called by gearman.\"""
    User.objects.count()


worker = gearman.GearmanWorker(["localhost"])
worker.register_task("resize", resize)
worker.work()
"""


def test_a_job_closes_where_it_starts(tmp_path: Path) -> None:
    check(
        tmp_path,
        JOB,
        JOB.replace("User\n", "User\nfrom django.db import close_old_connections\n", 1).replace(
            '"""\n', '"""\n    close_old_connections()\n', 1
        ),
    )


def test_a_job_that_others_call_spares_their_transactions(tmp_path: Path) -> None:
    check(
        tmp_path,
        JOB,
        JOB.replace("User\n", "User\nfrom django.db import close_old_connections, connection\n", 1).replace(
            '"""\n', '"""\n    if not connection.in_atomic_block:\n        close_old_connections()\n', 1
        ),
        views="from worker import resize\n\n\ndef view(request):\n    resize(None, request)\n",
    )


def test_with_several_aliases_each_is_asked_for_its_transaction(tmp_path: Path) -> None:
    guarded = (
        "    for connection in connections.all():\n"
        "        if not connection.in_atomic_block:\n"
        "            connection.close_if_unusable_or_obsolete()\n"
    )
    check(
        tmp_path,
        JOB,
        JOB.replace("User\n", "User\nfrom django.db import connections\n", 1).replace('"""\n', f'"""\n{guarded}', 1),
        views="from worker import resize\n\n\ndef view(request):\n    resize(None, request)\n",
        settings=TWO,
    )


ENDING = """\
import threading

from django.contrib.auth.models import User


def recount():
    text = '''one
two'''

    User.objects.filter(username=text).delete()


def view(request):
    threading.Thread(target=recount).start()
"""


def test_a_thread_that_ends_closes_in_a_finally_clause(tmp_path: Path) -> None:
    after = ENDING.replace("User\n\n", "User\nfrom django.db import connections\n\n", 1)
    body = "    text = '''one\ntwo'''\n\n    User.objects.filter(username=text).delete()\n"
    assert body in after
    wrapped = (
        "    try:\n        text = '''one\ntwo'''\n\n        User.objects.filter(username=text).delete()\n"
        "    finally:\n        connections.close_all()\n"
    )
    check(tmp_path, ENDING, after.replace(body, wrapped), "--unsafe-fixes")


def test_that_is_unsafe(tmp_path: Path) -> None:
    unchanged(tmp_path, ENDING)


# --- other places ------------------------------------------------------------------------------


def test_a_long_gap_is_closed_after_the_wait(tmp_path: Path) -> None:
    before = """\
        import time

        from django.contrib.auth.models import User
        from django.core.management.base import BaseCommand


        class Command(BaseCommand):
            def handle(self, **options):
                User.objects.count()
                if options["slowly"]:
                    time.sleep(36000)
                User.objects.count()
        """
    guarded = (
        "                if not connection.in_atomic_block:\n                    close_old_connections()\n"
        "                User.objects.count()\n        "
    )
    after = before.replace(
        "BaseCommand\n\n", "BaseCommand\n        from django.db import close_old_connections, connection\n\n", 1
    )
    head, _, _ = after.rpartition("                User.objects.count()\n")
    path = "users/management/commands/rebuild.py"
    check(tmp_path / "safe", before, before, path=path)
    check(tmp_path / "unsafe", before, head + guarded, "--unsafe-fixes", path=path)


def test_an_except_clause_closes_first(tmp_path: Path) -> None:
    before = """\
        from django.contrib.auth.models import User
        from django.db import OperationalError


        def rename(user):
            try:
                user.save()
            except OperationalError:
                user.save()


        rename(User.objects.get())
        """
    after = before.replace("OperationalError\n", "OperationalError, close_old_connections, connection\n", 1).replace(
        "Error:\n",
        "Error:\n                if not connection.in_atomic_block:\n                    close_old_connections()\n",
    )
    check(tmp_path, before, after)


def test_a_fork_closes_before(tmp_path: Path) -> None:
    before = """\
        import multiprocessing

        from django.contrib.auth.models import User
        from django.core.management.base import BaseCommand


        def rename(key):
            User.objects.filter(pk=key).update(last_name="")


        class Command(BaseCommand):
            def handle(self, **options):
                keys = list(User.objects.values_list("pk", flat=True))
                with multiprocessing.Pool(4) as pool:
                    pool.map(rename, keys)
        """
    after = before.replace("BaseCommand\n\n", "BaseCommand\n        from django.db import connections\n\n", 1).replace(
        "                with multi", "                connections.close_all()\n                with multi"
    )
    check(tmp_path, before, after, "--unsafe-fixes", path="users/management/commands/rename.py")


# --- where nothing is changed ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            """\
            from django.contrib.auth.models import User
            import time
            while True: User.objects.count(); time.sleep(36000)
            """,
            id="a loop on one line",
        ),
        pytest.param(
            """\
            import time
            from django.contrib.auth.models import User

            def close_old_connections():
                print("closing time")

            while True:
                User.objects.count()
                time.sleep(36000)
            """,
            id="a name that is taken",
        ),
        pytest.param(
            """\
            import time
            from django.contrib.auth.models import User
            from shop.db import close_old_connections

            while True:
                User.objects.count()
                time.sleep(36000)
            """,
            id="a name that is imported from elsewhere",
        ),
        pytest.param(
            """\
            import time
            from django.contrib.auth.models import User
            from django.db import transaction

            with transaction.atomic():
                while True:
                    User.objects.count()
                    time.sleep(36000)
            """,
            id="a transaction",
        ),
        pytest.param(
            """\
            import time
            from django.contrib.auth.models import User

            for user in User.objects.iterator():
                while True:
                    User.objects.count()
                    time.sleep(36000)
            """,
            id="an iterator that is gone through",
        ),
        pytest.param(
            """\
            import time
            from django.contrib.auth.models import User

            def polled():
                while True:
                    yield User.objects.count()
                    time.sleep(36000)

            for number in polled():
                print(number)
            """,
            id="a generator",
        ),
    ],
)
def test_nothing_is_changed_in(tmp_path: Path, text: str) -> None:
    unchanged(tmp_path, text, "--unsafe-fixes")


def test_nothing_is_changed_in_tests(tmp_path: Path) -> None:
    loop = "import time\nfrom django.contrib.auth.models import User\n\nwhile True:\n    User.objects.count()\n    time.sleep(36000)\n"
    unchanged(tmp_path, loop, path="tests/worker.py")


# --- how the file is written -------------------------------------------------------------------

LOOP = "import time\nfrom django.contrib.auth.models import User\n\nwhile True:\n    User.objects.count()\n    time.sleep(36000)\n"


def put_in(text: str) -> str:
    """``LOOP``, or it written otherwise, with the close in it."""
    newline = "\r\n" if "\r\n" in text else "\n"
    step = "\t" if "\t" in text else "    "
    text = text.replace("User" + newline, f"User{newline}from django.db import close_old_connections{newline}", 1)
    return text.replace("True:" + newline, f"True:{newline}{step}close_old_connections(){newline}", 1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LOOP.replace("\n", "\r\n"), id="lines that end as on Windows"),
        pytest.param(LOOP.replace("    ", "\t"), id="tabs"),
        pytest.param(LOOP.removesuffix("\n"), id="no newline at the end"),
        pytest.param("\ufeff" + LOOP, id="a byte order mark"),
        pytest.param("# für alle Nutzer\n" + LOOP, id="more than ASCII"),
        pytest.param(LOOP.replace("while", "näher = 'weit ' ; näher += 'weg'\nwhile"), id="names beyond ASCII"),
    ],
)
def test_the_file_stays_as_it_is_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "worker.py"
    (tmp_path / "settings.py").write_text(SETTINGS)
    path.write_bytes(text.encode())
    main([str(tmp_path), "--fix", "--no-cache", "--quiet"])
    assert path.read_bytes().decode() == put_in(text)


def test_the_encoding_of_the_file_is_kept(tmp_path: Path) -> None:
    text = "# -*- coding: latin-1 -*-\n# für alle\n" + LOOP
    (tmp_path / "settings.py").write_text(SETTINGS)
    (tmp_path / "worker.py").write_bytes(text.encode("latin-1"))
    main([str(tmp_path), "--fix", "--no-cache", "--quiet"])
    assert (tmp_path / "worker.py").read_bytes() == put_in(text).encode("latin-1")


POLLED = """\
import time

from django.contrib.auth.models import User


def wait_for_user():
    while True:
        if User.objects.exists():
            return
        time.sleep(36000)


wait_for_user()
"""


def test_a_loop_that_may_end_spares_the_transaction_of_who_called_it(tmp_path: Path) -> None:
    guarded = "    while True:\n        if not connection.in_atomic_block:\n            close_old_connections()\n"
    after = POLLED.replace("User\n", "User\nfrom django.db import close_old_connections, connection\n", 1)
    check(tmp_path, POLLED, after.replace("    while True:\n", guarded))


def test_one_that_does_not_end_need_not(tmp_path: Path) -> None:
    text = POLLED.replace("            return\n", "            for _ in range(3):\n                break\n")
    after = text.replace("User\n", "User\nfrom django.db import close_old_connections\n", 1)
    check(tmp_path, text, after.replace("    while True:\n", "    while True:\n        close_old_connections()\n"))


HANDLER = """\
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth.models import User


class Users(AsyncJsonWebsocketConsumer):
    async def receive_json(self, content):
        await self.send_json({"users": await User.objects.acount()})
"""


@pytest.mark.parametrize("called", [False, True])
def test_a_coroutine_that_others_call_closes_only_when_asked_for_unsafe_fixes(tmp_path: Path, called: bool) -> None:
    more = {"views": "async def view(request):\n    await users.receive_json(1)\n"} if called else {}
    after = (
        HANDLER.replace("from channels", "from asgiref.sync import sync_to_async\nfrom channels")
        .replace("User\n", "User\nfrom django.db import close_old_connections\n", 1)
        .replace("        await self", "        await sync_to_async(close_old_connections)()\n        await self")
    )
    for folder in ("safe", "unsafe"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "requirements.txt").write_text("channels==4.1.0\n")
    check(tmp_path / "safe", HANDLER, HANDLER if called else after, **more)
    check(tmp_path / "unsafe", HANDLER, after, "--unsafe-fixes", **more)
