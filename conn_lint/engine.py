"""The pipeline: configuration -> facts -> findings -> suppressions -> result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from conn_lint.config import Config, ConfigError
from conn_lint.hops import through_hops
from conn_lint.idle import Client
from conn_lint.lifetime import kept_ages
from conn_lint.model import (
    Deployment,
    Facts,
    Finding,
    Hop,
    Observation,
    Problem,
    ProcessGroup,
    Result,
    ServerAnswer,
    Skipped,
    UnitOfWork,
    UnitVerdict,
    WebServer,
)
from conn_lint.sessions import mysql_driver, notes, sessions
from conn_lint.treeservers import as_the_tree_says

if TYPE_CHECKING:
    from conn_lint.baseline import Baseline
    from conn_lint.project.project import Project
    from conn_lint.project.tree import Tree
    from conn_lint.rules.base import Rule

AskPassword = Callable[[str, "str | None", bool], "str | None"]
"""The password for user@server of an alias, None when there is none; the last argument: whether a user may be asked."""


class Inputs(NamedTuple):
    """What a run starts from: the files, what the servers and the hops before them say, one line for each
    source of these that could not be read, and the findings that are known already."""

    tree: Tree
    servers: tuple[ServerAnswer, ...]
    errors: tuple[str, ...]
    hops: tuple[Hop, ...] = ()
    baseline: Baseline | None = None


def gather(config: Config, ask_password: AskPassword) -> Inputs:
    """The inputs of a run over the project of ``config``; no file of the project is read yet but the baseline."""
    from conn_lint.project.tree import Tree

    servers: tuple[ServerAnswer, ...] = ()
    errors: tuple[str, ...] = ()
    if config.mycnf or config.mycnf_defaults or config.variables or config.live or config.deploy:
        from conn_lint.sources import ask_servers

        servers, errors = ask_servers(config, ask_password)
    hops: tuple[Hop, ...] = ()
    if config.hops:
        from conn_lint.sources import ask_hops

        hops, unread = ask_hops(config)
        errors += unread
    baseline = None
    if config.baseline:
        from conn_lint.baseline import read as read_baseline

        baseline = read_baseline(config.baseline, config.root)
    return Inputs(Tree(config.root, config.exclude), servers, errors, hops, baseline)


def run(config: Config, inputs: Inputs) -> Result:
    """Lint the project of ``config``. Raises ConfigError when that cannot be done as asked."""
    facts = read(config, inputs)
    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    asked: frozenset[str] = frozenset()
    if anything_to_judge(facts):
        from conn_lint.suppressions import suppress

        rules, skipped = select(facts, config)
        findings = tuple(dict.fromkeys(finding for rule in rules for finding in rule.check(facts)))
        asked = frozenset(rule.code for rule in rules)
        findings = _stamped(suppress(findings, inputs.tree, facts, asked), inputs.tree)
        if inputs.baseline:
            from conn_lint.baseline import apply as apply_baseline

            findings = _stamped(apply_baseline(findings, inputs.baseline, asked), inputs.tree)
        findings = _with_fixes(findings, inputs.tree)
    return Result(
        findings=findings,
        skipped=skipped,
        facts=facts,
        errors=inputs.errors,
        verdicts=_verdicts(facts) if config.show else (),
        asked=asked,
    )


def read(config: Config, inputs: Inputs) -> Facts:
    """Everything that the rules see.

    Code is looked at only where a database alias is judged, or --show asks for it.
    """
    from conn_lint.project.project import Project
    from conn_lint.project.requirements import django_of, read_requirements
    from conn_lint.settings import SettingsError, read_deployments

    tree, servers = inputs.tree, inputs.servers
    problems: dict[str, Problem] = {}
    requirements = read_requirements(tree, problems)
    try:
        django = django_of(requirements, config.django_version)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    project = Project(tree, requirements, django)
    try:
        deployments = read_deployments(project, wanted=config.settings, env=config.env)
    except SettingsError as error:
        raise ConfigError(str(error)) from error
    assume_mysql = config.assume_mysql or bool(servers) or mysql_driver(requirements) is not None
    client = Client(requirements, tree.root, tree.paths)
    unhopped = sessions(deployments, servers, client, assume_mysql=assume_mysql, force_mysql=config.assume_mysql)
    if any(session.counts for session in unhopped):
        from conn_lint.server.deploy import find_deployments

        in_tree = find_deployments(tree)
        servers += in_tree
        unhopped = tuple(as_the_tree_says(session, in_tree, client) for session in unhopped)
    found = tuple(through_hops(session, inputs.hops) for session in unhopped)
    units: tuple[UnitOfWork, ...] = ()
    observations: tuple[Observation, ...] = ()
    processes: tuple[ProcessGroup, ...] = ()
    web_servers: tuple[WebServer, ...] = ()
    if config.show or any(session.counts for session in found):
        from conn_lint.project.commands import worker_commands
        from conn_lint.project.fleet import process_groups
        from conn_lint.workers import UnknownFunction, read_units, worth_reading

        commands = worker_commands(tree, problems)
        processes = process_groups(project.app_servers(commands))
        if any(kept_ages(session.database, project.django) for session in found if session.counts):
            from conn_lint.project.webservers import read_web_servers

            web_servers = read_web_servers(project, project.app_servers(commands))
        if config.entrypoints or worth_reading(project, commands):
            try:
                units, observations = read_units(
                    project, deployments, _corrections(config), commands, explain=config.show
                )
            except UnknownFunction as error:
                raise ConfigError(f"[tool.conn-lint] {error}") from error
    facts = Facts(
        root=tree.root,
        django=project.django,
        requirements=requirements,
        deployments=deployments,
        servers=servers,
        units=units,
        observations=observations,
        problems=_every_problem(problems, project, deployments, servers),
        assume_mysql=assume_mysql,
        sessions=found,
        notes=(),
        processes=processes,
        web_servers=web_servers,
    )
    return facts._replace(notes=notes(facts))


def _corrections(config: Config) -> dict[str, tuple[str, ...]]:
    """What the configuration says about functions, over what is read from their source."""
    return {key: getattr(config, key) for key in ("closers", "orm", "entrypoints", "not_entrypoints")}


def _every_problem(
    problems: dict[str, Problem],
    project: Project,
    deployments: tuple[Deployment, ...],
    servers: tuple[ServerAnswer, ...],
) -> tuple[Problem, ...]:
    """What could not be read anywhere, each once."""
    found = [*project.tree.problems, *problems.values(), *project.problems.values()]
    found += [problem for deployment in deployments for problem in deployment.problems]
    found += [problem for server in servers for problem in server.problems]
    return tuple(sorted(dict.fromkeys(found)))


def anything_to_judge(facts: Facts) -> bool:
    """Whether any rule could speak about ``facts``; where none can, the rules are not even imported."""
    project = facts.deployments or facts.units or facts.observations
    return bool(facts.problems or (project and facts.judged_sessions))


def select(facts: Facts, config: Config) -> tuple[tuple[Rule, ...], tuple[Skipped, ...]]:
    """The selected rules that can be asked about ``facts``, and those that cannot, with the reason."""
    from conn_lint.rules import rules

    asked, skipped = [], []
    for rule in rules():
        if (config.select and rule.code not in config.select) or rule.code in config.ignore:
            continue
        reason = rule.skip(facts)
        if reason is None:
            asked.append(rule)
        else:
            skipped.append(Skipped(rule.code, reason))
    return tuple(asked), tuple(skipped)


def _stamped(findings: tuple[Finding, ...], tree: Tree) -> tuple[Finding, ...]:
    """``findings`` in the order of their places, each with its fingerprint.

    A fingerprint is made of the rule, the file, the function, the aliases and the text of the line, so that
    it stays when lines are added above; equal ones are counted.
    """
    if not findings:
        return ()
    from hashlib import sha256

    from conn_lint.excerpts import Excerpts

    excerpts = Excerpts(tree.root, tree.changes)
    seen: dict[tuple[str, ...], int] = {}
    stamped = []
    for finding in sorted(findings, key=lambda each: (each.span, each.code, each.message)):
        line = " ".join((excerpts.line(finding.span.path, finding.span.line) or "").split())
        identity = (finding.code, finding.span.path, finding.function or "", *finding.aliases, line)
        seen[identity] = seen.get(identity, 0) + 1
        digest = sha256("\0".join((*identity, str(seen[identity]))).encode()).hexdigest()
        stamped.append(finding._replace(fingerprint=digest[:32]))
    return tuple(stamped)


def _with_fixes(findings: tuple[Finding, ...], tree: Tree) -> tuple[Finding, ...]:
    """``findings`` with what can be done about them; nothing about those that are not to be mended now."""
    if not any(finding.repair and finding.active for finding in findings):
        return findings
    from conn_lint.fixes import Fixer

    fixer = Fixer(tree)
    return tuple(
        finding._replace(fix=next(iter(fixer.fixes(finding.repair)), None))
        if finding.repair and finding.active
        else finding
        for finding in findings
    )


def _verdicts(facts: Facts) -> tuple[UnitVerdict, ...]:
    from conn_lint.verdicts import verdict_of

    return tuple(verdict_of(unit, facts) for unit in facts.units)
