"""What newsbeam may do on the web: the `fetch` settings as the transforms see them."""

from dataclasses import dataclass
from typing import Literal

DEFAULT_USER_AGENT = "newsbeam/1.0 (+https://newsbeam.example/bot)"


@dataclass(frozen=True)
class FetchPolicy:
    """Caps and courtesy. Durations in seconds, sizes in bytes."""

    user_agent: str = DEFAULT_USER_AGENT
    concurrency: int = 64
    per_host_delay: float = 1.0
    timeout: float = 20.0
    max_bytes: int = 8_000_000
    max_redirects: int = 10
    robots: Literal["obey", "ignore"] = "obey"
    allow_private_networks: bool = False
    allowed_ports: tuple[int, ...] = (80, 443, 8080, 8443)
