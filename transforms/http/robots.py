"""robots.txt (RFC 9309): asked once per origin, remembered for a day.

    2xx                 its rules
    4xx, too many hops  everything is allowed (2.3.1.3); but 429 is no answer
    5xx, no answer      nothing is allowed for now: ROBOTS_UNREACHABLE, asked again in 10 minutes

Errors that say more of the host than of robots.txt (no such name, forbidden address, rate limit)
keep their own kind. Only the first 500 KiB count. The user agent is the product token of
`policy.user_agent`, what stands before the "/".
"""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, field

from protego import Protego

from transforms.failures import FailureKind
from transforms.http.address import Target, check_url
from transforms.http.client import FREE, AcceptRule, Fetcher, Visit
from transforms.http.errors import ContentTypeRefused, FetchError
from transforms.http.policy import FetchPolicy
from transforms.http.politeness import MAX_CRAWL_DELAY, Clock, SystemClock

CACHE_SECONDS = 86_400.0
"""RFC 9309 2.4 wants a robots.txt used for 24 hours at most."""
CACHE_ORIGINS = 1024
UNREACHABLE_SECONDS = 600.0

MAX_ROBOTS_BYTES = 512_000
"""RFC 9309 2.5: at least 500 KiB are parsed."""

ROBOTS_TXT = AcceptRule(
    "text/plain,*/*;q=0.5", max_bytes=MAX_ROBOTS_BYTES, max_redirects=5, truncate=True
)

_OWN_KIND = frozenset(
    {
        FailureKind.BAD_URL,
        FailureKind.FORBIDDEN_ADDRESS,
        FailureKind.DNS_ERROR,
        FailureKind.RATE_LIMITED,
    }
)
_ALLOWED_KINDS = frozenset(
    {
        FailureKind.NOT_FOUND,
        FailureKind.GONE,
        FailureKind.REFUSED,
        FailureKind.CLIENT_ERROR,
        FailureKind.TOO_MANY_REDIRECTS,
    }
)
_USER_AGENT_LINE = re.compile(r"\s*user[-\s]*agent\s*[:\s]\s*(.*)", re.I)
_OTHERS = "User-agent: /others/"  # a "/" is in no product token

AI_TRAINING_AGENTS = frozenset(
    {
        "ai2bot", "amazonbot", "anthropic-ai", "applebot-extended", "bytespider", "ccbot",
        "claudebot", "cohere-ai", "cohere-training-data-crawler", "diffbot", "facebookbot",
        "google-extended", "gptbot", "meta-externalagent", "omgili", "omgilibot", "webzio-extended",
    }
)  # fmt: skip
"""Product tokens that publishers name in robots.txt to keep their text out of the training of
models, as their operators document them (2025)."""

_AI = "/ai/"


@dataclass(frozen=True)
class RobotsDecision:
    """`crawl_delay` in seconds, at most MAX_CRAWL_DELAY; None where none is asked for.
    `ai_opt_out` is True where an agent of AI_TRAINING_AGENTS may not have the page, else None:
    robots.txt cannot say the opposite."""

    allowed: bool
    crawl_delay: float | None = None
    ai_opt_out: bool | None = None


class RobotsRules:
    """The rules of one robots.txt for one product token."""

    def __init__(self, body: bytes, token: str) -> None:
        self._token = token
        self._rules = Protego.parse(_for_agents(body, frozenset({token}), token))
        self._ai_rules = Protego.parse(_for_agents(body, AI_TRAINING_AGENTS, _AI, star=_OTHERS))

    def decide(self, url: str) -> RobotsDecision:
        delay = self._rules.crawl_delay(self._token)
        return RobotsDecision(
            self._rules.can_fetch(url, self._token),
            None if delay is None else min(delay, MAX_CRAWL_DELAY),
            None if self._ai_rules.can_fetch(url, _AI) else True,
        )


@dataclass
class RobotsCache:
    """Rules, or the error in their place, by origin; plain data that outlives event loops.
    The least recently used of more than CACHE_ORIGINS go."""

    entries: OrderedDict[str, tuple[float, RobotsRules | FetchError]] = field(
        default_factory=OrderedDict
    )

    def get(self, origin: str, now: float) -> RobotsRules | FetchError | None:
        found = self.entries.get(origin)
        if found is None or found[0] <= now:
            return None
        self.entries.move_to_end(origin)
        return found[1]

    def put(self, origin: str, rules: RobotsRules | FetchError, now: float) -> None:
        kept = CACHE_SECONDS if isinstance(rules, RobotsRules) else UNREACHABLE_SECONDS
        self.entries[origin] = (now + kept, rules)
        self.entries.move_to_end(origin)
        while len(self.entries) > CACHE_ORIGINS:
            self.entries.popitem(last=False)


class Robots:
    """Decides by robots.txt on one event loop. `visit` accompanies the requests for it."""

    def __init__(
        self,
        fetcher: Fetcher,
        policy: FetchPolicy,
        visit: Visit = FREE,
        cache: RobotsCache | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._policy = policy
        self._visit = visit
        self._cache = RobotsCache() if cache is None else cache
        self._clock = clock or SystemClock()
        self._token = product_token(policy.user_agent)
        self._asking: dict[str, asyncio.Task[RobotsRules | FetchError]] = {}

    async def decide(self, url: str) -> RobotsDecision:
        """May `url` be asked? Raises FetchError when that cannot be found out now."""
        if self._policy.robots == "ignore":
            return RobotsDecision(True)
        target = check_url(url, self._policy)
        rules = await self._rules(target)
        if isinstance(rules, FetchError):
            raise FetchError(
                rules.kind, rules.message, status=rules.status, retry_after=rules.retry_after
            )
        return rules.decide(str(target))

    async def _rules(self, target: Target) -> RobotsRules | FetchError:
        origin = target.origin
        cached = self._cache.get(origin, self._clock.now())
        if cached is not None:
            return cached
        asking = self._asking.get(origin)
        if asking is None:
            asking = asyncio.ensure_future(self._ask(origin))
            self._asking[origin] = asking
            asking.add_done_callback(lambda _: self._asking.pop(origin))
        return await asyncio.shield(asking)  # one waiter's end is not that of the others

    async def _ask(self, origin: str) -> RobotsRules | FetchError:
        url = f"{origin}/robots.txt"
        try:
            response = await self._fetcher.fetch(url, accept=ROBOTS_TXT, visit=self._visit)
            rules: RobotsRules | FetchError = RobotsRules(_whole_lines(response.body), self._token)
        except ContentTypeRefused:
            rules = RobotsRules(b"", self._token)
        except FetchError as error:
            rules = self._instead(url, error)
        if not (isinstance(rules, FetchError) and rules.kind is FailureKind.RATE_LIMITED):
            self._cache.put(origin, rules, self._clock.now())  # a rate limit has its own clock
        return rules

    def _instead(self, url: str, error: FetchError) -> RobotsRules | FetchError:
        if error.kind in _ALLOWED_KINDS:
            return RobotsRules(b"", self._token)
        if error.kind in _OWN_KIND:
            return FetchError(
                error.kind, error.message, status=error.status, retry_after=error.retry_after
            )
        return FetchError(
            FailureKind.ROBOTS_UNREACHABLE,
            f"{url} could not be read, so nothing is asked there for now: {error.message}"[:500],
            status=error.status,
            retry_after=error.retry_after,
        )


def product_token(user_agent: str) -> str:
    """What names the robot in robots.txt: the user agent up to the first "/" or space."""
    return re.split(r"[/\s]", user_agent.strip(), maxsplit=1)[0].lower() or "newsbeam"


def _whole_lines(body: bytes) -> bytes:
    """Without the last line where the cap cut it: half a path would forbid more than meant."""
    return body if len(body) < MAX_ROBOTS_BYTES else body[: body.rfind(b"\n") + 1]


def _for_agents(body: bytes, agents: frozenset[str], name: str, star: str = "User-agent: *") -> str:
    """The robots.txt with `agents` under one name and every other one under another.

    Two reasons. RFC 9309 compares product tokens whole, protego also takes "news" for
    "newsbeam". And protego keeps a rule once per user agent of its group: 15,000 agents over
    27,000 rules fit in 500 KiB and would make 400 million.
    """
    lines = []
    for line in body.decode("utf-8-sig", "replace").splitlines():
        match = _USER_AGENT_LINE.match(line)
        if match is None:
            lines.append(line)
            continue
        agent = match[1].partition("#")[0].strip().lower()
        if agent == "*":
            lines.append(star)
        elif agent:
            own = re.split(r"[/\s*]", agent, maxsplit=1)[0] in agents
            lines.append(f"User-agent: {name}" if own else _OTHERS)
    return "\n".join(lines)
