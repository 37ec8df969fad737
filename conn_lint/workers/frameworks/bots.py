"""Bots: one process that waits for what people write, for as long as they write nothing."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Hook, Preparer, Registrar
from conn_lint.workers.frameworks.paces import of_discord, of_telegram
from conn_lint.workers.paths import CLOSE_OLD

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

_TELEGRAM_UPDATES = (
    "callback_query channel_post chat_join_request chat_member chosen_inline_result edited_channel_post edited_message"
    " inline_query message my_chat_member poll poll_answer pre_checkout_query shipping_query".split()
)

_AIOGRAM = (
    *_TELEGRAM_UPDATES,
    *"business_message error errors message_reaction".split(),
    *(f"{update}_handler" for update in _TELEGRAM_UPDATES if update not in ("chosen_inline_result", "inline_query")),
    *"chosen_inline_handler errors_handler inline_handler".split(),
)
"""Decorators of a dispatcher or router of aiogram 3 (``router.py Router.__init__``) and 2 (``Dispatcher``)."""

_AIOGRAM_EVENTS = ("update", *_TELEGRAM_UPDATES)
"""Attributes of a dispatcher of aiogram 3 by which all events are handled, or those of one kind."""

_DISCORD = (
    "command context_menu event group hybrid_command hybrid_group listen listener message_command slash_command"
    " user_command".split()
)
"""Decorators of a client, a bot, a cog or a command tree of discord.py, and of py-cord that took its name over."""

_DISCORDS = ("discord", "disnake", "nextcord")

_PYROGRAM = (
    "callback_query chat_join_request chat_member_updated chosen_inline_result deleted_messages edited_message"
    " inline_query message poll raw_update user_status".split()
)
_PYROGRAM_HANDLERS = tuple(name.title().replace("_", "") for name in _PYROGRAM)

_SLACK = (
    "action attachment_action block_action block_suggestion command dialog_cancellation dialog_submission"
    " dialog_suggestion error event function global_shortcut message message_shortcut options shortcut view"
    " view_closed view_submission".split()
)

_SLACK_IN_DJANGO = "slack_bolt.adapter.django.SlackRequestHandler"


def slack_behaviour(context: Context) -> Behaviour:
    """Bolt's own adapter for Django closes around every listener, whatever thread it runs in (slack-bolt 1.30
    ``adapter/django/handler.py`` DjangoListenerStartHandler, DjangoListenerCompletionHandler,
    DjangoThreadLazyListenerRunner)."""
    if _SLACK_IN_DJANGO in context.sightings:
        return Behaviour(start=CLOSE_OLD, end=CLOSE_OLD, note="Bolt's adapter for Django closes around each listener")
    return Behaviour()


_INVOKED = frozenset("command group hybrid_command hybrid_group".split())


def is_of_tree(decorator: str) -> bool:
    """Whether a decorator of discord.py makes a command of the application, which its tree calls."""
    owner, _, name = decorator.rpartition(".")
    parts = owner.split(".")
    return name == "context_menu" or (name == "command" and ("tree" in parts or "app_commands" in parts))


def is_invoked(decorator: str) -> bool:
    """Whether a decorator of discord.py makes a command that is written as text, which a bot invokes."""
    return decorator.rpartition(".")[2] in _INVOKED and not is_of_tree(decorator)


_APPLICATION = frozenset("message_command slash_command user_command".split())


def is_of_application(decorator: str) -> bool:
    """Whether a decorator of py-cord makes a command of the application, which a bot invokes."""
    return decorator.rpartition(".")[2] in _APPLICATION


_BOTS = tuple(
    f"{package}{module}.{name}"
    for package in _DISCORDS
    for module in ("", ".ext.commands")
    for name in ("AutoShardedBot", "Bot")
)

FRAMEWORKS = (
    Framework(
        name="python-telegram-bot",
        kind="consumer",
        words=(b"telegram.ext", b".run_repeating(", b".run_daily(", b".run_once(", b".add_error_handler("),
        pace=of_telegram,
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
        name="aiogram",
        kind="consumer",
        words=(b"aiogram",),
        source="aiogram 2.25.1 dispatcher/dispatcher.py, middlewares.py, handler.py Handler.notify; 3.31.0"
        " dispatcher/router.py Router, event/telegram.py TelegramEventObserver: no line on Django",
        registrars=(
            *(Registrar(f".register_{event}", 0, "callback") for event in _AIOGRAM if event.endswith("_handler")),
            Registrar(".register", 0, "callback", receivers=_AIOGRAM_EVENTS),
            Registrar(".register", 0, "middleware", receivers=("middleware",), around=True),
            *(
                Registrar(f".{name}", 0, "middleware", receivers=("aiogram*", *_AIOGRAM_EVENTS), around=True)
                for name in ("middleware", "outer_middleware")
            ),
        ),
        decorators=(*(f"{made}.{event}" for made in (".dp", ".router", "aiogram*") for event in _AIOGRAM),),
        preparers=(Preparer("aiogram.dispatcher.middlewares.BaseMiddleware", ("on_pre_process_update",)),),
    ),
    Framework(
        name="pyTelegramBotAPI",
        kind="consumer",
        words=(b"telebot",),
        source="pyTelegramBotAPI 4.14 telebot/__init__.py TeleBot.infinity_polling",
        decorators=(".message_handler", ".callback_query_handler", ".inline_handler", ".edited_message_handler"),
    ),
    Framework(
        name="discord.py",
        kind="consumer",
        words=tuple(f"{verb} {package}".encode() for package in _DISCORDS for verb in ("import", "from")),
        pace=of_discord,
        source="discord.py 2.7.1 client.py Client.dispatch, ext/commands/core.py Command.call_before_hooks,"
        " ext/commands/bot.py BotBase.on_message; py-cord 2.6.1 bot.py ApplicationCommandMixin, BotBase.on_interaction;"
        " app_commands/tree.py CommandTree._call, app_commands/commands.py Command._check_can_run,"
        " ui/view.py View._scheduled_task, ui/modal.py Modal._scheduled_task, ext/tasks/__init__.py Loop:"
        " no line on Django; so its forks disnake and nextcord",
        groups=("command", "group", "sub_command", "sub_command_group", "subcommand"),
        decorators=(
            "discord.app_commands.command",
            *(
                f"{package}{made}.{item}"
                for package in _DISCORDS
                for made in (".ui", "*")
                for item in ("button", "select")
            ),
            *(
                f"{package}.ext.{function}"
                for package in _DISCORDS
                for function in ("commands.Cog.listener", "commands.command", "tasks.loop")
            ),
            *(
                f"{made}.{event}"
                for made in (".bot", ".client", *(f"{each}*" for each in _DISCORDS))
                for event in _DISCORD
            ),
        ),
        hooks=tuple(
            Hook(f"{package}.{base}", methods)
            for package in _DISCORDS
            for base, methods in {
                "Client": ("on_*",),
                "ext.commands.Bot": ("on_*",),
                "ui.Button": ("callback",),
                "ui.Modal": ("callback", "on_submit"),
                "ui.Select": ("callback",),
                "ui.LayoutView": ("on_timeout",),
                "ui.View": ("on_timeout",),
            }.items()
        ),
        preparers=(
            Preparer("", ("cog_before_invoke",), before=is_invoked),
            Preparer(".bot.before_invoke", before=is_invoked),
            *(Preparer(f"{package}*.before_invoke", before=is_invoked) for package in _DISCORDS),
            *(
                Preparer(bot, ("invoke", "process_commands", "on_message"), before=is_invoked, around=True)
                for bot in _BOTS
            ),
            *(
                Preparer(
                    bot,
                    ("invoke_application_command", "process_application_commands", "on_interaction"),
                    before=is_of_application,
                    around=True,
                )
                for bot in _BOTS
            ),
            Preparer("", ("interaction_check",), before=is_of_tree),
            *(
                Preparer(f"{package}.app_commands.CommandTree", ("interaction_check",), before=is_of_tree)
                for package in _DISCORDS
            ),
        ),
    ),
    Framework(
        name="Telethon",
        kind="consumer",
        words=(b"telethon",),
        source="telethon 1.45.0 client/updates.py on, add_event_handler: coroutines in one event loop",
        registrars=(Registrar(".add_event_handler", 0, "callback", receivers=("telethon*", "client", "bot")),),
        decorators=("telethon*.on",),
    ),
    Framework(
        name="Pyrogram",
        kind="consumer",
        words=(b"pyrogram",),
        source="pyrogram 2.0.106 dispatcher.py Dispatcher.handler_worker: coroutines in one event loop, functions in"
        " an executor that lasts; methods/decorators",
        registrars=tuple(Registrar(f"pyrogram.handlers.{name}Handler", 0, "callback") for name in _PYROGRAM_HANDLERS),
        decorators=tuple(f"pyrogram*.on_{event}" for event in _PYROGRAM),
    ),
    Framework(
        name="VKBottle",
        kind="consumer",
        words=(b"vkbottle",),
        source="vkbottle 4.11.0 framework/labeler/base.py BaseLabeler, bot.py BotLabeler",
        decorators=tuple(f"vkbottle*.{event}" for event in ("message", "chat_message", "private_message", "raw_event")),
    ),
    Framework(
        name="matrix-nio",
        kind="consumer",
        words=(b"import nio", b"from nio"),
        source="matrix-nio 0.26.0 client/base_client.py Client.add_event_callback, async_client.py sync_forever",
        registrars=tuple(
            Registrar(f".add_{what}_callback", 0, "callback", receivers=("nio*", "client", "bot"))
            for what in ("ephemeral", "event", "presence", "response", "to_device")
        ),
    ),
    Framework(
        name="irc",
        kind="consumer",
        words=(b"import irc", b"from irc"),
        source="irc 20.5.0 client.py SimpleIRCClient._dispatcher, bot.py SingleServerIRCBot",
        hooks=tuple(
            Hook(base, ("on_*",))
            for base in (
                "irc.bot.SingleServerIRCBot",
                "irc.client.SimpleIRCClient",
                "irc.client_aio.AioSimpleIRCClient",
            )
        ),
    ),
    Framework(
        name="slack-bolt",
        kind="consumer",
        words=(b"slack_bolt",),
        source="slack-bolt 1.30.0 app/app.py App: listeners run in a pool of five threads; adapter/django/handler.py",
        decorators=tuple(f"{made}.{event}" for made in (".app", "slack_bolt*") for event in _SLACK),
        sightings=(_SLACK_IN_DJANGO,),
        behaviour=slack_behaviour,
    ),
    Framework(
        name="slack-sdk socket mode",
        kind="consumer",
        words=(b"socket_mode",),
        source="slack-sdk 3.47.0 socket_mode/client.py BaseSocketModeClient.run_message_listeners: a pool of threads",
        registrars=(Registrar(".append", 0, receivers=("request_listeners", "message_listeners")),),
    ),
)
