"""``python -m conn_lint``."""

import sys

from conn_lint.cli import main

sys.exit(main())
