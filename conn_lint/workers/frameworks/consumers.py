"""Message consumers without Django code: AMQP and STOMP clients that call back in one long process."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Hook, Registrar

_STOMP = tuple(f"on_{event}" for event in "connected disconnected error heartbeat_timeout message receipt".split())

FRAMEWORKS = (
    Framework(
        name="pika",
        kind="consumer",
        words=(b"basic_consume",),
        source="pika 1.4.4 adapters/blocking_connection.py BlockingChannel.basic_consume; 0.x takes the callback first",
        registrars=(
            Registrar(".basic_consume", 1, "on_message_callback"),
            Registrar(".basic_consume", 0, "consumer_callback"),
        ),
    ),
    Framework(
        name="kombu",
        kind="consumer",
        words=(b"kombu", b"get_consumers"),
        source="kombu 5.7.0 mixins.py ConsumerMixin.run, messaging.py Consumer",
        registrars=(
            Registrar("kombu.Consumer", None, "callbacks"),
            Registrar("kombu.Consumer", None, "on_message"),
            Registrar("kombu.messaging.Consumer", None, "callbacks"),
            Registrar(".Consumer", None, "callbacks"),  # in get_consumers(self, Consumer, channel) a bare name
            Registrar(".Consumer", None, "on_message"),
            Registrar(".register_callback", 0, "callback", receivers=("consumer", "kombu")),
        ),
    ),
    Framework(
        name="stomp.py",
        kind="consumer",
        words=(b"stomp",),
        source="stomp.py 9.0.0 listener.py ConnectionListener, transport.py: one thread that receives; any object that"
        " has the methods will do (transport.py Publisher.set_listener, BaseTransport.notify)",
        registrars=(Registrar(".set_listener", 1, "listener", receivers=("stomp*", "conn", "stomp"), methods=_STOMP),),
        hooks=tuple(Hook(f"stomp.{base}", _STOMP) for base in ("ConnectionListener", "listener.ConnectionListener")),
    ),
)
