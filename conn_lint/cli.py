"""Arguments in, report and exit status out; the only place that prints."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from conn_lint import __version__
from conn_lint.arguments import CONFIG_OPTIONS, parser
from conn_lint.config import Config, ConfigError, load, project_root
from conn_lint.model import Result, RuleText
from conn_lint.output.view import View

if TYPE_CHECKING:
    from conn_lint.cache import Report
    from conn_lint.engine import Inputs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run conn-lint with ``arguments`` (default: the process's own) and return its exit status."""
    gc.set_threshold(3_000_000)  # most runs keep all they make and end before there is anything to collect
    warnings.simplefilter("ignore", SyntaxWarning)  # of the linted code: Python 3.12 and later print them
    try:
        return _run(parser().parse_args(arguments))
    except ConfigError as error:
        _complain(f"error: {error}")
        return 2
    except RecursionError:
        _complain("error: the code leads on too deeply to be followed: exclude what was generated")
        return 2
    except BrokenPipeError:
        _leave_stdout()  # the reader has gone
        return 2
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    if options.list_rules or options.explain:
        _print(_documentation(options), options)
        return 0
    if options.show and options.format not in ("text", "json"):
        raise ConfigError(f"--show prints text or json, not {options.format}")
    if options.diff and options.format != "text":
        raise ConfigError(f"--diff prints a diff, not {options.format}")
    for option in ("show", "write-baseline"):
        if (options.fix or options.diff) and getattr(options, option.replace("-", "_")):
            raise ConfigError(f"--{option} changes no code: leave out --{'fix' if options.fix else 'diff'}")
    if options.live:
        _hide_passwords(options.live)
    given: dict[str, Any] = {name: getattr(options, name.replace("-", "_")) for name in CONFIG_OPTIONS}
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
    if (options.fix or options.diff) and not inputs.errors:  # what is read in part only is reported, and not changed
        return _fix(config, inputs, options)
    report = _report_on(config, inputs, options)
    _print(report.text, options)
    for error in inputs.errors:
        _complain(f"error: {error}")
    return 2 if inputs.errors else report.status


def _fix(config: Config, inputs: Inputs, options: argparse.Namespace) -> int:
    """Change the files, or print what would be changed, and report what is left."""
    from conn_lint.fixes.applying import write
    from conn_lint.fixing import diff, fix

    fixed = fix(config, inputs)
    view = _view(fixed.result, config, options)
    if options.diff:
        _print(diff(config.root, view.prefix, fixed.files), options)
        status = int(bool(fixed.files))
    else:
        try:
            write(config.root, fixed.files)
        except OSError as error:
            raise ConfigError(f"--fix: {error.filename}: {error.strerror}") from error
        _print(_report(fixed.result, view, options), options)
        status = int(any(map(view.fails, fixed.result.findings)))
    if fixed.files and (options.diff or options.format != "text"):
        done = "would be fixed" if options.diff else "fixed"
        number = fixed.result.fixed
        findings = "1 finding" if number == 1 else f"{number} findings"
        _complain(f"{findings} {done} in {len(fixed.files)} {'file' if len(fixed.files) == 1 else 'files'}")
    return status


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
        try:
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            _leave_stdout()
            raise ConfigError(f"the report cannot be written: {error.strerror}") from error


def _leave_stdout() -> None:
    """Keep the interpreter from failing again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
