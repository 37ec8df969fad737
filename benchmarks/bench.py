"""CPU time of conn-lint beside its peers, as ratios taken in one interleaved run.

    python benchmarks/bench.py TREE [--rounds N] [--part N]

TREE is a large Django project (netbox, saleor, Django's own source). Every command of a group runs once per
round, one after another, so that what else the machine does falls on all of them; a ratio is the median of
the ratios of the rounds. CPU time is user plus system time of the process and its children. Peers that are
not installed beside this Python are left out, and named.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from typing import NamedTuple

BIN = os.path.dirname(sys.executable)
CONN_LINT = os.path.join(BIN, "conn-lint")
FIXIT_RULE = "fixit.rules:NoInheritFromObject"


class Row(NamedTuple):
    """One comparison: ``subject`` should take at most ``target`` times the CPU time of ``baseline``."""

    what: str
    subject: str
    baseline: str
    target: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tree")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--part", type=int, default=100, help="number of files for flake8 and fixit")
    options = parser.parse_args()
    tree = os.path.abspath(options.tree)
    if not os.path.isdir(tree):
        parser.error(f"{tree}: no such folder")

    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, "copy")
        shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        changed = relevant_files(copy, 3)
        empty = irrelevant_project(os.path.join(scratch, "empty"))
        part = a_part_of(tree, os.path.join(scratch, "part"), options.part)
        ruff_cache = os.path.join(scratch, "ruff-cache")
        lint = [CONN_LINT, "--assume-mysql", "--fail-on", "error"]
        ruff = [os.path.join(BIN, "ruff"), "check", "--quiet", "--exit-zero", "--isolated", "--select", "F"]
        start = {
            "import libcst": [sys.executable, "-c", "import libcst"],
            "conn-lint --version": [CONN_LINT, "--version"],
            "conn-lint, nothing relevant": [*lint, empty],
        }
        whole = {
            "ruff, no cache": [*ruff, "--no-cache", tree],
            "ruff, warm": [*ruff, "--cache-dir", ruff_cache, tree],
            "conn-lint, no cache": [*lint, "--no-cache", tree],
            "conn-lint, second run": [*lint, tree],
            "conn-lint, changed files": [*lint, copy],
            "import libcst": start["import libcst"],
        }
        parts = {
            "conn-lint, no cache": [*lint, "--no-cache", part],
            "flake8": [os.path.join(BIN, "flake8"), "--isolated", "--select", "F", "--exit-zero", part],
            "fixit, one rule": [os.path.join(BIN, "fixit"), "--rules", FIXIT_RULE, "--quiet", "lint", part],
        }
        report(
            f"start-up, {options.rounds} rounds",
            measured(start, options.rounds),
            (
                Row("--version", "conn-lint --version", "import libcst", 0.25),
                Row("a tree with nothing relevant", "conn-lint, nothing relevant", "import libcst", 0.25),
            ),
        )
        report(
            f"{tree}: {count(tree)}, {options.rounds} rounds",
            measured(whole, options.rounds, {"conn-lint, changed files": lambda: change(changed)}),
            (
                Row("whole tree, no cache", "conn-lint, no cache", "ruff, no cache", 3),
                Row("whole tree, second run", "conn-lint, second run", "ruff, warm", 1.5),
                Row("whole tree, second run", "conn-lint, second run", "import libcst", 0.4),
                Row(f"{len(changed)} relevant files changed", "conn-lint, changed files", "import libcst", 1.3),
            ),
        )
        report(
            f"{options.part} files of it: {count(part)}, 3 rounds",
            measured(parts, 3),
            (
                Row("a part, no cache", "conn-lint, no cache", "flake8", 0.3),
                Row("a part, no cache", "conn-lint, no cache", "fixit, one rule", 0.1),
            ),
        )
    return 0


def measured(
    commands: dict[str, list[str]], rounds: int, before: dict[str, Callable[[], None]] | None = None
) -> dict[str, list[float]]:
    """CPU seconds of every command, one per round, after a round that fills caches. What stands in
    ``before`` is done each time before the command, and not counted."""
    prepare = before or {}
    present = {name: command for name, command in commands.items() if os.path.exists(command[0])}
    for name in commands.keys() - present.keys():
        print(f"{name}: not installed, left out (pip install 'conn-lint[bench]')")
    for command in present.values():
        cpu_seconds(command)
    seconds: dict[str, list[float]] = {name: [] for name in present}
    for _ in range(rounds):
        for name, command in present.items():
            prepare.get(name, lambda: None)()
            seconds[name].append(cpu_seconds(command))
    return seconds


def cpu_seconds(command: Sequence[str]) -> float:
    """User and system time of ``command``, of which the byte code may be kept as that of an installed program is; a
    linter may exit with 1, anything above is an error."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=output, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            output.seek(0)
            message = output.read().decode(errors="replace")
            raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}\n{message}")
    return usage.ru_utime + usage.ru_stime


def report(title: str, seconds: dict[str, list[float]], rows: tuple[Row, ...]) -> None:
    print(f"\n{title}")
    for name, values in seconds.items():
        print(f"  {name:<32}{statistics.median(values):8.3f} s")
    for row in rows:
        if row.subject in seconds and row.baseline in seconds:
            pairs = zip(seconds[row.subject], seconds[row.baseline], strict=True)
            ratio = statistics.median(ours / max(theirs, 1e-3) for ours, theirs in pairs)
            verdict = "ok" if ratio <= row.target else "MISSED"
            print(f"  {row.what:<32}{ratio:8.2f} x {row.baseline} (target {row.target:g}) {verdict}")


def irrelevant_project(folder: str) -> str:
    """A project without Django, settings or workers."""
    os.makedirs(folder)
    for number in range(20):
        with open(os.path.join(folder, f"module_{number}.py"), "w") as file:
            file.write("def add(first: int, second: int) -> int:\n    return first + second\n" * 20)
    return folder


def a_part_of(tree: str, folder: str, files: int) -> str:
    """A copy of evenly spaced Python files of ``tree``."""
    paths = sorted(python_files(tree))
    for number, path in enumerate(paths[:: max(len(paths) // files, 1)][:files]):
        target = os.path.join(folder, f"{number:03}", os.path.basename(path))
        os.makedirs(os.path.dirname(target))
        shutil.copyfile(path, target)
    return folder


def relevant_files(tree: str, wanted: int) -> list[str]:
    """The first files of ``tree`` that a run is likely to parse."""
    found = []
    for path in sorted(python_files(tree)):
        with open(path, "rb") as file:
            data = file.read()
        if b"DATABASES" in data or b"enqueue" in data or b"while True" in data:
            found.append(path)
    return found[:wanted]


def change(paths: list[str]) -> None:
    for path in paths:
        with open(path, "ab") as file:
            file.write(b"\n# changed\n")


def python_files(tree: str) -> list[str]:
    return [
        os.path.join(folder, name)
        for folder, _, names in os.walk(tree)
        if ".git" not in folder.split(os.sep)
        for name in names
        if name.endswith(".py")
    ]


def count(tree: str) -> str:
    paths = python_files(tree)
    return f"{len(paths)} Python files, {sum(map(os.path.getsize, paths)) / 1e6:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
