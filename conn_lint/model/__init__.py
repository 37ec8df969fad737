"""The plain, frozen data that crosses the walls between the parts of conn-lint.

Nothing here reads a file or knows syntax. Seconds are seconds everywhere; paths are relative to the
linted tree with forward slashes (absolute for files outside it); lines and columns count from 1.

NamedTuples rather than dataclasses: importing ``dataclasses`` costs more than a whole run on a commit
that touches nothing relevant.
"""

from __future__ import annotations

from conn_lint.model.findings import Facts, Finding, Result, RuleText, Skipped, UnitVerdict
from conn_lint.model.fixes import Edit, Fix, Repair, RepairKind, Safety
from conn_lint.model.places import SEVERITIES, Confidence, Place, Problem, Severity, Span
from conn_lint.model.project import Django, ProcessGroup, Requirement, Version, WorkerCommand
from conn_lint.model.server import Hop, IdleLimit, Remark, ServerAnswer, ServerKind, Session, TimeoutSetting
from conn_lint.model.settings import Database, Deployment, KeySlip, Known, OneOf, Unknown, Value, candidates
from conn_lint.model.units import (
    CLEANUPS,
    Cleanup,
    Gap,
    Isolation,
    MissingHook,
    Observation,
    UnitKind,
    UnitOfWork,
    Verdict,
    WebServer,
)

__all__ = [
    "CLEANUPS",
    "SEVERITIES",
    "Cleanup",
    "Confidence",
    "Database",
    "Deployment",
    "Django",
    "Edit",
    "Facts",
    "Finding",
    "Fix",
    "Gap",
    "Hop",
    "IdleLimit",
    "Isolation",
    "KeySlip",
    "Known",
    "MissingHook",
    "Observation",
    "OneOf",
    "Place",
    "Problem",
    "ProcessGroup",
    "Remark",
    "Repair",
    "RepairKind",
    "Requirement",
    "Result",
    "RuleText",
    "Safety",
    "ServerAnswer",
    "ServerKind",
    "Session",
    "Severity",
    "Skipped",
    "Span",
    "TimeoutSetting",
    "UnitKind",
    "UnitOfWork",
    "UnitVerdict",
    "Unknown",
    "Value",
    "Verdict",
    "Version",
    "WebServer",
    "WorkerCommand",
    "candidates",
]
