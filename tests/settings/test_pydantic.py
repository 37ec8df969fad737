"""pydantic's settings and goodconf's, checked by hand against pydantic 2.14.3, pydantic-settings 2.16.3, goodconf 7.1.0."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

SETTINGS = """
from typing import Optional
from pydantic import AliasChoices, BaseModel, Field, computed_field
from pydantic_settings import BaseSettings, SettingsConfigDict

class Database(BaseModel):
    CONN_MAX_AGE: int = 3
    ENGINE: str = "django.db.backends.mysql"

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    age: int = 60
    text_default: int = "61"
    aliased: int = Field(62, alias="DB_AGE")
    chosen: int = Field(63, validation_alias=AliasChoices("FIRST", "SECOND"))
    optional: Optional[int] = None
    either: int | None = 64
    made: int = Field(default_factory=lambda: 65)
    database: Database = Database()
    checks: bool = False

    @property
    def double(self) -> int:
        return self.age * 2

    @computed_field
    @property
    def triple(self) -> int:
        return self.age * 3

s = Settings()
DATABASES = {"default": {"CONN_MAX_AGE": %s}}
"""

VALUES = [
    ("s.age", Open("APP_AGE", default=60)),
    ("s.text_default", Open("APP_TEXT_DEFAULT", default=61)),
    ("s.aliased", Open("DB_AGE", default=62)),
    ("s.chosen", Open("FIRST", "SECOND", default=63)),
    ("s.optional", Open("APP_OPTIONAL", default=None)),
    ("s.either", Open("APP_EITHER", default=64)),
    ("s.made", Open("APP_MADE", default=65)),
    ("s.double", Open("APP_AGE", default=120)),
    ("s.triple", Open("APP_AGE", default=180)),
    ("s.database.CONN_MAX_AGE", Open("APP_DATABASE", "APP_DATABASE__CONN_MAX_AGE", default=3)),
    ("s.model_dump()['database']['CONN_MAX_AGE']", Open("APP_DATABASE", "APP_DATABASE__CONN_MAX_AGE", default=3)),
    ("Settings(age=5).age", 5),
    ("Settings(DB_AGE='7').aliased", 7),
    ("Database(CONN_MAX_AGE='4').dict()['CONN_MAX_AGE']", 4),
]


@pytest.mark.parametrize(("expression", "age"), VALUES)
def test_a_field(read: Reader, expression: str, age: object) -> None:
    assert said(read(SETTINGS % expression).databases["default"].conn_max_age) == age


@pytest.mark.parametrize(
    ("expression", "variable", "text", "age"),
    [
        ("s.age", "APP_AGE", "5.0", 5),
        ("s.aliased", "DB_AGE", " 7 ", 7),
        ("s.optional", "APP_OPTIONAL", "8", 8),
        ("s.checks", "APP_CHECKS", "Yes", True),
        ("s.database.CONN_MAX_AGE", "APP_DATABASE__CONN_MAX_AGE", "9", Open("APP_DATABASE", default=9)),
    ],
)
def test_a_bound_variable(read: Reader, expression: str, variable: str, text: str, age: object) -> None:
    assert said(read(SETTINGS % expression, **{variable: text}).databases["default"].conn_max_age) == age


CUSTOM = {
    "a validator": "    @field_validator('age')\n    def check(cls, v):\n        return 5\n",
    "its own __init__": "    def __init__(self, **kw):\n        super().__init__(age=8)\n",
    "its own sources": "    @classmethod\n    def settings_customise_sources(cls, *a, **kw):\n        return ()\n",
}


@pytest.mark.parametrize("body", CUSTOM.values(), ids=CUSTOM)
def test_what_has_a_say_in_the_fields_makes_them_unknown(read: Reader, body: str) -> None:
    text = (
        "from pydantic import field_validator\nfrom pydantic_settings import BaseSettings\n"
        f"class S(BaseSettings):\n    age: int = 60\n{body}\nDATABASES = {{'default': {{'CONN_MAX_AGE': S().age}}}}\n"
    )
    assert said(read(text).databases["default"].conn_max_age) == Open()


def test_the_classes_of_pydantic_1(read: Reader) -> None:
    text = """
    from pydantic import BaseSettings, Field
    class S(BaseSettings):
        age: int = Field(60, env="DB_AGE")
        other: int = 5
        class Config:
            env_prefix = "MY_"
            env_file = ".env"
    s = S()
    DATABASES = {"default": {"CONN_MAX_AGE": s.age}, "other": {"CONN_MAX_AGE": s.other}}
    """
    databases = read(text, {".env": "MY_OTHER=6\n"}).databases
    assert said(databases["default"].conn_max_age) == Open("DB_AGE", default=60)
    assert said(databases["other"].conn_max_age) == Open("MY_OTHER", default=6)


def test_goodconf_may_read_a_file(read: Reader) -> None:
    text = """
    from goodconf import Field, GoodConf
    class Config(GoodConf):
        DB_AGE: int = Field(default=60, initial=lambda: 5)
        model_config = {"file_env_var": "MY_CONFIG", "default_files": ["/etc/my.yml"]}
    config = Config()
    config.load()
    DATABASES = {"default": {"CONN_MAX_AGE": config.DB_AGE}}
    """
    assert said(read(text).databases["default"].conn_max_age) == Open("DB_AGE", "MY_CONFIG", default=60)
    assert said(read(text, DB_AGE="7").databases["default"].conn_max_age) == 7


@pytest.mark.parametrize(("given", "age"), [("LIFE=5", 5), ("age=5", Open()), ("", Open("LIFE", default=60))])
def test_a_field_of_another_name_is_given_by_that(read: Reader, given: str, age: object) -> None:
    text = "from pydantic import Field\nfrom pydantic_settings import BaseSettings\nclass S(BaseSettings):\n"
    text += f"    age: int = Field(60, validation_alias='LIFE')\ns = S({given})\n"
    text += "DATABASES = {'default': {'CONN_MAX_AGE': s.age}}\n"
    assert said(read(text).databases["default"].conn_max_age) == age
