"""What Python refuses: the exception that a statement raises decides which of the handlers sets the value."""

from __future__ import annotations

import pytest

from tests.settings.oracle import Package, Trial

pytestmark = pytest.mark.usefixtures("untraced")

TEXT = """
b = {value}
DATABASES = {{"default": {{}}}}
try:
    {statement}
    DATABASES["default"]["HOST"] = "done"
except ValueError:
    DATABASES["default"]["HOST"] = "ValueError"
except TypeError:
    DATABASES["default"]["HOST"] = "TypeError"
"""


@pytest.mark.parametrize(
    ("value", "statement"),
    [
        *[("[7]", f"b += {other}") for other in ("1", "None", "3.5", "(1,)", "{1}", "{'a': 1}", "'ab'", "b'a'")],
        *[("[7]", f"b.extend({other})") for other in ("1", "()")],
        *[("(7,)", f"b += {other}") for other in ("[1]", "(1,)")],
        *[("{1}", f"b |= {other}") for other in ("[1]", "{2}")],
        *[("{}", f"b |= {other}") for other in ("1", "[(1, 2)]", "[1]")],
        *[
            ("0", f"b = dict({other})")
            for other in (
                "['ab']",
                "['abc']",
                "[b'y']",
                "[b'ab']",
                "[1]",
                "[(1,)]",
                "[(1, 2)]",
                "[[1, 2, 3]]",
                "[{'a': 1}]",
                "[{'a': 1, 'b': 2}]",
                "[('a', 1), ('b',)]",
                "'ab'",
                "''",
                "5",
            )
        ],
        ("{}", "b.update(['y'])"),
        ("{}", "b.update([('a', 1), 'bc'])"),
    ],
)
def test_what_is_raised(value: str, statement: str) -> None:
    package = Package({"__init__.py": "", "leaf.py": TEXT.format(value=value, statement=statement)})
    assert package.objection("leaf", Trial({}, [], 20_000)) == ""
    assert set(package.evaluated("leaf", {}).databases) == {"default"}
