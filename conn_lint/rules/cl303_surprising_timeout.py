"""CL303 surprising-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.optionfiles import OptionFileRule, option_file


class SurprisingTimeout(OptionFileRule):
    """
    ## What it does
    Reports lines of option files after which the timeout in force is not the one that stands there.

    ## Why it goes wrong
    wait_timeout and interactive_timeout are clamped to 1 s and 31536000 s: 0 is no "never" but one second. Names
    with `skip-`, `disable-` or `enable-` are read as a switch, so `enable-wait_timeout = 600` is 1 s as well.
    `maximum-wait_timeout` bounds later SETs on MariaDB, and leaves the value alone. `1e3` is 1 with the suffix E.
    Of two lines the last one holds.

    ## Example
        wait_timeout = 0

    ## Use instead
        wait_timeout = 31536000

    ## When it stays silent
    Where the value is the one written (suffixes K, M and G, blanks, quotes and leading zeros included), where a
    later file or another group overrides an earlier one, and where the server refuses the file (CL302).

    ## References
    - https://dev.mysql.com/doc/refman/8.4/en/option-modifiers.html
    - https://mariadb.com/kb/en/server-system-variables/#wait_timeout
    """

    code = "CL303"
    name = "surprising-timeout"
    severity = "warning"

    VALID = (
        option_file("the most there is", "[mysqld]\nwait_timeout = 31536000\n"),
        option_file("a suffix, quotes and zeros", "[mysqld]\nwait_timeout = 1K\ninteractive_timeout = '0060'\n"),
        option_file(
            "a later file that overrides an earlier one",
            "[mysqld]\nwait_timeout = 600\n!include z.cnf\n",
            files={"z.cnf": "[mysqld]\nwait_timeout = 300\n"},
        ),
        option_file(
            "the group of one version",
            "[mysqld]\nwait_timeout = 600\n[mysqld-8.0]\nwait_timeout = 300\n",
            server="mysql-8.0",
        ),
        option_file("the same value twice", "[mysqld]\nwait_timeout = 600\nwait-timeout = 600\n"),
    )
    INVALID = (
        option_file("zero", "[mysqld]\nwait_timeout = 0\n", at=("my.cnf:2",)),
        option_file("more than a year", "[mysqld]\nwait_timeout = 99999999\n", at=("my.cnf:2",)),
        option_file("a switch", "[mysqld]\nenable-wait_timeout = 600\n", at=("my.cnf:2",)),
        option_file(
            "a bound that binds nothing",
            "[mysqld]\nmaximum-wait_timeout = 600\n",
            at=("my.cnf:2",),
            server="mariadb-10.11",
        ),
        option_file(
            "two values in one group",
            "[mysqld]\nwait_timeout = 600\nport = 3306\nwait-timeout = 60\n",
            at=("my.cnf:2",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for server in facts.servers:
            for remark in server.remarks:
                if remark.kind == "surprising":
                    yield self.finding(
                        remark.reason,
                        "write the seconds that are meant, 1 to 31536000, once and without a prefix",
                        (Place(remark.place, "not what is in force"),),
                    )
