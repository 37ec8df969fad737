"""Settings libraries: what each makes of a URL, a variable, a default."""

from __future__ import annotations

import pytest

from conn_lint.model import Known, Unknown
from tests.settings.conftest import Open, Reader, said

MYSQL = "django.db.backends.mysql"
POSTGRES = "django.db.backends.postgresql"

DJ = "import dj_database_url\nDATABASES = {'default': dj_database_url.%s}"
ENVIRON = "import environ\nenv = environ.Env(%s)\nDATABASES = {'default': %s}"

CASES: dict[str, tuple[str, object, object]] = {
    "dj: config": (DJ % "config()", Open("DATABASE_URL", default=None), 0),
    "dj: config with a default": (
        DJ % "config(default='mysql://u:p@h/n', conn_max_age=600)",
        Open("DATABASE_URL", default=MYSQL),
        600,
    ),
    "dj: config of another variable": (DJ % "config('MY_URL', 'mysql://h/n')", Open("MY_URL", default=MYSQL), 0),
    "dj: the name of its variable": (
        "import dj_database_url\nDATABASES = {'default': dj_database_url.config(dj_database_url.DEFAULT_ENV)}",
        Open("DATABASE_URL", default=None),
        0,
    ),
    "dj: parse": (DJ % "parse('mysql://u:p@h:3306/n', conn_max_age=60)", MYSQL, 60),
    "dj: the query is no age": (DJ % "parse('mysql://h/n?conn_max_age=60')", MYSQL, 0),
    "dj: gis": (DJ % "parse('mysqlgis://h/n')", "django.contrib.gis.db.backends.mysql", 0),
    "dj: another engine": (DJ % "parse('postgres://h/n', conn_max_age=60)", POSTGRES, 60),
    "dj: engine by name": (DJ % "parse('postgres://h/n', engine='my.mysql')", "my.mysql", 0),
    "dj: in-memory sqlite takes no age": (
        DJ % "parse('sqlite://:memory:', conn_max_age=60)",
        "django.db.backends.sqlite3",
        0,
    ),
    "dj: from import": (
        "from dj_database_url import parse as url\nDATABASES = {'default': url('mysql://h/n', conn_max_age=5)}",
        MYSQL,
        5,
    ),
    "environ: db with a default": (
        ENVIRON % ("", "env.db('DATABASE_URL', default='mysql://h/n')"),
        Open("DATABASE_URL", default=MYSQL),
        Open("DATABASE_URL", default=0),
    ),
    "environ: db_url": (
        ENVIRON % ("", "env.db_url('U', default='mysql://h/n?conn_max_age=60')"),
        Open("U", default=MYSQL),
        Open("U", default=60),
    ),
    "environ: no age in the query": (
        ENVIRON % ("", "env.db_url('U', default='mysql://h/n?conn_max_age=None')"),
        Open("U", default=MYSQL),
        Open("U", default=None),
    ),
    "environ: a fraction in the query": (
        ENVIRON % ("", "env.db_url('U', default='mysql://h/n?conn_max_age=60.5')"),
        Open("U", default=MYSQL),
        Open("U", default=60.5),
    ),
    "environ: a URL of the code": (
        ENVIRON % ("", "environ.Env.db_url_config('mysql://h/n?conn_max_age=60')"),
        MYSQL,
        60,
    ),
    "environ: required": (ENVIRON % ("", "env.db()"), Open("DATABASE_URL"), Open("DATABASE_URL", default=0)),
    "environ: int": (
        ENVIRON % ("", "{'ENGINE': 'x', 'CONN_MAX_AGE': env.int('AGE', default=60)}"),
        "x",
        Open("AGE", default=60),
    ),
    "environ: a scheme": (
        ENVIRON % ("AGE=(int, 60)", "{'ENGINE': 'x', 'CONN_MAX_AGE': env('AGE')}"),
        "x",
        Open("AGE", default=60),
    ),
    "environ: a default that casts": (
        ENVIRON % ("", "{'ENGINE': 'x', 'CONN_MAX_AGE': env('AGE', default=60)}"),
        "x",
        Open("AGE", default=60),
    ),
    "decouple: cast": (
        "from decouple import config\nDATABASES = {'default': {'CONN_MAX_AGE': config('AGE', default='60', cast=int)}}",
        None,
        Open("AGE", default=60),
    ),
    "decouple: required": (
        "from decouple import config\nDATABASES = {'default': {'CONN_MAX_AGE': config('AGE', cast=int)}}",
        None,
        Open("AGE"),
    ),
    "decouple: cast to a database": (
        "from decouple import config\nimport dj_database_url\n"
        "DATABASES = {'default': config('URL', default='mysql://h/n', cast=dj_database_url.parse)}",
        Open("URL", default=MYSQL),
        0,
    ),
    "decouple: a lambda": (
        "from decouple import config\n"
        "DATABASES = {'default': {'CONN_MAX_AGE': config('AGE', default='', cast=lambda v: int(v) if v else None)}}",
        None,
        Open("AGE", default=None),
    ),
    "decouple: Csv": (
        "from decouple import config, Csv\n"
        "DATABASES = {'default': {'CONN_MAX_AGE': len(config('HOSTS', default='a,b', cast=Csv()))}}",
        None,
        Open("HOSTS", default=2),
    ),
    "environs": (
        "from environs import Env\nenv = Env()\nenv.read_env()\n"
        "DATABASES = {'default': {'CONN_MAX_AGE': env.int('AGE', 60)}}",
        None,
        Open("AGE", default=60),
    ),
    "environs: prefixed": (
        "from environs import Env\nenv = Env()\nwith env.prefixed('DB_'):\n    with env.prefixed('MAX_'):\n"
        "        AGE = env.int('AGE', 60)\nDATABASES = {'default': {'CONN_MAX_AGE': AGE}}",
        None,
        Open("DB_MAX_AGE", default=60),
    ),
    "environs: after a prefix": (
        "from environs import Env\nenv = Env()\nwith env.prefixed('DB_'):\n    pass\n"
        "DATABASES = {'default': {'CONN_MAX_AGE': env.int('AGE', 60)}}",
        None,
        Open("AGE", default=60),
    ),
    "environs: a URL": (
        "from environs import Env\nenv = Env()\n"
        "DATABASES = {'default': env.dj_db_url('URL', default='mysql://h/n', conn_max_age=60)}",
        Open("URL", default=MYSQL),
        60,
    ),
}


@pytest.mark.parametrize(("text", "engine", "age"), CASES.values(), ids=CASES)
def test_a_settings_library(read: Reader, text: str, engine: object, age: object) -> None:
    database = read(text).databases["default"]
    assert said(database.engine) == engine
    assert said(database.conn_max_age) == age


def test_a_bound_url_decides_the_engine(read: Reader) -> None:
    text = DJ % "config(default='sqlite:///x', conn_max_age=60)"
    database = read(text, DATABASE_URL="mysql://u:secret@h:3307/n").databases["default"]
    assert (said(database.engine), database.mysql, said(database.port)) == (MYSQL, True, 3307)


def test_health_checks_are_an_argument(read: Reader) -> None:
    text = DJ % "parse('mysql://h/n', conn_health_checks=True)"
    assert said(read(text).databases["default"].conn_health_checks) is True


def test_a_dotenv_file_of_the_project_gives_the_default(read: Reader) -> None:
    text = (
        "import environ\nenv = environ.Env()\nenv.read_env()\nDATABASES = {'default': {'CONN_MAX_AGE': env.int('AGE')}}"
    )
    database = read(text, {".env": "# ages\nexport AGE='60'\n"}).databases["default"]
    assert said(database.conn_max_age) == Open("AGE", default=60)


def test_decouple_reads_settings_ini(read: Reader) -> None:
    text = "from decouple import config\nDATABASES = {'default': {'CONN_MAX_AGE': config('AGE', cast=int)}}"
    database = read(text, {"settings.ini": "[settings]\nAGE = 60\n"}).databases["default"]
    assert said(database.conn_max_age) == Open("AGE", default=60)


CONFIGURATIONS = """
from configurations import Configuration, values

class Base(Configuration):
    AGE = values.IntegerValue(60)
    DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "CONN_MAX_AGE": 30}}

class Prod(Base):
    @property
    def DATABASES(self):
        return {"default": {"ENGINE": "django.db.backends.mysql", "CONN_MAX_AGE": self.SECONDS * 10}}
    SECONDS = 6

class Url(Base):
    DATABASES = values.DatabaseURLValue("mysql://h/n", conn_max_age=5)

class Named(Base):
    DATABASES = {"default": {"CONN_MAX_AGE": values.IntegerValue(7, environ_name="DB_AGE")}}
"""


@pytest.mark.parametrize(
    ("name", "age"),
    [("Base", 30), ("Prod", 60), ("Url", 5), ("Named", Open("DJANGO_DB_AGE", default=7))],
)
def test_a_configuration_class(read: Reader, tmp_path: object, name: str, age: object) -> None:
    from pathlib import Path

    from conn_lint.settings import read_deployments
    from tests.settings.conftest import write

    project = write(Path(str(tmp_path)), {"settings.py": CONFIGURATIONS})
    (deployment,) = read_deployments(project, wanted=(f"settings.py::{name}",))
    assert deployment.class_name == name
    assert said(deployment.databases["default"].conn_max_age) == age


def test_split_settings_run_in_the_including_module(read: Reader) -> None:
    text = """
    from split_settings.tools import include, optional
    AGE = 60
    include('parts/*.py', optional('parts/local/none.py'))
    """
    files = {"parts/db.py": "DATABASES = {'default': {'CONN_MAX_AGE': AGE}}", "parts/zz.py": "AGE = 5"}
    deployment = read(text, files)
    assert said(deployment.databases["default"].conn_max_age) == 60
    assert not deployment.problems


INI = "import configparser, os\nP = configparser.ConfigParser()\nP.read(os.path.join(os.path.dirname(__file__), 'db.ini'))\n"
INI_FILE = {"db.ini": "[db]\nengine = mysql\nage = 60\npercent = %(age)s0\n"}


@pytest.mark.parametrize(
    ("expression", "age"),
    [
        ("P.getint('db', 'age')", 60),
        ("P['db']['age']", "60"),
        ("P.getint('db', 'percent')", 600),
        ("P.getint('db', 'none', fallback=5)", 5),
        ("P['db'].getint('none', 5)", 5),
        ("60 if P.get('db', 'engine') == 'mysql' else 5", 60),
        ("60 if P.has_section('db') and not P.has_option('db', 'x') else 5", 60),
        ("60 if 'db' in P else 5", 60),
    ],
)
def test_an_ini_file_of_the_project(read: Reader, expression: str, age: object) -> None:
    database = read(f"{INI}DATABASES = {{'default': {{'CONN_MAX_AGE': {expression}}}}}", INI_FILE).databases["default"]
    assert said(database.conn_max_age) == age


def test_an_ini_file_that_is_not_there_may_say_anything(read: Reader) -> None:
    database = read(f"{INI}DATABASES = {{'default': {{'CONN_MAX_AGE': P.getint('db', 'age')}}}}").databases["default"]
    assert said(database.conn_max_age) == Open()


CLASSY = """
from cbs import BaseSettings, env
denv = env["DJANGO_"]

class Shared:
    url = denv("mysql://h/n", key="DATABASE_URL")
    MAX_AGE = denv.int(60)
    TEXT = env.int("61")

    @env
    def COMPUTED(self):
        return self.TEXT + 1

    named = env.dburl("mariadb://h/n?conn_max_age=5", key="URL")

    def DATABASES(self):
        return {
            "default": {"ENGINE": "x", "CONN_MAX_AGE": self.MAX_AGE},
            "text": {"CONN_MAX_AGE": self.TEXT},
            "computed": {"CONN_MAX_AGE": self.COMPUTED},
            "url": self.named,
        }

class ProdSettings(Shared, BaseSettings):
    pass

__getattr__, __dir__ = BaseSettings.use("prod")
"""


def test_classy_settings(read: Reader) -> None:
    deployment = read(CLASSY)
    assert deployment.class_name == "ProdSettings"
    databases = deployment.databases
    assert said(databases["default"].conn_max_age) == Open("DJANGO_MAX_AGE", default=60)
    assert said(databases["text"].conn_max_age) == Open("TEXT", default=61)
    assert said(databases["computed"].conn_max_age) == Open("COMPUTED", "TEXT", default=62)
    assert said(databases["url"].engine) == Open("URL", default=MYSQL)
    assert said(databases["url"].conn_max_age) == Open("URL", default=5)
    assert said(read(CLASSY, DJANGO_MAX_AGE="7").databases["default"].conn_max_age) == 7


@pytest.mark.parametrize(
    ("call", "age"),
    [
        ("django_heroku.settings(locals())", 600),
        ("django_on_heroku.settings(locals(), staticfiles=False)", Open("CONN_MAX_AGE", default=600)),
        ("django_heroku.settings(locals(), databases=False)", 5),
    ],
)
def test_heroku_replaces_the_default_database(read: Reader, call: str, age: object) -> None:
    text = (
        f"import django_heroku, django_on_heroku\n"
        f"DATABASES = {{'default': {{'ENGINE': 'x', 'CONN_MAX_AGE': 5}}, 'other': {{'CONN_MAX_AGE': 6}}}}\n{call}\n"
    )
    databases = read(text, DATABASE_URL="mysql://h/n").databases
    assert said(databases["default"].conn_max_age) == age
    assert said(databases["other"].conn_max_age) == 6
    unset = read(text).databases["default"].conn_max_age
    known = unset if isinstance(unset, Known) else unset.default
    assert known is not None
    assert known.value == 5


def test_ssl_may_be_required(read: Reader) -> None:
    text = DJ % "parse('mysql://h/n?charset=utf8', ssl_require=True)"
    options = read(text).databases["default"].options
    assert {name: said(value) for name, value in options.items()} == {"charset": "utf8", "sslmode": "require"}


def test_heroku_makes_databases(read: Reader) -> None:
    database = read("import django_heroku\ndjango_heroku.settings(locals())\n", DATABASE_URL="mysql://h/n").databases
    assert (said(database["default"].engine), said(database["default"].conn_max_age)) == (MYSQL, 600)


FILED = "DATABASES = {'default': {'CONN_MAX_AGE': AGE}}\n"


@pytest.mark.parametrize(
    ("line", "age"),
    [
        ('AGE="60" # seconds', 60),
        ("AGE=${BASE}0", Open("AGE", "BASE", default=60)),
        ("AGE=${NOBODY:-7}", Open("AGE", "NOBODY", default=7)),
    ],
)
def test_python_dotenv_reads_comments_and_references(read: Reader, line: str, age: object) -> None:
    text = "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nAGE = int(os.environ['AGE'])\n"
    database = read(text + FILED, {".env": f"BASE=6\n{line}\n"}).databases["default"]
    found = said(database.conn_max_age)
    assert found == (age if isinstance(age, Open) else Open("AGE", default=age))


def test_a_file_that_is_only_sometimes_loaded(read: Reader) -> None:
    text = (
        "import os\nfrom dotenv import load_dotenv\nif os.environ.get('LOCAL'):\n    load_dotenv()\n"
        "AGE = int(os.environ.get('AGE', 5))\n"
    )
    database = read(text + FILED, {".env": "AGE=60\n"}).databases["default"]
    assert said(database.conn_max_age) == Open("AGE", "LOCAL", default=5)


def test_a_comment_in_a_file_of_django_environ_is_open(read: Reader) -> None:
    text = "import environ\nenv = environ.Env()\nenv.read_env()\nAGE = env.int('AGE', 5)\n"
    database = read(text + FILED, {".env": "AGE=60 # or 70\n"}).databases["default"]
    assert isinstance(database.conn_max_age, Unknown)
    assert database.conn_max_age.default is None


def test_decouple_keeps_its_file_to_itself(read: Reader) -> None:
    text = (
        "import os\nfrom decouple import config\nAGE = config('AGE', cast=int)\n"
        "HEALTH = os.environ.get('HEALTH', False)\n"
        "config('HEALTH')\n"
        "DATABASES = {'default': {'CONN_MAX_AGE': AGE, 'CONN_HEALTH_CHECKS': HEALTH}}\n"
    )
    database = read(text, {".env": "AGE='60'\nHEALTH=yes # no\n"}).databases["default"]
    assert said(database.conn_max_age) == Open("AGE", default=60)
    assert said(database.conn_health_checks) == Open("HEALTH", default=False)
