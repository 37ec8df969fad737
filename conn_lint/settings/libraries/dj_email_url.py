"""dj-email-url: what ``vars().update(dj_email_url.config())`` brings, which is nothing about databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conn_lint.settings.containers import Table
from conn_lint.settings.libraries import Model
from conn_lint.settings.objects import Args
from conn_lint.settings.values import Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

KEYS = (
    "DEFAULT_FROM_EMAIL EMAIL_BACKEND EMAIL_FILE_PATH EMAIL_HOST EMAIL_HOST_PASSWORD EMAIL_HOST_USER EMAIL_PORT"
    " EMAIL_TIMEOUT EMAIL_USE_SSL EMAIL_USE_TLS SERVER_EMAIL"
).split()
"""dj-email-url 1.0 (``parse``), and django-environ 0.14 (``Env.email_url_config``), which has fewer."""


def email_settings(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """A dict of these keys, whatever is in them."""
    table = Table(site=node, born=machine.pc)
    for key in KEYS:
        table.cells[key] = machine.opaque(node, f"{key} of an e-mail URL", *args.all())
    return table


MODELS: dict[str, Model] = {"dj_email_url.config": email_settings, "dj_email_url.parse": email_settings}
