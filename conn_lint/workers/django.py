"""What Django's own names do to a connection: which close it, which query, which hold a transaction.

Read in Django 1.6 to 6.1: ``django/db/__init__.py`` (``close_old_connections``), ``django/db/utils.py``
(``ConnectionHandler``), ``django/db/backends/base/base.py`` and ``django/db/models/query.py``.
"""

from __future__ import annotations

from conn_lint.workers.paths import CLOSE, CLOSE_OLD

CLOSERS: dict[str, int] = {
    "django.db.close_old_connections": CLOSE_OLD,
    "django.db.aclose_old_connections": CLOSE_OLD,
    "channels.db.aclose_old_connections": CLOSE_OLD,
    "django.db.connections.close_all": CLOSE,
    "django.db.close_connection": CLOSE,
    "django.core.signals.request_started.send": CLOSE_OLD,
    "django.core.signals.request_finished.send": CLOSE_OLD,
    "django.core.signals.request_started.send_robust": CLOSE_OLD,
    "django.core.signals.request_finished.send_robust": CLOSE_OLD,
}
"""Functions that close what is open in the calling thread, all aliases."""


def closes_by_name(dotted: str) -> bool:
    """Whether a function of a library says by its name that it closes old connections, as django-q's own
    ``close_old_django_connections`` or what a library imports from Django for others to import from it."""
    name = dotted.rpartition(".")[2]
    return name.startswith("close_old_") and name.endswith(("connection", "connections"))


CLOSE_WORDS = (
    b"close_old_connections",
    b"close_if_unusable_or_obsolete",
    b"close_connection",
    b"connection.close()",
    b"close_all()",
)
"""A file without any of these closes nothing."""

CONNECTION_CLOSERS: dict[str, int] = {
    "close": CLOSE,
    "close_if_unusable_or_obsolete": CLOSE_OLD,
    "connect": CLOSE,
}
"""Methods of one connection; ``connect()`` opens a new one in place of whatever was there."""

CONNECTION_QUERIES = frozenset("cursor get_autocommit set_autocommit schema_editor".split())

ATOMIC = frozenset(
    (
        "django.db.transaction.atomic",
        "django.db.transaction.commit_on_success",
        "django.db.transaction.commit_manually",
    )
)

CLOSING_DECORATORS: dict[str, tuple[int, int]] = {
    "django_apscheduler.util.close_old_connections": (CLOSE_OLD, CLOSE_OLD),
    "huey.contrib.djhuey.close_db": (CLOSE_OLD, CLOSE_OLD),
    "django_db_geventpool.utils.close_connection": (0, CLOSE_OLD),
}
"""Decorators of libraries that clean up before and after the function (django-apscheduler 0.7.0 ``util``,
huey 2.4.5 ``contrib.djhuey.close_db``, django-db-geventpool 4.0.8 ``utils``)."""

LAZY = frozenset(
    "alias all annotate complex_filter dates datetimes db_manager defer difference distinct exclude extra filter"
    " intersection iterator none only order_by prefetch_related raw reverse select_for_update select_related union"
    " using values values_list aiterator".split()
)
"""Methods that return another queryset without a query."""

QUERYING = frozenset(
    "aggregate bulk_create bulk_update contains count create delete earliest exists explain first get get_or_create"
    " in_bulk last latest update update_or_create"
    " aaggregate abulk_create abulk_update acontains acount acreate adelete aearliest aexists aexplain afirst aget"
    " aget_or_create ain_bulk alast alatest aupdate aupdate_or_create".split()
)
"""Methods of a manager or queryset that query at once, with their asynchronous twins (Django 4.1)."""

ONE_ROW = frozenset(
    "get first last latest earliest create aget afirst alast acreate alatest aearliest"
    " get_by_natural_key get_for_id get_for_model".split()
)
"""Methods of managers that yield one row; the last ones are ContentType's."""

INSTANCE_QUERIES = frozenset(
    "adelete arefresh_from_db asave delete refresh_from_db save save_base validate_unique full_clean".split()
)
"""Methods of a row."""

ROWS_OF_OTHERS = frozenset(("get_object_for_this_type",))
"""Methods of a row that yield one of another model (Django 5.2 ``contrib/contenttypes/models.py ContentType``)."""

CLASS_QUERIES = frozenset(("get_solo",))
"""Methods that libraries add to models as a class method (django-solo 2.4 ``solo/models.py SingletonModel``)."""

MANAGERS = frozenset(("objects", "_default_manager", "_base_manager"))

CONSUMERS = frozenset(
    (
        *(
            f"builtins.{name}"
            for name in (
                "all any bool dict enumerate frozenset len list max min next repr set sorted str sum tuple".split()
            )
        ),
        *(f"collections.{name}" for name in "Counter OrderedDict deque".split()),
        *(f"itertools.{name}" for name in "chain groupby islice product takewhile dropwhile zip_longest".split()),
        *(f"random.{name}" for name in "choice choices sample".split()),
        "django.core.paginator.Paginator",
        "django.core.serializers.serialize",
        "functools.reduce",
        "json.dump",
        "json.dumps",
        "numpy.array",
        "pandas.DataFrame",
        "pandas.DataFrame.from_records",
        "pickle.dumps",
    )
)
"""Functions that make a queryset they are given query, at once or as soon as their result is used."""

QUERYING_FUNCTIONS = frozenset(
    (
        "django.contrib.auth.aauthenticate",
        "django.contrib.auth.alogin",
        "django.contrib.auth.authenticate",
        "django.contrib.auth.get_user",
        "django.contrib.auth.login",
        "django.db.models.prefetch_related_objects",
        "django.shortcuts.aget_list_or_404",
        "django.shortcuts.aget_object_or_404",
        "django.shortcuts.get_list_or_404",
        "django.shortcuts.get_object_or_404",
    )
)

MODEL_FINDERS = frozenset(
    (
        "django.apps.apps.get_model",
        "django.contrib.auth.get_user_model",
        "django.db.models.get_model",
        "django.db.models.loading.get_model",
    )
)
"""Functions that return a model; ``django.db.models`` had its own until 1.8."""

DATABASE_COMMANDS = frozenset(
    "clearsessions createcachetable createsuperuser dumpdata flush loaddata migrate remove_stale_contenttypes"
    " update_index rebuild_index".split()
)
"""Commands of Django and its best known apps that query, by name."""

OTHER_COMMANDS = frozenset(
    "check collectstatic compilemessages compress diffsettings makemessages runserver sendtestemail shell startapp"
    " startproject test testserver".split()
)
"""Commands of Django that use no database, or do not come back."""

IN_EVERY_RELEASE = frozenset(("django.db.connection", "django.db.connections"))
"""What can be imported from every release, whatever an ``except ImportError`` provides for."""

EAGER = frozenset("always_eager eager is_eager is_sync sync task_always_eager".split())
"""Names of what says that a job runs in its caller, whose transaction a close would end."""

GUARDS = EAGER | frozenset(
    "autocommit close_if_unusable_or_obsolete connection connections get_autocommit in_atomic_block is_managed"
    " is_usable savepoint_ids TESTING testing allow_thread_sharing environ getenv".split()
)
"""Names in a test that only keeps a cleanup from running where it must not (tests, a transaction, a job that runs in
its caller, another environment) or need not (nothing open, still usable): such a cleanup counts as made."""


def guards_a_close(mentions: frozenset[str]) -> bool:
    """Whether a test of these names decides only about closing: GUARDS or a name of one's own for the connections, a
    flag such as ``close_connections``, one that says whether this is a thread of its own, as ``in_thread``, or a
    setting, by which a project says in which of its deployments the close is needed."""
    return not GUARDS.isdisjoint(mentions) or any(
        name.endswith(("_connection", "_connections", "settings"))
        or "close" in name.lower()
        or "thread" in name.lower()
        or (name.isupper() and len(name) > 3)
        for name in mentions
    )


DATABASE_ERRORS = frozenset(
    "BaseException DatabaseError Error Exception InterfaceError InternalError OperationalError StandardError".split()
)
"""Exceptions, by their last name, that a lost connection is caught as; a bare ``except`` as well."""
