"""Queries under other names than those of models and querysets: forms, serializers, sessions, permissions, and what
libraries keep in the database.

Counted with Django 5.2.19, djangorestframework 3.18.3, django-guardian 3.5.2, django-activity-stream 2.0.0,
django-post_office 3.12.0, django-mailer 2.3.2, django-reversion 6.4.0, django-import-export 4.4.3 and django-q2 1.11.1
(``CaptureQueriesContext``).
"""

from __future__ import annotations

import re

from conn_lint.project.project import Project
from conn_lint.workers.graph import Graph

AUTHENTICATORS = tuple(f"{name}Authentication" for name in ("Basic", "JWT", "RemoteUser", "Token"))
AUTHENTICATING = frozenset("authenticate authenticate_credentials get_user".split())
"""Classes that find the user of a request in the database, by the end of their names, and their methods that do
(djangorestframework 3.18.3, -jwt 1.11.0 and -simplejwt 5.5.1 ``authentication.py``)."""

SAVING = {
    **dict.fromkeys(AUTHENTICATORS, AUTHENTICATING),
    "ModelForm": frozenset(("save",)),
    "ModelFormSet": frozenset(("save",)),
    "InlineFormSet": frozenset(("save",)),
    "ModelSerializer": frozenset(("save", "create", "update")),
    "ModelResource": frozenset(("import_data", "export")),
}
"""Methods that query of what saves or finds rows without being a model, by the end of the name of its base:
``django/forms/models.py BaseModelForm``, ``rest_framework/serializers.py ModelSerializer``,
``import_export/resources.py ModelResource``. That they are valid is asked of the database only where a field is
unique."""

HANDS_TO = {"save": ("create", "update")}
"""Methods of a serializer that do nothing but call others of it (``BaseSerializer.save``)."""

PERMISSIONS = frozenset(
    "has_perm has_perms has_module_perms get_all_permissions get_group_permissions get_user_permissions".split()
)
"""Methods of a user (``django/contrib/auth/models.py PermissionsMixin``)."""

SESSIONS = tuple(f"django.contrib.sessions.backends.{name}.SessionStore." for name in ("db", "cached_db"))

SESSION_METHODS = frozenset(
    "clear_expired create cycle_key delete exists flush get has_key items keys load pop save setdefault update values"
    " aget asave aload".split()
)
"""All but ``clear``: the others read the session that is kept in the database, or write it."""

FUNCTIONS = frozenset(
    (
        "actstream.action.send",
        "actstream.signals.action.send",
        *(f"django_q.tasks.{name}" for name in "count_group delete_group fetch fetch_group result schedule".split()),
        *(f"guardian.shortcuts.{name}" for name in "assign_perm get_objects_for_user get_perms remove_perm".split()),
        *(f"mailer.{name}" for name in "mail_admins mail_managers send_html_mail send_mail".split()),
        *(f"post_office.mail.{name}" for name in "send send_many send_queued".split()),
        "reversion.create_revision",
        "reversion.revisions.create_revision",
    )
)
"""Functions of libraries that write to tables of theirs, or read them."""

CACHE, CACHES = "django.core.cache.cache", "django.core.cache.caches"

CACHE_METHODS = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "a")
    for name in ("add clear decr delete delete_many get get_many get_or_set has_key incr set set_many touch".split())
)
"""Methods of a cache (``django/core/cache/backends/base.py BaseCache``)."""

_BACKEND = re.compile(rb"[\"'](\w+)[\"']\s*:\s*\{[^{}]*?[\"']BACKEND[\"']\s*:\s*[\"']([\w.]+)[\"']")
_IN_DATABASE = b"django.core.cache.backends.db.DatabaseCache"
_OF_DEVELOPERS = (b".DummyCache", b".LocMemCache")
_QUOTED = re.compile(rb"[\"'](\w+)[\w.]*[\"']")


def saves(bases: frozenset[str], method: str) -> bool:
    """Whether ``method`` queries of an object whose class inherits, outside the tree, from ``bases``."""
    return any(method in methods and name.endswith(base) for base, methods in SAVING.items() for name in bases)


def finds_user(dotted: str) -> bool:
    """Whether ``dotted`` is a method by which a class of Django REST framework, or of its extensions, looks up who
    sent a request."""
    owner, _, method = dotted.rpartition(".")
    return method in AUTHENTICATING and owner.startswith("rest_framework") and owner.endswith(AUTHENTICATORS)


def is_serializer(bases: frozenset[str]) -> bool:
    """Whether ``bases`` are those of a serializer of Django REST framework, of models or not."""
    return any(name.endswith("Serializer") for name in bases)


def installed_packages(project: Project) -> frozenset[str]:
    """Packages that the files with an INSTALLED_APPS name in quotes: of these a ``models`` module holds models, while
    that of Keras does not."""
    found = {b"django"}
    for path in project.tree.paths:
        data = project.data(path) if path.endswith(".py") else b""
        if b"INSTALLED_APPS" in data:
            found.update(_QUOTED.findall(data))
    return frozenset(each.decode() for each in found)


def cached_in_database(graph: Graph) -> frozenset[str]:
    """The aliases of CACHES that are kept in the database wherever the project runs, those of developers apart."""
    backends: dict[bytes, set[bytes]] = {}
    for path in graph.index.words.files(b"CACHES"):
        for alias, backend in _BACKEND.findall(graph.project.data(path)):
            if not backend.endswith(_OF_DEVELOPERS):
                backends.setdefault(alias, set()).add(backend)
    return frozenset(alias.decode() for alias, found in backends.items() if found == {_IN_DATABASE})


def asks_cache(dotted: str, aliases: frozenset[str]) -> bool:
    """Whether ``dotted`` is a method of one of the caches ``aliases``."""
    owner, _, method = dotted.rpartition(".")
    alias = "default" if owner == CACHE else owner.removeprefix(f"{CACHES}.")
    return method in CACHE_METHODS and alias in aliases
