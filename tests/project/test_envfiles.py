"""Files that set environment variables: .env, compose files, Dockerfiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.project.dotenv import parse
from conn_lint.project.envfiles import read_env_file


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\nB = two words # comment\n", {"A": "1", "B": "two words"}),
        ("export A=1\r\nexport\tB='x'\r\n", {"A": "1", "B": "x"}),
        ("A=x#y\nB= # nothing\nC=#y\nD=\n", {"A": "x#y", "B": "", "C": "#y", "D": ""}),
        ("A='it\\'s $x \\n' # c\nB=\"a\\tb\\\"\\q\" # c\n", {"A": "it's $x \\n", "B": 'a\tb"\\q'}),
        ("A='one\ntwo'\nB=3", {"A": "one\ntwo", "B": "3"}),
        ("A=1\nA=2\n", {"A": "2"}),
        ("'odd name'=1\nA\nB=\n", {"odd name": "1", "A": None, "B": ""}),
        ("A='never closed\nB=2\n", {"B": "2"}),
        ("# A=1\n\n   # B=2\nC=3", {"C": "3"}),
        ("A=1\nB=${A}2\nC='${A}'\nD=$A\n", {"A": "1", "B": "12", "C": "1", "D": "$A"}),
        ("B=${A}\nC=${A:-5}\nA=1\nD=${E}${A}", {"A": "1", "B": None, "C": None, "D": None}),
        ("\ufeffA=1", {"A": "1"}),
        ("=1\n= '2\n'\nA=3", {"A": "3"}),
        ("", {}),
    ],
)
def test_dotenv(text: str, found: dict[str, str | None]) -> None:
    assert parse(text) == found


def test_dotenv_fills_in_what_is_known() -> None:
    assert parse("B=${A}-${A:-x}\nA=2\nC=${A}", {"A": "1"}) == {"A": "2", "B": "1-1", "C": "2"}


COMPOSE = """\
x-shared: &shared
  restart: always
services:
  web:
    build: .
    environment:
      - DB_AGE=60
      - "DB_NAME=shop"
      - SECRET=${SECRET}
      - PASSED_ON
      - COLOUR=red  # for the web
    ports:
      - "80:80"
  worker:
    secrets:
      - key
    extra_hosts:
      db: 10.0.0.1
    image: shop
    environment:
      DB_AGE: 60
      COLOUR: 'blue'
      QUOTED: "a $$ b"
      OTHER: *shared
      EMPTY:
      DEBUG: "False"  # comment
    command: [python, manage.py, rqworker]
volumes:
  data: {}
"""
DOCKERFILE = """\
ARG BASE=slim
FROM python:3.12 AS base
ENV DB_AGE=60 NAME="two words" \\
    # a comment
    OPEN=$BASE
FROM node AS assets
ENV DB_AGE=1
FROM base
ENV OLD form of it
env DEBUG=0
CMD ["gunicorn"]
"""


@pytest.mark.parametrize(
    ("name", "text", "service", "found"),
    [
        ("prod.env", "A=1\nB=${C}\n", "", {"A": "1"}),
        ("compose.yaml", COMPOSE, "", {"DB_AGE": "60", "DB_NAME": "shop", "QUOTED": "a $ b", "DEBUG": "False"}),
        ("compose.yaml", COMPOSE, "::web", {"DB_AGE": "60", "DB_NAME": "shop", "COLOUR": "red"}),
        (
            "docker-compose.yml",
            COMPOSE,
            "::worker",
            {"DB_AGE": "60", "COLOUR": "blue", "QUOTED": "a $ b", "DEBUG": "False"},
        ),
        ("Dockerfile", DOCKERFILE, "", {"DB_AGE": "60", "NAME": "two words", "OLD": "form of it", "DEBUG": "0"}),
        ("web.dockerfile", "FROM x\nENV A='1\n", "", {}),
    ],
)
def test_a_file(tmp_path: Path, name: str, text: str, service: str, found: dict[str, str]) -> None:
    (tmp_path / name).write_text(text)
    assert read_env_file(str(tmp_path / name) + service, {}) == found


def test_a_service_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text(COMPOSE)
    with pytest.raises(ValueError, match="no service 'shop' has an environment; there are web, worker"):
        read_env_file(str(tmp_path / "compose.yml::shop"), {})


def test_services_are_for_compose_files(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1")
    with pytest.raises(ValueError, match="only a compose file has services"):
        read_env_file(str(tmp_path / ".env::web"), {})
