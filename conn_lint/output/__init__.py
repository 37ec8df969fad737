"""How a result is shown; one file per format. The formats know the model and nothing else.

The module of a format has the format's name and ``render(result, view) -> str``.
"""

FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")
