"""Clients of message brokers that call back: MQTT, redis, NATS, Google Pub/Sub, AMQP in coroutines."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Hook, Registrar

_MQTT = tuple(f"on_{event}" for event in ("connect", "disconnect", "message", "publish", "subscribe"))

FRAMEWORKS = (
    Framework(
        name="paho-mqtt",
        kind="consumer",
        words=(b"paho", b".on_message", b".on_connect", b".message_callback_add("),
        source="paho-mqtt 1.6.1 and 2.1.0 client.py Client.loop_forever, loop_start: callbacks in one long thread",
        registrars=(
            *(Registrar(f"={event}", None, receivers=("paho.mqtt.client", "client", "mqtt")) for event in _MQTT),
            Registrar(".message_callback_add", 1, "callback"),
            Registrar("paho.mqtt.subscribe.callback", 0, "callback"),
        ),
        hooks=(Hook("paho.mqtt.client.Client", _MQTT),),
    ),
    Framework(
        name="redis pubsub",
        kind="consumer",
        words=(b".subscribe(", b".psubscribe("),
        source="redis-py 5.0 client.py PubSub.subscribe, run_in_thread: handlers in the thread that listens",
        registrars=(
            Registrar(".subscribe", None, "*", receivers=("pubsub", "redis*")),
            Registrar(".psubscribe", None, "*", receivers=("pubsub", "redis*")),
        ),
    ),
    Framework(
        name="NATS",
        kind="consumer",
        words=(b".subscribe(",),
        source="nats-py 2.16.0 aio/client.py Client.subscribe, js/client.py JetStreamContext.subscribe",
        registrars=(Registrar(".subscribe", 2, "cb", receivers=("nats", "nc", "js")),),
    ),
    Framework(
        name="Google Pub/Sub",
        kind="consumer",
        words=(b".subscribe(",),
        source="google-cloud-pubsub 2.44.0 subscriber/client.py Client.subscribe, subscriber/scheduler.py: ten threads",
        registrars=(Registrar(".subscribe", 1, "callback", receivers=("google.cloud.pubsub_v1", "subscriber")),),
    ),
    Framework(
        name="aio-pika",
        kind="consumer",
        words=(b"aio_pika", b".consume("),
        source="aio-pika 10.2.1 queue.py Queue.consume",
        registrars=(Registrar(".consume", 0, "callback", receivers=("queue", "aio_pika*")),),
    ),
    Framework(
        name="FastStream",
        kind="consumer",
        words=(b"faststream",),
        source="faststream 0.7.8 _internal/broker/registrator.py Registrator.subscriber: coroutines in the event loop,"
        " functions in a pool of threads (_internal/utils/functions.py call_or_await)",
        decorators=("faststream*.subscriber",),
    ),
    Framework(
        name="proton",
        kind="consumer",
        words=(b"proton.handlers",),
        source="python-qpid-proton 0.39 _handlers.py MessagingHandler, by its documentation",
        hooks=(Hook("proton.handlers.MessagingHandler", ("on_message", "on_start", "on_timer_task")),),
    ),
)
