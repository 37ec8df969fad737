"""The rules, one file each. They read facts and yield findings; what becomes of those the core decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conn_lint.rules.base import Rule


def rules() -> tuple[Rule, ...]:
    """Every rule, by code. Imports the rule files of this folder on the first call."""
    from importlib import import_module
    from pkgutil import iter_modules

    from conn_lint.rules.base import REGISTRY

    for module in iter_modules(__path__):
        if module.name.startswith("cl"):
            import_module(f"{__name__}.{module.name}")
    return tuple(REGISTRY[code] for code in sorted(REGISTRY))


def codes_of(selector: str) -> tuple[str, ...]:
    """The codes that ``selector`` means: a code, a prefix of codes ("CL2") or a rule's name; none if unknown."""
    wanted = selector.upper()
    found = rules()
    named = tuple(rule.code for rule in found if rule.name == selector.lower())
    return named or tuple(rule.code for rule in found if rule.code.startswith(wanted) and wanted.startswith("CL"))
