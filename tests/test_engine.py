"""The pipeline where no single part is to blame: what is merged, skipped, ordered and left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.config import Config, ConfigError, load
from conn_lint.engine import AskPassword, gather, run
from conn_lint.model import Result

MYSQL = 'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "CONN_MAX_AGE": 600}}\n'
POSTGRES = MYSQL.replace("mysql", "postgresql")
THREAD = """\
import threading

from django.contrib.auth.models import User


def recount():
    return User.objects.count()


def view(request):
    threading.Thread(target=recount).start()
"""


def no_password(url: str) -> str | None:
    raise AssertionError(f"asked for the password of {url}")


def run_with(config: Config, ask_password: AskPassword = no_password) -> Result:
    return run(config, gather(config, ask_password))


def lint(root: Path, files: dict[str, str], **options: object) -> Result:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return run_with(load(str(root), options))


def codes(result: Result) -> list[str]:
    return [finding.code for finding in result.findings]


def test_findings_are_in_the_order_of_their_places(tmp_path: Path) -> None:
    files = {
        "z/settings.py": MYSQL.replace("600", '"600"'),
        "a.py": THREAD,
        "m.py": THREAD,
        "my.cnf": "[client]\nwait_timeout = 5\n",
    }
    result = lint(tmp_path, files, mycnf=[str(tmp_path / "my.cnf")])
    spans = [finding.span for finding in result.findings]
    assert spans == sorted(spans)
    assert codes(result) == ["CL203", "CL203", "CL301", "CL102"]


def test_two_runs_say_the_same(tmp_path: Path) -> None:
    files = {"settings.py": MYSQL, "a.py": THREAD, "b.py": THREAD}
    assert lint(tmp_path, files).findings == lint(tmp_path, {}).findings


def test_rules_that_cannot_be_asked_are_skipped_with_a_reason(tmp_path: Path) -> None:
    result = lint(tmp_path, {"settings.py": MYSQL})
    assert {
        ("CL301", "no server source was given (--mycnf, --variables)"),
        ("CL305", "no two server sources were given"),
    } <= {(skipped.rule, skipped.reason) for skipped in result.skipped}


def test_rules_that_are_not_selected_are_not_skipped(tmp_path: Path) -> None:
    assert lint(tmp_path, {"settings.py": MYSQL}, select=["CL101"]).skipped == ()


def test_without_mysql_a_file_that_cannot_be_read_is_still_said(tmp_path: Path) -> None:
    result = lint(tmp_path, {"settings.py": POSTGRES, "production.py": "DATABASES = {\n", "a.py": THREAD})
    assert codes(result) == ["CL001"]
    assert {skipped.reason for skipped in result.skipped} == {"no database alias is on MySQL or MariaDB"}


def test_without_mysql_no_code_is_read(tmp_path: Path) -> None:
    result = lint(tmp_path, {"settings.py": POSTGRES, "a.py": THREAD})
    assert (result.facts.units, result.findings) == ((), ())
    assert result.facts.notes == ("no MySQL or MariaDB alias in settings: nothing to judge",)


def test_one_deployment_on_mysql_is_enough(tmp_path: Path) -> None:
    files = {"development.py": POSTGRES, "production.py": MYSQL, "a.py": THREAD}
    (finding,) = (each for each in lint(tmp_path, files).findings if each.code == "CL203")
    assert finding.settings_modules == ("production",)


@pytest.mark.parametrize("requirement", ["mysqlclient==2.2.7", "PyMySQL>=1", "mysql-connector-python"])
def test_an_unknown_engine_counts_with_a_driver_among_the_requirements(tmp_path: Path, requirement: str) -> None:
    settings = MYSQL.replace('"django.db.backends.mysql"', 'os.environ["ENGINE"]')
    files = {"settings.py": f"import os\n{settings}", "a.py": THREAD}
    assert codes(lint(tmp_path, files)) == []
    assert "CL203" in codes(lint(tmp_path, {"requirements.txt": f"{requirement}\n"}))


def test_an_unknown_engine_is_said_with_the_way_to_bind_it(tmp_path: Path) -> None:
    settings = MYSQL.replace('"django.db.backends.mysql"', 'os.environ["ENGINE"]')
    (note,) = lint(tmp_path, {"settings.py": f"import os\n{settings}", "a.py": THREAD}).facts.notes
    assert note == (
        "the engine of default in settings cannot be known, and nothing says MySQL: nothing is judged; "
        "pass --env ENGINE=VALUE or --assume-mysql"
    )


def test_an_engine_of_some_environments_is_said_with_the_way_to_bind_it(tmp_path: Path) -> None:
    engine = '"django.db.backends.mysql" if os.environ.get("DB") == "mysql" else "django.db.backends.sqlite3"'
    settings = MYSQL.replace('"django.db.backends.mysql"', engine)
    (note,) = lint(tmp_path, {"settings.py": f"import os\n{settings}", "a.py": THREAD}).facts.notes
    assert note == (
        "the engine of default in settings is MySQL only in some environments: nothing is judged; "
        "pass --env DB=VALUE or --assume-mysql"
    )


def test_an_unknown_engine_counts_with_a_server_source(tmp_path: Path) -> None:
    settings = MYSQL.replace('"django.db.backends.mysql"', 'os.environ["ENGINE"]')
    files = {"settings.py": f"import os\n{settings}", "a.py": THREAD, "my.cnf": "[mysqld]\n"}
    assert "CL203" in codes(lint(tmp_path, files, mycnf=[str(tmp_path / "my.cnf")]))


def test_a_thread_that_ends_is_a_warning_and_a_timeout_does_not_matter_to_it(tmp_path: Path) -> None:
    result = lint(tmp_path, {"settings.py": MYSQL.replace("600", "0"), "a.py": THREAD})
    assert [(each.code, each.severity) for each in result.findings] == [("CL203", "warning")]


def test_the_first_of_several_sources_rules(tmp_path: Path) -> None:
    (tmp_path / "vars.txt").write_text("Variable_name\tValue\ninteractive_timeout\t60\nwait_timeout\t60\n")
    files = {"settings.py": MYSQL, "my.cnf": "[mysqld]\nwait_timeout = 6000\n"}
    options = {"mycnf": [str(tmp_path / "my.cnf")], "variables": [str(tmp_path / "vars.txt")]}
    result = lint(tmp_path, files, **options)
    assert codes(result) == ["CL305", "CL101"]
    assert all("wait_timeout 60 s" in finding.message for finding in result.findings)


def test_a_source_that_fails_makes_the_run_incomplete(tmp_path: Path) -> None:
    result = lint(tmp_path, {"settings.py": MYSQL, "a.py": THREAD}, mycnf=[str(tmp_path / "none.cnf")])
    assert len(result.errors) == 1
    assert "none.cnf" in result.errors[0]
    assert codes(result) == ["CL203", "CL003"]


def test_a_setting_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"shop\.nowhere"):
        lint(tmp_path, {"settings.py": MYSQL}, settings=["shop.nowhere"])


def test_a_version_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--django-version"):
        lint(tmp_path, {"settings.py": MYSQL}, **{"django-version": "latest"})


def test_a_password_is_asked_for_with_the_url(tmp_path: Path) -> None:
    asked: list[str] = []

    def password(login: str, alias: str | None, may_ask: bool) -> str | None:
        asked.append(login)
        return "hunter2"

    (tmp_path / "settings.py").write_text(MYSQL)
    url = "mysql://root@127.0.0.1:1/"
    result = run_with(load(str(tmp_path), {"live": [url]}), password)
    assert asked == ["root@127.0.0.1:1"]
    assert len(result.errors) == 1
    assert "hunter2" not in result.errors[0]


def test_units_are_explained_only_when_asked(tmp_path: Path) -> None:
    lint(tmp_path, {"settings.py": MYSQL, "a.py": THREAD})
    assert run_with(Config(str(tmp_path))).verdicts == ()
    (verdict,) = run_with(Config(str(tmp_path), show=True)).verdicts
    assert verdict.verdicts == {"default": "safe"}
    assert "nothing closes" in verdict.why
