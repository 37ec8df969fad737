"""What a project has its framework run before each entrypoint, or around it: closes there are closes of all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of

FRESH = """
from asgiref.sync import sync_to_async
from django.db import close_old_connections
from shop.models import Order

async def fresh(*args):
    await sync_to_async(close_old_connections)()

"""


def starts(root: Path, text: str) -> dict[str, str]:
    """What is closed before each entrypoint of a module that begins with FRESH, by function."""
    reading = units_of(root, {"shop/bot.py": FRESH + text.strip() + "\n"})
    return {unit.function: unit.cleanup_start for unit in reading.touching}


DISCORD = """
import discord
from discord import app_commands
from discord.ext import commands
bot = commands.Bot(command_prefix="!")
{}

@bot.command()
async def orders(ctx):
    await Order.objects.acount()

@bot.event
async def on_message(message):
    await Order.objects.acount()

@bot.tree.command()
async def stock(interaction):
    await Order.objects.acount()
"""


@pytest.mark.parametrize(
    ("hook", "closed"),
    [
        ("@bot.before_invoke\nasync def first(ctx):\n    await fresh()", {"orders"}),
        ("bot.before_invoke(fresh)", {"orders"}),
        ("@bot.after_invoke\nasync def last(ctx):\n    await fresh()", set()),
        ("@bot.before_invoke\nasync def first(ctx):\n    print(ctx)", set()),
        (
            "class Tree(app_commands.CommandTree):\n"
            "    async def interaction_check(self, interaction):\n        await fresh()\n        return True",
            {"stock"},
        ),
    ],
)
def test_before_the_commands_of_discord(tmp_path: Path, hook: str, closed: set[str]) -> None:
    found = starts(tmp_path, DISCORD.format(hook))
    assert found == {name: "close_old" if name in closed else "none" for name in ("orders", "on_message", "stock")}


def test_before_the_commands_of_one_cog(tmp_path: Path) -> None:
    text = """
from discord.ext import commands

class Closing(commands.Cog):
    async def cog_before_invoke(self, ctx):
        await fresh()

class Orders(Closing):
    @commands.command()
    async def count(self, ctx):
        await Order.objects.acount()

    @commands.Cog.listener()
    async def on_message(self, message):
        await Order.objects.acount()

class Others(commands.Cog):
    @commands.command()
    async def count(self, ctx):
        await Order.objects.acount()
"""
    assert starts(tmp_path, text) == {"Orders.count": "close_old", "Orders.on_message": "none", "Others.count": "none"}


AIOGRAM = """
from aiogram import BaseMiddleware, Dispatcher

class Closing(BaseMiddleware):
    async def __call__(self, handler, event, data):
        await fresh()
        return await handler(event, data)

class Logging(BaseMiddleware):
    async def __call__(self, handler, event, data):
        print(event)
        return await handler(event, data)

async def closing(go_on, event, data):
    try:
        return await go_on(event, data)
    finally:
        await fresh()

dp = Dispatcher()
{}

@dp.message()
async def order(message):
    await Order.objects.acount()

@dp.callback_query()
async def press(query):
    await Order.objects.acount()
"""


@pytest.mark.parametrize(
    ("hook", "closed"),
    [
        ("dp.update.outer_middleware(Closing())", {"order", "press"}),
        ("dp.update.middleware(Closing())", {"order", "press"}),
        ("dp.message.middleware(Closing())", {"order"}),
        ("dp.message.middleware.register(Closing())", {"order"}),
        ("dp.update.middleware(Logging())", set()),
    ],
)
def test_around_the_handlers_of_aiogram(tmp_path: Path, hook: str, closed: set[str]) -> None:
    found = starts(tmp_path, AIOGRAM.format(hook))
    assert found == {name: "close_old" if name in closed else "none" for name in ("order", "press")}


def test_after_the_handlers_of_aiogram(tmp_path: Path) -> None:
    reading = units_of(tmp_path, {"shop/bot.py": FRESH + AIOGRAM.format("dp.update.middleware(closing)")})
    assert {(unit.cleanup_start, unit.cleanup_end) for unit in reading.touching} == {("none", "close_old")}


def test_before_the_handlers_of_aiogram_2(tmp_path: Path) -> None:
    text = """
from aiogram import Dispatcher
from aiogram.dispatcher.middlewares import BaseMiddleware

class Closing(BaseMiddleware):
    async def {}(self, update, data):
        await fresh()

dp = Dispatcher(bot)
dp.middleware.setup(Closing())

@dp.message_handler()
async def order(message):
    await Order.objects.acount()
"""
    assert starts(tmp_path / "before", text.format("on_pre_process_update")) == {"order": "close_old"}
    assert starts(tmp_path / "after", text.format("on_post_process_update")) == {"order": "none"}


OWN_BOT = """
import discord
from discord.ext import commands

class OwnBot(commands.Bot):
    {}

bot = OwnBot(command_prefix="!")

class Shop(commands.Cog):
    @commands.command()
    async def orders(self, ctx):
        await Order.objects.acount()

    @commands.slash_command()
    async def stock(self, ctx):
        await Order.objects.acount()

    @commands.Cog.listener()
    async def on_ready(self):
        await Order.objects.acount()
"""
INVOKES = "async def process_commands(self, message):\n        await fresh()\n        await self.invoke(message)"


@pytest.mark.parametrize(
    ("method", "closed"),
    [
        (INVOKES, {"Shop.orders"}),
        (INVOKES.replace("process_commands(self", "on_message(self"), {"Shop.orders"}),
        (INVOKES.replace("self.invoke(", "super().process_commands("), {"Shop.orders"}),
        (INVOKES.replace("fresh()", "print(message)"), set()),
        (INVOKES.replace("self.invoke(", "print("), set()),
        (
            "async def on_interaction(self, interaction):\n        await fresh()\n"
            "        await self.process_application_commands(interaction)",
            {"Shop.stock"},
        ),
    ],
    ids=["process_commands", "on_message", "super", "closes nothing", "invokes nothing", "on_interaction"],
)
def test_a_bot_that_closes_around_its_commands(tmp_path: Path, method: str, closed: set[str]) -> None:
    found = starts(tmp_path, OWN_BOT.format(method))
    names = ("Shop.orders", "Shop.stock", "Shop.on_ready")
    assert found == {name: "close_old" if name in closed else "none" for name in names}
