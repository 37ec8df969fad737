"""``python -m conn_lint.server FILE [--server mariadb-10.11]``: the timeouts that option files give, as JSON.

Prints ``{"wait_timeout": SECONDS, "interactive_timeout": SECONDS, "reason": ...}`` (null: it depends on the
server), or ``{"refused": true, "reason": ...}`` when the server would not start. Exit status 0, or 2 when the
file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from conn_lint.server.errors import ServerSourceError
from conn_lint.server.optionfiles import read_option_files


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m conn_lint.server", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="+", help="option file, or folder like /etc/mysql")
    parser.add_argument("--server", help="mysql-8.0, mariadb-10.11 and so on; default: every current one")
    options = parser.parse_args(arguments)
    try:
        answer = read_option_files(options.file, root=os.getcwd(), server=options.server)
    except ServerSourceError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    said: dict[str, object] = {
        "wait_timeout": answer.wait_timeout,
        "interactive_timeout": answer.interactive_timeout,
        "reason": answer.reason,
    }
    if answer.outcome == "refused":
        said = {"refused": True, "reason": answer.reason}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
