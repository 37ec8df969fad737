"""CL302 option-file-refused."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place, Remark, Severity
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import MYCNF, settings


class OptionFileRefused(Rule):
    """
    ## What it does
    Reports option files with which the server does not start, and files, or rest of files, that it passes over.

    ## Why it goes wrong
    One bad line keeps MySQL and MariaDB from starting: `8h`, `10 minutes` or `60 ; a minute` for a number, an
    option that this version does not know, an option before the first group, a folder for `!includedir` that is
    not there. Other mistakes only lose what stands there: an included file without a group, a file that everyone
    may write to, an `!include` of a file that does not exist. No timeout can be read off a file that is refused.

    ## Example
        wait_timeout = 8h

    ## Use instead
        wait_timeout = 28800

    ## When it stays silent
    Options of other programs' groups, options behind `loose-`, and names that a plugin may bring. Without
    `--server` a file is refused when every current MySQL and MariaDB refuses it.

    ## References
    - https://dev.mysql.com/doc/refman/8.4/en/option-files.html
    - https://mariadb.com/kb/en/configuring-mariadb-with-option-files/
    """

    code = "CL302"
    name = "option-file-refused"
    severity = "error"

    VALID = (
        Example(
            "seconds as a number",
            {"settings.py": settings(), "my.cnf": "[mysqld]\nwait_timeout = 28800\n"},
            args=MYCNF,
        ),
        Example(
            "a unit in another program's group",
            {"settings.py": settings(), "my.cnf": "[mysqldump]\nmax_allowed_packet = 16MB\n"},
            args=MYCNF,
        ),
        Example(
            "an option that may not be there, behind loose-",
            {"settings.py": settings(), "my.cnf": "[mysqld]\nloose-wait_timeuot = 600\n"},
            args=MYCNF,
        ),
        Example(
            "an option of MySQL only, read by a server that nobody named",
            {"settings.py": settings(), "my.cnf": "[mysqld]\nmysqlx_port = 33060\nwait_timeout = 600\n"},
            args=MYCNF,
        ),
        Example(
            "an include that lies on the server only",
            {"settings.py": settings(), "my.cnf": "[mysqld]\nwait_timeout = 600\n!includedir /srv/none/mysql.d/\n"},
            args=MYCNF,
        ),
    )
    INVALID = (
        Example(
            "hours",
            {"settings.py": settings(), "my.cnf": "[mysqld]\nwait_timeout = 8h\n"},
            at=("my.cnf:2",),
            args=MYCNF,
        ),
        Example(
            "a comment that is none",
            {"settings.py": settings(), "my.cnf": "[mysqld]\nwait_timeout = 60 ; a minute\n"},
            at=("my.cnf:2",),
            args=MYCNF,
        ),
        Example(
            "a misspelt option",
            {"settings.py": settings(), "my.cnf": "[mysqld]\nmax_connection_s = 200\n"},
            at=("my.cnf:2",),
            args=MYCNF,
        ),
        Example(
            "an included file without a group",
            {"settings.py": settings(), "my.cnf": "[mysqld]\n!include a.cnf\n", "a.cnf": "wait_timeout = 600\n"},
            at=("a.cnf:1",),
            args=MYCNF,
        ),
        Example(
            "an include that names no file",
            {"settings.py": settings(), "my.cnf": "[mysqld]\n!include a.cnf\n"},
            at=("my.cnf:2",),
            args=MYCNF,
        ),
    )

    def skip(self, facts: Facts) -> str | None:
        return super().skip(facts) or (None if facts.servers else "no option file was given (--mycnf)")

    def check(self, facts: Facts) -> Iterator[Finding]:
        for server in facts.servers:
            for remark in server.remarks:
                if remark.kind != "surprising":
                    yield self._finding(remark)

    def _finding(self, remark: Remark) -> Finding:
        severity: Severity = "error"
        if remark.kind == "refused":
            message = f"the server does not start with this file: {remark.reason}"
            advice = "correct the line; until then no timeout of this server is known"
        elif remark.kind == "ignored":
            severity = "warning"
            message = f"the server passes over it and starts: {remark.reason}"
            whole_file = "writable" in remark.reason
            advice = "chmod o-w" if whole_file else "correct the line: it and what follows it in this file are lost"
        else:
            severity = "info"
            message = f"the server passes over {remark.reason}"
            advice = "take the line out, or correct the name; relative ones count from the server's working folder"
        return self.finding(message, advice, (Place(remark.place, remark.reason),), severity=severity)
