"""The presets, and the host names that suggest one."""

from __future__ import annotations

import pytest

from conn_lint.server.presets import PRESETS, suggested


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("shop.proxy-c1a2b3.eu-west-1.rds.amazonaws.com", "rds-proxy"),
        ("SHOP.PROXY-c1a2b3.EU-WEST-1.rds.amazonaws.com.", "rds-proxy"),
        ("db-0a1b2c.elb.eu-west-1.amazonaws.com", "aws-nlb"),
        ("shop.c1a2b3.eu-west-1.rds.amazonaws.com", None),
        ("shop.cluster-c1a2b3.eu-west-1.rds.amazonaws.com", None),
        ("proxy-1.internal", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_the_name_of_a_host_suggests_a_preset_or_none(host: str, name: str | None) -> None:
    assert suggested(host) == name


def test_every_preset_names_its_source() -> None:
    assert all(preset.seconds > 0 and preset.what and preset.source for preset in PRESETS.values())
