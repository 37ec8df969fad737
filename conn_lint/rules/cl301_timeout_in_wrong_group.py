"""CL301 timeout-in-wrong-group."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example
from conn_lint.rules.examples import settings
from conn_lint.rules.optionfiles import OptionFileRule, option_file


class TimeoutInWrongGroup(OptionFileRule):
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
        option_file("a group of the server", "[mysqld]\nwait_timeout = 600\n"),
        option_file("another variable in a client's group", "[client]\nconnect_timeout = 600\n"),
        Example("no option file given", {"settings.py": settings(), "my.cnf": "[client]\nwait_timeout = 600\n"}),
    )
    INVALID = (
        option_file("a client's group", "[client]\nwait_timeout = 600\n", at=("my.cnf:2",)),
        option_file("the group of the start script", "[mysqld_safe]\nwait_timeout = 600\n", at=("my.cnf:2",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for server in facts.servers:
            for setting in server.misplaced:
                yield self.finding(
                    f"{setting.variable} = {setting.text} stands in [{setting.group}], which the server does not read",
                    f"move {setting.variable} into [mysqld]",
                    (Place(setting.place, f"not read in [{setting.group}]"),),
                )
