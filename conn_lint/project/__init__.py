"""The linted tree: which files it has, how their modules are named, and their parsed sources."""
