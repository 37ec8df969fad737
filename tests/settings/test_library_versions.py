"""Libraries read the same URL differently from release to release: the one of the project counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import Database
from conn_lint.project.project import Project
from conn_lint.project.requirements import django_of, read_requirements
from conn_lint.project.tree import Tree
from conn_lint.settings import read_deployments
from tests.settings.conftest import Open, Reader, said


def database(folder: Path, requirement: str, text: str) -> Database | None:
    """``default`` of settings with ``text``, in a project that asks for ``requirement``; None when it has none."""
    (folder / "requirements.txt").write_text(f"{requirement}\n")
    (folder / "settings.py").write_text(text)
    tree = Tree(str(folder))
    requirements = read_requirements(tree, {})
    project = Project(tree, requirements, django_of(requirements, None))
    (deployment,) = read_deployments(project, wanted=("settings.py",))
    return deployment.databases.get("default")


def parsed(folder: Path, version: str, url: str, *more: str) -> Database | None:
    call = ", ".join([repr(url), *more])
    text = f"import dj_database_url\nDATABASES = {{'default': dj_database_url.parse({call})}}\n"
    return database(folder, f"dj-database-url{version}", text)


MYSQL = "mysql://h/n?read_timeout=30&charset=a&charset=b"


@pytest.mark.parametrize(
    ("version", "timeout", "charset"),
    [
        ("==0.5.0", "30", "b"),
        ("==2.1.0", "30", "b"),
        ("==2.3.0", 30, "b"),
        ("==3.1.2", 30, ["a", "b"]),
        ("", 30, ["a", "b"]),
        (">=0.5", 30, ["a", "b"]),
        ("<2", "30", "b"),
    ],
)
def test_options_of_a_url(tmp_path: Path, version: str, timeout: object, charset: object) -> None:
    found = parsed(tmp_path, version, MYSQL)
    assert found is not None
    assert (said(found.options["read_timeout"]), said(found.options["charset"])) == (timeout, charset)


def test_the_engine_of_postgres(tmp_path: Path) -> None:
    engines = {}
    for version in ("0.5.0", "3.1.2"):
        found = parsed(tmp_path, f"=={version}", "postgres://h/n")
        assert found is not None
        engines[version] = said(found.engine)
    assert engines == {"0.5.0": "django.db.backends.postgresql_psycopg2", "3.1.2": "django.db.backends.postgresql"}


@pytest.mark.parametrize(("version", "health"), [("==0.5.0", False), ("==3.0.1", True), ("", Open()), (">=1.0", True)])
def test_the_fourth_argument(tmp_path: Path, version: str, health: object) -> None:
    found = parsed(tmp_path, version, "mysql://h/n", "None", "60", "True")
    assert found is not None
    assert said(found.conn_health_checks) == health


@pytest.mark.parametrize(("version", "host"), [("==2.3.0", Open()), ("==3.1.2", "/run/m.sock")])
def test_an_escaped_host(tmp_path: Path, version: str, host: object) -> None:
    found = parsed(tmp_path, version, "mysql://u:p@%2Frun%2Fm.sock/n")
    assert found is not None
    assert said(found.host) == host


def test_a_scheme_of_the_project(tmp_path: Path) -> None:
    text = "import dj_database_url\ndj_database_url.register('galera', 'shop.backend')\n"
    text += "DATABASES = {'default': dj_database_url.parse('galera://h/n', conn_max_age=60)}\n"
    found = database(tmp_path, "dj-database-url", text)
    assert found is not None
    assert (said(found.engine), said(found.conn_max_age)) == (Open(), 60)


@pytest.mark.parametrize(("version", "loads"), [("==2.3.0", True), ("==3.1.2", False)])
def test_an_engine_for_an_unknown_scheme(tmp_path: Path, version: str, loads: bool) -> None:
    assert (parsed(tmp_path, version, "mariadb://h/n", "engine='django.db.backends.mysql'") is not None) is loads


@pytest.mark.parametrize(("version", "health"), [("==0.9.0", False), ("==0.14.0", True), ("", True)])
def test_health_checks_in_a_url_of_django_environ(tmp_path: Path, version: str, health: bool) -> None:
    text = "import environ\nenv = environ.Env()\n"
    text += "DATABASES = {'default': env.db_url_config('mysql://h/n?conn_health_checks=True')}\n"
    found = database(tmp_path, f"django-environ{version}", text)
    assert found is not None
    assert said(found.conn_health_checks) is health


ENVIRON = {
    "a float with words in it": ("env.float('AGE')", "1e3", 13.0),
    "a float with a comma": ("env.float('AGE')", "1.000,5", 1000.5),
    "nothing where None is the default": ("env.int('AGE', default=None)", "", None),
    "the text of the default": ("env('AGE', default='60')", "60", "60"),
    "the text of another one": ("env('AGE', default='60')", "61", 61),
    "the host of sockets": ("env.db_url_config('postgres:////run/n?conn_max_age=5')['HOST']", "", "/run"),
    "an escaped host": ("env.db_url_config('mysql://%2Frun%2Fm/n')['HOST']", "", "%2Frun%2Fm"),
    "the engine of a scheme": (
        "env.db_url_config('x://h/n', engine='mysql')['ENGINE']",
        "",
        "django.db.backends.mysql",
    ),
    "an option": ("env.db_url_config('mysql://h/n?x=1.5')['OPTIONS']['x']", "", "1.5"),
}


@pytest.mark.parametrize(("expression", "value", "expected"), ENVIRON.values(), ids=ENVIRON)
def test_django_environ(read: Reader, expression: str, value: str, expected: object) -> None:
    text = f"import environ\nenv = environ.Env(AGE=int)\nDATABASES = {{'default': {{'CONN_MAX_AGE': {expression}}}}}\n"
    assert said(read(text, AGE=value).databases["default"].conn_max_age) == expected


@pytest.mark.parametrize(("load", "bound"), [("'.env'", "5"), ("'.env', override=True", {"5", "60"})])
def test_a_file_relative_to_the_working_folder(read: Reader, load: str, bound: object) -> None:
    text = f"import os\nfrom dotenv import load_dotenv\nload_dotenv({load})\nAGE = os.environ.get('AGE', '7')\n"
    text += "DATABASES = {'default': {'CONN_MAX_AGE': AGE}}\n"
    files = {".env": "AGE=60\n"}
    assert said(read(text, files).databases["default"].conn_max_age) == Open("AGE", default="60")
    assert said(read(text, files, AGE="5").databases["default"].conn_max_age) == bound


@pytest.mark.parametrize(("more", "age"), [("", "5"), (", interpolate=False", "${B}")])
def test_references_in_a_file(read: Reader, more: str, age: str) -> None:
    text = "import os\nfrom pathlib import Path\nfrom dotenv import load_dotenv\n"
    text += f"load_dotenv(Path(__file__).parent / '.env', override=True{more})\n"
    text += "DATABASES = {'default': {'CONN_MAX_AGE': os.environ['AGE']}}\n"
    assert said(read(text, {".env": "B=5\nAGE=${B}\n"}, AGE="7").databases["default"].conn_max_age) == age


def test_environs_may_let_the_file_win(read: Reader) -> None:
    text = "from environs import Env\nenv = Env()\nenv.read_env(override=True)\n"
    text += "DATABASES = {'default': {'CONN_MAX_AGE': env.int('AGE')}}\n"
    assert said(read(text, {".env": "AGE=60\n"}, AGE="7").databases["default"].conn_max_age) == 60


@pytest.mark.parametrize(
    ("first", "age"), [("", 5), ("    include('base.py')\n", 5), ("    include('base.py', 'db.py')\n", 5)]
)
def test_split_settings_runs_a_file_once(read: Reader, first: str, age: int) -> None:
    files = {
        "base.py": "DATABASES = {'default': {'CONN_MAX_AGE': 60}}\n",
        "db.py": "DATABASES['default']['CONN_MAX_AGE'] = 5\n",
    }
    text = "import os\nfrom split_settings.tools import include\n"
    text += f"if os.environ.get('EARLY'):\n    pass\n{first}include('base.py', 'db.py', '*.py', 'base.py')\n"
    assert said(read(text, files).databases["default"].conn_max_age) == age
