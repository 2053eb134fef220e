"""From the files under `content/` to resources to serve and results to expect.

    site.json                publishers, feeds, robots.txt, redirects, the balance of a first run
    <publisher>/<name>.html  one page: `key: value` lines, an empty line, the body's HTML
    looks/<look>.html        the page around the body, one per kind of publisher
    phrases.json             navigation, cookie banner, comments ... in every language
    feeds/, files/           feeds as templates; what is served as it is

`${publisher}` stands for a publisher's address and `${name.key}` for a page's value.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import resources
from string import Template
from typing import Any, cast

from transforms.elements import Feed, Verdict

_CONTENT = resources.files("pipelines.sample_site") / "content"
_PARAGRAPH = re.compile(r"<p>(.*?)</p>")
_EDGE = 24  # characters of a body's opening and closing


@dataclass(frozen=True)
class Resource:
    """What a path answers. With `last_modified` it has validators and answers 304. `delay` in
    seconds passes before the answer."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    last_modified: str | None = None
    delay: float = 0.0


@dataclass(frozen=True)
class ExpectedRecord:
    """What the dataset must hold of one page. None: not checked, except that the body of a
    consent wall is null. `opening` and `closing` begin and end the body. `title`, `opening` and
    `closing` have single spaces for whitespace of every kind (`" ".join(text.split())`). No text
    of `unwanted` may be in the body. `ai_opt_out` may stem from the page or from robots.txt.
    `copy_of` is the path of the earlier article with nearly the same text."""

    publisher: str
    path: str
    url: str
    language: str
    verdict: Verdict
    title: str | None
    opening: str | None
    closing: str | None
    published_at: datetime | None
    authors: tuple[str, ...]
    ai_opt_out: bool
    copy_of: str | None
    unwanted: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """The outcome of a first run over all feeds, in feed entries: `announced` = `written` +
    `duplicate` + the sums of `skipped` and `failed`. `records` by path."""

    announced: int
    written: int
    duplicate: int
    skipped: Mapping[str, int]
    failed: Mapping[str, int]
    records: Mapping[str, ExpectedRecord]


@dataclass(frozen=True)
class Content:
    """All that the site serves, by publisher and path, and what a run must make of it."""

    resources: dict[tuple[str, str], Resource]
    feeds: tuple[Feed, ...]
    expected: Expected


@dataclass(frozen=True)
class _Post:
    publisher: str
    name: str
    meta: Mapping[str, str]
    html: str

    @property
    def path(self) -> str:
        return self.meta["path"]

    @property
    def is_record(self) -> bool:
        return self.meta.get("record") != "no"


class _Template(Template):
    """`${name}` and `${name.key}`; anything else after a $ is an error in the content."""

    idpattern = r"(?!)"
    braceidpattern = r"[a-z][a-z0-9_.-]*"


def publishers() -> tuple[str, ...]:
    """The publishers' keys, in a fixed order."""
    return tuple(_manifest()["publishers"])


def load(bases: Mapping[str, str]) -> Content:
    """The site as it is served at `bases` (publisher -> "http://127.0.0.1:8001")."""
    manifest = _manifest()
    posts = [post for publisher in manifest["publishers"] for post in _posts(publisher)]
    values = {**bases, **_values(posts, bases)}
    served: dict[tuple[str, str], Resource] = {}
    for post in posts:
        served[post.publisher, post.path] = _page(post, posts, manifest, values)
        if "caption" in post.meta:
            photo = Resource((_CONTENT / "files" / "photo.jpg").read_bytes(), "image/jpeg")
            served[post.publisher, _image_path(post)] = photo
    for publisher, text in manifest["robots"].items():
        body = _Template(text).substitute(values).encode()
        served[publisher, "/robots.txt"] = Resource(body, "text/plain; charset=utf-8")
    for item in manifest["redirects"]:
        location = _Template(item["to"]).substitute(values)
        served[item["publisher"], item["path"]] = Resource(
            status=301, headers=(("Location", location),)
        )
    for item in manifest["files"]:
        body = (_CONTENT / "files" / item["file"]).read_bytes()
        served[item["publisher"], item["path"]] = Resource(body, item["content_type"])
    for item in manifest["feeds"]:
        served[item["publisher"], item["path"]] = Resource(
            _feed_body(item, values), item["content_type"], last_modified=manifest["last_modified"]
        )
    feeds = tuple(_feed(item, bases) for item in manifest["feeds"])
    records = {post.path: _expected(post, values, posts) for post in posts if post.is_record}
    return Content(served, feeds, Expected(records=records, **manifest["balance"]))


def _manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((_CONTENT / "site.json").read_text("utf-8"))
    return manifest


def _posts(publisher: str) -> list[_Post]:
    files = sorted((_CONTENT / publisher).iterdir(), key=lambda file: file.name)
    posts = {}
    for file in files:
        head, _, body = file.read_text("utf-8").partition("\n\n")
        lines = (line.partition(": ") for line in head.splitlines())
        name = file.name.removesuffix(".html")
        posts[name] = _Post(publisher, name, {key: value for key, _, value in lines}, body.strip())
    return [_with_text(post, posts) for post in posts.values()]


def _with_text(post: _Post, posts: Mapping[str, _Post]) -> _Post:
    """A page that shows another one's article (AMP) takes all but its own path and look."""
    original = posts.get(post.meta.get("text_of", ""))
    if original is None:
        return post
    return _Post(post.publisher, post.name, {**original.meta, **post.meta}, original.html)


def _image_path(post: _Post) -> str:
    return f"/media/{post.name}.jpg"


def _values(posts: list[_Post], bases: Mapping[str, str]) -> dict[str, str]:
    values = {}
    for post in posts:
        base = bases[post.publisher]
        own = {**post.meta, "url": base + post.path, "image": base + _image_path(post)}
        values.update({f"{post.name}.{key}": value for key, value in own.items()})
        values[f"{post.name}.html"] = post.html
    return values


def _page(
    post: _Post, posts: list[_Post], manifest: dict[str, Any], values: Mapping[str, str]
) -> Resource:
    encoding = post.meta.get("encoding", "utf-8")
    publisher = manifest["publishers"][post.publisher]
    look = post.meta.get("look", publisher["look"])
    if look == "none":
        text = _Template(post.html).substitute(values)
    else:
        others = [
            other
            for other in posts
            if other.publisher == post.publisher and other.path != post.path and other.is_record
        ]
        template = _Template((_CONTENT / "looks" / f"{look}.html").read_text("utf-8"))
        text = template.substitute(_fields(post, others[:4], publisher["name"], values))
    content_type = post.meta.get("content_type", "text/html; charset=utf-8")
    return Resource(text.encode(encoding), content_type)


def _fields(
    post: _Post, others: list[_Post], publisher_name: str, values: Mapping[str, str]
) -> dict[str, str]:
    """What a look's placeholders stand for, escaped for HTML; `body` and `json_ld` are markup."""
    meta = post.meta
    phrases = _phrases()[meta["language"]]
    plain = {
        "encoding": "utf-8",
        "site_name": publisher_name,
        "modified": meta["published"],
        "caption": "",
        "authors": "",
        "keywords": "",
        **phrases,
        **meta,
        "home": values[post.publisher],
        "url": values[f"{meta.get('text_of', post.name)}.url"],
        "image": values[f"{post.name}.image"],
        "direction": "rtl" if meta["language"] == "ar" else "ltr",
    }
    plain["keywords"] = plain["keywords"].replace("; ", ", ")
    fields = {key: html.escape(value) for key, value in plain.items()}
    fields["authors"] = fields["authors"].replace("; ", ", ")
    fields["robots"] = "\n".join(
        f'<meta name="{name}" content="{html.escape(meta[key])}">'
        for name, key in (("robots", "robots"), ("tdm-reservation", "tdm"))
        if key in meta
    )
    fields["sections"] = "".join(
        f'<li><a href="/section/{number}">{html.escape(section)}</a></li>'
        for number, section in enumerate(phrases["sections"].split("; "))
    )
    fields["related_links"] = "".join(
        f'<li><a href="{other.path}">{html.escape(other.meta["title"])}</a></li>'
        for other in others
        if "title" in other.meta
    )
    fields["json_ld"] = _json_ld(plain)
    fields["body"] = post.html
    return fields


def _json_ld(plain: Mapping[str, str]) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": plain["url"],
        "headline": plain["title"],
        "description": plain["description"],
        "inLanguage": plain["language"],
        "articleSection": plain["section"],
        "keywords": plain["keywords"].split(", "),
        "image": [plain["image"]],
        "datePublished": plain["published"],
        "dateModified": plain["modified"],
        "author": [{"@type": "Person", "name": name} for name in plain["authors"].split("; ")],
        "publisher": {"@type": "NewsMediaOrganization", "name": plain["site_name"]},
        "isAccessibleForFree": plain.get("free") != "no",
    }
    if "license" in plain:
        data["license"] = plain["license"]
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _phrases() -> dict[str, dict[str, str]]:
    phrases: dict[str, dict[str, str]] = json.loads((_CONTENT / "phrases.json").read_text("utf-8"))
    return phrases


def _feed_body(item: Mapping[str, Any], values: Mapping[str, str]) -> bytes:
    template = (_CONTENT / "feeds" / item["file"]).read_text("utf-8")
    escape = _json_escape if item["file"].endswith(".json") else _xml_escape
    # Full content stands in CDATA and is not escaped.
    escaped = {k: v if k.endswith(".html") else escape(v) for k, v in values.items()}
    return _Template(template).substitute(escaped).encode(item.get("encoding", "utf-8"))


def _json_escape(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _xml_escape(value: str) -> str:
    return html.escape(value, quote=False)


def _feed(item: Mapping[str, Any], bases: Mapping[str, str]) -> Feed:
    return Feed(
        bases[item["publisher"]] + item["path"],
        item["name"],
        item.get("language"),
        item.get("country"),
        tuple(item["tags"]),
        item.get("full_content", False),
    )


def _expected(post: _Post, values: Mapping[str, str], posts: list[_Post]) -> ExpectedRecord:
    meta = post.meta
    paragraphs = [_plain_text(inner) for inner in _PARAGRAPH.findall(post.html)]
    has_body = meta.get("look") != "none"
    verdict = cast(Verdict, meta.get("verdict", "article"))
    phrases = _phrases()[meta["language"]]
    furniture = ("cookies", "newsletter", "comment", "reply", "footer")
    copied = next((other.path for other in posts if other.name == meta.get("copy_of")), None)
    return ExpectedRecord(
        publisher=post.publisher,
        path=post.path,
        url=values[f"{post.name}.url"],
        language=meta["language"],
        verdict=verdict,
        title=_plain_text(meta["title"]) if "title" in meta else None,
        opening=paragraphs[0][:_EDGE] if has_body else None,
        closing=paragraphs[-1][-_EDGE:] if has_body and verdict == "article" else None,
        published_at=_datetime(meta.get("published")),
        authors=tuple(meta["authors"].split("; ")) if "authors" in meta else (),
        ai_opt_out="robots" in meta or "tdm" in meta or post.publisher == "lanterna",
        copy_of=copied,
        unwanted=tuple(phrases[key] for key in furniture if key in phrases),
    )


def _plain_text(fragment: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", fragment)).split())


def _datetime(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(timezone.utc) if value else None
