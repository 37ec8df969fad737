"""The command line: its options, their help, and which of them pyproject.toml has as well."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from conn_lint import __version__
from conn_lint.config import ConfigError
from conn_lint.output import FORMATS

EPILOG = """\
exit status:
  0  no finding at or above --fail-on
  1  findings
  2  the run could not be done, or not completely

[tool.conn-lint] in the project's pyproject.toml takes the same names. The password for --live comes from
CONN_LINT_PASSWORD (CONN_LINT_PASSWORD_ALIAS for one alias), from --live-defaults-file, or from a prompt on a terminal.
"""

CONFIG_OPTIONS = (
    "mycnf mycnf-defaults mycnf-group-suffix variables live live-defaults-file live-timeout deploy server hops"
    " settings env env-file env-inherit django-version assume-mysql"
    " select ignore fail-on baseline unsafe-fixes"
).split()
"""Options that [tool.conn-lint] has as well."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Raises ConfigError; after an option that does not exist with the one that may be meant."""
        _, unknown, words = message.partition("unrecognized arguments: ")
        if unknown and words.startswith("-"):
            from conn_lint.config.keys import meant

            message += meant(words.split()[0].partition("=")[0], tuple(self._option_string_actions))
        raise ConfigError(message)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Asks for the width itself: argparse would import shutil for it, and with it three compression libraries."""

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
        except (ValueError, OSError):
            columns = 80
        super().__init__(prog, max_help_position=32, width=columns - 2)


def parser() -> argparse.ArgumentParser:
    """The whole command line; a mistake in it raises ConfigError."""
    options = _Parser(
        prog="conn-lint",
        usage="conn-lint [PATH ...] [options]",
        description="Finds Django code that will meet (2006, 'MySQL server has gone away'), without running it.",
        epilog=EPILOG,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    options.add_argument("path", nargs="*", metavar="PATH", help="project folder, or files in it (default: .)")
    server = options.add_argument_group("the server")
    server.add_argument(
        "--mycnf",
        action="append",
        metavar="[ALIAS=]FILE",
        help="option file or folder of the server, or its mysqld-auto.cnf (repeatable; of several the last one wins)",
    )
    server.add_argument(
        "--mycnf-defaults",
        action="store_true",
        default=None,
        help="read what a server that you start here reads by itself: /etc/my.cnf, /etc/mysql/my.cnf, ...",
    )
    server.add_argument(
        "--mycnf-group-suffix",
        metavar="SUFFIX",
        help="the server's --defaults-group-suffix: read [mysqldSUFFIX] as well",
    )
    server.add_argument(
        "--variables", action="append", metavar="[ALIAS=]FILE", help="saved SHOW GLOBAL VARIABLES; - for standard input"
    )
    server.add_argument(
        "--live",
        action="append",
        nargs="?",
        const="",
        metavar="[ALIAS=]URL",
        help="ask the server at mysql://user@host:port/ (repeatable; without URL: that of pyproject.toml)",
    )
    server.add_argument(
        "--live-defaults-file", metavar="FILE", help="option file whose [client] group says how to log in"
    )
    server.add_argument("--live-timeout", metavar="SECONDS", help="how long a live server may take (default: 10)")
    server.add_argument("--server", metavar="NAME", help="who reads the option files: mysql-8.0, mariadb-10.11, ...")
    server.add_argument(
        "--deploy",
        action="append",
        metavar="[ALIAS=]FILE[::NAME]",
        help="compose, Terraform ... file that starts the server, and which of several in it (repeatable)",
    )
    server.add_argument(
        "--hops",
        action="append",
        metavar="NAME[=LIMIT]",
        help="a proxy or balancer between: its idle seconds, a preset such as aws-nlb, or its file (repeatable)",
    )
    project = options.add_argument_group("the project")
    project.add_argument(
        "--settings", action="append", metavar="MODULE", help="settings module, or FILE[::CLASS] (repeatable)"
    )
    project.add_argument(
        "--env", action="append", metavar="NAME=VALUE", help="environment variable of the deployment (repeatable)"
    )
    project.add_argument(
        "--env-file",
        action="append",
        metavar="FILE",
        help="file that sets them: .env, Dockerfile, compose file[::SERVICE] (repeatable)",
    )
    project.add_argument(
        "--env-inherit", action="store_true", default=None, help="take the others from this process's environment"
    )
    project.add_argument("--django-version", metavar="VERSION", help="instead of what the requirements say")
    project.add_argument(
        "--assume-mysql", action="store_true", default=None, help="judge every alias as if on MySQL or MariaDB"
    )
    rules = options.add_argument_group("the rules")
    rules.add_argument("--select", action="append", metavar="CODES", help="only these: codes, prefixes or names")
    rules.add_argument("--ignore", action="append", metavar="CODES", help="not these")
    rules.add_argument("--fail-on", metavar="SEVERITY", help="error, warning (default) or info")
    rules.add_argument("--baseline", metavar="FILE", help="known findings, which do not fail the run")
    rules.add_argument("--write-baseline", action="store_true", help="write what is found to the baseline and exit")
    rules.add_argument("--list-rules", action="store_true", help="print every rule and exit")
    rules.add_argument("--explain", metavar="CODE", help="print a rule's documentation and examples and exit")
    fixes = options.add_argument_group("fixes")
    changes = fixes.add_mutually_exclusive_group()
    changes.add_argument("--fix", action="store_true", help="change the files where that is safe, and report the rest")
    changes.add_argument("--diff", action="store_true", help="print what --fix would change, and change nothing")
    fixes.add_argument(
        "--unsafe-fixes",
        action="store_true",
        default=None,
        help="also what is right in most programs only: read it before you commit it",
    )
    output = options.add_argument_group("the report")
    output.add_argument(
        "--format", choices=FORMATS, default="text", metavar="FORMAT", help=f"{', '.join(FORMATS)} (default: text)"
    )
    output.add_argument("--output", metavar="FILE", help="write the report to FILE")
    output.add_argument("--show", action="store_true", help="print what was read, and why each verdict, instead")
    loudness = output.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="only what fails the run, and no summary")
    loudness.add_argument("-v", "--verbose", action="store_true", help="also what was read, suppressed and not asked")
    output.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    options.add_argument("--no-cache", action="store_true", help="read everything anew")
    options.add_argument("--version", action="version", version=f"conn-lint {__version__}")
    return options
