"""What the settings say to a framework, over every settings module of the project."""

from __future__ import annotations

from conn_lint.model import Known, OneOf
from conn_lint.workers.frameworks.base import Context


def known(context: Context, name: str) -> list[Known]:
    """Every value that the settings modules are known to give ``name``, on some branch at least."""
    found: list[Known] = []
    for deployment in context.deployments:
        value = deployment.names.get(name)
        found += value.values if isinstance(value, OneOf) else (value,) if isinstance(value, Known) else ()
    return found


def whenever(context: Context, name: str) -> bool:
    """Whether ``name`` is known to be true in every settings module."""
    values = [deployment.names.get(name) for deployment in context.deployments]
    return bool(values) and all(isinstance(value, Known) and value.value is True for value in values)
