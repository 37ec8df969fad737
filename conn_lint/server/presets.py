"""After how many idle seconds the usual things between Django and its server drop a connection, by default."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple


class Preset(NamedTuple):
    """``seconds`` is the default of ``what``, as ``source`` says; ``hosts`` are patterns of the names of such
    hops, which only suggest one."""

    seconds: int
    what: str
    source: str
    hosts: tuple[str, ...] = ()


PRESETS: dict[str, Preset] = {
    "aws-nat-gateway": Preset(
        350,
        "AWS NAT gateway",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
    ),
    "aws-nlb": Preset(
        350,
        "AWS Network Load Balancer",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html",
        ("*.elb.*.amazonaws.com", "*.elb.*.amazonaws.com.cn"),
    ),
    "azure-lb": Preset(
        240,
        "Azure Load Balancer",
        "https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset",
    ),
    "docker-swarm": Preset(
        900,
        "the IPVS of a Docker Swarm service",
        "https://github.com/moby/moby/issues/31208",
    ),
    "envoy": Preset(
        3600,
        "Envoy's TCP proxy",
        "https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts",
    ),
    "gcp-vpc": Preset(
        600,
        "the connection tracking of a Google Cloud VPC",
        "https://cloud.google.com/firewall/docs/firewalls",
    ),
    "haproxy": Preset(
        50,
        "HAProxy as packaged by Debian",
        "haproxy 2.6.12-1+deb12u4, /etc/haproxy/haproxy.cfg: timeout client 50000",
    ),
    "maxscale": Preset(
        28800,
        "MaxScale",
        "wait_timeout of a service: https://mariadb.com/docs/maxscale/ (before 24.02.5 it was off)",
    ),
    "oci-nlb": Preset(
        360,
        "OCI Network Load Balancer",
        "https://docs.oracle.com/iaas/Content/NetworkLoadBalancer/overview.htm",
    ),
    "proxysql": Preset(
        28800,
        "ProxySQL",
        "mysql-wait_timeout: https://proxysql.com/documentation/global-variables/mysql-variables/",
    ),
    "rds-proxy": Preset(
        1800,
        "Amazon RDS Proxy",
        "IdleClientTimeout: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html",
        ("*.proxy-*.*.rds.amazonaws.com", "*.proxy-*.*.rds.amazonaws.com.cn"),
    ),
}
"""By the name it is asked for with; where a limit can be set, this is what it is when nobody does."""


def suggested(host: str) -> str | None:
    """The preset that the name of ``host`` suggests, or None."""
    name = host.rstrip(".").lower()
    found = (key for key, preset in PRESETS.items() for pattern in preset.hosts if fnmatchcase(name, pattern))
    return next(found, None)
