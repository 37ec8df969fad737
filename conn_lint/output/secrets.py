"""Values of OPTIONS without passwords."""

from __future__ import annotations

from conn_lint.model import Known, OneOf, Value

_SECRETS = ("passw", "secret", "token", "key")
_MASK = "********"


def without_secrets(name: str, value: Value) -> Value:
    """The option ``name`` with a mask for each value, at any depth, whose name is that of a secret."""
    if _is_secret(name):
        return Known(_MASK, value.place)
    if isinstance(value, Known):
        return value._replace(value=_masked(value.value))
    default = value.default and value.default._replace(value=_masked(value.default.value))
    if isinstance(value, OneOf):
        values = tuple(known._replace(value=_masked(known.value)) for known in value.values)
        return value._replace(values=values, default=default)
    return value._replace(default=default, possible=())


def _masked(value: object) -> object:
    """``value`` with a mask for what stands under the name of a secret in it, at any depth."""
    if isinstance(value, dict):
        return {key: _MASK if _is_secret(str(key)) else _masked(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(each) for each in value]
    return value


def _is_secret(name: str) -> bool:
    return any(word in name.lower() for word in _SECRETS)
