"""Flags of the connection by the names that the drivers give them."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Reader, said

SETTINGS = "{}\nDATABASES = {{'default': {{'ENGINE': 'django.db.backends.mysql', 'OPTIONS': {{'client_flag': {}}}}}}}"


@pytest.mark.parametrize(
    ("imports", "expression", "value"),
    [
        ("from MySQLdb.constants import CLIENT", "CLIENT.INTERACTIVE", 1024),
        ("from MySQLdb.constants import CLIENT as C", "C.INTERACTIVE | C.FOUND_ROWS", 1026),
        ("from MySQLdb.constants.CLIENT import INTERACTIVE", "INTERACTIVE", 1024),
        ("import MySQLdb.constants.CLIENT", "MySQLdb.constants.CLIENT.MULTI_STATEMENTS", 65536),
        ("from pymysql.constants import CLIENT", "CLIENT.INTERACTIVE", 1024),
        ("import pymysql", "pymysql.constants.CLIENT.PROTOCOL_41", 512),
        ("from mysql.connector import ClientFlag", "[ClientFlag.INTERACTIVE, -ClientFlag.FOUND_ROWS]", [1024, -2]),
        ("from mysql.connector.constants import ClientFlag", "ClientFlag.LONG_PASSWD", 1),
    ],
)
def test_a_flag_is_its_number(read: Reader, imports: str, expression: str, value: object) -> None:
    flag = read(SETTINGS.format(imports, expression)).databases["default"].options["client_flag"]
    assert said(flag) == value
