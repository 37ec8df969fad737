"""Servers beside Django's own: their handlers are no requests, so no request signal closes anything."""

from __future__ import annotations

from collections.abc import Callable

from conn_lint.workers.django import CLOSE_WORDS
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Hook, Registrar
from conn_lint.workers.frameworks.paces import of_tornado

_VERBS = ("get", "head", "post", "put", "patch", "delete", "options")
_ROUTES = ("aiohttp", "router")
_ACTION = (("argument", 3), ("kwargs", 4))
_RPC = ("xmlrpc.server", "SimpleXMLRPCServer", "jsonrpclib", "rpc", "server")
_PLAIN = tuple(f"socketserver.{name}" for name in ("TCPServer", "UDPServer", "UnixStreamServer"))


def socketserver_behaviour(context: Context) -> Behaviour:
    """Most servers mix in ThreadingMixIn or ForkingMixIn and handle each connection in a thread or process that ends
    with it (Python 3.11 socketserver.py ``ThreadingMixIn.process_request``); one that the project makes of a plain
    class handles all of them in its own thread."""
    return Behaviour(ends=not any(name in context.sightings for name in _PLAIN))


def unless_closed_around(word: bytes) -> Callable[[Context], Behaviour]:
    """Of a web framework that knows of middleware, dependencies and teardown functions: nothing is said of a project
    that closes in a file with ``word``, as that may be one of them."""

    def behaviour(context: Context) -> Behaviour:
        closed = any(word in data and any(closer in data for closer in CLOSE_WORDS) for data in context.files(".py"))
        return Behaviour(inline=closed, note="its requests are none of Django's, whose signals close connections")

    return behaviour


_LASTING = ("socketio.Client", "socketio.AsyncClient", "socketio.AsyncServer")


def socketio_behaviour(context: Context) -> Behaviour:
    """A synchronous server runs each event in a thread or greenlet that ends with it (python-socketio 5.18.1
    ``server.py Server._handle_event``), unless it is made with ``async_handlers=False``; a client runs its events in
    the thread that reads, the asynchronous ones run theirs in the event loop."""
    made = context.sightings.get("socketio.Server", ())
    inline = any("async_handlers" in dict(seen.call.keywords) for seen in made)
    lasting = not made or inline or any(name in context.sightings for name in _LASTING)
    return unless_closed_around(b"socketio")(context)._replace(ends=not lasting)


_HTTP_PLAIN = ("http.server.HTTPServer", "BaseHTTPServer.HTTPServer", *_PLAIN)


def http_server_behaviour(context: Context) -> Behaviour:
    """As ``socketserver_behaviour``, for servers of HTTP."""
    return Behaviour(ends=not any(name in context.sightings for name in _HTTP_PLAIN))


def _every_so_often(_context: Context) -> Behaviour:
    return Behaviour(unsure=True)


FRAMEWORKS = (
    Framework(
        name="grpc",
        kind="consumer",
        words=(b"Servicer",),
        source="grpcio 1.60 _server.py runs each call in a thread of the server's pool; django-grpc-framework 6e65f56"
        " services.py and django-socio-grpc 0.25.0 middlewares.py close around it, for classes of their own",
        servicers=True,
    ),
    Framework(
        name="socketserver",
        kind="consumer",
        words=(b"socketserver", b"SocketServer"),
        source="Python 3.11 socketserver.py BaseServer.process_request, ThreadingMixIn",
        hooks=(
            Hook("socketserver.BaseRequestHandler", ("handle",)),
            Hook("socketserver.StreamRequestHandler", ("handle",)),
            Hook("socketserver.DatagramRequestHandler", ("handle",)),
        ),
        sightings=_PLAIN,
        behaviour=socketserver_behaviour,
    ),
    Framework(
        name="http.server",
        kind="consumer",
        words=(b"HTTPRequestHandler", b"BaseHTTPServer"),
        source="Python 3.11 http/server.py BaseHTTPRequestHandler.handle_one_request; HTTPServer handles all requests"
        " in its own thread, ThreadingHTTPServer each in one that ends with it",
        hooks=tuple(
            Hook(f"{module}.{name}", tuple(f"do_{verb.upper()}" for verb in _VERBS))
            for module, name in (
                ("http.server", "BaseHTTPRequestHandler"),
                ("http.server", "SimpleHTTPRequestHandler"),
                ("BaseHTTPServer", "BaseHTTPRequestHandler"),
                ("wsgiref.simple_server", "WSGIRequestHandler"),
            )
        ),
        sightings=_HTTP_PLAIN,
        behaviour=http_server_behaviour,
    ),
    Framework(
        name="sched",
        kind="scheduled",
        words=(b"sched.scheduler", b"import sched", b"from sched"),
        source="Python 3.11 sched.py scheduler.run",
        registrars=(
            Registrar(".enter", 2, "action", receivers=("sched.scheduler", "scheduler"), packed=_ACTION),
            Registrar(".enterabs", 2, "action", receivers=("sched.scheduler", "scheduler"), packed=_ACTION),
        ),
        behaviour=_every_so_often,
    ),
    Framework(
        name="xmlrpc",
        kind="consumer",
        words=(b".register_function(",),
        source="Python 3.11 xmlrpc/server.py SimpleXMLRPCDispatcher",
        registrars=(Registrar(".register_function", 0, "function", receivers=_RPC),),
    ),
    Framework(
        name="xmlrpc",
        kind="consumer",
        words=(b".register_instance(",),
        source="Python 3.11 xmlrpc/server.py SimpleXMLRPCDispatcher._dispatch: public methods of the instance",
        registrars=(Registrar(".register_instance", 0, "instance", receivers=_RPC, methods=("*",)),),
    ),
    Framework(
        name="Tornado",
        kind="scheduled",
        words=(b"PeriodicCallback",),
        source="tornado 6.4 ioloop.py PeriodicCallback: the interval is given there",
        registrars=(Registrar("tornado.ioloop.PeriodicCallback", 0, "callback"),),
        pace=of_tornado,
    ),
    Framework(
        name="Twisted",
        kind="scheduled",
        words=(b"LoopingCall", b"callLater"),
        source="Twisted 24.3.0 internet/task.py LoopingCall.start, internet/base.py ReactorBase.callLater: the interval"
        " is given there",
        registrars=(
            Registrar("twisted.internet.task.LoopingCall", 0, "f", rest=True),
            Registrar("twisted.internet.reactor.callLater", 1, "callable", rest=True),
        ),
        behaviour=_every_so_often,
    ),
    Framework(
        name="Twisted",
        kind="consumer",
        words=(b"twisted",),
        source="Twisted 24.3.0 internet/base.py, internet/task.py, protocols/basic.py: nothing touches django.db",
        registrars=(Registrar("twisted.internet.reactor.callFromThread", 0, "callable", rest=True),),
        hooks=tuple(
            Hook(f"twisted.{base}", methods)
            for base, methods in (
                ("internet.protocol.Protocol", ("connectionMade", "dataReceived", "connectionLost")),
                ("internet.protocol.DatagramProtocol", ("datagramReceived",)),
                ("protocols.basic.LineReceiver", ("connectionMade", "lineReceived", "connectionLost")),
                ("protocols.basic.LineOnlyReceiver", ("connectionMade", "lineReceived", "connectionLost")),
                ("protocols.basic.NetstringReceiver", ("stringReceived",)),
                ("web.resource.Resource", ("render", "render_GET", "render_POST", "render_PUT", "render_DELETE")),
            )
        ),
    ),
    Framework(
        name="Twisted",
        kind="executor",
        words=(b"twisted",),
        source="Twisted 24.3.0 internet/threads.py, python/threadpool.py: reused threads",
        registrars=(
            Registrar("twisted.internet.threads.deferToThread", 0, "f", rest=True),
            Registrar("twisted.internet.threads.deferToThreadPool", 2, "f", rest=True),
            Registrar("twisted.internet.reactor.callInThread", 0, "callable", rest=True),
        ),
    ),
    Framework(
        name="Tornado",
        kind="consumer",
        words=(b"tornado",),
        source="tornado 6.4 web.py RequestHandler, websocket.py: no Django request",
        hooks=(
            Hook("tornado.web.RequestHandler", ("prepare", *_VERBS)),
            Hook("tornado.websocket.WebSocketHandler", ("open", "on_message", "on_close")),
        ),
    ),
    Framework(
        name="aiohttp",
        kind="consumer",
        words=(b"aiohttp",),
        source="aiohttp 3.9.5 web_urldispatcher.py UrlDispatcher, web_routedef.py: no Django request",
        registrars=(
            *(Registrar(f"aiohttp.web.{verb}", 1, "handler") for verb in (*_VERBS, "view")),
            Registrar("aiohttp.web.route", 2, "handler"),
            *(Registrar(f".add_{verb}", 1, "handler", receivers=_ROUTES) for verb in (*_VERBS, "view")),
            Registrar(".add_route", 2, "handler", receivers=_ROUTES),
        ),
        decorators=tuple(f"aiohttp.web.RouteTableDef.{verb}" for verb in _VERBS),
        hooks=(Hook("aiohttp.web.View", _VERBS),),
        behaviour=unless_closed_around(b"aiohttp"),
    ),
    Framework(
        name="Flask",
        kind="consumer",
        words=(b"flask",),
        source="Flask 3.0 app.py Flask.wsgi_app: no Django request, so no signal that closes",
        decorators=tuple(f"flask*.{name}" for name in ("route", "get", "post", "put", "patch", "delete")),
        hooks=(Hook("flask.views.MethodView", _VERBS), Hook("flask_restful.Resource", _VERBS)),
        behaviour=unless_closed_around(b"flask"),
    ),
    Framework(
        name="FastAPI",
        kind="consumer",
        words=(b"fastapi",),
        source="FastAPI 0.110 routing.py get_request_handler: synchronous endpoints in a pool of threads, no Django"
        " request",
        decorators=tuple(f"fastapi*.{name}" for name in ("api_route", "websocket", *_VERBS)),
        behaviour=unless_closed_around(b"fastapi"),
    ),
    Framework(
        name="MCP",
        kind="consumer",
        words=(b"mcp",),
        source="mcp 2.3.0 server/mcpserver/server.py MCPServer, utilities/func_metadata.py: coroutines in the event"
        " loop, functions in a pool of threads; 1.x server/fastmcp and fastmcp alike",
        decorators=tuple(
            f"{package}*.{what}" for package in ("mcp", "fastmcp") for what in ("prompt", "resource", "tool")
        ),
        behaviour=unless_closed_around(b"mcp"),
    ),
    Framework(
        name="python-socketio",
        kind="consumer",
        words=(b"socketio",),
        source="python-socketio 5.18.1 base_server.py BaseServer.on, namespace.py Namespace.trigger_event, server.py"
        " Server._handle_event: a background task for each event",
        decorators=("socketio*.event", "socketio*.on"),
        hooks=(Hook("socketio.Namespace", ("on_*",)), Hook("socketio.AsyncNamespace", ("on_*",))),
        sightings=("socketio.Server", *_LASTING),
        behaviour=socketio_behaviour,
    ),
    Framework(
        name="websockets",
        kind="consumer",
        words=(b"websockets",),
        source="websockets 12.0 legacy/server.py serve, 13.0 asyncio/server.py serve: one coroutine per connection",
        registrars=tuple(
            Registrar(f"websockets.{module}serve", 0, "handler")
            for module in ("", "server.", "asyncio.server.", "legacy.server.", "sync.server.")
        ),
    ),
    Framework(
        name="asyncio server",
        kind="consumer",
        words=(b"start_server", b"start_unix_server", b"asyncio.Protocol", b"DatagramProtocol"),
        source="Python 3.11 asyncio/streams.py start_server, StreamReaderProtocol.connection_made",
        registrars=(
            Registrar("asyncio.start_server", 0, "client_connected_cb"),
            Registrar("asyncio.start_unix_server", 0, "client_connected_cb"),
        ),
        hooks=(
            Hook("asyncio.Protocol", ("connection_made", "data_received", "connection_lost")),
            Hook("asyncio.DatagramProtocol", ("datagram_received",)),
        ),
    ),
    Framework(
        name="websocket-client",
        kind="consumer",
        words=(b"WebSocketApp",),
        source="websocket-client 1.7 _app.py WebSocketApp.run_forever",
        registrars=tuple(
            Registrar("websocket.WebSocketApp", position, keyword)
            for position, keyword in ((2, "on_open"), (3, "on_message"), (4, "on_error"), (5, "on_close"))
        ),
    ),
    Framework(
        name="autobahn",
        kind="consumer",
        words=(b"autobahn",),
        source="autobahn 26.10.2 websocket/interfaces.py IWebSocketChannel, twisted/websocket.py, asyncio/websocket.py",
        hooks=tuple(
            Hook(f"autobahn.{loop}.websocket.WebSocket{side}Protocol", ("onConnect", "onOpen", "onMessage", "onClose"))
            for loop in ("twisted", "asyncio")
            for side in ("Server", "Client")
        ),
    ),
)
