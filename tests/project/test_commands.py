from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conn_lint.model import Problem, Span
from conn_lint.project.commands import commands_in, worker_commands
from conn_lint.project.tree import Tree

RQ = ("python", "manage.py", "rqworker", "default")


def read(tmp_path: Path, name: str, text: str) -> list[tuple[int, str]]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return [(command.place.line, " ".join(command.words)) for command in worker_commands(Tree(str(tmp_path)))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("python manage.py rqworker default", [RQ]),
        ("exec python manage.py rqworker default", [RQ]),
        ("A=1 B='x y' exec env C=2 python manage.py rqworker default", [RQ]),
        ("python manage.py migrate && python manage.py rqworker default", [(*RQ[:2], "migrate"), RQ]),
        ("cd /app; nohup python manage.py rqworker default &", [RQ]),
        ("(cd /app && python manage.py rqworker default)", [RQ]),
        ('bash -lc "cd /app && exec python manage.py rqworker default"', [RQ]),
        ("if x; then python manage.py rqworker default; fi", [RQ]),
        ("python manage.py rqworker default # not this: celery worker", [RQ]),
        ("python manage.py rqworker default | tee log", [RQ]),
        ("rq worker -w rq.SimpleWorker", [("rq", "worker", "-w", "rq.SimpleWorker")]),
        ("/srv/venv/bin/celery -A shop worker", [("/srv/venv/bin/celery", "-A", "shop", "worker")]),
        ("%(ENV_HOME)s/bin/python worker.py", [("%(ENV_HOME)s/bin/python", "worker.py")]),
        ("poetry run celery -A shop worker", [("poetry", "run", "celery", "-A", "shop", "worker")]),
        ("python manage.py rqworker 'default", [(*RQ[:3], "'default")]),
        ("echo hello", []),
        ("echo start: python manage.py rqworker", []),
        ("pkill -f rqworker || true", []),
        ("test -f manage.py", []),
        ("npm run build", []),
        ("# python manage.py rqworker", []),
        ("redis-server --port 6379", []),
        ("pip install -r requirements.txt", []),
        ("", []),
        (";;&&", []),
        ("bash -c", []),
    ],
)
def test_the_simple_commands_of_a_shell_line(line: str, expected: list[tuple[str, ...]]) -> None:
    assert list(commands_in(line)) == expected


@given(st.text(max_size=60))
def test_any_text_gives_commands_of_at_least_one_word(text: str) -> None:
    assert all(commands_in(text))


def test_procfile(tmp_path: Path) -> None:
    text = (
        "web: gunicorn shop.wsgi\n# worker: rq worker\nworker: python manage.py rqworker default\n\nnode: npm start\n"
    )
    assert read(tmp_path, "Procfile", text) == [(1, "gunicorn shop.wsgi"), (3, "python manage.py rqworker default")]


def test_the_place_is_the_whole_command(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text("a:\n  command:\n    - python  \n    - x.py  \n")
    (tmp_path / "Procfile").write_text("web: gunicorn shop.wsgi\n")
    places = [command.place for command in worker_commands(Tree(str(tmp_path)))]
    assert places == [Span("Procfile", 1, 1, 1, 24), Span("compose.yml", 2, 3, 4, 11)]


def test_supervisord_programs_only(tmp_path: Path) -> None:
    text = """[supervisord]
command=python not_a_program.py
[program:rq]
; command=python commented.py
command=python manage.py rqworker
    high default  ; queues
numprocs=2
[eventlistener:x]
command=python listener.py
"""
    assert read(tmp_path, "deploy/supervisor.conf", text) == [(5, "python manage.py rqworker high default")]


def test_an_ini_without_programs_is_not_supervisords(tmp_path: Path) -> None:
    assert read(tmp_path, "tox.ini", "[testenv]\ncommands=python -m pytest\ncommand=python x.py\n") == []


def test_systemd(tmp_path: Path) -> None:
    text = "[Service]\nExecStartPre=/usr/bin/python3 pre.py\n"
    text += "ExecStart=-/srv/bin/python manage.py \\\n  gearman_worker\n# ExecStart=x.py\n"
    assert read(tmp_path, "etc/gearman.service", text) == [(3, "/srv/bin/python manage.py gearman_worker")]


def test_dockerfile_forms(tmp_path: Path) -> None:
    text = """FROM python:3.12 AS base
RUN python manage.py collectstatic
CMD python manage.py runserver
FROM base
ENTRYPOINT ["python", "manage.py"]
CMD ["rqworker", \\
     "default"]
"""
    assert read(tmp_path, "Dockerfile", text) == [
        (3, "python manage.py runserver"),
        (6, "python manage.py rqworker default"),
    ]


def test_an_entrypoint_alone(tmp_path: Path) -> None:
    text = 'FROM x\nENTRYPOINT ["celery", "-A", "shop", "worker"]\nFROM y\nENTRYPOINT exec gunicorn shop.wsgi\n'
    assert read(tmp_path, "worker.Dockerfile", text) == [(2, "celery -A shop worker"), (4, "gunicorn shop.wsgi")]


def test_compose_in_every_form(tmp_path: Path) -> None:
    text = """services:
  web:
    command: gunicorn shop.wsgi  # not this
  rq:
    command: ["python", "manage.py", 'rqworker', default]
  list:
    command:
      - celery
      - -A
      - "shop"
      - worker
    image: x
  folded:
    command: >
      python manage.py
      qcluster

  literal:
    command: |
      python manage.py migrate
      python manage.py run_huey
  shell:
    command: "sh -c 'python manage.py migrate && exec rq worker'"
  flow:
    command: [
      "python",
      "worker.py",
    ]
  both:
    command: rqworker default
    entrypoint: python manage.py
  db:
    command: --character-set-server=utf8mb4
    # command: python manage.py commented
"""
    assert read(tmp_path, "docker-compose.prod.yml", text) == [
        (3, "gunicorn shop.wsgi"),
        (5, "python manage.py rqworker default"),
        (7, "celery -A shop worker"),
        (14, "python manage.py qcluster"),
        (19, "python manage.py migrate"),
        (19, "python manage.py run_huey"),
        (23, "python manage.py migrate"),
        (23, "rq worker"),
        (25, "python worker.py"),
        (30, "python manage.py rqworker default"),
    ]


def test_kubernetes_command_and_args(tmp_path: Path) -> None:
    text = """spec:
  containers:
  - name: worker
    command: ["celery"]
    args:
    - -A
    - shop
    - worker
  - name: other
    args: ["manage.py", "rqworker"]
    command:
    - python
  - command: ["sleep"]
    name: idle
"""
    assert read(tmp_path, "k8s/worker.yaml", text) == [(4, "celery -A shop worker"), (10, "python manage.py rqworker")]


def test_shell_scripts(tmp_path: Path) -> None:
    text = '#!/bin/sh\nset -e\n# python manage.py commented\npython manage.py \\\n  rqworker default\nexec "$@"\n'
    assert read(tmp_path, "bin/start.sh", text) == [(4, "python manage.py rqworker default")]
    assert (4, "python manage.py rqworker default") in read(tmp_path, "docker-entrypoint", text)


@pytest.mark.parametrize(
    "name",
    ["README.md", "docs/Procfile", "docs/deploy.sh", "Makefile", "notes.txt", "x.py", ".github/workflows/ci.yml"],
)
def test_documentation_and_build_files_start_nothing(tmp_path: Path, name: str) -> None:
    text = "worker: python manage.py rqworker\nrun:\n\tpython manage.py rqworker\n"
    assert read(tmp_path, name, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "command",
        "command:",
        "command: [",
        "command: [a, 'b",
        "command: >",
        "- command:\n  -\n",
        "\t\tcommand: |\n",
        ": :\n\x00",
    ],
)
def test_yaml_that_is_not_finished_gives_nothing(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, "docker-compose.yml", text) == []


@given(
    st.lists(st.sampled_from(["command:", " args: [", "  - python x.py", "- entrypoint: |", "# x", "", "]", "  a: b"]))
)
def test_any_yaml_ends(lines: list[str]) -> None:
    from conn_lint.project.deployfiles import yaml

    found = list(yaml(lines))
    assert all(1 <= line.first <= line.last <= len(lines) for line in found)


def test_bytes_that_are_not_utf_8_and_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(b'# \xff\nCMD ["python", "worker.py"]\n')
    (tmp_path / "Procfile").touch()
    assert [command.words for command in worker_commands(Tree(str(tmp_path)))] == [("python", "worker.py")]


def test_a_deployment_file_too_large_to_read_is_a_problem_and_data_is_not(tmp_path: Path) -> None:
    for name in ("Procfile", "fixtures.yaml"):
        with open(tmp_path / name, "wb") as file:
            file.truncate(9_000_000)
    problems: dict[str, Problem] = {}
    assert worker_commands(Tree(str(tmp_path)), problems) == ()
    assert list(problems) == ["Procfile"]
