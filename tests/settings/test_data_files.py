"""JSON, TOML and YAML files of the project."""

from __future__ import annotations

import sys

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = "import os, json\nfrom pathlib import Path\nBASE = Path(__file__).resolve().parent\n"
FILES = {
    "db.yml": "db: &db\n  CONN_MAX_AGE: 60\nother:\n  <<: *db\n",
    "db.toml": "[db]\nCONN_MAX_AGE = 60\n",
    "db.json": '{"db": {"CONN_MAX_AGE": 60}}',
    "broken.yml": "db:\n - b\n c: [\n",
    "broken.toml": "db = = 1\n",
    "broken.json": '{\n"db": }',
    "tagged.yml": "db: !ENV {CONN_MAX_AGE: 60}\n",
    "bomb.yml": "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
    + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
}

LOADS = {
    "yaml.safe_load": "import yaml\nwith open(BASE / 'db.yml') as f:\n    C = yaml.safe_load(f)",
    "yaml.load of the text": "import yaml\nC = yaml.load(open(BASE / 'db.yml').read(), Loader=yaml.FullLoader)",
    "yaml.safe_load of read_text": "import yaml\nC = yaml.safe_load((BASE / 'db.yml').read_text(encoding='utf-8'))",
    "yaml anchors": "import yaml\nC = {'db': yaml.safe_load((BASE / 'db.yml').read_text())['other']}",
    "ruamel": "from ruamel.yaml import YAML\nC = YAML(typ='safe').load(BASE / 'db.yml')",
    "tomllib": "import tomllib\nwith (BASE / 'db.toml').open('rb') as f:\n    C = tomllib.load(f)",
    "tomllib.loads": "import tomllib\nC = tomllib.loads((BASE / 'db.toml').read_text())",
    "tomli or tomllib": "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n"
    "C = tomllib.load(open(BASE / 'db.toml', 'rb'))",
    "toml": "import toml\nC = toml.load(os.path.join(str(BASE), 'db.toml'))",
    "tomlkit": "import tomlkit\nC = tomlkit.parse((BASE / 'db.toml').read_text())",
    "json.load": "with open(BASE / 'db.json') as f:\n    C = json.load(f)",
    "json.loads of bytes": "C = json.loads((BASE / 'db.json').read_bytes().decode())",
    "json.loads of a literal": 'C = json.loads(\'{"db": {"CONN_MAX_AGE": 60}}\')',
    "a literal that is no JSON": "try:\n    C = json.loads('{')\nexcept ValueError:\n    C = {'db': {'CONN_MAX_AGE': 60}}",
}


@pytest.mark.parametrize("text", LOADS.values(), ids=LOADS)
def test_a_data_file(read: Reader, text: str) -> None:
    deployment = read(f"{HEAD}{text}\nDATABASES = {{'default': C['db']}}\n", FILES)
    assert said(deployment.databases["default"].conn_max_age) == 60
    assert deployment.databases["default"].conn_max_age.place is not None
    assert not deployment.problems


@pytest.mark.parametrize(
    ("load", "path", "line", "reason"),
    [
        ("__import__('yaml').safe_load", "broken.yml", 3, "is not valid YAML: "),
        ("__import__('tomllib').loads", "broken.toml", 1, "is not valid TOML: "),
        ("json.loads", "broken.json", 2, "is not valid JSON: "),
        ("__import__('yaml').safe_load", "bomb.yml", 1, "is not valid YAML: it holds more than"),
    ],
)
def test_a_broken_file_is_one_problem(read: Reader, load: str, path: str, line: int, reason: str) -> None:
    text = f"{HEAD}C = {load}((BASE / '{path}').read_text())\nDATABASES = {{'default': {{'CONN_MAX_AGE': C['db']}}}}\n"
    deployment = read(text, FILES)
    assert [(one.span.path, one.span.line) for one in deployment.problems] == [(path, line)]
    assert deployment.problems[0].reason.startswith(reason)
    assert said(deployment.databases["default"].conn_max_age) == Open()


@pytest.mark.parametrize("path", ["none.yml", "tagged.yml"])
def test_what_a_file_would_say_is_unknown(read: Reader, path: str) -> None:
    text = f"{HEAD}import yaml\nC = yaml.safe_load(open(BASE / '{path}'))\nDATABASES = {{'default': C['db']}}\n"
    deployment = read(text, FILES)
    value = deployment.databases["default"].conn_max_age if deployment.databases else None
    assert deployment.open or said(value) == Open()  # type: ignore[arg-type]
    assert not deployment.problems


def test_yaml_without_its_parser(read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    text = f"{HEAD}import yaml\nC = yaml.safe_load(open(BASE / 'db.yml'))\n"
    deployment = read(text + "DATABASES = {'default': {'CONN_MAX_AGE': C['db']['CONN_MAX_AGE']}}\n", FILES)
    age = deployment.databases["default"].conn_max_age
    assert said(age) == Open()
    assert "conn-lint[deploy]" in age.why  # type: ignore[union-attr]


def test_a_guarded_file_that_is_not_there_is_noted(read: Reader) -> None:
    text = "DATABASES = {'default': {'CONN_MAX_AGE': 60}}\ntry:\n    with open(BASE / 'local.py') as f:\n"
    text += "        exec(f.read(), globals())\nexcept IOError:\n    pass\n"
    deployment = read(HEAD + text)
    assert said(deployment.databases["default"].conn_max_age) == 60
    assert [note.label.split(" is ")[0] for note in deployment.notes] == ["local.py"]


def test_a_guarded_file_that_the_settings_cannot_do_without_exists_where_they_are_used(read: Reader) -> None:
    text = "DATABASES = {'default': {'CONN_MAX_AGE': 60}}\ndef languages():\n    try:\n"
    text += "        with open(BASE / 'languages.json') as f:\n            return json.load(f)['all'], 1\n"
    text += "    except Exception:\n        print('none')\nLANGUAGES, COUNT = languages()\n"
    deployment = read(HEAD + text + "DATABASES['default']['PORT'] = COUNT\n")
    assert said(deployment.databases["default"].conn_max_age) == 60
    assert not deployment.problems
    assert len(deployment.notes) == 1


def test_a_file_that_is_written_holds_nothing_yet(read: Reader) -> None:
    text = "f = open(BASE / 'db.json', 'w')\nDATABASES = {'default': {'CONN_MAX_AGE': json.load(f)}}\n"
    assert said(read(HEAD + text, FILES).databases["default"].conn_max_age) == Open()


def test_the_names_that_every_module_has(read: Reader) -> None:
    text = "import pack\nDATABASES = {'default': {'CONN_MAX_AGE': pack.AGE, 'ENGINE': __package__}}\n"
    extended = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\nAGE = 60\n"
    database = read(text, {"pack/__init__.py": extended}).databases["default"]
    assert (said(database.conn_max_age), said(database.engine)) == (60, "")
