"""What a session's wait_timeout is after an init_command, asked of a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pymysql
import pytest

from tests.test_setstatement import NUMBERS, OTHERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.conftest import Running

WAIT = 600


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Running]) -> Running:
    return start_server(f"--wait-timeout={WAIT}")


@pytest.mark.parametrize(("sql", "seconds"), [*NUMBERS, *((sql, WAIT) for sql in OTHERS)])
def test_the_server_agrees(server: Running, sql: str, seconds: int) -> None:
    connection = pymysql.connect(unix_socket=server.socket, user="root", init_command=sql)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@session.wait_timeout")
        assert cursor.fetchone() == (seconds,)
        cursor.execute("SET GLOBAL wait_timeout = %s", (WAIT,))
