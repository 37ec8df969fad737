"""Calls that let time pass while a connection idles, and for how long at most."""

from __future__ import annotations

from conn_lint.workers.effects import UNBOUNDED

SLEEPS = frozenset(
    (
        "asyncio.sleep",
        "anyio.sleep",
        "curio.sleep",
        "eventlet.sleep",
        "gevent.sleep",
        "time.sleep",
        "trio.sleep",
        "twisted.internet.task.deferLater",
    )
)

BLOCKING_FUNCTIONS = frozenset(
    (
        "builtins.input",
        "builtins.raw_input",
        "pyinotify.Notifier.loop",
        "schedule.run_pending",
        "select.epoll",
        "select.poll",
        "select.select",
        "signal.pause",
        "signal.sigwait",
        "signal.sigtimedwait",
        "asyncore.loop",
    )
)

BLOCKING_METHODS: dict[str, str] = {
    "accept": "",
    "aconnect": "",
    "basic_get": "",
    "blmove": "timeout",
    "blpop": "timeout",
    "brpop": "timeout",
    "brpoplpush": "timeout",
    "bzpopmax": "timeout",
    "bzpopmin": "timeout",
    "consume": "timeout",
    "drain_events": "timeout",
    "get_message": "timeout",
    "getmessages": "",
    "listen": "",
    "loop_forever": "",
    "poll": "timeout",
    "process_data_events": "time_limit",
    "read_events": "timeout",
    "receive": "timeout",
    "receive_message": "WaitTimeSeconds",
    "receive_messages": "WaitTimeSeconds",
    "recv": "",
    "recv_json": "",
    "recv_multipart": "",
    "recv_string": "",
    "recvfrom": "",
    "reserve": "timeout",
    "run_forever": "",
    "sigwait": "",
    "start_consuming": "",
    "wait": "timeout",
    "wait_for_message": "timeout",
    "xread": "block",
    "xreadgroup": "block",
}
"""Methods that wait for something from outside, with the name of the argument that bounds the wait
(in seconds; the first positional argument serves as well); "" where none does."""

QUEUE_TYPES = frozenset(
    f"{module}.{name}"
    for module in ("asyncio", "gevent.queue", "multiprocessing", "queue", "Queue", "six.moves.queue", "janus")
    for name in ("JoinableQueue", "LifoQueue", "PriorityQueue", "Queue", "SimpleQueue")
)

CONSUMER_TYPES = frozenset(
    (
        "aiokafka.AIOKafkaConsumer",
        "confluent_kafka.Consumer",
        "kafka.KafkaConsumer",
        "kafka.consumer.KafkaConsumer",
        "kombu.simple.SimpleQueue",
        "pulsar.Consumer",
    )
)
"""Objects whose iteration never ends and waits for each item."""

ENDLESS_ITERATORS = frozenset(("itertools.count", "itertools.cycle"))


def seconds_of(value: object) -> float:
    """The bound in seconds that an argument of a waiting call gives; None and anything unknown bound nothing."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return float(value)
    return UNBOUNDED


HOUR = 3600.0

SLOW_FUNCTIONS: dict[str, float] = {
    "boto3.s3.transfer.S3Transfer.download_file": HOUR,
    "boto3.s3.transfer.S3Transfer.upload_file": HOUR,
    "ftplib.FTP.retrbinary": HOUR,
    "ftplib.FTP.storbinary": HOUR,
    "os.system": HOUR,
    "shutil.make_archive": HOUR,
    "subprocess.call": HOUR,
    "subprocess.check_call": HOUR,
    "subprocess.check_output": HOUR,
    "subprocess.getoutput": HOUR,
    "subprocess.run": HOUR,
    "urllib.request.urlretrieve": HOUR,
    **{
        f"{module}.{name}": 300.0
        for module in ("requests", "httpx")
        for name in "delete get head options patch post put request".split()
    },
    "urllib.request.urlopen": 300.0,
    "urllib2.urlopen": 300.0,
}
"""Calls outside the database that are known to take long, with the seconds they take at most in practice when no
``timeout`` bounds them."""

SLOW_METHODS: dict[str, float] = {
    "communicate": HOUR,
    "exec_command": HOUR,
    "recv_exit_status": HOUR,
    "retrbinary": HOUR,
    "storbinary": HOUR,
}
"""The same for methods of objects that the project does not define: ``Popen``, paramiko's and ftplib's."""
