"""``saved/`` holds what the client programs of MariaDB 10.11.19 printed for one server: 600 and 3600 seconds."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conn_lint.model import ServerAnswer
from conn_lint.server.clientoutput import rows
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.variables import read_variables

SAVED = Path(__file__).with_name("saved")


@pytest.fixture
def read(tmp_path: Path) -> object:
    def read(content: str | bytes) -> ServerAnswer:
        file = tmp_path / "saved.txt"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_variables(str(file), root=str(tmp_path))

    return read


@pytest.mark.parametrize("file", sorted(SAVED.iterdir()), ids=lambda file: file.name)
def test_every_form_of_the_clients(file: Path) -> None:
    found = read_variables(str(file), root=str(SAVED))
    assert (found.outcome, found.wait_timeout, found.interactive_timeout) == ("value", 600, 3600)
    assert found.name == file.name
    assert found.wait_place is not None
    line = file.read_text().splitlines()[found.wait_place.line - 1]
    assert "600" in line


def test_flavour_from_the_version_row() -> None:
    assert read_variables(str(SAVED / "table-t.txt"), root=str(SAVED)).flavour == "mariadb-10.11.19"


WIDE = 400
TABLE = f"| {'Variable_name':<60} | {'Value':<{WIDE}} |\n| {'wait_timeout':<60} | {'600':<{WIDE}} |\n"


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        '"Variable_name","Value"\n"lock_wait_timeout","5"\n"wait_timeout","600"\n',
        "Variable_name;Value\nwait_timeout;600\n",
        "Variable_name,Value\r\nwait_timeout,600\r\n",
        "@@global.wait_timeout\n600\n",
        "+---+\n| @@GLOBAL.wait_timeout |\n+---+\n|                   600 |\n+---+\n",
        "*************************** 1. row ***************************\n@@global.wait_timeout: 600\n",
        "<?xml version='1.0'?>\n<row>\n<field name=\"@@global.wait_timeout\">600</field>\n</row>",
        "<TABLE BORDER=1><TR><TH>@@global.wait_timeout</TH></TR><TR><TD>600</TD></TR></TABLE>",
        "<table>\n<tr><td><b>wait_timeout</b></td>\n<td align='right'>600</td></tr></table>",
        '{"rows": [{"Variable_name": "x", "Value": "5"}, {"Variable_name": "wait_timeout", "Value": "600"}]}',
        '{"hasData":true,"rows":[{"@@global.wait_timeout":600}]}\n{"x": 1}\n',
        '[{"VARIABLE_NAME": "WAIT_TIMEOUT", "VARIABLE_VALUE": "600"}]',
        "mysql> SHOW GLOBAL VARIABLES;\n+--+--+\n| Variable_name | Value |\n| wait_timeout  | 600   |\n",
        "mysql> show global\n    -> variables like 'wait_timeout';\n+--+--+\n| wait_timeout  | 600   |\n",
        "mysql> SELECT @@global.wait_timeout;\n+--+\n| @@global.wait_timeout |\n+--+\n| 600 |\n+--+\n",
        "MariaDB [(none)]> SHOW GLOBAL VARIABLES\\G\n***** 1. row *****\nVariable_name: wait_timeout\n Value: 600\n",
        "mysql> SHOW VARIABLES LIKE 'wait_timeout';\n+--+--+\n| wait_timeout  | 3600   |\n+--+--+\n"
        "mysql> SHOW GLOBAL VARIABLES LIKE 'wait_timeout';\n+--+--+\n| wait_timeout  | 600   |\n+--+--+\n",
        "--------\nSHOW VARIABLES LIKE 'wait_timeout'\n--------\n\nVariable_name\tValue\nwait_timeout\t600\n",
        "wait_timeout\t600\nwait_timeout\t600\n",
        # exports of the graphical clients
        "Variable_name     |Value|\n------------------+-----+\nlock_wait_timeout |5    |\nwait_timeout      |600  |\n",
        "|Variable_name|Value|\n|-------------|-----|\n|wait_timeout|600|\n",
        "'wait_timeout', '600'\n",
        '"Variable_name"\t"Value"\r\n"wait_timeout"\t"600"\r\n',
        "INSERT INTO `x` (`Variable_name`,`Value`) VALUES\n\t ('lock_wait_timeout','5'),\n\t ('wait_timeout','600');\n",
        "<DATA_RECORD>\n<Variable_name>wait_timeout</Variable_name>\n<Value>600</Value>\n</DATA_RECORD>",
        '<table name="x"><column name="Variable_name">wait_timeout</column><column name="Value">600</column></table>',
        '{"SHOW GLOBAL VARIABLES": [\n{"Variable_name": "wait_timeout",\n"Value": "600"}]}',
        # tables of the server
        "VARIABLE_NAME\tVARIABLE_VALUE\nwait_timeout\t600\n",
        "VARIABLE_NAME\tSESSION_VALUE\tGLOBAL_VALUE\tX\nWAIT_TIMEOUT\t7\t600\tCONFIG\n",
        "VARIABLE_NAME,SESSION_VALUE,GLOBAL_VALUE\nWAIT_TIMEOUT,7,600\n",
        # what managed services say of their parameters
        '{"Parameters": [{"ParameterName": "wait_timeout",\n"ParameterValue": "600", "Source": "user"}]}',
        "PARAMETERS\t1-31536000\timmediate\tdynamic\tinteger\tSeconds\tTrue\twait_timeout\t600\tuser\n",
        "||  ParameterName   |  wait_timeout  ||\n||  ParameterValue  |  600  ||\n",
        "Parameters:\n- ParameterName: wait_timeout\n  ParameterValue: '600'\n  Source: user\n",
        '{"name": "db1", "settings": {"databaseFlags": [{"name": "x", "value": "5"},'
        ' {"name": "wait_timeout", "value": "600"}]}}',
        "settings:\n  databaseFlags:\n  - name: wait_timeout\n    value: '600'\n",
        '[{"name": "wait_timeout", "value": "600", "currentValue": "600", "defaultValue": "28800"}]',
        '{"settings": {"wait_timeout": 600, "lock_wait_timeout": 5}}',
        '[["lock_wait_timeout", "5"], ["wait_timeout", "600"]]',
        "[('lock_wait_timeout', '5'), ('wait_timeout', '600')]",
        "# TYPE mysql_global_variables_wait_timeout gauge\nmysql_global_variables_wait_timeout 600\n",
        # what stands around
        "mysql: [Warning] Using a password on the command line interface can be insecure.\nwait_timeout\t600\n",
        'WARNING: Using a password on the command line can be insecure.\n{"Variable_name": "wait_timeout", "Value": "600"}',
        '{"warning":"Using a password"}\n{"rows":[{"@@global.wait_timeout":600}]}\n',
        "\x1b[1mwait_timeout\x1b[0m\t\x1b[32m600\x1b[m\r\n",
        "\x1b[32mroot@db (none)> \x1b[0mSHOW GLOBAL VARIABLES;\n+--+--+\n| wait_timeout | 600 |\n2 rows in set (0.01 sec)\n",
        "MariaDB root@db:shop> show global variables;\n+--+--+\n| wait_timeout | 600 |\n+--+--+\n",
        "--------------\nSHOW VARIABLES\n--------------\n\n+--+--+\n| wait_timeout | 600 |\n+--+--+\n1 row in set (0.00 sec)\n",
    ],
)
def test_other_forms(read, text: str) -> None:  # type: ignore[no-untyped-def]
    found = read(text)
    assert (found.outcome, found.wait_timeout, found.interactive_timeout) == ("value", 600, None)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "latin-1"])
def test_encodings(read, encoding: str) -> None:  # type: ignore[no-untyped-def]
    assert read("init_connect\tgrüße\nwait_timeout\t600\n".encode(encoding)).wait_timeout == 600


def test_gzip(read) -> None:  # type: ignore[no-untyped-def]
    assert read(gzip.compress(b"wait_timeout\t600\n")).wait_timeout == 600


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(b"wait_timeout\t600\n"))
    monkeypatch.setattr("sys.stdin", stdin)
    found = read_variables("-", root="/", alias="default")
    assert (found.name, found.wait_timeout, found.alias) == ("standard input", 600, "default")


SESSION = "shows the session of an interactive client"


@pytest.mark.parametrize(
    "text",
    [
        "mysql> SHOW VARIABLES LIKE 'wait_timeout';\n+--+--+\n| wait_timeout  | 3600   |\n+--+--+\n",
        "mysql> SHOW SESSION VARIABLES;\n+--+--+\n| wait_timeout | 3600 |\n| interactive_timeout | 3600 |\n",
        "MariaDB [shop]> show variables\n    -> like 'wait_timeout';\n+--+--+\n| wait_timeout  | 3600   |\n",
        "MySQL  localhost  SQL > SHOW VARIABLES LIKE 'wait_timeout';\n+--+--+\n| wait_timeout  | 3600   |\n",
        "mysql> show variables\\G\n***** 1. row *****\nVariable_name: wait_timeout\n        Value: 3600\n",
        "mysql> SELECT @@wait_timeout;\n+--+\n| @@wait_timeout |\n+--+\n| 3600 |\n+--+\n",
        "@@session.wait_timeout\n3600\n",
        "MariaDB root@db:shop> show variables;\n+--+--+\n| wait_timeout | 3600 |\n+--+--+\n",
        "root@db [shop]> SHOW VARIABLES LIKE 'wait_timeout';\n+--+--+\n| wait_timeout | 3600 |\n+--+--+\n",
        "mysql> SELECT * FROM performance_schema.session_variables;\n+--+--+\n| wait_timeout | 3600 |\n+--+--+\n",
    ],
)
def test_session_values_are_not_the_servers(read, text: str) -> None:  # type: ignore[no-untyped-def]
    found = read(text)
    assert (found.outcome, found.wait_timeout) == ("unknown", None)
    assert found.reason.startswith(SESSION)
    assert "SHOW GLOBAL VARIABLES" in found.reason


FOOTER = "+--+--+\n2 rows in set (0.00 sec)\n"


@pytest.mark.parametrize("more", ["", "| interactive_timeout | 3600 |\n"])
def test_a_result_at_a_prompt_without_its_statement(read, more: str) -> None:  # type: ignore[no-untyped-def]
    found = read(f"+--+--+\n| wait_timeout | 3600 |\n{more}{FOOTER}")
    assert (found.outcome, found.wait_timeout, found.interactive_timeout) == ("unknown", None, None)
    assert found.reason.startswith("may show the session of an interactive client")


def test_no_interactive_session_has_two_timeouts(read) -> None:  # type: ignore[no-untyped-def]
    assert read(f"+--+--+\n| wait_timeout | 600 |\n| interactive_timeout | 3600 |\n{FOOTER}").wait_timeout == 600


def test_help_of_a_server_that_refuses(read) -> None:  # type: ignore[no-untyped-def]
    text = "Variables (--variable-name=value)\nwait-timeout     1\n"
    assert read(text).wait_timeout == 1
    found = read(f"[ERROR] mysqld: unknown variable 'x=1'\n{text}[ERROR] Aborting\n")
    assert (found.outcome, found.wait_timeout) == ("unknown", None)
    assert "refused to start" in found.reason


def test_an_aws_parameter_that_the_group_leaves_alone(read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ServerSourceError, match="shows no wait_timeout"):
        read('{"Parameters": [{"ParameterName": "wait_timeout", "Source": "engine-default"}]}')


def test_two_different_values_are_unknown(read) -> None:  # type: ignore[no-untyped-def]
    found = read("wait_timeout\t600\nwait_timeout\t700\n")
    assert (found.outcome, found.reason) == ("unknown", "wait_timeout is 600 in line 1 and 700 in line 2")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "shows no wait_timeout"),
        (b"innodb_lock_wait_timeout\t50\nlock_wait_timeout\t86400\n", "shows no wait_timeout"),
        (b"interactive_timeout\t600\n", "shows no wait_timeout"),
        (b"wait_timeout\n", "shows no wait_timeout"),
        (b"wait_timeout\tnone\n", "shows no wait_timeout"),
        (b"wait_timeout\t" + b"9" * 5000, "shows no wait_timeout"),
        (b"the wait_timeout is 600\n", "shows no wait_timeout"),
        (b"# wait_timeout 600\n", "shows no wait_timeout"),
        (b"[mysqld]\nwait_timeout = 600\n", "is an option file: give it with --mycnf"),
        (b'{"Variable_name": ', "begins like JSON"),
        (b"[" * 100_000, "begins like JSON"),
        (b"\x1f\x8b\x08broken", "is not whole gzip data"),
        (b"\x89PNG\r\n\x00\x00wait_timeout\t600\n", "is not text"),
        (b"ERROR 2002 (HY000): Can't connect to local server\n", "shows no wait_timeout"),
    ],
)
def test_nothing_to_read(read, content: bytes, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ServerSourceError, match=said) as caught:
        read(content)
    assert str(caught.value).startswith("saved.txt: ")
    assert "\n" not in str(caught.value)


def test_missing_file() -> None:
    with pytest.raises(ServerSourceError, match=r"^/none/x: cannot be read: No such file or directory$"):
        read_variables("/none/x", root="/tmp")


# --- my_print_defaults


HEADING = "/usr/sbin/mysqld would have been started with the following arguments:\n"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("--wait_timeout=600\n", 600),
        ("--port=3306\n--wait-timeout=600\n--wait_timeout=700\n", 700),
        ("--port=3306\n", 28800),
        ("--skip-name-resolve\n--wait_timeout=1K\n", 1024),
        (f"{HEADING}--a_b=x y --wait_timeout=0 \n", None),
        (
            f"{HEADING}--log_error=a b --wait_timeout=0 \n",
            1,
        ),
    ],
)
def test_words_of_a_command_line(read, text: str, seconds: int | None) -> None:  # type: ignore[no-untyped-def]
    found = read(text)
    assert (found.wait_timeout, found.outcome) == (seconds, "value" if seconds else "refused")


def test_words_that_servers_read_differently(read) -> None:  # type: ignore[no-untyped-def]
    found = read("--wait_timeout=-1\n")
    assert found.outcome == "unknown"
    assert "wait_timeout 1 s" in found.reason


@given(st.dictionaries(st.sampled_from(["wait_timeout", "a", "lock_wait_timeout"]), st.integers(0, 10**6), max_size=3))
def test_all_forms_of_one_result_say_the_same(variables: dict[str, int]) -> None:
    expected = [(name, str(value)) for name, value in variables.items()]
    forms = [
        "".join(f"{name}\t{value}\n" for name, value in expected),
        "".join(f"| {name:<20} | {value:<9} |\n" for name, value in expected),
        "".join(f"** 1. row **\nVariable_name: {name}\n        Value: {value}\n" for name, value in expected),
        "".join(f'<field name="Variable_name">{n}</field>\n<field name="Value">{v}</field>\n' for n, v in expected),
        "<TABLE>" + "".join(f"<TR><TD>{name}</TD><TD>{value}</TD></TR>" for name, value in expected),
        json.dumps([{"Variable_name": name, "Value": value} for name, value in expected]),
    ]
    for form in forms:
        assert [(row.name, row.value) for row in rows(form)] == expected


@given(st.text(max_size=200))
def test_any_text_is_read_or_said_not_to_be_json(text: str) -> None:
    try:
        rows(text)
    except ValueError:
        assert text.lstrip().startswith(("{", "["))


def test_init_connect_is_read(tmp_path: Path) -> None:
    file = tmp_path / "saved.txt"
    file.write_text("init_connect\tSET SESSION wait_timeout = 77\nwait_timeout\t600\n")
    answer = read_variables(str(file), root=str(tmp_path))
    assert (answer.init_connect, answer.kind) == ("SET SESSION wait_timeout = 77", "variables")
