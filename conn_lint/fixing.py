"""``--fix`` and ``--diff``: fixes are made on a copy in memory, and kept only where another reading of the project
finds that they helped."""

from __future__ import annotations

import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from typing import NamedTuple

from conn_lint.config import Config
from conn_lint.engine import Inputs, run
from conn_lint.fixes import Fixer
from conn_lint.fixes.applying import applied, compatible
from conn_lint.model import Finding, Fix, Result
from conn_lint.output.counts import reported
from conn_lint.project.source import decode
from conn_lint.project.tree import Tree

ROUNDS = 20
"""Fixes of one place that exclude each other take a round each; nobody has seen five."""

_LINE = re.compile(r":\d+")

Identity = tuple[str, str, str, str]


class Fixed(NamedTuple):
    """What is left, and the files that are changed for it, none of which is written yet."""

    result: Result
    files: dict[str, bytes]
    """By path, as they are to be."""


class Trial(NamedTuple):
    finding: Finding
    fix: Fix


def fix(config: Config, inputs: Inputs) -> Fixed:
    """Make the fixes of the findings of a run that help, the unsafe ones only where ``config`` says so. Raises
    ConfigError as ``run`` does."""
    first = result = run(config, inputs)
    files: dict[str, bytes] = {}
    refused: Counter[Identity] = Counter()
    for _ in range(ROUNDS):
        trials = list(_trials(result, inputs.tree, refused, unsafe=config.unsafe_fixes))
        if not trials:
            break
        kept = compatible(trial.fix for trial in trials)
        trials = [trial for trial in trials if trial.fix in kept]
        after, changed, helped = _made(config, inputs, result, trials, refused)
        if helped:
            inputs = inputs._replace(tree=inputs.tree.changed(changed))
            files |= changed
            result = after
    left = tuple(finding._replace(fix=None) if refused[identity(finding)] else finding for finding in result.findings)
    gone = _identities(first) - _identities(result)
    return Fixed(result._replace(findings=left, fixed=gone.total()), files)


def _trials(result: Result, tree: Tree, refused: Counter[Identity], *, unsafe: bool) -> Iterator[Trial]:
    """The next fix to be tried of each finding that has one left; one in each function, as it may mend the others."""
    fixer = Fixer(tree)
    seen: set[tuple[str, str]] = set()
    for finding in sorted(result.findings, key=_puts_in):
        where = finding.span.path, finding.function or str(finding.span.line)
        if finding.repair is None or not finding.active or where in seen:
            continue
        ways = [each for each in fixer.fixes(finding.repair) if unsafe or each.safety == "safe"]
        left = ways[refused[identity(finding)] :]
        if left:
            seen.add(where)
            yield Trial(finding, left[0])


def _puts_in(finding: Finding) -> bool:
    """Whether a close is put in, which may be needless once those that are there do something."""
    return finding.repair is not None and finding.repair.kind.startswith("close-")


def _made(
    config: Config, inputs: Inputs, before: Result, trials: list[Trial], refused: Counter[Identity]
) -> tuple[Result, dict[str, bytes], list[Trial]]:
    """The result with those of ``trials`` made that help, the files they change, and which they are; the others are
    counted in ``refused``."""
    while trials:
        changed = applied((trial.fix for trial in trials), inputs.tree)
        after = run(config, inputs._replace(tree=inputs.tree.changed(changed)))
        useless = set(_useless(before, after, trials))
        if not useless:
            return after, changed, trials
        for identity_ in {identity(trial.finding) for trial in trials if trial in useless}:
            refused[identity_] += 1
        trials = [trial for trial in trials if trial not in useless]
    return before, {}, []


def _useless(before: Result, after: Result, trials: list[Trial]) -> Iterator[Trial]:
    """The fixes whose finding is still there, and those beside which something about closes is found that was not, or
    that leave what cannot be read."""
    old, new = _identities(before), _identities(after)
    wanted = Counter(identity(trial.finding) for trial in trials)
    harm = [
        each for each in reported(after) if each.code.startswith("CL2") and new[identity(each)] > old[identity(each)]
    ]
    unread = {problem.span.path for problem in set(after.facts.problems) - set(before.facts.problems)}
    guilty = {trial for trial in trials for each in harm if _may_have_made(trial, each, trials)}
    for trial in trials:
        key = identity(trial.finding)
        if new[key] > old[key] - wanted[key] or trial in guilty or trial.finding.span.path in unread:
            yield trial


def _may_have_made(trial: Trial, harm: Finding, trials: list[Trial]) -> bool:
    """Whether ``harm`` is of ``trial``: of its function, or of its file where it is of the function of no trial."""
    paths = {place.span.path for place in harm.places}
    near = [each for each in trials if each.finding.span.path in paths]
    same = [each for each in near if each.finding.function == harm.function]
    return trial in (same or near)


def _identities(result: Result) -> Counter[Identity]:
    return Counter(map(identity, reported(result)))


def identity(finding: Finding) -> Identity:
    """What stays the same of a finding when lines move."""
    return finding.code, finding.span.path, finding.function or "", _LINE.sub("", finding.message)


def diff(root: str, prefix: str, files: dict[str, bytes]) -> str:
    """A unified diff from the files on the disk to ``files``, for ``patch -p1`` or ``git apply`` in the working
    directory; ``prefix`` leads from there to ``root``, below which they are to be applied where it lies elsewhere."""
    parts: list[str] = []
    for path, data in sorted(files.items()):
        with open(os.path.join(root, path), "rb") as file:
            old = decode(path, file.read())
        shown = path if prefix.startswith("..") else os.path.join(prefix, path)
        before, after = (list(io.StringIO(text, newline="")) for text in (old, decode(path, data)))
        parts += unified_diff(before, after, f"a/{shown}", f"b/{shown}")
    return "".join(part if part.endswith("\n") else f"{part}\n\\ No newline at end of file\n" for part in parts)
