"""Random trees of option files, answered by the real server and by the reader.

CONN_LINT_TREES is how many (300), CONN_LINT_SERVER the path of another server than the installed MariaDB, of any
release: ``mysqld`` of MySQL too.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings
from hypothesis import strategies as st

from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import candidates
from conn_lint.server.reader import Files, read

EXAMPLES = int(os.environ.get("CONN_LINT_TREES", "300"))

# What most servers take, and below what some of them trip over.
TAME_NAMES = st.sampled_from(
    b"wait_timeout wait-timeout interactive_timeout interactive-timeout loose-wait_timeout maximum-wait_timeout int"
    b" wait lock_wait_timeout WAIT_TIMEOUT x.wait_timeout skip-interactive_timeout loose-nothing enable-wait_timeout"
    b"".split()
)
TAME_TEXTS = b"""'60'|"61"|62 # x|' 63'|1K|00064|+65|\\t66|1e3|67 # it's|''"""
TAME_VALUES = st.one_of(
    st.integers(0, 40_000_000).map(lambda n: str(n).encode()), st.sampled_from(TAME_TEXTS.split(b"|"))
)
NAMES = st.sampled_from(
    b"wa w in interactive loose_wait_timeouts LOOSE-wait_timeout disable-wait_timeout loose-skip-interactive_timeout"
    b" skip-loose-wait_timeout x.y.wait_timeout .wait_timeout loose-x.wait_timeout --wait_timeout wait_timeouts"
    b" no_such_variable port skip-name-resolve max_connections innodb_buffer_pool_size host default-character-set"
    b" user query_cache_size long_query_time innodb_file_format mysqlx_port wait_timeout".split()
)
TEXTS = (
    b"""-1|1.5|60s|2m|1g|1T|16777216T|0x3C|28,800|60;x|60#5|abc|K|OFF|localhost|it's|18446744073709551615"""
    b"""|18446744073709551616|99999999999999999999||""|'  '|' -1'|60 ; x|'60|'60 '|"60#5"|5\\n|\\\\5|\\s7|'\\'5'|+ 5"""
    b"""|= 5|\xa060\xa0|\xc2\xa060|it's # x|60\v|60\x0070"""
)
VALUES = st.sampled_from(TEXTS.split(b"|"))
SPACE = st.sampled_from([b"", b"", b"", b" ", b"\t", b"  ", b"\xa0", b"\v"])
GROUPS = st.sampled_from(
    b"mysqld mysqld mysqld mysqld MYSQLD server mariadb mariadbd client mysql mysqld_safe client-server galera mysqld1"
    b" embedded mysqld-10.11 mariadb-10.11 mariadbd-10.6 mysqld-8.0 mysqld-8.4 mysqld-9.7 mysqld-5.7 mysqld-5.6"
    b" mariadb-11 mariadbd-11 mariadb-11.8 mariadbd-11.4 mariadb-10.6 mysql_cluster mysqld_x mysqld_X server-replica"
    b" mariadb_x client_x".split()
)
GROUP_ENDS = st.sampled_from([b"", b"", b"", b" ", b" # x", b" wait_timeout=5", b"]"])
GROUP_LINES = st.builds(lambda indent, name, end: indent + b"[" + name + b"]" + end, SPACE, GROUPS, GROUP_ENDS)
ODD_GROUP_LINES = st.sampled_from([b"[ mysqld]", b"[mysqld ]", b"[[mysqld]]", b"[mysqld", b"[]", b"[mysqld\t]"])
OPTION_LINES = st.builds(
    lambda a, name, b, c, value, d: a + name + b + b"=" + c + value + d,
    *(SPACE, TAME_NAMES, SPACE, SPACE, TAME_VALUES, SPACE),
)
ODD_OPTION_LINES = st.one_of(
    st.builds(lambda name, value: name + b"=" + value, NAMES, st.one_of(VALUES, TAME_VALUES)),
    st.builds(lambda name, value: name + b" = " + value, TAME_NAMES, VALUES),
    st.one_of(NAMES, TAME_NAMES),
    st.sampled_from([b"wait_timeout 60", b"wait_timeout: 60", b"wait_timeout == 60", b"set-variable=wait_timeout=60"]),
)
OTHER_TEXTS = b"|  |# wait_timeout = 5|; x| # x|\xa0#x|# it's|#\xff\xfe|!|!INCLUDE @/extra.txt"
LONG_TEXTS = b"#<long>wait_timeout=7|#x<long>wait_timeout=7|#xx<long>wait_timeout=7"
OTHER_LINES = st.sampled_from([*OTHER_TEXTS.split(b"|"), *LONG_TEXTS.split(b"|")])
INCLUDES = st.sampled_from([b"!include @/extra.txt", b"!includedir @/conf.d/", b"!includedir @/conf.d"])
ODD_INCLUDES = st.builds(
    lambda indent, word, gap, target, end: indent + b"!" + word + gap + target + end,
    SPACE,
    st.sampled_from([b"include", b"includedir", b" include", b"INCLUDE", b"includes"]),
    st.sampled_from([b" ", b"\t ", b""]),
    st.sampled_from(b"@/extra.txt|@/conf.d|@/conf.d/|@/none|@/my.cnf|@/conf.d/a.cnf|'@/extra.txt'|".split(b"|")),
    st.sampled_from([b"", b"", b"", b" ", b" # x"]),
)
TAME_LINES = st.one_of(OPTION_LINES, OPTION_LINES, OPTION_LINES, GROUP_LINES, OTHER_LINES, INCLUDES)
ODD_LINES = st.one_of(ODD_OPTION_LINES, ODD_OPTION_LINES, ODD_GROUP_LINES, ODD_INCLUDES, st.just(b"\xef\xbb\xbf# x"))


class Tree(NamedTuple):
    files: dict[str, bytes]
    modes: dict[str, int]
    suffix: str


@st.composite
def contents(draw: st.DrawFn) -> bytes:
    lines = draw(st.lists(TAME_LINES, max_size=6))
    if not draw(st.integers(0, 3)):
        lines.insert(draw(st.integers(0, len(lines))), draw(ODD_LINES))
    if draw(st.integers(0, 9)):
        lines.insert(0, b"[mysqld]")
    newline = draw(st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\r"]))
    return newline.join(lines) + draw(st.sampled_from([newline, newline, b""]))


FILE_NAMES = st.sampled_from(
    "extra.txt extra.txt conf.d/a.cnf conf.d/a.cnf conf.d/b.cnf conf.d/10.cnf conf.d/9.cnf conf.d/Z.cnf conf.d/_z.cnf"
    " conf.d/.x.cnf conf.d/.cnf conf.d/a.b.cnf conf.d/b.CNF conf.d/c.cnf.bak conf.d/d.conf conf.d/e.cnf/f.cnf".split()
)
TREES = st.builds(
    lambda main, others, modes, suffix: Tree({"my.cnf": main, **others}, modes, suffix),
    contents(),
    st.dictionaries(FILE_NAMES, contents(), max_size=4),
    st.dictionaries(FILE_NAMES, st.sampled_from([0o644, 0o664, 0o666]), max_size=1),
    st.sampled_from(["", "", "_x", "-replica"]),
)


def lay(tree: Tree, folder: Path) -> Path:
    (folder / "conf.d").mkdir()
    for name, content in tree.files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.replace(b"@", os.fsencode(folder)).replace(b"<long>", b"x" * 4092))
        path.chmod(tree.modes.get(name, 0o644))
    return folder / "my.cnf"


class Server(NamedTuple):
    binary: str
    family: str
    version: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"{self.family}-{'.'.join(map(str, self.version))}"

    def options(self, folder: Path) -> list[str]:
        """What a server needs that is not installed as its packages do it."""
        if self.family == "mariadb":
            return []
        files = "NULL" if self.version >= (5, 7) else ""
        return [f"--secure-file-priv={files}", f"--lc-messages-dir={folder}", f"--datadir={folder}", "--user=root"]

    def runs(self, file: Path, suffix: str, *words: str) -> bytes | None:
        """What the server prints, or None when it refuses to start."""
        given = [f"--defaults-file={file}", *([f"--defaults-group-suffix={suffix}"] if suffix else [])]
        command = [self.binary, *given, *self.options(file.parent), *words]
        run = subprocess.run(command, cwd=file.parent, capture_output=True, check=False, timeout=60)
        return None if run.returncode else run.stdout

    def timeouts(self, file: Path, suffix: str) -> tuple[int, int] | None:
        """The timeouts the server would have, or None when it refuses to start."""
        printed = self.runs(file, suffix, "--verbose", "--help")
        # MySQL 8.0 and later print their help in spite of an unknown option.
        late = self.family == "mysql" and self.version >= (8, 0)
        if printed is None or (late and self.runs(file, suffix, "--validate-config") is None):
            return None
        found = dict(re.findall(rb"^(wait-timeout|interactive-timeout) +(\d+)$", printed, re.MULTILINE))
        return int(found[b"wait-timeout"]), int(found[b"interactive-timeout"])


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server:
    binary = os.environ.get("CONN_LINT_SERVER") or request.getfixturevalue("mariadbd")
    text = subprocess.run([binary, "--version"], capture_output=True, check=True, text=True).stdout
    version = re.search(r"Ver (\d+)\.(\d+)\.(\d+)", text)
    assert version
    return Server(binary, "mariadb" if "mariadb" in text.lower() else "mysql", tuple(map(int, version.groups())))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="CONN_LINT_TREES" not in os.environ,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(TREES)
def test_reader_and_server_agree(server: Server, tree: Tree) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        file = lay(tree, folder)
        flavours = candidates(server.name)
        try:
            outcomes = [read([str(file)], flavour, Files(str(folder)), tree.suffix) for flavour in flavours]
        except ServerSourceError as error:
            assume("includes more than" not in str(error))
            raise
        expected = server.timeouts(file, tree.suffix)
    event("refused" if expected is None else "default" if expected == (28800, 28800) else "set")
    answers = [
        None if each.refused else (each.values["wait_timeout"], each.values["interactive_timeout"]) for each in outcomes
    ]
    if len(flavours) == 1:
        assert answers == [expected], outcomes[0].refused
    else:
        assert expected in answers
