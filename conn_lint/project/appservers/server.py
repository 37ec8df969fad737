"""A server that a project starts, and what its command line and its configuration files say to it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from conn_lint.model import Span

ASGI_SERVERS = frozenset(("daphne", "granian", "hypercorn", "uvicorn"))

_OFF = frozenset(("false", "off", "no", "0"))
"""Everything else switches on (uWSGI 2.0 core/uwsgi.c ``uwsgi_opt_true``)."""

_THREADED = frozenset("sync gthread SyncWorker ThreadWorker prefork processes solo threads".split())

Concurrency = Literal["threads", "greenlets", "asgi", "unknown"]


class Setting(NamedTuple):
    """The value of one option. ``text`` None: it is not written there, ``default`` is then the text in force when
    an environment variable is not set (None: not known)."""

    text: str | None
    place: Span
    default: str | None = None


Settings = dict[str, Setting]
"""By the long name of the option on the command line, without its dashes; the value in force."""


class AppServer(NamedTuple):
    """A program that serves or works for ever."""

    program: str
    arguments: tuple[str, ...]
    """The words of the command line that belong to no option known here."""
    settings: Settings
    place: Span
    """The command line, or the configuration file where no command line is in the tree."""
    whole: bool = True
    """False when it reads a file that is not known, so that a setting that is not there says nothing."""
    started: bool = True
    """Whether a command line in the tree starts it."""

    def text(self, name: str) -> str:
        """The value of ``name``, or what it falls back to without an environment variable; empty when not known."""
        setting = self.settings.get(name)
        return (setting.text or setting.default or "") if setting else ""

    def place_of(self, name: str) -> Span:
        return self.settings[name].place if name in self.settings else self.place

    def number(self, name: str, default: int | None) -> int | None:
        """The number ``name``, ``default`` where nothing sets it; None when it is not known."""
        setting = self.settings.get(name)
        if setting is None:
            return default if self.whole else None
        return int(setting.text) if setting.text and setting.text.isdecimal() else None

    def is_on(self, name: str) -> bool:
        """Whether the switch ``name`` is known to be on."""
        setting = self.settings.get(name)
        return setting is not None and setting.text is not None and setting.text.lower() not in _OFF

    def may_be_on(self, name: str) -> bool:
        """Whether the switch ``name`` is on, or set to what is not known."""
        return name in self.settings and (self.settings[name].text is None or self.is_on(name))

    @property
    def concurrency(self) -> Concurrency:
        """What serves several requests, or jobs, at once in one process."""
        if self.program in ASGI_SERVERS:
            return "threads" if self.text("interface") in ("wsgi", "rsgi") else "asgi"
        if self.program == "uwsgi":
            if "gevent" in self.settings:
                return "greenlets"
            return "unknown" if {"asyncio", "async"} & self.settings.keys() else "threads"
        name = "pool" if self.program == "celery" else "worker-class"
        if name not in self.settings:
            return "threads" if self.whole else "unknown"
        chosen = self.text(name)
        if "gevent" in chosen or "eventlet" in chosen:
            return "greenlets"
        if "uvicorn" in chosen or chosen.endswith("ASGIWorker") or chosen == "asgi":
            return "asgi"
        return "threads" if chosen.rpartition(".")[2] in _THREADED else "unknown"
