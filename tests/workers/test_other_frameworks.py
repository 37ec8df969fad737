"""Servers, brokers, bots, watchers and queues: what of the project they call, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.workers.trees import Reading, units_of

HEAD = """\
import functools
from shop.models import Order


def ship(*args, **kwargs):
    Order.objects.first().ship()


"""

CALLED = {
    "grpc, generated stubs elsewhere": "import shop_pb2_grpc\nclass Shop(shop_pb2_grpc.ShopServicer):\n"
    "    def Ship(self, request, context): ship()\n    def close(self): ship()",
    "socketserver": "import socketserver\nclass H(socketserver.BaseRequestHandler):\n    def handle(self): ship()",
    "http.server": "from http.server import BaseHTTPRequestHandler\nclass H(BaseHTTPRequestHandler):\n"
    "    def do_POST(self): ship()",
    "sched": "import sched\ndef main():\n    s = sched.scheduler()\n    s.enter(60, 1, ship)\n    s.run()",
    "xmlrpc": "from xmlrpc.server import SimpleXMLRPCServer\ndef main():\n"
    "    server = SimpleXMLRPCServer(('', 8000))\n    server.register_function(ship, 'ship')",
    "Twisted, a looping call": "from twisted.internet import task\ndef main():\n    task.LoopingCall(ship).start(60)",
    "Twisted, a thread": "from twisted.internet import threads\ndef main():\n    threads.deferToThread(ship, 1)",
    "Twisted, the reactor": "from twisted.internet import reactor\ndef main():\n    reactor.callLater(5, ship)",
    "Twisted, a protocol": "from twisted.protocols.basic import LineReceiver\nclass P(LineReceiver):\n"
    "    def lineReceived(self, line): ship()",
    "Tornado, a handler": "import tornado.web\nclass H(tornado.web.RequestHandler):\n    def post(self): ship()",
    "Tornado, a callback": "from tornado.ioloop import PeriodicCallback\ndef main():\n"
    "    PeriodicCallback(ship, 60000).start()",
    "websocket-client": "import websocket\ndef main():\n"
    "    websocket.WebSocketApp('wss://x', on_message=ship).run_forever()",
    "paho-mqtt": "import paho.mqtt.client as mqtt\ndef main():\n    client = mqtt.Client()\n"
    "    client.on_message = ship\n    client.loop_forever()",
    "paho-mqtt in a class": "import paho.mqtt.client as mqtt\nclass Listener:\n    def __init__(self):\n"
    "        self.client = mqtt.Client()\n        self.client.on_message = self.received\n"
    "    def received(self, client, data, message): ship()",
    "paho-mqtt by topic": "import paho.mqtt.client as mqtt\ndef main():\n    c = mqtt.Client()\n"
    "    c.message_callback_add('orders', ship)",
    "paho-mqtt, a subclass": "from paho.mqtt.client import Client\nclass C(Client):\n"
    "    def on_message(self, client, data, message): ship()",
    "redis pubsub": "import redis\ndef main():\n    pubsub = redis.Redis().pubsub()\n"
    "    pubsub.subscribe(**{'orders': ship})\n    pubsub.run_in_thread()",
    "redis pubsub by keyword": "import redis\ndef main(r):\n    pubsub = r.pubsub()\n    pubsub.subscribe(orders=ship)",
    "NATS": "import nats\nasync def main():\n    nc = await nats.connect('x')\n    await nc.subscribe('orders', cb=ship)",
    "Google Pub/Sub": "from google.cloud import pubsub_v1\ndef main():\n"
    "    subscriber = pubsub_v1.SubscriberClient()\n    subscriber.subscribe('x', callback=ship)",
    "python-telegram-bot": "from telegram.ext import Application, CommandHandler\ndef main():\n"
    "    app = Application.builder().build()\n    app.add_handler(CommandHandler('ship', ship))",
    "python-telegram-bot, a filter": "from telegram.ext import MessageHandler, filters\ndef main(app):\n"
    "    app.add_handler(MessageHandler(filters.TEXT, ship))",
    "python-telegram-bot, a job": "from telegram.ext import Updater\ndef main(job_queue):\n"
    "    job_queue.run_repeating(ship, 60)",
    "pyTelegramBotAPI": "import telebot\nbot = telebot.TeleBot('x')\n"
    "@bot.message_handler(commands=['ship'])\ndef received(message): ship()",
    "discord.py, a loop": "from discord.ext import tasks\n@tasks.loop(minutes=5)\nasync def poll(): ship()",
    "discord.py, a group": "from discord.ext import commands\n@commands.hybrid_group()\nasync def admin(ctx): pass\n"
    "@admin.command()\nasync def send(ctx): ship()",
    "discord.py, a group in a group": "from discord.ext import commands\nclass Admin(commands.Cog):\n"
    "    @commands.group()\n    async def admin(self, ctx): pass\n    @admin.group()\n    async def shop(self, ctx): pass\n"
    "    @shop.command(name='send')\n    async def send(self, ctx): ship()",
    "discord.py, a button": "import discord\nclass Buy(discord.ui.View):\n    @discord.ui.button(label='Buy')\n"
    "    async def buy(self, interaction, button): ship()",
    "discord.py, a form": "from discord.ui import Modal\nclass Form(Modal):\n"
    "    async def on_submit(self, interaction): ship()",
    "watchdog": "from watchdog.events import FileSystemEventHandler\nclass H(FileSystemEventHandler):\n"
    "    def on_created(self, event): ship()",
    "pyinotify": "import pyinotify\nclass H(pyinotify.ProcessEvent):\n"
    "    def process_IN_CLOSE_WRITE(self, event): ship()",
    "uWSGI, the spooler": "from uwsgidecorators import spool\n@spool\ndef spooled(arguments): ship()",
    "uWSGI, a timer": "import uwsgidecorators\n@uwsgidecorators.timer(60)\ndef tick(signum): ship()",
    "uWSGI, by number": "import uwsgi\nuwsgi.register_signal(17, '', ship)",
    "arq": "from arq import cron\nclass WorkerSettings:\n    functions = [ship]",
    "arq, a cron job": "from arq import cron\nclass WorkerSettings:\n    cron_jobs = [cron(ship, minute=5)]",
    "nameko": "from nameko.rpc import rpc\nclass Service:\n    name = 'shop'\n    @rpc\n    def go(self): ship()",
    "Temporal": "from temporalio import activity\n@activity.defn\ndef go(pk): ship()",
    "AWS Lambda": "def lambda_handler(event, context): ship()",
    "zappa": "from zappa.asynchronous import task\n@task\ndef go(): ship()",
}

LEFT_ALONE = {
    "a servicer without the parameters of an RPC": "class ShopServicer:\n    def Ship(self, request): ship()",
    "the closing framework's own services": "from django_grpc_framework import generics\n"
    "class Shop(generics.ModelService):\n    def List(self, request, context): ship()",
    "an attribute of another object": "class Page: pass\ndef main():\n    page = Page()\n    page.on_message = ship",
    "a listener of something else than stomp.py": "import stomp\nclass L:\n    def on_message(self, text): ship()\n"
    "def main(window):\n    window.set_listener('', L())",
    "rx": "def main(stream):\n    stream.subscribe(ship)",
    "a handler of the project's own": "class FileSystemEventHandler: pass\nclass H(FileSystemEventHandler):\n"
    "    def on_created(self, event): ship()",
    "a class of the project that is called WorkerSettings": "class WorkerSettings:\n    functions = [ship]",
}


def read(root: Path, text: str) -> Reading:
    return units_of(root, {"shop/worker.py": HEAD + dedent(text) + "\n"})


@pytest.mark.parametrize("text", CALLED.values(), ids=CALLED)
def test_called_by_a_framework(tmp_path: Path, text: str) -> None:
    unit = read(tmp_path, text).unit
    assert unit.touches_orm == "yes"
    assert (unit.cleanup_start, unit.cleanup_end) == ("none", "none")
    assert unit.registrations


@pytest.mark.parametrize("name", ["sched", "Twisted, a looping call", "Twisted, the reactor"])
def test_called_after_a_time_that_stands_elsewhere(tmp_path: Path, name: str) -> None:
    unit = read(tmp_path, CALLED[name]).unit
    assert (unit.kind, unit.unsure_gap) == ("scheduled", True)


@pytest.mark.parametrize("text", CALLED.values(), ids=CALLED)
def test_closed_in_the_function_itself(tmp_path: Path, text: str) -> None:
    closing = HEAD.replace("    Order.objects", "    connection.close()\n    Order.objects", 1)
    if "discord" in text:
        text = text.replace("async def", "def")
    reading = units_of(
        tmp_path, {"shop/worker.py": "from django.db import connection\n" + closing + dedent(text) + "\n"}
    )
    assert {unit.cleanup_start for unit in reading.touching} == {"close"}


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_left_alone(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).touching == ()


def test_a_socket_server_without_threads(tmp_path: Path) -> None:
    handler = "import socketserver\nclass H(socketserver.BaseRequestHandler):\n    def handle(self): ship()\n"
    assert read(tmp_path, handler + "class S(socketserver.ThreadingMixIn, socketserver.TCPServer): pass").unit.ends
    plain = handler + "def main():\n    socketserver.TCPServer(('', 1), H).serve_forever()"
    assert not read(tmp_path, plain).unit.ends


def test_a_socketio_server_runs_each_event_in_a_thread_that_ends(tmp_path: Path) -> None:
    handler = "import socketio\nsio = socketio.{}\n@sio.on('order')\ndef order(sid, data): ship()\n"
    assert read(tmp_path, handler.format("Server()")).unit.ends
    assert not read(tmp_path, handler.format("Server(async_handlers=False)")).unit.ends
    assert not read(tmp_path, handler.format("Client()")).unit.ends


def test_bolt_closes_around_listeners_in_its_adapter_for_django(tmp_path: Path) -> None:
    listener = "from slack_bolt import App\napp = App()\n@app.event('order')\ndef order(body): ship()\n"
    assert read(tmp_path, listener).unit.cleanup_start == "none"
    adapted = "from slack_bolt.adapter.django import SlackRequestHandler\nhandler = SlackRequestHandler(app)\n"
    unit = read(tmp_path, listener + adapted).unit
    assert (unit.cleanup_start, unit.cleanup_end) == ("close_old", "close_old")


@pytest.mark.parametrize(
    ("requirement", "start"),
    [("procrastinate==3.8.0", "none"), ("procrastinate==3.9.0", "close_old"), ("procrastinate>=3", "close_old")],
)
def test_procrastinate_closes_since_3_9(tmp_path: Path, requirement: str, start: str) -> None:
    text = HEAD + "from procrastinate.contrib.django import app\n@app.task\ndef go(): ship()\n"
    assert units_of(tmp_path, {"shop/worker.py": text}, requirements=(requirement,)).unit.cleanup_start == start


@pytest.mark.parametrize(
    ("hook", "change", "start"),
    [
        ("shop.jobs.ready", "task.func = wrapped(task.func)", "close_old"),
        ("shop.jobs.ready", "print(task)", "none"),
        ("shop.jobs.missing", "task.func = wrapped(task.func)", "none"),
        (None, "task.func = wrapped(task.func)", "none"),
    ],
)
def test_what_procrastinate_is_ready_for(tmp_path: Path, hook: str | None, change: str, start: str) -> None:
    text = HEAD + "from procrastinate.contrib.django import app\n@app.task\ndef go(): ship()\n"
    jobs = (
        "from django.db import close_old_connections\n"
        "def wrapped(func):\n    def inner(*args):\n        close_old_connections()\n        return func(*args)\n"
        "    return inner\n"
        f"def ready(app):\n    for task in app.tasks.values():\n        {change}\n"
    )
    settings = f'PROCRASTINATE_ON_APP_READY = "{hook}"' if hook else ""
    files = {"shop/worker.py": text, "shop/jobs.py": jobs, "config/settings.py": settings}
    assert units_of(tmp_path, files, requirements=("procrastinate==3.8.0",)).unit.cleanup_start == start


def test_a_queue_in_the_database_keeps_its_connection_warm(tmp_path: Path) -> None:
    text = "from background_task import background\n@background(schedule=60)\ndef go(): ship()"
    unit = read(tmp_path, text).unit
    assert (unit.gap, unit.cleanup_start, unit.cleanup_end) == (5.0, "none", "close_old")


def test_django_tasks_scheduler_forks_clean(tmp_path: Path) -> None:
    assert read(tmp_path, "from scheduler import job\n@job('default')\ndef go(): ship()").unit.isolation == "fork-clean"
