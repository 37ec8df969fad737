"""Values that hang on more decisions than are told apart: what they are by default is known all the same."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

MANY = [f"os.getenv('V{number}', '{number}')" for number in range(9)]
NAMES = [f"V{number}" for number in range(9)]


@pytest.mark.parametrize("count", [3, 5, 9])
def test_a_url_from_many_variables(read: Reader, count: int) -> None:
    url = f"'mysql://{'{}' * count}:pw@h/n'.format({', '.join(MANY[:count])})"
    text = f"""
    import os, dj_database_url
    DATABASES = {{'default': dj_database_url.config('URL', default={url}, conn_max_age=60)}}
    """
    database = read(text).databases["default"]
    assert said(database.engine) == Open(*NAMES[:count], "URL", default="django.db.backends.mysql")
    assert said(database.conn_max_age) == 60


def test_without_a_default_nothing_is_said(read: Reader) -> None:
    url = f"'mysql://{'{}' * 9}@h/n'.format(os.environ['FIRST'], {', '.join(MANY[:8])})"
    text = f"import os, dj_database_url\nDATABASES = {{'default': dj_database_url.parse({url})}}"
    engine = said(read(text).databases["default"].engine)
    assert isinstance(engine, Open)
    assert engine.default == "nothing"


def test_a_variable_of_unknown_name_may_not_be_set(read: Reader) -> None:
    text = """
    import os, dj_database_url
    DATABASES = {'default': dj_database_url.config(os.environ['NAME'], conn_max_age=60)}
    """
    assert said(read(text).databases["default"].conn_max_age) == {0, 60}
    assert said(read(text, NAME="URL", URL="mysql://h/n").databases["default"].conn_max_age) == 60
