"""The hook as a team uses it: the real pre-commit, a real repository, real commits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
NO_INDEX = ("No matching distribution", "Connection", "Temporary failure", "Network is unreachable", "Timeout")

SETTINGS = """DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "shop",
        "CONN_MAX_AGE": 300,
    }
}
"""
WORKER = """import gearman
from django.db import close_old_connections

from shop.models import Order


def ship(worker, job):
    close_old_connections()
    Order.objects.filter(pk=int(job.data)).update(status="shipped")
    close_old_connections()
    return "ok"


worker = gearman.GearmanWorker(["gearman:4730"])
worker.register_task("ship", ship)
worker.work()
"""
FILES = {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n',
    "settings.py": SETTINGS,
    "requirements.txt": "Django==4.2.16\ngearman3==0.2.1\nmysqlclient==2.2.4\n",
    "shop/__init__.py": "",
    "shop/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    status = models.TextField()\n",
    "shop/worker.py": WORKER,
    "etc/my.cnf": "[mysqld]\nwait_timeout = 600\n",
    "pyproject.toml": '[tool.conn-lint]\nmycnf = ["etc/my.cnf"]\n',
    "README.md": "The shop.\n",
}


class Repository(NamedTuple):
    """A user's repository with the hook installed."""

    root: Path
    environment: dict[str, str]

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments], cwd=self.root, env=self.environment, capture_output=True, text=True, check=False
        )

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, name: str, text: str) -> tuple[bool, str]:
        """Write, stage and commit one file; whether the commit went through, and the output."""
        self.write(name, text)
        self.git("add", name)
        done = self.git("commit", "-m", "change")
        return done.returncode == 0, done.stdout + done.stderr


def succeed(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return clean | {
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A Developer",
        "GIT_AUTHOR_EMAIL": "developer@example.com",
        "GIT_COMMITTER_NAME": "A Developer",
        "GIT_COMMITTER_EMAIL": "developer@example.com",
        "PATH": os.pathsep.join((os.path.dirname(sys.executable), os.environ["PATH"])),
    }


@pytest.fixture(scope="module")
def hook(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> tuple[Path, str]:
    """A repository with what this checkout holds, changes that are not committed included, and its commit."""
    clone = tmp_path_factory.mktemp("conn-lint")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copyfile(ROOT / name, clone / name)
    shutil.copytree(ROOT / "conn_lint", clone / "conn_lint", ignore=shutil.ignore_patterns("__pycache__"))
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "conn-lint"]):
        succeed(["git", *command], clone, environment)
    return clone, succeed(["git", "rev-parse", "HEAD"], clone, environment)


@pytest.fixture(scope="module")
def installed(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str], hook: tuple[Path, str]
) -> Repository:
    clone, revision = hook
    repository = Repository(tmp_path_factory.mktemp("shop"), environment)
    config = f"repos:\n- repo: {clone}\n  rev: {revision}\n  hooks:\n  - id: conn-lint\n"
    for name, text in {**FILES, ".pre-commit-config.yaml": config}.items():
        repository.write(name, text)
    succeed(["git", "init", "-q"], repository.root, environment)
    succeed(["git", "add", "."], repository.root, environment)
    succeed(["git", "commit", "-qm", "the shop"], repository.root, environment)
    pre_commit = [sys.executable, "-m", "pre_commit", "install", "--install-hooks"]
    done = subprocess.run(pre_commit, cwd=repository.root, env=environment, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    if done.returncode and any(words in output for words in NO_INDEX):
        pytest.skip("pip cannot install the hook's dependencies: " + output.strip().splitlines()[-1])
    assert done.returncode == 0, output
    return repository


@pytest.fixture
def shop(installed: Repository) -> Repository:
    """The repository as it was first committed."""
    installed.git("reset", "--hard", "-q", installed.git("rev-list", "--max-parents=0", "HEAD").stdout.strip())
    installed.git("clean", "-fdq")
    return installed


def test_a_bad_setting_is_blocked_until_it_is_mended(shop: Repository) -> None:
    passed, output = shop.commit("settings.py", SETTINGS.replace("300", "900"))
    assert not passed
    assert "CL101" in output
    assert "etc/my.cnf" in output
    passed, output = shop.commit("settings.py", SETTINGS.replace("300", "500"))
    assert passed, output


def test_a_bad_worker_is_blocked_until_it_is_mended(shop: Repository) -> None:
    bad = WORKER.replace("    close_old_connections()\n", "")
    passed, output = shop.commit("shop/worker.py", bad)
    assert not passed
    assert "CL201" in output
    assert "shop/worker.py" in output
    passed, output = shop.commit("shop/worker.py", WORKER + "# closes\n")
    assert passed, output


def test_a_bad_my_cnf_alone_is_blocked_until_it_is_mended(shop: Repository) -> None:
    passed, output = shop.commit("etc/my.cnf", "[mysqld]\nwait_timeout = 60\n")
    assert not passed
    assert "CL101" in output
    assert "settings.py" in output
    passed, output = shop.commit("etc/my.cnf", "[mysqld]\nwait_timeout = 1200\n")
    assert passed, output


def test_commit_all_reads_the_index_that_git_is_about_to_commit(shop: Repository) -> None:
    shop.write("settings.py", SETTINGS.replace("300", "None"))
    done = shop.git("commit", "-am", "keep for ever")
    assert done.returncode == 1
    assert "CL101" in done.stdout + done.stderr


def test_changes_that_are_not_staged_do_not_block(shop: Repository) -> None:
    shop.write("settings.py", SETTINGS.replace("300", "None"))
    passed, output = shop.commit("shop/worker.py", WORKER + "# closes\n")
    assert passed, output


def test_a_file_that_git_does_not_track_does_not_block(shop: Repository) -> None:
    shop.write("scratch/worker.py", WORKER.replace("    close_old_connections()\n", ""))
    passed, output = shop.commit("shop/worker.py", WORKER + "# closes\n")
    assert passed, output


def test_a_commit_of_nothing_relevant_does_not_run_the_hook(shop: Repository) -> None:
    passed, output = shop.commit("README.md", "The small shop.\n")
    assert passed, output
    assert "Skipped" in output


def test_all_files_are_one_run(shop: Repository) -> None:
    for number in range(300):
        shop.write(f"many/module_{number}.py", "x = 1\n")
    shop.write("shop/worker.py", WORKER.replace("    close_old_connections()\n", ""))
    shop.git("add", ".")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files"],
        cwd=shop.root,
        env=shop.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.count("shop/worker.py:7") <= 2
    assert done.stdout.count("1 error") == 1


def test_with_fix_the_hook_mends_what_it_can_and_a_second_commit_passes(shop: Repository) -> None:
    """pre-commit fails a hook that changes files, so that its user sees them first."""
    config = (shop.root / ".pre-commit-config.yaml").read_text()
    shop.write(".pre-commit-config.yaml", config + "    args: [--fix]\n")
    shop.git("add", ".pre-commit-config.yaml")
    went_through, output = shop.commit("shop/worker.py", WORKER.replace("    close_old_connections()\n", ""))
    assert not went_through
    assert "files were modified by this hook" in output
    mended = (shop.root / "shop/worker.py").read_text()
    assert "def ship(worker, job):\n    close_old_connections()\n" in mended
    assert shop.commit("shop/worker.py", mended)[0]
