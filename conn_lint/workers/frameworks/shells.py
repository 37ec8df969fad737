"""Interactive shells opened by the project's own code: the person at the prompt is the gap."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework
from conn_lint.workers.waits import SHELLS

FRAMEWORKS = (
    Framework(
        name="interactive shell",
        kind="shell",
        words=(b"code.interact", b"InteractiveConsole", b"IPython", b"bpython", b"ptpython", b"konch"),
        source="Python 3.11 code.interact with Django 5.2: an idle prompt fails at any CONN_MAX_AGE, measured",
        signs=tuple(sorted(SHELLS)),
    ),
)
