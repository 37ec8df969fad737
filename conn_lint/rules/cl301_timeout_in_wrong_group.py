"""CL301 timeout-in-wrong-group."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import MYCNF, settings


class TimeoutInWrongGroup(Rule):
    """
    ## What it does
    Reports wait_timeout or interactive_timeout in a group of an option file that the server does not read.

    ## Why it goes wrong
    The server reads [mysqld], [server] and the groups of its own flavour and version. In [client], [mysql] or
    [mysqld_safe] the line changes nothing, and the timeout in force is another than the one written.

    ## Example
        [client]
        wait_timeout = 600

    ## Use instead
        [mysqld]
        wait_timeout = 600

    ## When it stays silent
    Groups that any server reads which `--server` allows, and other variables.

    ## References
    - https://dev.mysql.com/doc/refman/8.4/en/option-files.html
    - https://mariadb.com/kb/en/configuring-mariadb-with-option-files/#option-groups
    """

    code = "CL301"
    name = "timeout-in-wrong-group"
    severity = "warning"

    VALID = (
        Example(
            "a group of the server",
            {"settings.py": settings(), "my.cnf": "[mysqld]\nwait_timeout = 600\n"},
            args=MYCNF,
        ),
        Example(
            "another variable in a client's group",
            {"settings.py": settings(), "my.cnf": "[client]\nconnect_timeout = 600\n"},
            args=MYCNF,
        ),
        Example("no option file given", {"settings.py": settings(), "my.cnf": "[client]\nwait_timeout = 600\n"}),
    )
    INVALID = (
        Example(
            "a client's group",
            {"settings.py": settings(), "my.cnf": "[client]\nwait_timeout = 600\n"},
            at=("my.cnf:2",),
            args=MYCNF,
        ),
        Example(
            "the group of the start script",
            {"settings.py": settings(), "my.cnf": "[mysqld_safe]\nwait_timeout = 600\n"},
            at=("my.cnf:2",),
            args=MYCNF,
        ),
    )

    def skip(self, facts: Facts) -> str | None:
        return super().skip(facts) or (None if facts.servers else "no option file was given (--mycnf)")

    def check(self, facts: Facts) -> Iterator[Finding]:
        for server in facts.servers:
            for setting in server.misplaced:
                yield self.finding(
                    f"{setting.variable} = {setting.text} stands in [{setting.group}], which the server does not read",
                    f"move {setting.variable} into [mysqld]",
                    (Place(setting.place, f"not read in [{setting.group}]"),),
                )
