"""Servers out of deployment files: what is set, where, and for whom."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conn_lint.model import ServerAnswer
from conn_lint.project.tree import Tree
from conn_lint.server.deploy import find_deployments, read_deployment_file
from conn_lint.server.errors import ServerSourceError


def found(tmp_path: Path, files: dict[str, str]) -> tuple[ServerAnswer, ...]:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return find_deployments(Tree(str(tmp_path)))


def told(answers: tuple[ServerAnswer, ...]) -> list[tuple[str, int | None, int | None, str]]:
    return [(each.name, each.wait_timeout, each.interactive_timeout, str(each.wait_place)) for each in answers]


SERVICE = "services:\n  db:\n    image: {image}\n    {rest}\n"


def compose(rest: str, image: str = "mysql:8.0.36") -> str:
    return SERVICE.format(image=image, rest=rest)


@pytest.mark.parametrize(
    "rest",
    [
        "command: --wait_timeout=600",
        "command: mysqld --character-set-server=utf8mb4 --wait_timeout=600",
        "command: ['mysqld', '--wait_timeout=600']",
        "command: [--wait_timeout, '600']",
        "command: ['sh', '-c', 'exec mysqld --wait_timeout=600']",
        "command: --wait-timeout=600 --max_connections=10",
        "command: --wait_timeout=5 --wait_timeout=600",
        "entrypoint: docker-entrypoint.sh mysqld --wait_timeout=600",
    ],
)
def test_the_command_of_a_compose_service(tmp_path: Path, rest: str) -> None:
    (answer,) = found(tmp_path, {"compose.yml": compose(rest)})
    assert told((answer,)) == [("db of compose.yml", 600, 28800, "compose.yml:4")]
    assert (answer.kind, answer.found, answer.hosts) == ("deployment", True, ("db",))


@pytest.mark.parametrize(
    ("image", "server"),
    [
        ("mysql:8.0.36", "mysql-8.0"),
        ("docker.io/library/mariadb:10.11", "mariadb-10.11"),
        ("bitnami/mariadb:latest", "mariadb"),
        ("percona/percona-server:8.0@sha256:abc", "mysql-8.0"),
        ("${DB_IMAGE:-mysql:8.4}", "mysql-8.4"),
    ],
)
def test_the_image_names_the_server(tmp_path: Path, image: str, server: str) -> None:
    (answer,) = found(tmp_path, {"compose.yml": compose("command: --wait_timeout=600", image)})
    assert (answer.flavour, answer.wait_timeout) == (server, 600)


@pytest.mark.parametrize(
    "rest",
    [
        "command: --max_connections=10",
        "command: --innodb_lock_wait_timeout=50",
        "command: --lock-wait-timeout=50",
        "environment: {MYSQL_WAIT_TIMEOUT: '60'}",
        "volumes: ['db:/var/lib/mysql']",
    ],
)
def test_a_service_that_sets_no_timeout_says_nothing(tmp_path: Path, rest: str) -> None:
    assert found(tmp_path, {"compose.yml": compose(rest)}) == ()


def test_the_same_option_of_another_program_is_not_the_servers(tmp_path: Path) -> None:
    assert found(tmp_path, {"compose.yml": compose("command: --wait_timeout=5", "shop:1")}) == ()


def test_a_value_of_the_environment_is_unknown(tmp_path: Path) -> None:
    (answer,) = found(tmp_path, {"compose.yml": compose("command: --wait_timeout=${IDLE}")})
    assert (answer.outcome, answer.wait_timeout) == ("unknown", None)
    assert "${IDLE}" in answer.reason


def test_an_option_file_of_the_tree_is_read_where_it_is_mounted(tmp_path: Path) -> None:
    text = compose("volumes: ['./db/conf.d:/etc/mysql/conf.d:ro', './db/my.cnf:/etc/mysql/my.cnf']")
    files = {
        "deploy/compose.yml": text,
        "deploy/db/my.cnf": "[mysqld]\nwait_timeout = 5\n",
        "deploy/db/conf.d/b.cnf": "[mysqld]\nwait_timeout = 90\n",
        "deploy/db/conf.d/a.cnf": "[client]\nwait_timeout = 7\n",
    }
    assert told(found(tmp_path, files)) == [("db of deploy/compose.yml", 90, 28800, "deploy/db/conf.d/b.cnf:2")]


def test_a_mount_from_outside_the_tree_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.cnf").write_text("[mysqld]\nwait_timeout = 5\n")
    text = compose("volumes: ['../outside.cnf:/etc/mysql/my.cnf']")
    assert found(tmp_path / "tree", {"compose.yml": text}) == ()


def test_the_command_beats_the_file_and_merge_keys_are_spread(tmp_path: Path) -> None:
    text = (
        "x-db: &db\n  image: mariadb:10.11\n  volumes: ['./my.cnf:/etc/mysql/my.cnf']\n"
        "services:\n  db:\n    <<: *db\n    command: --wait_timeout=90\n"
    )
    files = {"compose.yml": text, "my.cnf": "[mysqld]\nwait_timeout = 5\ninteractive_timeout = 6\n"}
    assert told(found(tmp_path, files)) == [
        ("a container of compose.yml", 5, 6, "my.cnf:2"),
        ("db of compose.yml", 90, 6, "compose.yml:7"),
    ]


@pytest.mark.parametrize(
    "form", ["[MARIADB_EXTRA_FLAGS=--wait_timeout=90]", "{MARIADB_EXTRA_FLAGS: --wait_timeout=90}"]
)
def test_the_extra_flags_of_bitnami(tmp_path: Path, form: str) -> None:
    answers = found(tmp_path, {"compose.yml": compose(f"environment: {form}", "bitnami/mariadb:10.11")})
    assert told(answers) == [("db of compose.yml", 90, 28800, "compose.yml:4")]


def test_a_refused_value_is_refused(tmp_path: Path) -> None:
    (answer,) = found(tmp_path, {"compose.yml": compose("command: --wait_timeout=60s", "mysql:8.0")})
    assert answer.outcome == "refused"


MANIFEST = """\
apiVersion: apps/v1
kind: StatefulSet
spec:
  template:
    spec:
      containers:
        - name: mysql
          image: mysql:8.0
          args: ["--wait_timeout=600"]
---
apiVersion: v1
kind: ConfigMap
data:
  my.cnf: |
    [mysqld]
    # idle sessions
    wait_timeout = 99
"""


def test_a_container_and_a_config_map_of_kubernetes(tmp_path: Path) -> None:
    assert told(found(tmp_path, {"k8s/db.yaml": MANIFEST})) == [
        ("mysql of k8s/db.yaml", 600, 28800, "k8s/db.yaml:9"),
        ("data.my.cnf of k8s/db.yaml", 99, 28800, "k8s/db.yaml:17"),
    ]


def test_the_values_of_a_helm_chart(tmp_path: Path) -> None:
    text = "mysql:\n  primary:\n    configuration: |-\n      [mysqld]\n      wait_timeout=120\n"
    assert told(found(tmp_path, {"values.yaml": text})) == [
        ("primary.configuration of values.yaml", 120, 28800, "values.yaml:5")
    ]


def test_a_template_that_is_no_yaml_is_passed_over(tmp_path: Path) -> None:
    text = (
        "{{- if .Values.mysql }}\ndata:\n  my.cnf: |\n    [mysqld]\n    wait_timeout={{ .Values.idle }}\n{{- end }}\n"
    )
    assert found(tmp_path, {"templates/cm.yaml": text}) == ()


CLOUD = """\
Resources:
  Params:
    Type: AWS::RDS::DBParameterGroup
    Properties:
      Family: {family}
      Parameters:
        wait_timeout: {value}
"""


def test_cloudformation(tmp_path: Path) -> None:
    files = {
        "a.yml": CLOUD.format(family="mysql8.0", value='"900"'),
        "b.yml": CLOUD.format(family="postgres15", value='"900"'),
        "c.yml": CLOUD.format(family="mariadb10.6", value="!Ref Idle"),
    }
    assert told(found(tmp_path, files)) == [
        ("Params of a.yml", 900, 28800, "a.yml:7"),
        ("Params of c.yml", None, 28800, "None"),
    ]


def test_ansible(tmp_path: Path) -> None:
    files = {
        "group_vars/db.yml": "mysql_wait_timeout: 300\nmysql_root_password: x\n",
        "play.yml": "- hosts: db\n  vars:\n    mariadb_interactive_timeout: '900'\n",
        "other.yml": "mysqld: {wait_timeout: 60}\nmysql_innodb_lock_wait_timeout: 5\n",
        "env.yml": "MYSQL_WAIT_TIMEOUT: 30\n",
        "open.yml": "mysql_wait_timeout: '{{ idle }}'\n",
    }
    assert told(found(tmp_path, files)) == [
        ("group_vars/db.yml", 300, 28800, "group_vars/db.yml:1"),
        ("open.yml", None, 28800, "None"),
        ("other.yml", 60, 28800, "other.yml:1"),
        ("play.yml", 28800, 900, "None"),
    ]


DOCKERFILE = 'FROM debian AS tools\nCMD ["true"]\nFROM mysql:5.7\nCOPY my.cnf /etc/mysql/conf.d/\nCMD ["mysqld", "--wait_timeout=45"]\n'


def test_a_dockerfile(tmp_path: Path) -> None:
    files = {"db/Dockerfile": DOCKERFILE, "db/my.cnf": "[mysqld]\ninteractive_timeout=77\n"}
    assert told(found(tmp_path, files)) == [("db/Dockerfile", 45, 77, "db/Dockerfile:5")]
    assert found(tmp_path, {"db/Dockerfile": 'FROM python:3.12\nCMD ["shop", "--wait_timeout=45"]\n'}) == ()


TERRAFORM = """\
resource "aws_db_parameter_group" "shop" {
  name   = "shop"
  family = "mysql8.0"

  parameter {
    name  = "wait_timeout"
    value = "180"
  }
  parameter {
    name  = "interactive_timeout"
    value = var.idle
  }
}

resource "aws_rds_cluster_parameter_group" "pg" {
  family = "aurora-postgresql15"
  parameter {
    name  = "wait_timeout"
    value = "5"
  }
}

module "rds" {
  source     = "terraform-aws-modules/rds/aws"
  engine     = "mariadb"
  parameters = [
    { name = "wait_timeout", value = 300 },
    {
      name  = "max_connections"
      value = "${var.connections}"
    },
  ]
}

resource "google_sql_database_instance" "db" {
  database_version = "MYSQL_8_0"
  settings {
    database_flags {
      name  = "wait_timeout"
      value = "301"
    }
  }
}

resource "azurerm_mysql_flexible_server_configuration" "idle" {
  name        = "wait_timeout"
  server_name = "db"
  value       = "302"
}

resource "alicloud_rds_parameter_group" "idle" {
  engine = "mysql"
  param_detail {
    param_name  = "wait_timeout"
    param_value = "303"
  }
}

resource "aws_elasticache_parameter_group" "cache" {
  family = "redis7"
  parameter {
    name  = "wait_timeout"
    value = "1"
  }
}
"""


def test_terraform(tmp_path: Path) -> None:
    assert told(found(tmp_path, {"rds.tf": TERRAFORM})) == [
        ("aws_db_parameter_group.shop of rds.tf", 180, None, "rds.tf:7"),
        ("module.rds of rds.tf", 300, 28800, "rds.tf:27"),
        ("google_sql_database_instance.db of rds.tf", 301, 28800, "rds.tf:40"),
        ("azurerm_mysql_flexible_server_configuration.idle of rds.tf", 302, 28800, "rds.tf:48"),
        ("alicloud_rds_parameter_group.idle of rds.tf", 303, 28800, "rds.tf:55"),
    ]


ODDITIES = """\
# 데이터베이스
locals {
  tags = merge(
    var.tags,
    { Name = "db-${var.env}" }
  )
  note = <<-EOT
    wait_timeout = 5
  EOT
}
resource "aws_db_parameter_group" "main" {
  name_prefix = "db-"
  family      = "mysql8.0" // engine
  parameter {
    name         = "max_connections"
    value        = "200" # 최대 연결 수
  }
  dynamic "parameter" {
    for_each = var.parameters
    content {
      name  = parameter.value.name
      value = parameter.value.value
    }
  }
  parameter {
    name         = "wait_timeout"
    value        = "180"
    apply_method = "immediate"
  }
  lifecycle { create_before_destroy = true }
}
resource "alicloud_polardb_parameter_group" "p" {
  db_type    = "MySQL"
  db_version = "8.0"
  parameters {
    param_name  = "wait_timeout"
    param_value = "86400"
  }
}
"""


def test_terraform_as_it_is_written(tmp_path: Path) -> None:
    answers = found(tmp_path, {"rds.tf": ODDITIES})
    assert told(answers) == [
        ("aws_db_parameter_group.main of rds.tf", 180, 28800, "rds.tf:27"),
        ("alicloud_polardb_parameter_group.p of rds.tf", 86400, 28800, "rds.tf:37"),
    ]
    assert answers[0].max_connections == 200


def test_documentation_and_tests_are_not_deployments(tmp_path: Path) -> None:
    text = compose("command: --wait_timeout=600")
    assert found(tmp_path, {"docs/compose.yml": text, "tests/compose.yml": text}) == ()


def test_aliases_of_aliases_end(tmp_path: Path) -> None:
    lines = ["wait_timeout: 5", "a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    assert found(tmp_path, {"bomb.yml": "\n".join(lines)}) == ()


def given(tmp_path: Path, name: str, text: str, server: str = "") -> ServerAnswer:
    (tmp_path / name).write_text(text)
    location = str(tmp_path / name) + (f"::{server}" if server else "")
    return read_deployment_file(location, root=str(tmp_path))


def test_a_given_file_is_not_a_found_one(tmp_path: Path) -> None:
    answer = given(tmp_path, "compose.yml", compose("command: --wait_timeout=600"))
    assert (answer.wait_timeout, answer.found) == (600, False)


def test_one_of_several_servers_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServerSourceError, match=r"rds\.tf::aws_db_parameter_group\.shop \(or module\.rds, "):
        given(tmp_path, "rds.tf", TERRAFORM)
    assert given(tmp_path, "rds.tf", TERRAFORM, "module.rds").wait_timeout == 300
    with pytest.raises(ServerSourceError, match="no server 'gone' in it"):
        given(tmp_path, "rds.tf", TERRAFORM, "gone")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("compose.yml", compose("command: --max_connections=5"), "sets neither"),
        ("compose.yml", "a: [1\n", "is not YAML"),
        ("compose.yml", "a: \t- b: @\n", "is not YAML"),
        ("rds.tf", "resource {\n", "is not HCL"),
        ("settings.py", "", "is no compose file"),
    ],
)
def test_a_given_file_that_says_nothing_is_one_line(tmp_path: Path, name: str, text: str, reason: str) -> None:
    with pytest.raises(ServerSourceError, match=rf"^{name}.*{reason}") as caught:
        given(tmp_path, name, text)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ServerSourceError, match=r"^gone\.yml: No such file"):
        read_deployment_file(str(tmp_path / "gone.yml"), root=str(tmp_path))


@pytest.mark.parametrize(("module", "name"), [("yaml", "compose.yml"), ("hcl2", "rds.tf")])
def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ServerSourceError, match=r"pip install 'conn-lint\[deploy\]'"):
        given(tmp_path, name, compose("command: --wait_timeout=600"))
    assert found(tmp_path, {}) == ()
