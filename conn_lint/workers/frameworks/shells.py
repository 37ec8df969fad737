"""Interactive shells opened by the project's own code: the person at the prompt is the gap."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework

SHELLS = frozenset(
    (
        "IPython.embed",
        "IPython.start_ipython",
        "IPython.terminal.embed.embed",
        "IPython.terminal.embed.InteractiveShellEmbed",
        "bpython.embed",
        "code.InteractiveConsole",
        "code.interact",
        "konch.start",
        "ptpython.repl.embed",
    )
)
"""Calls that hand the process over to a person, for as long as they like."""

FRAMEWORKS = (
    Framework(
        name="interactive shell",
        kind="shell",
        words=(b"code.interact", b"InteractiveConsole", b"IPython", b"bpython", b"ptpython", b"konch"),
        source="Python 3.11 code.interact with Django 5.2: an idle prompt fails at any CONN_MAX_AGE, measured",
        signs=tuple(sorted(SHELLS)),
    ),
)
