"""What leaves objects as they are, and what gives values that cannot be changed in place."""

from __future__ import annotations

import builtins
import sys

PURE_METHODS = frozenset(
    "as_posix capitalize casefold copy count decode encode endswith find format get getenv index isalnum isalpha"
    " isdigit islower isnumeric isspace isupper items join joinpath keys lower lstrip partition removeprefix"
    " removesuffix replace resolve rpartition rsplit rstrip split splitlines startswith strip swapcase title"
    " translate upper values zfill".split()
)
"""Methods of Python's own values that leave these and their arguments as they are."""

PURE_MODULES = frozenset("decouple dj_database_url dj_email_url django environ environs".split()) | (
    sys.stdlib_module_names - {"runpy"}
)
"""Modules whose functions leave what they are given alone, but for those of ``units.MAGIC_WORDS``."""

PLAIN_MODULES = frozenset("datetime decouple django environ environs logging os pathlib platform re socket sys".split())
"""Modules whose functions give values that nothing changes in place."""

SILENT_MODULES = frozenset("datetime logging os pathlib platform socket".split())
"""Modules whose functions run nothing that they are given."""

GIVES_CONTAINERS = frozenset(
    "db db_url cache cache_url email_url search_url dict json list tuple Csv dj_db_url".split()
)

PLAIN_BUILTINS = frozenset(
    "abs bool bytes callable chr float hash hasattr hex int isinstance issubclass len ord repr round str".split()
)

TOUCHING_BUILTINS = frozenset("delattr iter next setattr".split())
CALLING_BUILTINS = frozenset("filter map max min sorted".split())
"""Builtins that call a function they are given."""

BUILTINS = frozenset(dir(builtins))
