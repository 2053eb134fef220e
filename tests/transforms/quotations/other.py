"""Languages without a lexicon: marks and the nearest name."""

from tests.transforms.quotations.builders import Case

CASES = [
    Case(
        "ja", "首相は「最後まで戦います」と述べた。", [("direct", "最後まで戦います", None, None)]
    ),
    Case(
        "ja",
        "田中一郎氏は「最後まで『必ず』戦います」と述べた。",
        [("direct", "最後まで『必ず』戦います", None, "田中一郎")],
        "田中一郎",
    ),
    Case(
        "zh",
        "王小明说：“我们已经准备好了。”",
        [("direct", "我们已经准备好了。", None, "王小明")],
        "王小明",
    ),
    Case("zh", "王小明读《红楼梦第一部分》。", [], "王小明"),
    Case(
        "zh",
        "「我們已經準備好了」，王小明表示。",
        [("direct", "我們已經準備好了", None, "王小明")],
        "王小明",
    ),
    Case(
        "sv",
        "”Vi är helt redo nu”, sa Anna Berg.",
        [("direct", "Vi är helt redo nu", None, "Anna Berg")],
        "Anna Berg",
    ),
    Case("sv", "Den så kallade ”bromsen” gäller.", []),
    Case(
        "da",
        "»Vi er helt klar nu«, sagde Anna Holm.",
        [("direct", "Vi er helt klar nu", None, "Anna Holm")],
        "Anna Holm",
    ),
    Case(
        "fi",
        "”Olemme nyt täysin valmiita”, sanoi Anna Koski.",
        [("direct", "Olemme nyt täysin valmiita", None, "Anna Koski")],
        "Anna Koski",
    ),
    Case(
        "el",
        "«Είμαστε έτοιμοι για όλα», είπε η Άννα Παππά.",
        [("direct", "Είμαστε έτοιμοι για όλα", None, "Άννα Παππά")],
        "Άννα Παππά",
    ),
    Case(
        "hu",
        "„Készen állunk a munkára” – mondta Kovács Anna.",
        [("direct", "Készen állunk a munkára", None, "Kovács Anna")],
        "Kovács Anna",
    ),
    Case(
        "ko",
        "김민수는 “우리는 준비가 되었습니다”라고 말했다.",
        [("direct", "우리는 준비가 되었습니다", None, "김민수")],
        "김민수",
    ),
    Case(
        "ar",
        "قالت ليلى حداد: «نحن مستعدون لكل شيء».",
        [("direct", "نحن مستعدون لكل شيء", None, "ليلى حداد")],
        "ليلى حداد",
    ),
    Case(
        "und",
        "“We are all ready now,” said Anna Kessler.",
        [("direct", "We are all ready now,", None, "Anna Kessler")],
        "Anna Kessler",
    ),
]
