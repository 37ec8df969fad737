"""CL302 option-file-refused."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place, Remark, Severity
from conn_lint.rules.optionfiles import OptionFileRule, option_file


class OptionFileRefused(OptionFileRule):
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
        option_file("seconds as a number", "[mysqld]\nwait_timeout = 28800\n"),
        option_file("a unit in another program's group", "[mysqldump]\nmax_allowed_packet = 16MB\n"),
        option_file("an option that may not be there, behind loose-", "[mysqld]\nloose-wait_timeuot = 600\n"),
        option_file(
            "an option of MySQL only, read by a server that nobody named",
            "[mysqld]\nmysqlx_port = 33060\nwait_timeout = 600\n",
        ),
        option_file(
            "an include that lies on the server only", "[mysqld]\nwait_timeout = 600\n!includedir /srv/none/mysql.d/\n"
        ),
    )
    INVALID = (
        option_file("hours", "[mysqld]\nwait_timeout = 8h\n", at=("my.cnf:2",)),
        option_file("a comment that is none", "[mysqld]\nwait_timeout = 60 ; a minute\n", at=("my.cnf:2",)),
        option_file("a misspelt option", "[mysqld]\nmax_connection_s = 200\n", at=("my.cnf:2",)),
        option_file(
            "an included file without a group",
            "[mysqld]\n!include a.cnf\n",
            at=("a.cnf:1",),
            files={"a.cnf": "wait_timeout = 600\n"},
        ),
        option_file("an include that names no file", "[mysqld]\n!include a.cnf\n", at=("my.cnf:2",)),
    )

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
