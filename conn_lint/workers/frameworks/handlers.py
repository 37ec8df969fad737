"""Servers and clients for mail, files and remote calls, which call the methods of an object or class of the project."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Hook, Registrar, Shape

_SMTP = ("process_message", "process_rcpt", "smtp_*")
_MAIL = ("handle_*", "auth_*")
_CHANNEL = ("handle_read", "handle_write", "handle_connect", "handle_accept", "handle_accepted", "handle_close")
_FILES = tuple(
    f"on_{event}"
    for event in (
        *("connect", "disconnect", "login", "login_failed", "logout"),
        *("file_sent", "file_received", "incomplete_file_sent", "incomplete_file_received"),
    )
)
_ACCOUNTS = (
    *("validate_authentication", "get_home_dir", "get_msg_login", "get_msg_quit", "get_perms", "has_user", "has_perm"),
    *("impersonate_user", "terminate_impersonation"),
)

_SERVICES = ("add_service", "remove_service", "update_service")

FRAMEWORKS = (
    Framework(
        name="smtpd",
        kind="consumer",
        words=(b"smtpd",),
        source="Python 3.11 smtpd.py SMTPChannel.smtp_DATA: asyncore calls in the thread that loops",
        hooks=tuple(Hook(f"smtpd.{name}", _SMTP[:1]) for name in ("SMTPServer", "DebuggingServer", "PureProxy")),
    ),
    Framework(
        name="aiosmtpd",
        kind="consumer",
        words=(b"aiosmtpd",),
        source="aiosmtpd 1.4.6 controller.py BaseController, smtp.py SMTP._call_handler_hook: one thread with its loop",
        registrars=tuple(
            Registrar(f"aiosmtpd.{name}", 0, "handler", methods=_MAIL)
            for name in ("controller.Controller", "controller.UnthreadedController", "smtp.SMTP", "lmtp.LMTP")
        ),
        hooks=tuple(
            Hook(f"aiosmtpd.handlers.{name}", ("handle_message", "handle_DATA", "handle_RCPT"))
            for name in ("Message", "AsyncMessage", "Sink", "Mailbox", "Proxy")
        ),
    ),
    Framework(
        name="asyncore",
        kind="consumer",
        words=(b"asyncore", b"asynchat"),
        source="Python 3.11 asyncore.py loop, asynchat.py async_chat.handle_read: one thread for all channels",
        hooks=(
            Hook("asyncore.dispatcher", _CHANNEL),
            Hook("asyncore.dispatcher_with_send", _CHANNEL),
            Hook("asynchat.async_chat", ("found_terminator", "handle_connect", "handle_close")),
        ),
    ),
    Framework(
        name="asyncio",
        kind="consumer",
        words=(b"start_server(", b"start_unix_server("),
        source="Python 3.11 asyncio/streams.py start_server: a task for each connection",
        registrars=(
            Registrar("asyncio.start_server", 0, "client_connected_cb"),
            Registrar("asyncio.start_unix_server", 0, "client_connected_cb"),
        ),
    ),
    Framework(
        name="pyftpdlib",
        kind="consumer",
        words=(b"pyftpdlib",),
        source="pyftpdlib 2.0.1 handlers.py FTPHandler.ftp_PASS, run_as_current_user: the thread of the loop",
        registrars=(Registrar("=authorizer", None, receivers=("pyftpdlib", "handler"), methods=_ACCOUNTS),),
        hooks=(
            *(Hook(f"pyftpdlib.handlers.{name}", _FILES) for name in ("FTPHandler", "TLS_FTPHandler")),
            *(
                Hook(f"pyftpdlib.authorizers.{name}", _ACCOUNTS)
                for name in ("DummyAuthorizer", "UnixAuthorizer", "WindowsAuthorizer")
            ),
        ),
        shapes=(Shape(("validate_authentication", "has_user", "get_home_dir"), methods=_ACCOUNTS),),
    ),
    Framework(
        name="zeroconf",
        kind="consumer",
        words=(b"zeroconf",),
        source="zeroconf 0.132 _services/__init__.py ServiceListener, _services/browser.py: the thread of its loop",
        hooks=(Hook("zeroconf.ServiceListener", _SERVICES),),
        shapes=(Shape(_SERVICES[:2], methods=_SERVICES),),
    ),
    Framework(
        name="zerorpc",
        kind="consumer",
        words=(b"zerorpc",),
        source="zerorpc 0.6.3 core.py ServerBase._async_task: greenlets that share the connection of their thread"
        " unless threading is patched",
        registrars=(Registrar("zerorpc.Server", 0, "methods", methods=("*",)),),
        hooks=(Hook("zerorpc.Server", ("*",)),),
    ),
    Framework(
        name="Pyro",
        kind="consumer",
        words=(b"Pyro4", b"Pyro5"),
        source="Pyro5 5.15 server.py Daemon.handleRequest, svr_threads.py Pool: reused threads",
        registrars=(Registrar(".register", 0, "obj_or_class", receivers=("Pyro4", "Pyro5", "daemon"), methods=("*",)),),
    ),
    Framework(
        name="rpyc",
        kind="consumer",
        words=(b"rpyc",),
        source="rpyc 6.0.2 core/service.py Service, utils/server.py ThreadedServer: a thread as long as a client stays",
        hooks=(Hook("rpyc.Service", ("exposed_*", "on_connect", "on_disconnect")),),
    ),
)
