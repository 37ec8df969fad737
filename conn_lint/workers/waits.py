"""Calls that let time pass while a connection idles, and for how long at most."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.workers.paths import UNBOUNDED

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
        "inotify_simple.INotify.read",
        "pyinotify.Notifier.loop",
        "schedule.run_pending",
        "select.epoll",
        "select.poll",
        "signal.pause",
        "signal.sigwait",
        "signal.sigtimedwait",
        "asyncore.loop",
    )
)


PROMPTS = frozenset(("builtins.input", "builtins.raw_input", "getpass.getpass"))
"""Functions that wait for somebody to type something, who does so sooner or later or leaves."""


class Bound(NamedTuple):
    """The argument that bounds how long a call waits: ``keyword``, or the positional one at ``position``.

    ``unit``: how many seconds its number counts. ``default``: the seconds where the argument is left out.
    ``endless``: 0 waits for ever."""

    keyword: str = ""
    position: int | None = 0
    unit: float = 1.0
    default: float = UNBOUNDED
    endless: bool = False


_NOTHING = Bound(position=None)
_TIMEOUT = Bound("timeout")
_REDIS = Bound("timeout", 1, endless=True)

BLOCKING_METHODS: dict[str, Bound] = {
    **dict.fromkeys(
        "accept aconnect basic_get getmessages listen loop_forever receive_bytes receive_json receive_str receive_text"
        " recv recv_json recv_multipart recv_string recvfrom"
        " run_forever sigwait start_consuming".split(),
        _NOTHING,
    ),
    **dict.fromkeys("consume drain_events poll read_events receive reserve wait wait_for_message".split(), _TIMEOUT),
    **dict.fromkeys("blpop brpop bzpopmax bzpopmin".split(), _REDIS),
    **dict.fromkeys("blmove brpoplpush".split(), _REDIS._replace(position=2)),
    "get_message": Bound("timeout", 1, default=0),
    "process_data_events": Bound("time_limit"),
    "receive_message": Bound("WaitTimeSeconds", None),
    "receive_messages": Bound("WaitTimeSeconds", None),
    "xread": Bound("block", 2, unit=0.001, default=0, endless=True),
    "xreadgroup": Bound("block", 4, unit=0.001, default=0, endless=True),
}
"""Methods that wait for something from outside. The arguments are those of redis-py 5.0 (``commands/core.py``,
``client.py PubSub``), pika 1.4, boto3, kombu, Starlette 0.37
(``websockets.py``), aiohttp 3.9 (``web_ws.py``) and the standard library."""

RAISING = frozenset(("drain_events", "reserve"))
"""Those of them that raise when nothing came in time, as kombu's and greenstalk's; others return nothing."""

ENDING = frozenset(("kill", "send_signal", "terminate"))
"""Methods that tell a process to end (``subprocess``, ``multiprocessing``): what then waits for it is over soon."""

PROCESSES = ("child", "popen", "proc")
"""What is in the names of processes, which say at once whether they run (``subprocess.Popen.poll``)."""

MILLISECONDS = ("kafka", "aiokafka", "select", "zmq")
"""Modules whose waiting methods count in milliseconds."""

QUEUE_TYPES = frozenset(
    f"{module}.{name}"
    for module in ("asyncio", "gevent.queue", "multiprocessing", "queue", "Queue", "six.moves.queue", "janus")
    for name in ("JoinableQueue", "LifoQueue", "PriorityQueue", "Queue", "SimpleQueue")
)

CLOCKS = frozenset("monotonic now perf_counter time utcnow".split())
"""Names of the functions that tell the time."""

RANDOM = frozenset(("random.randint", "random.randrange", "random.uniform"))
"""Functions whose last argument is the most they return."""

LISTENING = frozenset(("listen", "consume", "read_loop"))
"""Methods that return messages without end, whatever object they are of."""

READING = frozenset(("fetchmany", "fetchone", "read", "read1", "readline"))
"""Methods of files and cursors that go on until there is no more."""

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

STREAMS = (
    ("aio_pika.", ".iterator"),
    ("aiohttp.", ".ws_connect"),
    ("aiomqtt.", ".messages"),
    ("asyncio_mqtt.", ".messages"),
    ("azure.servicebus.", ".get_queue_receiver"),
    ("azure.servicebus.", ".get_subscription_receiver"),
    ("docker.", ".events"),
    ("inotify.adapters.", ".event_gen"),
    ("kubernetes.", ".stream"),
    ("nats.", ".messages"),
    ("pymongo.", ".watch"),
    ("watchfiles.", ".awatch"),
    ("watchfiles.", ".watch"),
    ("websockets.", ".connect"),
)
"""Beginning and end of the dotted names of what a ``for`` or ``async for`` goes over for as long as the connection
lasts."""

_INSTANT = frozenset("base64 copy datetime decimal hashlib json logging math random re string textwrap uuid".split())
"""Modules of the standard library in which nothing waits."""

ENDLESS_ITERATORS = frozenset(("itertools.count", "itertools.cycle"))


def is_consumer(dotted: str) -> bool:
    """Whether iterating what ``dotted`` made waits for each item and does not end by itself."""
    return dotted in CONSUMER_TYPES or any(
        dotted.startswith(start) and dotted.endswith(end) and len(dotted) >= len(start + end) - 1
        for start, end in STREAMS
    )


def is_instant(dotted: str) -> bool:
    """Whether a call of ``dotted``, or of a method of what it made, is known not to wait: of a built-in function, as
    far as it opens nothing, of the standard library's that compute or log."""
    module, _, name = dotted.partition(".")
    return module in _INSTANT or (module == "builtins" and not name.startswith(("input", "open", "raw_input")))


def seconds_of(value: object) -> float:
    """The bound in seconds that an argument of a waiting call gives; None and anything unknown bound nothing."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return float(value)
    return UNBOUNDED


HOUR = 3600.0

SLOW_FUNCTIONS: dict[str, float] = {
    "boto3.s3.transfer.S3Transfer.download_file": HOUR,
    "boto3.s3.transfer.S3Transfer.upload_file": HOUR,
    "ffmpeg.run": HOUR,
    "ftplib.FTP.retrbinary": HOUR,
    "ftplib.FTP.storbinary": HOUR,
    "git.Repo.clone_from": HOUR,
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
    "write_audiofile": HOUR,
    "write_videofile": HOUR,
}
"""The same for methods of objects that the project does not define: of ``Popen``, paramiko, ftplib and moviepy."""

SLOW_PARTS: dict[str, float] = {"containers.run": HOUR, "images.build": HOUR, "images.pull": HOUR, "images.push": HOUR}
"""The same for methods that only their object's name tells: docker's (docker-py 7.2 ``models/containers.py``), whose
``run`` waits for the end of the container unless it is told to ``detach``."""

DRIVERS = frozenset("MySQLdb cx_Oracle mysql oracledb psycopg psycopg2 pymssql pymysql pyodbc".split())
"""Packages whose connections a project opens itself, to other servers than Django's."""

RUNS_SQL = frozenset(("callproc", "execute", "executemany"))
"""Methods of their cursors that take as long as the SQL does."""
