"""Bots: one process that waits for what people write, for as long as they write nothing."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Registrar

_TELEGRAM = {
    "CallbackQueryHandler": 0,
    "ChatMemberHandler": 0,
    "ChosenInlineResultHandler": 0,
    "CommandHandler": 1,
    "InlineQueryHandler": 0,
    "MessageHandler": 1,
    "PollAnswerHandler": 0,
    "PrefixHandler": 2,
    "RegexHandler": 1,
    "TypeHandler": 1,
}
"""Handlers of python-telegram-bot, and at which position each takes its callback."""

_AIOGRAM = (
    "callback_query",
    "callback_query_handler",
    "edited_message",
    "errors",
    "inline_query",
    "message",
    "message_handler",
)
"""Decorators of a dispatcher or router of aiogram 3 and 2."""

_DISCORD = ("command", "event", "group", "hybrid_command", "listen", "slash_command")

_SLACK = ("action", "command", "error", "event", "message", "shortcut", "view")

FRAMEWORKS = (
    Framework(
        name="python-telegram-bot",
        kind="consumer",
        words=(b"telegram.ext", b".run_repeating(", b".run_daily(", b".run_once(", b".add_error_handler("),
        source="python-telegram-bot 13.15 ext/handler.py, dispatcher.py and 20.7 ext/_application.py",
        registrars=(
            *(Registrar(f"telegram.ext.{name}", at, "callback") for name, at in _TELEGRAM.items()),
            Registrar(".add_error_handler", 0, "callback"),
            *(
                Registrar(f".{name}", 0, "callback", receivers=("job_queue", "jobs", "telegram.ext"))
                for name in ("run_custom", "run_daily", "run_monthly", "run_once", "run_repeating")
            ),
        ),
    ),
    Framework(
        name="pyTelegramBotAPI",
        kind="consumer",
        words=(b"telebot",),
        source="pyTelegramBotAPI 4.14 telebot/__init__.py TeleBot.infinity_polling",
        decorators=(".message_handler", ".callback_query_handler", ".inline_handler", ".edited_message_handler"),
    ),
    Framework(
        name="aiogram",
        kind="consumer",
        words=(b"aiogram",),
        source="aiogram 2.25 dispatcher/dispatcher.py and 3.3 dispatcher/router.py, by their documentation",
        decorators=(*(f"{made}.{event}" for made in (".dp", ".router", "aiogram*") for event in _AIOGRAM),),
    ),
    Framework(
        name="discord.py",
        kind="consumer",
        words=(b"import discord", b"from discord"),
        source="discord.py 2.3 ext/commands/core.py, ext/tasks/__init__.py, client.py, by their documentation",
        decorators=(
            "discord.app_commands.command",
            "discord.ext.commands.Cog.listener",
            "discord.ext.commands.command",
            "discord.ext.tasks.loop",
            *(f"{made}.{event}" for made in (".bot", ".client", "discord*") for event in _DISCORD),
        ),
    ),
    Framework(
        name="slack-bolt",
        kind="consumer",
        words=(b"slack_bolt",),
        source="slack-bolt 1.18 app/app.py App.event: listeners run in a pool of threads",
        decorators=tuple(f"{made}.{event}" for made in (".app", "slack_bolt*") for event in _SLACK),
    ),
    Framework(
        name="slack-sdk socket mode",
        kind="consumer",
        words=(b"socket_mode",),
        source="slack-sdk 3.27 socket_mode/client.py, async_client.py: listeners, by their documentation",
        registrars=(Registrar(".append", 0, receivers=("request_listeners", "message_listeners")),),
    ),
)
