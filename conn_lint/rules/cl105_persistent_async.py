"""CL105 persistent-async."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import kept_ages
from conn_lint.model import Facts, Finding, Known, Place, Repair, Session, Span, WebServer
from conn_lint.rules.base import Example, Rule, age_place, age_text, of_sites, unless
from conn_lint.rules.examples import POSTGRES, settings

_ASGI = "from django.core.asgi import get_asgi_application\n\napplication = get_asgi_application()\n"
_UVICORN = "web: uvicorn shop.asgi:application --port $PORT\n"


def _site(*lines: str, procfile: str = _UVICORN, django: str = "5.2") -> dict[str, str]:
    return {
        "settings.py": settings(*lines),
        "shop/__init__.py": "",
        "shop/asgi.py": _ASGI,
        "Procfile": procfile,
        "requirements.txt": f"Django=={django}\n",
    }


_WHY = {
    "asgi": "Django serves every ASGI request in a thread of its own",
    "greenlets": "every request runs in a greenlet of its own",
}


class PersistentAsync(Rule):
    """
    ## What it does
    Reports CONN_MAX_AGE other than 0 where the project's files start an ASGI server, or gunicorn or uWSGI with
    gevent or eventlet.

    ## Why it goes wrong
    A connection belongs to its thread, and there every request has a thread of its own: the connection that is
    kept for the next request is never used again. It stays open on the server until Python's garbage collector
    finds it. Measured with 100 requests under uvicorn, CONN_MAX_AGE 60: about 100 connects; with a limit of 10
    connections the program runs into error 1226.

    ## Example
        web: uvicorn shop.asgi:application --port $PORT
        "CONN_MAX_AGE": 60,

    ## Use instead
        "CONN_MAX_AGE": 0,

    ## When it stays silent
    With CONN_MAX_AGE 0, before Django 4.0 (one thread serves all ASGI requests there), when the ASGI application
    is not Django's, and when a WSGI server is started beside the ASGI server, which may then serve websockets only.

    ## References
    - https://docs.djangoproject.com/en/stable/topics/async/#async-views
    - django/core/handlers/asgi.py, ASGIHandler.__call__ (ThreadSensitiveContext)
    """

    code = "CL105"
    name = "persistent-async"
    severity = "warning"

    VALID = (
        Example("no persistent connections", _site('"CONN_MAX_AGE": 0,')),
        Example("a WSGI server", _site('"CONN_MAX_AGE": 60,', procfile="web: gunicorn shop.wsgi\n")),
        Example(
            "websockets beside a WSGI server",
            _site('"CONN_MAX_AGE": 60,', procfile="web: gunicorn shop.wsgi\nsockets: daphne shop.asgi:application\n"),
        ),
        Example(
            "settings of a worker, which serve no requests",
            _site('"CONN_MAX_AGE": 0,')
            | {
                "settings.py": settings('"CONN_MAX_AGE": 0,') + 'ROOT_URLCONF = "shop.urls"\n',
                "worker_settings.py": settings('"CONN_MAX_AGE": 60,'),
            },
        ),
        Example("Django 3.2", _site('"CONN_MAX_AGE": 60,', django="3.2")),
        Example(
            "another framework's application",
            _site('"CONN_MAX_AGE": 60,', procfile="api: uvicorn api:app\n") | {"api.py": "app = FastAPI()\n"},
        ),
        Example("another database", _site() | {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example("uvicorn", _site('"CONN_MAX_AGE": 60,'), at=("settings.py:4",)),
        Example(
            "gunicorn with gevent",
            _site('"CONN_MAX_AGE": None,', procfile="web: gunicorn -k gevent shop.wsgi\n"),
            at=("settings.py:4",),
        ),
        Example(
            "a worker class in gunicorn's own file",
            _site('"CONN_MAX_AGE": 60,', procfile="")
            | {"gunicorn.conf.py": 'worker_class = "uvicorn.workers.UvicornWorker"\n'},
            at=("settings.py:4",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        found: dict[tuple[Span, str], list[tuple[Session, Known]]] = {}
        for session in of_sites(facts) if facts.web_servers else ():
            for known in kept_ages(session.database, facts.django):
                found.setdefault((age_place(session, known), repr(known.value)), []).append((session, known))
        for (place, _), held in found.items():
            yield self._report(place, held, facts.web_servers)

    def _report(self, place: Span, held: list[tuple[Session, Known]], servers: tuple[WebServer, ...]) -> Finding:
        session, known = held[0]
        server = servers[0]
        value = session.database.conn_max_age
        return self.finding(
            f"{age_text(known)}{unless(value, known)} keeps a connection after each request, and under {server.name}"
            f" {_WHY[server.kind]}: no connection is used again, and each stays open until Python's garbage collector"
            " finds it",
            "set CONN_MAX_AGE to 0 for what this server serves: each request opens a connection of its own either way",
            (Place(place, age_text(known)), *(Place(each.place, f"started with {each.name}") for each in servers)),
            confidence="certain" if isinstance(value, Known) or value.default in (None, known) else "likely",
            sessions=tuple(session for session, _ in held),
            repair=Repair("value", place, text="0", title="set CONN_MAX_AGE to 0"),
        )
