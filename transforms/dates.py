"""Dates as feeds and pages write them.

Two families are read: textual dates (RFC 822 / RFC 2822, asctime, and the same words in another
order or language) and numeric ones (RFC 3339, ISO 8601, `31.12.2025 10:00`, `2025年12月31日`).
Nothing is invented: without year, month or day there is no date, and `03/04/2026`, which is two
different days to its readers, is none either. That is why no general-purpose parser that fills
gaps from today's date is used.

Every pattern is linear and texts over MAX_LENGTH are refused.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

from transforms import clock

MAX_LENGTH = 120
EARLIEST_YEAR = 1990
LATEST_AHEAD = timedelta(days=731)
FUTURE_AFTER = timedelta(days=1)

_ZONES: dict[str, int] = {  # minutes east of Greenwich
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "met": 60,
    "mez": 60, "cest": 120, "mest": 120, "mesz": 120, "eet": 120, "eest": 180, "sast": 120,
    "cat": 120, "wat": 60, "eat": 180, "msk": 180, "мск": 180, "msd": 240, "trt": 180, "idt": 180,
    "irst": 210, "gst": 240, "pkt": 300, "ist": 330, "npt": 345, "ict": 420, "wib": 420,
    "wita": 480, "wit": 540, "sgt": 480, "hkt": 480, "myt": 480, "pht": 480, "awst": 480,
    "jst": 540, "kst": 540, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720,
    "nzdt": 780, "nst": -210, "ndt": -150, "ast": -240, "adt": -180, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540,
    "akdt": -480, "hst": -600, "brt": -180, "brst": -120, "art": -180, "clt": -240, "clst": -180,
    "cot": -300, "pet": -300, "vet": -240,
}  # fmt: skip
"""Zone names, RFC 822's first: EST, CST, MST, PST are American, BST is British, IST is India's.
`AST` is Atlantic. A name that is not here is read as no zone, with the warning "unknown_zone"."""

_MONTH_NAMES = """
1 jan january gennaio gen enero ene janvier janv januar jänner januari janeiro ianuarie
1 leden ledna январь января янв січень січня styczeń stycznia ocak január
2 feb february febbraio febrero février févr februar februari fevereiro fev februarie
2 únor února февраль февраля фев февр luty lutego şubat február
3 mar march marzo mars märz mrz maart mrt março martie mart березень березня март марта мар
3 březen března marzec marca március
4 apr april aprile abr abril avril avr aprilie апрель апреля апр kwiecień kwietnia duben dubna
4 nisan квітень квітня április
5 may maggio mag mayo mai mei maj maio май мая травень травня květen května maja mayıs május
6 jun june giugno giu junio juin juni junho iunie июнь июня июн червень червня czerwiec czerwca
6 červen června haziran június
7 jul july luglio lug julio juillet juil juli julho iulie июль июля июл липень липня lipiec
7 lipca červenec července temmuz július
8 aug august agosto ago août aout augustus augusti авг август августа серпень серпня sierpień
8 sierpnia srpen srpna ağustos augusztus
9 sep sept september settembre set septiembre septembre setembro septembrie сен сент сентябрь
9 сентября вересень вересня wrzesień września září eylül szeptember
10 oct october ottobre ott octubre octobre okt oktober outubro out octombrie октябрь октября
10 жовтень жовтня październik października říjen října ekim október окт
11 nov november novembre noviembre novembro noiembrie ноябрь ноября ноя нояб kasım
12 dec december dicembre dic diciembre décembre déc dez dezember dezembro decembrie декабрь
12 декабря дек грудень грудня grudzień grudnia prosinec prosince aralık des desember
"""
# Left out because two languages disagree: listopad (11 in Polish and Czech, 10 in Croatian).
_MONTHS = {
    name: int(number)
    for number, *names in (line.split() for line in _MONTH_NAMES.strip().splitlines())
    for name in names
}
_FILLERS = frozenset(
    ["de", "del", "di", "of", "at", "um", "the", "le", "il", "el", "den", "kl", "klo", "às"]
)
# "(Central European Time)" and "[Europe/Rome]" after an offset say it again.
_COMMENT = re.compile(r"\([^()]* [^()]*\)|\[[^\[\]]*\]$")

_ISO = re.compile(
    r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})"
    r"(?:(?:[Tt]|\s*,?\s+|[Tt]\s+)([0-9]{1,2})(?::?([0-9]{2}))"
    r"(?::?([0-9]{2})(?:[.,]([0-9]{1,12}))?)?)?\s*(.{0,40})"
)
_DAY_FIRST = re.compile(
    r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})"
    r"(?:[\s,T-]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?\s*(.{0,40})"
)
_CJK = re.compile(
    r"([0-9]{4})\s?[年년]\s?([0-9]{1,2})\s?[月월]\s?([0-9]{1,2})\s?[日일]\s*(?:\(?[^\d\s]{1,5}\)?)?"
    r"(?:\s*([0-9]{1,2})[:時时시]\s?([0-9]{1,2})(?:[:分분]\s?([0-9]{1,2})?)?[秒초]?)?\s*(.{0,40})"
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?(am|pm|[Zz])?")
_OFFSET = re.compile(r"(?:GMT|UTC|UT|Z)?\s?([+\-\u2212])([0-9]{1,2}):?([0-9]{2})?", re.I)
_TOKEN = re.compile(r"[^\s,()]+")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|er|º|ª|°|\.)?", re.I)


@dataclass(frozen=True)
class DateReading:
    """What a text says of a moment. `moment` is UTC with microseconds, None when the text is no
    date. `warnings`: "date_without_zone" (taken as the default zone), "unknown_zone" (likewise),
    "date_without_time" (midnight), "future_date" (over a day after `now`; the date is kept)."""

    moment: datetime | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Fields:
    year: int
    month: int
    day: int
    time: tuple[int, int, int, int] | None  # hour, minute, second, microsecond
    zone: str


_NOTHING = DateReading(None)


def read_date(
    text: str | None, *, now: datetime | None = None, default_tz: tzinfo = timezone.utc
) -> DateReading:
    """Reads a date; never raises.

    `now` (aware; default: the clock) decides what is in the future. Years before 1990 and dates
    over two years ahead are no date of a news article and give None. Two-digit years are those
    of RFC 2822 4.3 (00-49 is 20xx). A leap second is read as second 59.
    """
    if not text or len(text) > MAX_LENGTH:
        return _NOTHING
    plain = " ".join(_COMMENT.sub("", unicodedata.normalize("NFKC", text)).split())
    for read in (_read_iso, _read_cjk, _read_day_first, _read_words):
        fields = read(plain)
        if fields:
            return _moment(fields, now or clock.utc_now(), default_tz)
    return _NOTHING


def parse_date(
    text: str | None, *, now: datetime | None = None, default_tz: tzinfo = timezone.utc
) -> datetime | None:
    """`read_date` for those who do not want the warnings: aware, UTC, or None."""
    return read_date(text, now=now, default_tz=default_tz).moment


def _moment(fields: _Fields, now: datetime, default_tz: tzinfo) -> DateReading:
    warnings: list[str] = []
    zone, warning = _zone(fields.zone) if fields.time else (None, None)
    if warning:
        warnings.append(warning)
    if fields.time is None:
        warnings.append("date_without_time")
    hour, minute, second, microsecond = fields.time or (0, 0, 0, 0)
    extra = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    try:
        local = datetime(
            fields.year,
            fields.month,
            fields.day,
            0 if extra else hour,
            minute,
            min(second, 59) if second <= 60 else second,
            microsecond,
            zone or default_tz,
        )
        moment = (local + extra).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return _NOTHING
    if moment.year < EARLIEST_YEAR or moment > now + LATEST_AHEAD:
        return _NOTHING
    if moment > now + FUTURE_AFTER:
        warnings.append("future_date")
    return DateReading(moment, tuple(warnings))


def _zone(text: str) -> tuple[tzinfo | None, str | None]:
    """A zone's offset, or None with the warning to give."""
    words = text.strip(" ()[]").replace("(", " ").replace(")", " ").split()
    if not words:
        return None, "date_without_zone"
    joined = " ".join(words[:2])
    match = _OFFSET.fullmatch(joined) or _OFFSET.fullmatch(words[0])
    if match:
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes <= 14 * 60 and int(match[3] or 0) < 60:
            return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes)), None
        return None, "unknown_zone"
    known = _ZONES.get(words[0].lower().rstrip("."))
    if known is None:
        return None, "unknown_zone"
    return timezone(timedelta(minutes=known)), None


def _read_iso(text: str) -> _Fields | None:
    match = _ISO.fullmatch(text)
    if not match or (not match[2] and len(match[3]) + len(match[4]) != 4):
        return None
    if match[5] is None and match[9]:
        return None
    time, zone = _without_half(_time(match[5], match[6], match[7], match[8]), match[9])
    if zone and not _looks_like_zone(zone):
        return None
    return _Fields(int(match[1]), int(match[3]), int(match[4]), time, zone)


def _read_cjk(text: str) -> _Fields | None:
    match = _CJK.fullmatch(text)
    if not match or (match[7] and not _looks_like_zone(match[7])):
        return None
    time = _time(match[4], match[5], match[6], None)
    return _Fields(int(match[1]), int(match[2]), int(match[3]), time, match[7])


def _read_day_first(text: str) -> _Fields | None:
    """`31.12.2025` is day first everywhere; with `/` or `-` only where one number exceeds 12."""
    match = _DAY_FIRST.fullmatch(text)
    if not match:
        return None
    time, zone = _without_half(_time(match[5], match[6], match[7], None), match[8])
    if zone and not _looks_like_zone(zone):
        return None
    day, month = int(match[1]), int(match[3])
    if match[2] != "." and day != month:
        if day <= 12 and month <= 12:
            return None
        if month > 12:
            day, month = month, day
    return _Fields(int(match[4]), month, day, time, zone)


def _read_words(text: str) -> _Fields | None:
    """A date with a month's name. Any word before the first comma may be a weekday."""
    month: int | None = None
    numbers: list[str] = []
    time: tuple[int, int, int, int] | None = None
    zone: list[str] = []
    first_was_month = False
    tokens = _tokens(text)
    for index, token in enumerate(tokens):
        lower = token.lower().rstrip(".")
        match = _TIME.fullmatch(lower)
        if match and time is None:
            time = _time(*match.groups()[:4])
            if time and match[5] in ("am", "pm"):
                time = _with_half(time, match[5])
            elif match[5]:
                zone.append("z")
        elif lower in _MONTHS and (month is None or first_was_month):
            # "mar 27 gen 2026": what looked like March was martedì, Tuesday.
            first_was_month = index == 0
            month = _MONTHS[lower]
        elif lower in ("am", "pm") and time:
            time = _with_half(time, lower)
        elif token.isdigit() or (_ORDINAL.fullmatch(token) and len(numbers) < 2):
            numbers.append(token)
        elif time and _looks_like_zone(token):
            zone.append(token)
        elif lower not in _FILLERS and not (index == 0 and _is_word(token)):
            return None
    if month is None or len(numbers) != 2:
        return None
    return _from_numbers(numbers, month, time, " ".join(zone))


def _tokens(text: str) -> list[str]:
    """Words and numbers; `28-Jan-2026` is three, `-0500` and `10:00` are one."""
    tokens: list[str] = []
    for token in _TOKEN.findall(text)[:16]:
        pieces = token.split("-")
        if len(pieces) == 3 and pieces[1].rstrip(".").lower() in _MONTHS:
            tokens.extend(pieces)
        else:
            tokens.append(token)
    return tokens


def _from_numbers(
    numbers: list[str], month: int, time: tuple[int, int, int, int] | None, zone: str
) -> _Fields | None:
    """Which of two numbers is the day. Four digits are a year; else the day comes first."""
    first, second = numbers
    if len(first) == 4:
        first, second = second, first
    day = _ORDINAL.fullmatch(first)
    if not day or not second.isdigit() or len(second) not in (2, 4):
        return None
    year = int(second)
    if len(second) == 2:
        year += 2000 if year < 50 else 1900
    return _Fields(year, month, int(day[1]), time, zone)


def _time(
    hour: str | None, minute: str | None, second: str | None, fraction: str | None
) -> tuple[int, int, int, int] | None:
    if hour is None:
        return None
    microsecond = int((fraction or "0")[:6].ljust(6, "0"))
    return int(hour), int(minute or 0), int(second or 0), microsecond


def _without_half(
    time: tuple[int, int, int, int] | None, zone: str
) -> tuple[tuple[int, int, int, int] | None, str]:
    """Moves a leading AM or PM from the zone into the time."""
    half = zone[:2].lower()
    if time and half in ("am", "pm") and not zone[2:3].isalpha():
        return _with_half(time, half), zone[2:].lstrip()
    return time, zone


def _with_half(time: tuple[int, int, int, int], half: str) -> tuple[int, int, int, int]:
    hour = time[0]
    if half == "pm" and hour < 12:
        hour += 12
    elif half == "am" and hour == 12:
        hour = 0
    return (hour, *time[1:])


def _is_word(text: str) -> bool:
    return text.rstrip(".").replace("-", "").isalpha()


def _looks_like_zone(text: str) -> bool:
    """An offset or a short name, known or not."""
    words = text.replace("(", " ").replace(")", " ").split()
    return bool(words) and all(
        bool(_OFFSET.fullmatch(word)) or (len(word) <= 32 and _is_zone_name(word)) for word in words
    )


def _is_zone_name(word: str) -> bool:
    if word.lower().rstrip(".") in _ZONES:
        return True
    letters = word.replace("/", "").replace("_", "")
    return letters.isalpha() and (word.isupper() or "/" in word)
