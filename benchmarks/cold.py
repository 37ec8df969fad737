"""Cold runs over whole trees, beside ruff: one line for each tree, with what the reading of its workers takes of it.

    python benchmarks/cold.py TREE... [--rounds N] [--target RATIO]

Every round runs ruff and conn-lint over each tree in turn, both without a cache and conn-lint with every rule; a
ratio is the median of the ratios of the rounds, of CPU time (user and system, children included). The exit status
is 1 when a tree takes more than ``--target`` times ruff.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time

from bench import BIN, CONN_LINT, count, measured


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("trees", nargs="+", metavar="TREE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--target", type=float, default=3.0)
    options = parser.parse_args()
    ruff = [os.path.join(BIN, "ruff"), "check", "--quiet", "--exit-zero", "--isolated", "--no-cache", "--select", "F"]
    lint = [CONN_LINT, "--assume-mysql", "--fail-on", "error", "--no-cache"]
    worst = 0.0
    for tree in map(os.path.abspath, options.trees):
        if not os.path.isdir(tree):
            parser.error(f"{tree}: no such folder")
        seconds = measured({"ruff": [*ruff, tree], "conn-lint": [*lint, tree]}, options.rounds)
        if len(seconds) < 2:
            return 2
        pairs = zip(seconds["conn-lint"], seconds["ruff"], strict=True)
        ratio = statistics.median(ours / max(theirs, 1e-3) for ours, theirs in pairs)
        worst = max(worst, ratio)
        median = {name: statistics.median(values) for name, values in seconds.items()}
        print(
            f"{os.path.basename(tree):<28}{count(tree):<32}ruff {median['ruff']:6.2f} s   "
            f"conn-lint {median['conn-lint']:6.2f} s   {ratio:6.2f} x   workers {share_of_workers(tree):4.0%}",
            flush=True,
        )
    print(f"worst {worst:.2f} x (target {options.target:g}): {'ok' if worst <= options.target else 'MISSED'}")
    return int(worst > options.target)


def share_of_workers(tree: str) -> float:
    """How much of the CPU time of one run, in this process, goes into reading the units of work."""
    from conn_lint import workers
    from conn_lint.config import load
    from conn_lint.engine import gather, run

    taken = [0.0]
    read_units = workers.read_units

    def timed(*args: object, **keywords: object) -> object:
        start = time.process_time()
        try:
            return read_units(*args, **keywords)  # type: ignore[arg-type]
        finally:
            taken[0] += time.process_time() - start

    workers.read_units = timed  # type: ignore[assignment]
    start = time.process_time()
    try:
        config = load(tree, {}, cache=False, show=False)._replace(assume_mysql=True)
        run(config, gather(config, lambda *_: None))
    finally:
        workers.read_units = read_units
    return taken[0] / (time.process_time() - start)


if __name__ == "__main__":
    sys.exit(main())
