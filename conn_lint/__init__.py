"""conn-lint: finds Django code that will meet (2006, 'MySQL server has gone away')."""

__version__ = "0.1.0"
