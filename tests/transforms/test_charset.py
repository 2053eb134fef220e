import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.charset import Decoded, charset_of, decode_html, decode_xml, lookup

RUSSIAN = "Совет города одобрил новый мост через реку, сообщили в пятницу. " * 3
POLISH = "Zażółć gęślą jaźń, powiedział wczoraj burmistrz miasta. " * 3
JAPANESE = "市議会は新しい橋の建設を承認したと発表した。工事は来年始まる。" * 3


def test_a_byte_order_mark_wins_over_everything() -> None:
    text = '<?xml version="1.0" encoding="koi8-r"?><a>é</a>'
    for bom, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ):
        for decode in (decode_xml, decode_html):
            assert decode(bom + text.encode(codec), "windows-1251").text == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_xml_without_a_mark(codec: str) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><a>日本語</a>'
    assert decode_xml(text.encode(codec), None).text == text
    assert decode_xml(text.encode(codec), "utf-8").text == text


def test_the_header_wins_over_the_declaration() -> None:
    body = f'<?xml version="1.0" encoding="koi8-r"?><a>{RUSSIAN}</a>'.encode("windows-1251")
    decoded = decode_xml(body, "windows-1251")
    assert RUSSIAN in decoded.text
    assert (decoded.encoding, decoded.warnings) == ("windows-1251", ())


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="windows-1251">',
        "<META CHARSET=windows-1251 />",
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        "<meta content='text/html;charset=windows-1251' http-equiv=content-type>",
        '<!-- <meta charset="utf-8"> --><meta charset="windows-1251">',
        '<meta name="description" content="about charset=utf-8"><meta charset="windows-1251">',
    ],
)
def test_the_declaration_of_html(meta: str) -> None:
    decoded = decode_html(f"<head>{meta}<title>{RUSSIAN}".encode("windows-1251"), None)
    assert RUSSIAN in decoded.text
    assert (decoded.encoding, decoded.warnings) == ("windows-1251", ())


def test_a_meta_beyond_the_prescan_declares_nothing() -> None:
    body = b" " * 5000 + b'<meta charset="koi8-r">' + RUSSIAN.encode("windows-1251")
    assert decode_html(body, None).encoding == "windows-1251"


def test_labels_mean_what_browsers_mean() -> None:
    assert lookup("ISO-8859-1") == lookup("latin1") == lookup(" us-ascii ") == "windows-1252"
    assert lookup("gb2312") == lookup("gbk") == "gb18030"
    assert lookup("x-sjis") == "shift_jis"
    for label in ("utf-7", "rot13", "base64", "zlib", "idna", "klingon", "", None, "x" * 1000):
        assert lookup(label) is None
    # Microsoft's extension of Shift_JIS, which the plain Python codec does not know.
    assert decode_xml("<a>①髙</a>".encode("cp932"), "shift_jis").text == "<a>①髙</a>"
    assert decode_xml(b"<a>\x93quoted\x94</a>", "iso-8859-1").text == "<a>“quoted”</a>"


def test_unknown_labels_are_passed_over() -> None:
    body = '<?xml version="1.0" encoding="koi8-r"?><a>мост</a>'.encode("koi8-r")
    assert "мост" in decode_xml(body, "unknown-8bit").text
    assert decode_xml("<?xml encoding='klingon'?><a>é</a>".encode(), None).encoding == "utf-8"


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "shift_jis", "gb2312"])
def test_utf8_under_a_legacy_label_is_utf8(label: str) -> None:
    decoded = decode_xml(f"<a>{POLISH}</a>".encode(), label)
    assert decoded == Decoded(f"<a>{POLISH}</a>", "utf-8", ("charset_conflict",))


def test_legacy_bytes_under_a_utf8_label() -> None:
    decoded = decode_xml(f"<a>{RUSSIAN}</a>".encode("windows-1251"), "utf-8")
    assert RUSSIAN in decoded.text
    assert decoded.encoding == "windows-1251"
    assert "charset_conflict" in decoded.warnings


@pytest.mark.parametrize("bad", [b"\xff", b"\xb1", b"\xc3", b"\xe9 \x92 \xfe"])
@pytest.mark.parametrize("label", [None, "utf-8"])
def test_bad_bytes_do_not_change_the_charset(bad: bytes, label: str | None) -> None:
    body = POLISH.encode() + bad + b" " + POLISH.encode()
    decoded = decode_xml(body, label)
    assert decoded.encoding == "utf-8"
    assert decoded.warnings == ("bad_bytes",)
    assert decoded.text.startswith(POLISH)
    assert decoded.text.endswith(POLISH)
    assert "\ufffd" in decoded.text


def test_one_bad_byte_in_ascii_that_is_declared_utf8() -> None:
    assert decode_xml(b"<a>caf\xe9</a>", "utf-8").text == "<a>caf\ufffd</a>"
    assert decode_xml(b"<a>caf\xe9</a>", None).text == "<a>café</a>"


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (RUSSIAN, "windows-1251", "windows-1251"),
        (RUSSIAN, "koi8-r", "koi8-r"),
        (POLISH, "windows-1250", "windows-1250"),
        (JAPANESE, "cp932", "shift_jis"),
        (JAPANESE, "euc-jp", "euc-jp"),
        ("Çağrı merkezi günün ilk ışıklarıyla açıldı, dedi müdür. " * 3, "cp1254", "windows-1254"),
    ],
)
def test_detection(text: str, codec: str, name: str) -> None:
    decoded = decode_html(f"<p class='x'>{text}</p>".encode(codec), None)
    assert (decoded.encoding, decoded.text) == (name, f"<p class='x'>{text}</p>")
    assert decoded.warnings == ("charset_guessed",)


def test_illegal_characters_go() -> None:
    body = b"a\x00b\x08c\x0cd\x1b[31me\xef\xbf\xbff\xed\xa0\x80g\x7f\ttab\n"
    text = decode_xml(body, "utf-8").text
    assert text.replace("\ufffd", "") == "abc defg\ttab\n"


def test_the_charset_parameter() -> None:
    assert charset_of('text/xml; version=1; Charset="UTF-8"') == "UTF-8"
    assert charset_of("text/xml;charset = koi8-r ; x=y") == "koi8-r"
    for header in (None, "", "text/html", "text/html; charset=", "charset=utf-8"):
        assert charset_of(header) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\xe9" * 4_000_000,
        b"<" * 2_000_000 + b"\xe9",
        b"<meta " * 500_000,
        b"<!--" * 500_000,
        b"<?xml " * 500_000,
        b'<meta charset="' + b" " * 4_000_000,
    ],
)
def test_hostile_bytes_cost_little(data: bytes) -> None:
    start = time.process_time()
    decode_html(data, None)
    decode_xml(data, "utf-8")
    assert time.process_time() - start < 5


LABELS = st.sampled_from(
    [
        None,
        "utf-8",
        "latin1",
        "utf-16",
        "utf-16be",
        "shift_jis",
        "gb2312",
        "iso-2022-jp",
        "nonsense",
    ]
)
STARTS = st.sampled_from(
    [b"", b"<?xml version='1.0' encoding='big5'?>", b"<meta charset=koi8-r>", b"\xff\xfe", b"<\0"]
)


@given(STARTS, st.binary(max_size=300), LABELS)
def test_any_bytes_become_text(start: bytes, data: bytes, label: str | None) -> None:
    for decode in (decode_html, decode_xml):
        decoded = decode(start + data, label)
        decoded.text.encode("utf-8")
        assert "\0" not in decoded.text


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"))))
def test_utf8_comes_back_as_it_was(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decode_xml(b"<a>" + text.encode() + b"</a>", "utf-8").text == f"<a>{text}</a>"
