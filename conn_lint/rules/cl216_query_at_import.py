"""CL216 query-at-import."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import kept_ages
from conn_lint.model import Facts, Finding, Observation, Place
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings

_PRELOAD = "web: gunicorn --preload shop.wsgi\n"
_FORMS = "from django import forms\nfrom django.contrib.auth.models import Group\n\n\nclass GroupForm(forms.Form):\n"
_LAZY = "group = forms.ModelChoiceField(queryset=Group.objects.all())"
_EAGER = "group = forms.ChoiceField(choices=[(g.pk, g.name) for g in Group.objects.all()])"


def _ready(*body: str) -> str:
    lines = "".join(f"        {line}\n" for line in body)
    return (
        'from django.apps import AppConfig\n\n\nclass ShopConfig(AppConfig):\n    name = "shop"\n\n'
        "    def ready(self):\n        from django.contrib.auth.models import Group\n"
        f"        from django.db import connections\n\n{lines}"
    )


class QueryAtImport(Rule):
    """
    ## What it does
    Reports code that queries while a module is imported or in AppConfig.ready().

    ## Why it goes wrong
    A server that loads the project and then forks (gunicorn --preload, uWSGI without lazy-apps, `rq worker`) hands the
    connection that this query opened to each of its workers: they share one session and read each other's
    answers. Where every worker loads the project itself, each has a connection of its own that no request opened,
    and that nothing closes before the first one.

    ## Example
        group = forms.ChoiceField(choices=[(g.pk, g.name) for g in Group.objects.all()])

    ## Use instead
        group = forms.ModelChoiceField(queryset=Group.objects.all())

    ## When it stays silent
    For querysets that are not evaluated; under `if TYPE_CHECKING` and `if __name__ == "__main__"`; in migrations,
    tests, management commands and scripts; when connections are closed afterwards. Without a server that is seen to
    fork it is an info, and with CONN_MAX_AGE 0 behind a web server, whose workers close it at their first request.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/applications/#django.apps.AppConfig.ready
    - https://docs.gunicorn.org/en/stable/settings.html#preload-app
    """

    code = "CL216"
    name = "query-at-import"
    severity = "error"

    VALID = (
        Example(
            "a queryset that is evaluated later",
            {"settings.py": settings(), "forms.py": f"{_FORMS}    {_LAZY}\n", "Procfile": _PRELOAD},
        ),
        Example(
            "a function that a factory calls later",
            {
                "settings.py": settings('"CONN_MAX_AGE": 60,'),
                "factories.py": "import factory\nfrom django.contrib.auth.models import Group\n\n\n"
                "def some_group():\n    def pick():\n        return Group.objects.first()\n\n"
                "    return factory.LazyFunction(pick)\n\n\n"
                "class UserFactory(factory.Factory):\n    group = some_group()\n    owner = Group.objects.all\n",
                "views.py": "import factories\n",
                "Procfile": _PRELOAD,
            },
        ),
        Example(
            "connections closed afterwards",
            {
                "settings.py": settings(),
                "shop/apps.py": _ready("self.groups = list(Group.objects.all())", "connections.close_all()"),
                "Procfile": _PRELOAD,
            },
        ),
        Example(
            "a receiver that is defined and connected in ready()",
            {
                "settings.py": settings('"CONN_MAX_AGE": 60,'),
                "shop/apps.py": _ready(
                    "from django.db.models.signals import pre_delete",
                    "",
                    "def tidy(sender, **kwargs):",
                    "    Group.objects.filter(user=None).delete()",
                    "",
                    "pre_delete.connect(tidy, sender=Group)",
                ),
                "Procfile": _PRELOAD,
            },
        ),
        Example(
            "a script",
            {
                "settings.py": settings(),
                "load.py": 'from django.contrib.auth.models import Group\n\nif __name__ == "__main__":\n'
                "    print(Group.objects.count())\n",
                "Procfile": _PRELOAD,
            },
        ),
        Example(
            "another database", {"settings.py": POSTGRES, "forms.py": f"{_FORMS}    {_EAGER}\n", "Procfile": _PRELOAD}
        ),
    )
    INVALID = (
        Example(
            "a queryset that is evaluated in the class body",
            {
                "settings.py": settings('"CONN_MAX_AGE": 60,'),
                "forms.py": f"{_FORMS}    {_EAGER}\n",
                "Procfile": _PRELOAD,
            },
            at=("forms.py:6",),
        ),
        Example(
            "a query in ready()",
            {
                "settings.py": settings('"CONN_MAX_AGE": 60,'),
                "shop/apps.py": _ready("self.groups = list(Group.objects.all())"),
                "Procfile": _PRELOAD,
            },
            at=("shop/apps.py:11",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        sessions = facts.judged_sessions
        for seen in facts.observations:
            if seen.kind != "query-at-import" or not sessions:
                continue
            words = seen.detail.split()
            when = "AppConfig.ready() queries" if "ready" in words else "importing this module queries"
            closed = "requests" in words and _closed_at_once(facts)
            if "forks" not in words:
                outcome = (
                    "the connection stays with the process that loads the project, and workers forked later share it"
                )
            elif closed:
                outcome = "workers forked afterwards share the connection until the first request of each closes it"
            else:
                outcome = "the server forks afterwards, and its workers share this connection (2013, 2014, wrong rows)"
            yield self.finding(
                f"{when} the database: {outcome}",
                "query when the value is needed, or call django.db.connections.close_all() right after the query"
                + _later(seen),
                (Place(seen.span, "queries here"), *seen.places),
                severity="error" if "forks" in words and not closed else "info",
                function=seen.function,
                sessions=sessions,
            )


def _later(seen: Observation) -> str:
    """How nothing is shared at all, where the server that forks has an option for it."""
    server = seen.places[-1].label if seen.places else ""
    return next((way for program, way in _LOADED_LATER.items() if server.startswith(program)), "")


_LOADED_LATER = {
    "uWSGI": "; with lazy-apps = true in uWSGI's options each worker loads the project itself",
    "gunicorn": "; without preload_app each worker of gunicorn loads the project itself",
}


def _closed_at_once(facts: Facts) -> bool:
    """Whether the first request of a worker closes what it inherited before it queries: with CONN_MAX_AGE 0.

    Measured with four forked processes on MariaDB 10.11, Django 5.2: no wrong answer with mysqlclient 2.3.1 and
    age 0, wrong rows with age 60 and with None; with PyMySQL 1.2.4 processes hang even at age 0.
    """
    if "pymysql" in facts.requirements:
        return False
    return not any(kept_ages(session.database, facts.django) for session in facts.judged_sessions)
