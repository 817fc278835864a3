"""What an operator may set about signing in: `access.yaml` in the home; every key has a default."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from metrics.policy_files import read_policy_document
from pipelines.home import Home

_SCHEMA = Path(__file__).parent / "settings_schema"


@dataclass(frozen=True)
class AccessSettings:
    """Settings with their defaults.

    `address_failures`: wrong passwords from one address within `lock_minutes` after which it must wait.
    `allow_plain_http`: let people sign in over http from other machines (otherwise only from this one).
    `proxy_peers`: addresses of proxies that are believed what they forward; `account_header`: the header in which they
    name the account that they have signed on, None: none does.
    """

    lock_after_failures: int = 5
    lock_minutes: int = 15
    address_failures: int = 50
    idle_minutes: int = 30
    absolute_hours: int = 10
    password_length: int = 12
    password_days: int = 90
    upload_megabytes: int = 20
    allow_plain_http: bool = False
    proxy_peers: tuple[str, ...] = ()
    account_header: str | None = None


def load_access_settings(home: Home) -> AccessSettings:
    """The settings of a home.

    Raises:
        PolicyError: an unknown key or a wrong value, told with its line in Chinese.
    """
    if not home.access_settings.exists():
        return AccessSettings()
    document = read_policy_document(home.access_settings, str(_SCHEMA))
    content: dict[str, Any] = dict(document.content or {})
    peers = tuple(content.pop("proxy_peers", ()))
    settings = replace(AccessSettings(), proxy_peers=peers, **content)
    if settings.account_header and not settings.proxy_peers:
        raise document.fault(("account_header",), "写了 account_header 就必须写 proxy_peers：只信任列出的代理地址")
    return settings
