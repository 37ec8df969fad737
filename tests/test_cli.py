"""The command line: every flag, every bad input, exit statuses and streams."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import conn_lint
from conn_lint import __version__
from conn_lint.cli import main
from conn_lint.model import ServerAnswer
from conn_lint.output import FORMATS

SETTINGS = """\
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "PASSWORD": "hunter2",
        "CONN_MAX_AGE": 600,
    }
}
"""
LOOP = """\
import time

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:
            User.objects.count()
            time.sleep(36000)
"""
SHORT = "[mysqld]\nwait_timeout = 60\ninteractive_timeout = 60\n"


class Ran(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        return sorted(finding["code"] for finding in json.loads(self.out)["findings"] if not finding["suppressed"])


class Shop:
    """A small project as the working directory, and conn-lint run on it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.write("shop/settings.py", SETTINGS)
        self.write("shop/__init__.py", "")
        self.write("my.cnf", SHORT)

    def write(self, path: str, text: str | bytes) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text.encode() if isinstance(text, str) else text)

    def lint(self, *arguments: str) -> Ran:
        status = main(arguments)
        return Ran(status, *self._capsys.readouterr())

    def json(self, *arguments: str) -> Ran:
        return self.lint(*arguments, "--format", "json")

    def refused(self, *arguments: str) -> str:
        """The one line that a run which cannot be done says."""
        ran = self.lint(*arguments)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("conn-lint: error: ")
        assert ran.err.count("\n") == 1
        return ran.err.removeprefix("conn-lint: error: ").rstrip("\n")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shop:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CONN_LINT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return Shop(tmp_path, capsys)


# --- findings and exit status ------------------------------------------------------------------


def test_a_finding_is_exit_status_1(shop: Shop) -> None:
    ran = shop.lint("--mycnf", "my.cnf")
    assert ran.status == 1
    assert ran.err == ""
    assert ran.out.startswith("error[CL101] age-reaches-timeout: CONN_MAX_AGE 600 s is above wait_timeout 60 s: ")
    assert ran.out.endswith("\n1 error in 1 file; 1 fixable with --fix --unsafe-fixes\n")


def test_nothing_found_is_exit_status_0(shop: Shop) -> None:
    shop.write("my.cnf", "[mysqld]\nwait_timeout = 3600\n")
    assert shop.lint("--mycnf", "my.cnf") == Ran(0, "no findings\n", "")


def test_information_alone_is_exit_status_0(shop: Shop) -> None:
    ran = shop.json()
    assert (ran.status, ran.codes) == (0, ["CL004"])


@pytest.mark.parametrize(("floor", "status"), [("info", 1), ("warning", 0), ("error", 0)])
def test_fail_on(shop: Shop, floor: str, status: int) -> None:
    assert shop.lint("--fail-on", floor).status == status


def test_an_assumed_timeout_makes_a_warning(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("600", "None"))
    finding = next(each for each in json.loads(shop.json().out)["findings"] if each["code"] == "CL101")
    assert finding["severity"] == "warning"
    assert "wait_timeout 28800 s (assumed)" in finding["message"]
    assert shop.lint("--fail-on", "error").status == 0


def test_select_and_ignore(shop: Shop) -> None:
    shop.write("shop/jobs.py", LOOP)
    assert shop.json("--mycnf", "my.cnf").codes == ["CL101", "CL202"]
    assert shop.json("--mycnf", "my.cnf", "--select", "CL2").codes == ["CL202"]
    assert shop.json("--mycnf", "my.cnf", "--ignore", "loop-without-close,CL3").codes == ["CL101"]
    assert shop.json("--mycnf", "my.cnf", "--ignore", "CL2", "--ignore", "CL1").codes == []


def test_a_suppressed_finding_does_not_fail(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("600,", "600,  # conn-lint: ignore[CL101] behind a proxy"))
    ran = shop.lint("--mycnf", "my.cnf")
    assert ran == Ran(0, "no findings; 1 suppressed\n", "")
    (finding,) = json.loads(shop.json("--mycnf", "my.cnf").out)["findings"]
    assert finding["suppressed"]


def test_a_suppression_in_the_option_file_counts(shop: Shop) -> None:
    shop.write("my.cnf", "[mysqld]\nwait_timeout = 60  # conn-lint: ignore[CL101] the lab's server\n")
    assert shop.lint("--mycnf", "my.cnf").status == 0


def test_a_suppression_in_an_option_file_outside_the_tree_counts(shop: Shop, tmp_path: Path) -> None:
    shop.write("etc/my.cnf", "[mysqld]\nwait_timeout = 60  # conn-lint: ignore[CL101] the lab's server\n")
    assert shop.lint("shop", "--mycnf", "etc/my.cnf").status == 0


def test_a_suppression_of_another_rule_does_not_count_and_is_reported(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("600,", "600,  # conn-lint: ignore[CL102]"))
    assert shop.json("--mycnf", "my.cnf").codes == ["CL002", "CL101"]


def test_a_half_used_suppression_names_the_other_half(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("600,", "600,  # conn-lint: ignore[CL101, CL102]"))
    (finding,) = (each for each in json.loads(shop.json("--mycnf", "my.cnf").out)["findings"] if not each["suppressed"])
    assert finding["message"] == "nothing here is reported by CL102: the suppression is unused"


def test_the_fingerprint_stays_when_lines_move(shop: Shop) -> None:
    before = json.loads(shop.json("--mycnf", "my.cnf").out)["findings"]
    shop.write("shop/settings.py", "# a line more\n\n" + SETTINGS)
    after = json.loads(shop.json("--mycnf", "my.cnf").out)["findings"]
    assert [each["line"] for each in after] == [each["line"] + 2 for each in before]
    assert [each["fingerprint"] for each in after] == [each["fingerprint"] for each in before]


def test_equal_findings_have_fingerprints_of_their_own(shop: Shop) -> None:
    shop.write("jobs.py", LOOP + "\n\n" + LOOP.replace("Command(", "Other("))
    shop.write("jobs2.py", LOOP)
    findings = json.loads(shop.json("--mycnf", "my.cnf").out)["findings"]
    assert len({each["fingerprint"] for each in findings}) == len(findings) > 3


# --- what is read ------------------------------------------------------------------------------


def test_env(shop: Shop) -> None:
    shop.write("shop/settings.py", "import os\n\n" + SETTINGS.replace("600", 'int(os.environ["AGE"])'))
    assert shop.json("--mycnf", "my.cnf").codes == ["CL003"]
    assert shop.json("--mycnf", "my.cnf", "--env", "AGE=5").codes == []
    assert shop.json("--mycnf", "my.cnf", "--env", "AGE=61").codes == ["CL101"]


def test_the_real_environment_is_not_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGE", "61")
    shop.write("shop/settings.py", "import os\n\n" + SETTINGS.replace("600", 'int(os.environ.get("AGE", 5))'))
    assert shop.json("--mycnf", "my.cnf").codes == []


def test_env_files(shop: Shop) -> None:
    shop.write("shop/settings.py", "import os\n\n" + SETTINGS.replace("600", 'int(os.environ["AGE"])'))
    shop.write(".env", "AGE=61\n")
    shop.write("compose.yml", "services:\n  web:\n    environment:\n      - AGE=5\n")
    assert shop.json("--mycnf", "my.cnf", "--env-file", ".env").codes == ["CL101"]
    assert shop.json("--mycnf", "my.cnf", "--env-file", ".env", "--env-file", "compose.yml::web").codes == []
    assert shop.json("--mycnf", "my.cnf", "--env-file", ".env", "--env", "AGE=5").codes == []
    shop.write("pyproject.toml", '[tool.conn-lint]\nmycnf = "my.cnf"\nenv-file = "compose.yml"\n')
    assert shop.json().codes == []
    assert shop.json("--env-file", ".env").codes == ["CL101"]


def test_an_env_file_that_changes_makes_a_new_report(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    shop.write("shop/settings.py", "import os\n\n" + SETTINGS.replace("600", 'int(os.environ["AGE"])'))
    outside = tmp_path_factory.mktemp("deploy") / "prod.env"
    outside.write_text("AGE=61\n")
    assert shop.json("--mycnf", "my.cnf", "--env-file", str(outside)).codes == ["CL101"]
    outside.write_text("AGE=5\n")
    assert shop.json("--mycnf", "my.cnf", "--env-file", str(outside)).codes == []


def test_env_inherit(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGE", "61")
    shop.write("shop/settings.py", "import os\n\n" + SETTINGS.replace("600", 'int(os.environ["AGE"])'))
    assert shop.json("--mycnf", "my.cnf", "--env-inherit").codes == ["CL101"]
    assert shop.json("--mycnf", "my.cnf", "--env-inherit", "--env", "AGE=5").codes == []
    shop.write("pyproject.toml", '[tool.conn-lint]\nmycnf = "my.cnf"\nenv-inherit = true\n')
    assert shop.json().codes == ["CL101"]


def test_settings_picks_a_module(shop: Shop) -> None:
    shop.write("shop/quick.py", SETTINGS.replace("600", "5"))
    assert shop.json("--mycnf", "my.cnf", "--settings", "shop.quick").codes == []
    assert shop.json("--mycnf", "my.cnf", "--settings", "shop/settings.py").codes == ["CL101"]


def test_equal_findings_of_several_modules_are_one(shop: Shop) -> None:
    shop.write("shop/base.py", SETTINGS)
    shop.write("shop/settings.py", "from shop.base import *\nDEBUG = False\n")
    shop.write("shop/production.py", "from shop.base import *\nUSE_TZ = True\n")
    (finding,) = json.loads(
        shop.json("--mycnf", "my.cnf", "--settings", "shop.settings", "--settings", "shop.production").out
    )["findings"]
    assert finding["path"] == "shop/base.py"
    assert finding["settings_modules"] == ["shop.production", "shop.settings"]


def test_a_source_for_one_alias(shop: Shop) -> None:
    shop.write("long.cnf", "[mysqld]\nwait_timeout = 3600\n")
    assert shop.json("--mycnf", "long.cnf", "--mycnf", "default=my.cnf").codes == ["CL101"]
    assert shop.json("--mycnf", "my.cnf", "--mycnf", "default=long.cnf").codes == []


def test_group_suffix_and_persisted_variables(shop: Shop) -> None:
    shop.write("my.cnf", "[mysqld]\nwait_timeout = 3600\n[mysqld_prod]\nwait_timeout = 60\n")
    assert shop.json("--mycnf", "my.cnf").codes == []
    assert shop.json("--mycnf", "my.cnf", "--mycnf-group-suffix", "_prod").codes == ["CL101"]
    shop.write("pyproject.toml", '[tool.conn-lint]\nmycnf = "my.cnf"\nmycnf-group-suffix = "_prod"\n')
    assert shop.json().codes == ["CL101"]
    entry = {"Value": "3600", "Metadata": {"Timestamp": 1, "User": "root", "Host": "localhost"}}
    persisted = {"Version": 2, "mysql_dynamic_variables": {"wait_timeout": entry}}
    shop.write("mysqld-auto.cnf", json.dumps(persisted))
    assert shop.json().codes == []
    assert shop.json("--server", "mariadb-10.11").codes == ["CL101"]


def test_the_default_files_of_this_machine(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conn_lint.server.defaultfiles.SYSTEM", ())
    monkeypatch.setenv("HOME", str(shop.root))
    monkeypatch.delenv("MYSQL_HOME", raising=False)
    monkeypatch.delenv("MARIADB_HOME", raising=False)
    ran = shop.json("--mycnf-defaults")
    assert ran.status == 2
    assert "--mycnf-defaults: none of the files" in ran.err
    shop.write(".my.cnf", SHORT)
    assert shop.json("--mycnf-defaults").codes == ["CL101"]


def test_saved_variables(shop: Shop) -> None:
    shop.write("vars.txt", "Variable_name\tValue\ninteractive_timeout\t28800\nwait_timeout\t60\n")
    assert shop.json("--variables", "vars.txt").codes == ["CL101"]


def test_saved_variables_on_standard_input(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    text = b"Variable_name\tValue\ninteractive_timeout\t28800\nwait_timeout\t60\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert shop.json("--variables", "-").codes == ["CL101"]


def test_django_version(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("600", 'None,\n        "CONN_HEALTH_CHECKS": True'))
    assert shop.json("--mycnf", "my.cnf").codes == []
    assert shop.json("--mycnf", "my.cnf", "--django-version", "4.0").codes == ["CL101", "CL104"]
    assert shop.json("--mycnf", "my.cnf", "--django-version", "1.5.12").codes == []


def test_assume_mysql(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("backends.mysql", "backends.sqlite3"))
    ran = shop.lint("--mycnf", "my.cnf")
    assert ran.status == 0
    assert ran.out == "note: no MySQL or MariaDB alias in shop.settings: nothing to judge\n\nno findings\n"
    assert shop.json("--mycnf", "my.cnf", "--assume-mysql").codes == ["CL101"]


def test_databases_of_a_module_that_is_not_there(shop: Shop) -> None:
    shop.write("shop/settings.py", "from shop.base import *\nDATABASES['default']['CONN_MAX_AGE'] = 600\n")
    ran = shop.lint()
    assert ran.status == 0
    assert "imports shop.base, which is not in the tree" in ran.out
    assert "DATABASES of shop.settings cannot be read, and nothing says MySQL: nothing is judged" in ran.out


def test_no_settings_is_said_once(shop: Shop) -> None:
    (shop.root / "shop/settings.py").unlink()
    shop.write("shop/jobs.py", LOOP)
    ran = shop.lint()
    assert ran.status == 1
    assert ran.out.count("no settings found") == 1
    assert "note: no settings found: judged as if the alias default were on MySQL with CONN_MAX_AGE 0\n" in ran.out


def test_a_folder_without_django(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "poll.py").write_text("import time\n\nwhile True:\n    time.sleep(60)\n")
    assert main([str(tmp_path), "--no-cache"]) == 0
    assert (
        "no settings found, and no code that uses the ORM outside a request: nothing to judge"
        in capsys.readouterr().out
    )


def test_an_empty_folder(shop: Shop) -> None:
    (shop.root / "empty").mkdir()
    ran = shop.lint("empty")
    assert ran.status == 0
    assert ran.out.startswith("note: no settings found, and no code that uses the ORM outside a request")


def test_the_configuration_of_the_project(shop: Shop) -> None:
    shop.write("pyproject.toml", '[tool.conn-lint]\nmycnf = "my.cnf"\n')
    assert shop.json().codes == ["CL101"]
    assert shop.json("--ignore", "CL101").codes == []


def test_excluded_files_are_not_read(shop: Shop) -> None:
    shop.write("shop/jobs.py", LOOP)
    shop.write("pyproject.toml", '[tool.conn-lint]\nmycnf = "my.cnf"\nexclude = ["shop/jobs.py"]\n')
    assert shop.json().codes == ["CL101"]


def test_closers_of_the_configuration(shop: Shop) -> None:
    shop.write(
        "shop/jobs.py",
        "from pool import refresh\n" + LOOP.replace("User.objects", "refresh()\n            User.objects"),
    )
    assert "CL202" in shop.json().codes
    shop.write("pyproject.toml", '[tool.conn-lint]\nclosers = ["pool.refresh"]\n')
    assert "CL202" not in shop.json().codes


def test_a_function_of_the_configuration_that_does_not_exist(shop: Shop) -> None:
    shop.write("shop/jobs.py", LOOP)
    shop.write("pyproject.toml", '[tool.conn-lint]\nentrypoints = ["shop.jobs.Command.handel"]\n')
    assert shop.refused() == (
        "[tool.conn-lint] entrypoints: 'shop.jobs.Command.handel' names no function of the project;"
        " did you mean 'shop.jobs.Command.handle'?"
    )


def test_show_says_what_could_not_be_followed(shop: Shop) -> None:
    shop.write("shop/jobs.py", LOOP.replace("User.objects.count()", "HANDLERS[0]()"))
    (unit,) = json.loads(shop.json("--show").out)["units"]
    assert unit["verdict"] == {"default": "unknown"}
    assert unit["why"] == ("it is not seen to reach the ORM, but calls something found by an index (shop/jobs.py:10)")


def test_file_names_mean_their_project(shop: Shop) -> None:
    shop.write("manage.py", "")
    shop.write("shop/jobs.py", LOOP)
    ran = shop.json("shop/jobs.py", "shop/settings.py", "--mycnf", "my.cnf")
    assert ran.codes == ["CL101", "CL202"]


# --- the report --------------------------------------------------------------------------------


def test_concise(shop: Shop) -> None:
    ran = shop.lint("--mycnf", "my.cnf", "--format", "concise")
    assert ran.out.startswith("shop/settings.py:5:")
    assert " CL101 error CONN_MAX_AGE 600 s is above wait_timeout 60 s: " in ran.out
    assert ran.out.count("\n") == 1


def test_paths_can_be_opened_from_the_working_directory(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.root / "shop")
    ran = shop.lint("..", "--mycnf", "../my.cnf", "--format", "concise")
    assert ran.out.startswith("../shop/settings.py:5:")


def test_quiet_prints_what_fails_the_run_and_nothing_else(shop: Shop) -> None:
    assert shop.lint("--quiet") == Ran(0, "", "")
    assert shop.lint("-q", "--mycnf", "my.cnf", "--format", "concise").out.count("\n") == 1
    ran = shop.lint("-q", "--mycnf", "my.cnf")
    assert (ran.status, ran.out.splitlines()[-1].lstrip().startswith("= help: ")) == (1, True)


def test_verbose_says_what_was_read(shop: Shop) -> None:
    ran = shop.lint("-v", "--mycnf", "my.cnf")
    assert "settings read: shop.settings\naliases judged: default\nservers asked: my.cnf\n" in ran.out


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_reports_the_finding(shop: Shop, name: str) -> None:
    ran = shop.lint("--mycnf", "my.cnf", "--format", name)
    assert (ran.status, ran.err) == (1, "")
    assert "CL101" in ran.out
    assert "shop/settings.py" in ran.out
    assert "hunter2" not in ran.out


def test_formats_that_show_nothing(shop: Shop) -> None:
    assert shop.refused("--show", "--format", "sarif") == "--show prints text or json, not sarif"


def test_output_goes_to_a_file(shop: Shop) -> None:
    ran = shop.lint("--mycnf", "my.cnf", "--format", "json", "--output", "report.json")
    assert ran == Ran(1, "", "")
    assert json.loads((shop.root / "report.json").read_text())["summary"]["errors"] == 1


def test_output_that_cannot_be_written(shop: Shop) -> None:
    assert shop.refused("--output", "nowhere/report.json") == "--output nowhere/report.json: No such file or directory"


@pytest.mark.parametrize("option", [["--format", "text"], ["--show"], ["--format", "json"]])
def test_no_password_is_printed(shop: Shop, option: list[str]) -> None:
    shop.write("shop/settings.py", SETTINGS.replace('\n        "CONN', ' "CONN'))
    ran = shop.lint("--mycnf", "my.cnf", *option)
    assert "600" in ran.out
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("option", "environment", "coloured"),
    [
        ("auto", {}, False),
        ("always", {}, True),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", {"FORCE_COLOR": ""}, False),
    ],
)
def test_colours(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, option: str, environment: dict[str, str], coloured: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in shop.lint("--mycnf", "my.cnf", "--color", option).out) == coloured


def test_show_as_text(shop: Shop) -> None:
    shop.write("shop/jobs.py", LOOP)
    ran = shop.lint("--mycnf", "my.cnf", "--show")
    assert "  default: CONN_MAX_AGE 600 s > wait_timeout 60 s (my.cnf:2, [mysqld])\n" in ran.out
    assert "shop/jobs.py:9 Command.handle" in ran.out
    assert "default goes-away: " in ran.out


def test_show_as_json(shop: Shop) -> None:
    shop.write("shop/jobs.py", LOOP)
    shown = json.loads(shop.json("--mycnf", "my.cnf", "--show").out)
    (module,) = shown["settings"]
    assert module["databases"]["default"]["conn_max_age"]["value"] == 600
    assert module["databases"]["default"]["idle_limit"]["seconds"] == 60
    assert [unit["verdict"] for unit in shown["units"]] == [{"default": "goes-away"}]


def test_show_lists_units_where_nothing_is_judged(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("backends.mysql", "backends.sqlite3"))
    shop.write("shop/jobs.py", LOOP)
    (unit,) = json.loads(shop.json("--show").out)["units"]
    assert unit["verdict"] == {}


def test_list_rules(shop: Shop) -> None:
    ran = shop.lint("--list-rules")
    assert ran.status == 0
    assert "CL201  job-without-close           error\n" in ran.out


@pytest.mark.parametrize("name", ["CL101", "cl101", "age-reaches-timeout"])
def test_explain(shop: Shop, name: str) -> None:
    ran = shop.lint("--explain", name)
    assert ran.out.startswith("# age-reaches-timeout (CL101, error)\n\n## What it does\n")
    assert "### an age above the timeout\n$ conn-lint --mycnf my.cnf  reported at settings.py:4\n" in ran.out
    assert "## Not reported\n" in ran.out


def test_version(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"conn-lint {__version__}\n"


# --- bad input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such file or folder"),
        (["--select", "CL999"], "--select: unknown rule 'CL999'"),
        (["--ignore", "job-with-close"], "--ignore: unknown rule 'job-with-close'; did you mean 'job-without-close'?"),
        (["--explain", "CL2"], "--explain: unknown rule 'CL2'"),
        (["--env", "AGE"], "--env: expected NAME=VALUE, not 'AGE'"),
        (["--env-file", "nowhere.env"], "--env-file nowhere.env: No such file or directory"),
        (["--env-file", "my.cnf::web"], "--env-file my.cnf::web: only a compose file has services"),
        (["--fail-on", "never"], "--fail-on: expected error, warning or info, not 'never'"),
        (["--django-version", "new"], "--django-version"),
        (["--settings", "shop.nowhere"], "shop.nowhere"),
        (["--format", "xml"], "argument --format: invalid choice: 'xml'"),
        (["--formt", "json"], "unrecognized arguments: --formt; did you mean '--format'?"),
        (["--mycnf"], "argument --mycnf: expected one argument"),
    ],
)
def test_a_run_that_cannot_be_done(shop: Shop, arguments: list[str], message: str) -> None:
    assert message in shop.refused(*arguments)


def test_code_without_a_bottom_is_one_line(shop: Shop) -> None:
    classes = "".join(f"class A{n}(A{n - 1}): pass\n" for n in range(1, 45_000))
    shop.write("shop/jobs.py", f"import threading\nclass A0: pass\n{classes}class T(A44999, threading.Thread): pass\n")
    assert shop.refused() == "the code leads on too deeply to be followed: exclude what was generated"


def test_an_unknown_key_of_the_configuration(shop: Shop) -> None:
    shop.write("pyproject.toml", '[tool.conn-lint]\nmy-cnf = "my.cnf"\n')
    said = shop.refused()
    assert said == "pyproject.toml:2: unknown key 'my-cnf' in [tool.conn-lint]; did you mean 'mycnf'?"


def broken_source(shop: Shop, *arguments: str) -> tuple[list[str], str]:
    """The codes of a run with a server source that fails, and the one line that says so."""
    shop.write("shop/jobs.py", LOOP.replace("time.sleep(36000)", "input()"))
    ran = shop.json(*arguments)
    assert ran.status == 2
    assert ran.err.count("\n") == 1
    return ran.codes, ran.err


def test_an_option_file_that_does_not_exist_hides_no_other_finding(shop: Shop) -> None:
    codes, err = broken_source(shop, "--mycnf", "etc/my.cnf")
    assert "CL202" in codes
    assert "CL101" not in codes
    assert "etc/my.cnf" in err


def test_a_file_that_the_server_refuses_hides_no_other_finding(shop: Shop) -> None:
    shop.write("my.cnf", "[mysqld]\nwait_timeout = soon\n")
    shop.write("shop/jobs.py", LOOP.replace("time.sleep(36000)", "input()"))
    ran = shop.json("--mycnf", "my.cnf")
    assert (ran.status, ran.err) == (1, "")
    assert {"CL202", "CL302"} <= set(ran.codes)
    assert "CL101" not in ran.codes


def test_variables_without_a_timeout(shop: Shop) -> None:
    shop.write("vars.txt", "max_connections\t151\n")
    codes, err = broken_source(shop, "--variables", "vars.txt")
    assert "CL202" in codes
    assert "vars.txt" in err


def test_a_server_that_refuses(shop: Shop) -> None:
    codes, err = broken_source(shop, "--live", "mysql://root@127.0.0.1:1/")
    assert "CL202" in codes
    assert "127.0.0.1:1" in err


def test_a_password_on_the_command_line_is_warned_of_and_not_printed(shop: Shop) -> None:
    ran = shop.json("--live", "default=mysql://root:hunter2@127.0.0.1:1/")
    assert ran.status == 2
    warning, error = ran.err.splitlines()
    assert warning.startswith("conn-lint: warning: a password in --live")
    assert error.startswith("conn-lint: error: 127.0.0.1:1: (2003) Can't connect")
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["mysql://root:hunter2@db/"],
        ["--lives", "mysql://root:hunter2@db/"],
        ["--mycnf", "mysql://root:hunter2@db/"],
        ["--live", "mysql://root:hunter2@db:99999/"],
        ["--live", "mysql://root:hunter2@db/?ssl-mode=maybe"],
        ["--live", "mysql://root:hunt#er2@db/"],
    ],
)
def test_a_url_in_a_wrong_place_does_not_show_its_password(shop: Shop, arguments: list[str]) -> None:
    ran = shop.lint(*arguments)
    assert ran.status == 2
    assert "conn-lint: error: " in ran.err
    assert "hunt" not in ran.out + ran.err


@pytest.mark.parametrize(
    "value", ['["mysql://root:hunter2@db/", 3]', '{ default = ["mysql://root:hunter2@db/", 3] }', "3"]
)
def test_a_live_that_is_wrong_is_not_quoted(shop: Shop, value: str) -> None:
    shop.write("pyproject.toml", f"[tool.conn-lint]\nlive = {value}\n")
    said = shop.refused()
    assert said.startswith("pyproject.toml:2: live: expected a URL")
    assert "hunter2" not in said


def test_live_without_a_url_anywhere(shop: Shop) -> None:
    assert shop.refused("--live") == "--live: no URL is given, and [tool.conn-lint] has no live"


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "inf"])
def test_a_live_timeout_that_is_none(shop: Shop, seconds: str) -> None:
    assert shop.refused("--live-timeout", seconds).startswith("--live-timeout: expected a number of seconds")


def test_a_failing_live_server_names_the_file_for_the_login(shop: Shop) -> None:
    err = shop.lint("--live", "mysql://db/", "--live-defaults-file", "no.cnf").err
    assert err == f"conn-lint: error: {shop.root}/no.cnf: cannot be read: No such file or directory\n"


def test_a_missing_include_is_said_and_the_rest_is_read(shop: Shop) -> None:
    shop.write("my.cnf", SHORT + "!include /nowhere/else.cnf\n")
    ran = shop.json("--mycnf", "my.cnf")
    assert ran.codes == ["CL001", "CL101"]


def test_settings_with_a_syntax_error_hide_no_other_finding(shop: Shop) -> None:
    shop.write("shop/production.py", SETTINGS.replace("600,", "= 600"))
    ran = shop.json("--mycnf", "my.cnf")
    assert ran.codes == ["CL001", "CL101"]
    assert ran.err == ""


def test_settings_with_a_syntax_error_hide_no_worker(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("600,", "= 600"))
    shop.write("shop/jobs.py", LOOP)
    assert shop.json("--mycnf", "my.cnf").codes == ["CL001", "CL202"]
    shop.write("requirements.txt", "mysqlclient==2.2.4\n")
    assert shop.json().codes == ["CL001", "CL004", "CL202"]


def test_a_report_that_cannot_be_written(shop: Shop) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run([sys.executable, "-m", "conn_lint.cli"], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (ran.returncode, ran.stderr) == (
        2,
        "conn-lint: error: the report cannot be written: No space left on device\n",
    )


def test_an_environment_file_without_end(shop: Shop) -> None:
    assert shop.refused("--env-file", "/dev/zero").endswith("is larger than 8 MB")


def test_a_server_that_there_is_not(shop: Shop) -> None:
    assert shop.refused("--server", "oracle-9").startswith("--server: unknown server 'oracle-9': name it like mysql-")


@pytest.mark.parametrize(
    "literal",
    ["'\\N'", "'\\N' 'b'", "b'a' 'b'", "f'\\x'", "'\\x' f'{1}'", "{1: '\\N'}", "9" * 5000, "b'\u00e9'", "'\\N' % 3"],
)
def test_literals_that_only_python_2_accepts_hide_nothing(shop: Shop, literal: str) -> None:
    shop.write("shop/odd.py", f"X = {literal}\n{LOOP}")
    shop.write("shop/production.py", f"X = {literal}\n{SETTINGS}")
    ran = shop.json("--mycnf", "my.cnf")
    assert (ran.status, ran.err) == (1, "")
    assert {"CL101", "CL202"} <= {*ran.codes} or "CL001" in ran.codes
    assert "CL101" in ran.codes  # of the settings that hold no such literal


def test_python_2_is_named(shop: Shop) -> None:
    shop.write("shop/jobs.py", LOOP.replace("User.objects.count()", "print User.objects.count()"))
    findings = json.loads(shop.json("--mycnf", "my.cnf").out)["findings"]
    (unread,) = (each for each in findings if each["code"] == "CL001")
    assert "Python 2" in unread["message"]
    assert (unread["path"], unread["line"]) == ("shop/jobs.py", 1)


def test_settings_that_cannot_be_decoded(shop: Shop) -> None:
    shop.write("shop/production.py", SETTINGS.replace("hunter2", "h\xfcnter").encode("latin-1"))
    assert shop.json("--mycnf", "my.cnf").codes == ["CL001", "CL101"]


@pytest.mark.filterwarnings("ignore:invalid escape:DeprecationWarning")
def test_a_warning_of_the_linted_code_is_not_printed(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS + 'PATTERN = "\\d"\n')
    assert shop.json("--mycnf", "my.cnf").err == ""


# --- processes ---------------------------------------------------------------------------------


PACKAGE = str(Path(conn_lint.__file__).parents[1])


def started(*command: str, root: Path, **environment: str) -> subprocess.Popen[bytes]:
    """This package's conn-lint in a process of its own."""
    return subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONPATH": PACKAGE, **environment},
    )


def test_a_reader_that_goes_away_is_no_error(shop: Shop) -> None:
    for number in range(400):
        shop.write(f"shop/jobs{number}.py", LOOP)
    process = started("-m", "conn_lint", "--mycnf", "my.cnf", root=shop.root)
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_an_ascii_terminal(shop: Shop) -> None:
    shop.write("shop/settings.py", SETTINGS.replace("600,", "600,  # zehn Minuten f\xfcr alle"))
    process = started("-m", "conn_lint", "--mycnf", "my.cnf", root=shop.root, PYTHONIOENCODING="ascii")
    out, err = process.communicate()
    assert b"f\\xfcr alle" in out
    assert err == b""


@pytest.mark.parametrize("tree", ["empty", "postgresql"])
def test_a_tree_with_nothing_to_judge_imports_nothing_heavy(shop: Shop, tree: str) -> None:
    (shop.root / "empty").mkdir()
    shop.write("postgresql/requirements.txt", "Flask==3.0\n")
    shop.write("postgresql/app.py", "import flask\n")
    code = (
        "import sys; from conn_lint.cli import main; status = main(sys.argv[1:]);"
        "heavy = {'libcst', 'pymysql', 'dataclasses', 'inspect', 'tomllib', 'conn_lint.rules.base'} & set(sys.modules);"
        "assert not heavy, heavy; sys.exit(status)"
    )
    process = started("-c", code, tree, root=shop.root)
    _, err = process.communicate()
    assert (process.returncode, err) == (0, b"")


# --- the password of a live server ---------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def password_used(shop: Shop, monkeypatch: pytest.MonkeyPatch, url: str = "mysql://root@db/") -> list[str | None]:
    """The passwords that a run with --live hands to the server."""
    used: list[str | None] = []

    def begin(url: str, ask_password: Any, *, alias: str | None, **_: object) -> Callable[[], ServerAnswer]:
        used.append(ask_password("root@db:3306", alias, "may-not-ask" not in url))
        return lambda: ServerAnswer("db", "value", "asked", 60, 60, alias=alias)

    monkeypatch.setattr("conn_lint.server.live.begin", begin)
    assert shop.json("--live", url).codes == ["CL101"]
    return used


def test_the_password_comes_from_the_environment(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONN_LINT_PASSWORD", "hunter2")
    assert password_used(shop, monkeypatch) == ["hunter2"]


def test_an_alias_has_a_password_of_its_own(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONN_LINT_PASSWORD", "hunter2")
    monkeypatch.setenv("CONN_LINT_PASSWORD_DEFAULT", "hunter3")
    assert password_used(shop, monkeypatch, "default=mysql://root@db/") == ["hunter3"]
    assert password_used(shop, monkeypatch) == ["hunter2"]


def test_an_empty_password_is_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONN_LINT_PASSWORD", "")
    assert password_used(shop, monkeypatch) == [""]


def test_without_a_terminal_there_is_no_prompt(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("hunter2\n"))
    assert password_used(shop, monkeypatch) == [None]


def test_on_a_terminal_the_password_is_asked_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: list[str] = []

    def getpass(prompt: str, stream: object) -> str:
        prompts.append(prompt)
        return "hunter2"

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr("getpass.getpass", getpass)
    assert password_used(shop, monkeypatch) == ["hunter2"]
    assert prompts == ["Password for root@db:3306: "]
    assert password_used(shop, monkeypatch, "mysql://may-not-ask@db/") == [None]
    assert len(prompts) == 1


def test_an_undecided_timeout_is_shown_where_it_is_set(shop: Shop) -> None:
    shop.write("my.cnf", "[mysqld]\nWAIT_TIMEOUT = 60\ninteractive_timeout = 70\n")
    (finding,) = json.loads(shop.json("--mycnf", "my.cnf", "--select", "CL003").out)["findings"]
    assert (finding["path"], finding["line"]) == ("my.cnf", 2)
    assert "mariadb-10.11 (as 10.11.19)" in finding["message"]
