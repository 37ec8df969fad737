"""Arguments in, report and exit status out; the only place that prints."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from conn_lint import __version__
from conn_lint.config import Config, ConfigError, load, project_root
from conn_lint.model import Result, RuleText
from conn_lint.output import FORMATS
from conn_lint.output.view import View

if TYPE_CHECKING:
    from conn_lint.cache import Report
    from conn_lint.engine import Inputs

EPILOG = """\
exit status:
  0  no finding at or above --fail-on
  1  findings
  2  the run could not be done, or not completely

[tool.conn-lint] in the project's pyproject.toml takes the same names. The password for --live comes from
CONN_LINT_PASSWORD (CONN_LINT_PASSWORD_ALIAS for one alias), from --live-defaults-file, or from a prompt on a terminal.
"""

_CONFIG_OPTIONS = (
    "mycnf mycnf-defaults mycnf-group-suffix variables live live-defaults-file live-timeout deploy server hops"
    " settings env env-file env-inherit django-version assume-mysql"
    " select ignore fail-on baseline"
).split()
"""Options that [tool.conn-lint] has as well."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ConfigError(message)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Asks for the width itself: argparse would import shutil for it, and with it three compression libraries."""

    def __init__(self, prog: str) -> None:
        try:
            columns = int(os.environ.get("COLUMNS") or os.get_terminal_size(sys.stdout.fileno()).columns)
        except (ValueError, OSError):
            columns = 80
        super().__init__(prog, max_help_position=32, width=columns - 2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run conn-lint with ``arguments`` (default: the process's own) and return its exit status."""
    warnings.simplefilter("ignore", SyntaxWarning)  # of the linted code: Python 3.12 and later print them
    try:
        return _run(_parser().parse_args(arguments))
    except ConfigError as error:
        _complain(f"error: {error}")
        return 2
    except BrokenPipeError:
        # The reader has gone: keep the interpreter from failing again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="conn-lint",
        usage="conn-lint [PATH ...] [options]",
        description="Finds Django code that will meet (2006, 'MySQL server has gone away'), without running it.",
        epilog=EPILOG,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("path", nargs="*", metavar="PATH", help="project folder, or files in it (default: .)")
    server = parser.add_argument_group("the server")
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
    project = parser.add_argument_group("the project")
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
    rules = parser.add_argument_group("the rules")
    rules.add_argument("--select", action="append", metavar="CODES", help="only these: codes, prefixes or names")
    rules.add_argument("--ignore", action="append", metavar="CODES", help="not these")
    rules.add_argument("--fail-on", metavar="SEVERITY", help="error, warning (default) or info")
    rules.add_argument("--baseline", metavar="FILE", help="known findings, which do not fail the run")
    rules.add_argument("--write-baseline", action="store_true", help="write what is found to the baseline and exit")
    rules.add_argument("--list-rules", action="store_true", help="print every rule and exit")
    rules.add_argument("--explain", metavar="CODE", help="print a rule's documentation and examples and exit")
    output = parser.add_argument_group("the report")
    output.add_argument(
        "--format", choices=FORMATS, default="text", metavar="FORMAT", help=f"{', '.join(FORMATS)} (default: text)"
    )
    output.add_argument("--output", metavar="FILE", help="write the report to FILE")
    output.add_argument("--show", action="store_true", help="print what was read, and why each verdict, instead")
    loudness = output.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="only what fails the run, and no summary")
    loudness.add_argument("-v", "--verbose", action="store_true", help="also what was read, suppressed and not asked")
    output.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    parser.add_argument("--no-cache", action="store_true", help="read everything anew")
    parser.add_argument("--version", action="version", version=f"conn-lint {__version__}")
    return parser


def _run(options: argparse.Namespace) -> int:
    if options.list_rules or options.explain:
        _print(_documentation(options), options)
        return 0
    if options.show and options.format not in ("text", "json"):
        raise ConfigError(f"--show prints text or json, not {options.format}")
    if options.live:
        _hide_passwords(options.live)
    given: dict[str, Any] = {name: getattr(options, name.replace("-", "_")) for name in _CONFIG_OPTIONS}
    root = project_root(options.path or ["."])
    config = load(
        root,
        {name: value for name, value in given.items() if value is not None},
        cache=not options.no_cache,
        show=options.show,
    )
    if options.write_baseline:
        return _write_baseline(config)
    from conn_lint.engine import gather

    inputs = gather(config, _password)
    report = _report_on(config, inputs, options)
    _print(report.text, options)
    for error in inputs.errors:
        _complain(f"error: {error}")
    return 2 if inputs.errors else report.status


def _report_on(config: Config, inputs: Inputs, options: argparse.Namespace) -> Report:
    """The report, kept from the last run where nothing has changed since."""
    from conn_lint.cache import Cache, Report

    # The URLs of live servers, which may hold passwords, are left out: the answers are there.
    asked = (
        config._replace(live=()),
        *inputs[1:],
        options.format,
        options.quiet,
        options.verbose,
        _colour(options),
        _terminal(options),
    )
    cache = Cache(inputs.tree.root, inputs.tree.paths, *asked) if config.cache else None
    report = cache.load() if cache else None
    if report is None:
        from conn_lint.engine import run

        result = run(config, inputs)
        view = _view(result, config, options)
        report = Report(_report(result, view, options), int(any(map(view.fails, result.findings))))
        if cache:
            cache.store(report)
    return report


def _write_baseline(config: Config) -> int:
    """Put every finding into the baseline; what is found in an incomplete run is not written."""
    from conn_lint import baseline
    from conn_lint.engine import gather, run

    if config.baseline is None:
        raise ConfigError("--write-baseline: --baseline or [tool.conn-lint] has to name the file")
    old = baseline.read(config.baseline, config.root) if os.path.exists(config.baseline) else None
    result = run(config, gather(config._replace(baseline=None), _password))
    if result.errors:
        raise ConfigError(f"--write-baseline: {result.errors[0]}")
    text, number = baseline.written(result.findings, old, result.asked)
    _write(config.baseline, text, "--write-baseline")
    sys.stdout.write(f"{number} {'finding' if number == 1 else 'findings'} in {os.path.relpath(config.baseline)}\n")
    return 0


def _documentation(options: argparse.Namespace) -> str:
    from conn_lint.rules import codes_of, rules
    from conn_lint.rules.documentation import explanation, listing

    if options.list_rules:
        return listing(rules())
    found = codes_of(options.explain)
    if len(found) != 1:
        raise ConfigError(f"--explain: unknown rule {options.explain!r}; --list-rules prints them all")
    return explanation(next(rule for rule in rules() if rule.code == found[0]))


def _view(result: Result, config: Config, options: argparse.Namespace) -> View:
    """The reader's side of the report; what a format may not need is read when it asks."""
    from conn_lint.excerpts import Excerpts

    prefix = os.path.relpath(result.facts.root)
    return View(
        version=__version__,
        prefix="" if prefix == "." else prefix,
        lines=Excerpts(result.facts.root).line,
        rules=_rule_texts,
        floor=config.fail_on,
        colour=_colour(options),
        quiet=options.quiet,
        verbose=options.verbose,
    )


def _rule_texts() -> tuple[RuleText, ...]:
    from conn_lint.rules import rules
    from conn_lint.rules.documentation import text_of

    return tuple(map(text_of, rules()))


def _report(result: Result, view: View, options: argparse.Namespace) -> str:
    """The text of the report in the wanted format. Only the one format that is used is imported."""
    if options.show:
        if options.format == "json":
            from conn_lint.output import show_json

            return show_json.render(result)
        from conn_lint.output import show_text

        return show_text.render(result, view.prefix, pictures=_terminal(options))
    if view.quiet:
        failing = tuple(filter(view.fails, result.findings))
        result = result._replace(findings=failing, facts=result.facts._replace(notes=()))
    text: str = import_module(f"conn_lint.output.{options.format}").render(result, view)
    return text


def _colour(options: argparse.Namespace) -> bool:
    """Whether to use colours: --color, then NO_COLOR and FORCE_COLOR (when not empty), then the terminal."""
    if options.color != "auto":
        return bool(options.color == "always")
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _terminal(options)


def _terminal(options: argparse.Namespace) -> bool:
    return not options.output and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _print(text: str, options: argparse.Namespace) -> None:
    if options.output:
        _write(options.output, text, f"--output {options.output}")
    else:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()


def _write(path: str, text: str, option: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(f"{option}: {error.strerror}") from error


def _password(login: str, alias: str | None, may_ask: bool) -> str | None:
    from conn_lint.passwords import password_for

    return password_for(login, alias, may_ask)


def _hide_passwords(urls: list[str]) -> None:
    """Says that a password on the command line is seen by others, and takes it from there."""
    from conn_lint.passwords import hide_from_process_list, passwords_in

    found = passwords_in(urls)
    for password in found:
        hide_from_process_list(password)
    if found:
        _complain("warning: a password in --live can be seen in the list of processes: set CONN_LINT_PASSWORD instead")


def _complain(text: str) -> None:
    from conn_lint.passwords import masked

    sys.stderr.write(f"conn-lint: {masked(text)}\n")


if __name__ == "__main__":
    sys.exit(main())
