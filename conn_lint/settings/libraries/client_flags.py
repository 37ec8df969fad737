"""Flags of the connection, as the MySQL drivers name them: ``CLIENT.INTERACTIVE | CLIENT.FOUND_ROWS``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conn_lint.settings.values import Const, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

FLAGS = (
    "LONG_PASSWORD FOUND_ROWS LONG_FLAG CONNECT_WITH_DB NO_SCHEMA COMPRESS ODBC LOCAL_FILES IGNORE_SPACE CHANGE_USER"
    " INTERACTIVE SSL IGNORE_SIGPIPE TRANSACTIONS RESERVED SECURE_CONNECTION MULTI_STATEMENTS MULTI_RESULTS"
).split()
"""By bit, from 1 on: MySQLdb/constants/CLIENT.py of mysqlclient 2.3.1. PyMySQL 1.2.4 (pymysql/constants/CLIENT.py)
and mysql-connector 26.10.0 (``ClientFlag``) have the same numbers and call two of them by other names."""

OTHER_NAMES = {"LONG_PASSWD": "LONG_PASSWORD", "PROTOCOL_41": "CHANGE_USER"}

HOLDERS = (
    "MySQLdb.constants.CLIENT",
    "mysql.connector.ClientFlag",
    "mysql.connector.constants.ClientFlag",
    "pymysql.constants.CLIENT",
)


def _constant(number: int) -> Callable[[Machine], Tree]:
    return lambda machine: Const(number)


_BY_NAME = {name: 1 << bit for bit, name in enumerate(FLAGS)}
_BY_NAME.update({name: _BY_NAME[same] for name, same in OTHER_NAMES.items()})

VALUES: dict[str, Callable[[Machine], Tree]] = {
    f"{holder}.{name}": _constant(number) for holder in HOLDERS for name, number in _BY_NAME.items()
}
