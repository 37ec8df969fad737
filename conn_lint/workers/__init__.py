"""Units of work outside a request: where they start, what they touch, what they close."""

from __future__ import annotations

from conn_lint.workers.units import read_units

__all__ = ["read_units"]
