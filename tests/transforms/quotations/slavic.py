"""Russian, Ukrainian, Polish and Czech, and Turkish."""

from tests.transforms.quotations.builders import Case

CASES = [
    # Russian
    Case(
        "ru",
        "«Мы готовы», — сказала Анна Петрова.",
        [("direct", "Мы готовы", "сказала", "Анна Петрова")],
        "Анна Петрова",
    ),
    Case(
        "ru",
        "«Мы готовы, — сказала Анна Петрова. — Никто нас не остановит».",
        [
            ("direct", "Мы готовы,", "сказала", "Анна Петрова"),
            ("direct", "Никто нас не остановит", "сказала", "Анна Петрова"),
        ],
        "Анна Петрова",
    ),
    Case(
        "ru",
        "Анна Петрова заявила, что налоги вырастут.",
        [("indirect", "налоги вырастут", "заявила", "Анна Петрова")],
        "Анна Петрова",
    ),
    Case(
        "ru",
        "По словам Анны Петровой, налоги вырастут в 2027 году.",
        [("indirect", "налоги вырастут в 2027 году", "По словам", "Анны Петровой")],
        "Анна Петрова/Анны Петровой/Петровой",
    ),
    Case(
        "ru",
        "Министр сказал: «План провалился».",
        [("direct", "План провалился", "сказал", "Министр")],
    ),
    Case(
        "ru",
        "Петрова назвала план «катастрофой».",
        [("mixed", "план «катастрофой»", "назвала", "Петрова")],
        "Анна Петрова",
    ),
    Case(
        "ru",
        "— Мы готовы, — сказала Анна Петрова. — Никто нас не остановит.",
        [
            ("direct", "Мы готовы,", "сказала", "Анна Петрова"),
            ("direct", "Никто нас не остановит.", "сказала", "Анна Петрова"),
        ],
        "Анна Петрова",
    ),
    Case("ru", "Фильм «Долгая ночь» выходит в пятницу.", []),
    Case(
        "ru",
        "Глава ведомства подчеркнул, что решение «не обсуждается».",
        [("mixed", "решение «не обсуждается»", "подчеркнул", "Глава")],
    ),
    Case(
        "ru",
        "Цены снизятся осенью, сообщил министр.",
        [("indirect", "Цены снизятся осенью", "сообщил", "министр")],
    ),
    Case(
        "ru",
        "«Это ошибка», — отметил пресс-секретарь президента Иван Орлов.",
        [("direct", "Это ошибка", "отметил", "Иван Орлов")],
        "Иван Орлов",
    ),
    # Ukrainian
    Case(
        "uk",
        "«Ми готові», — сказала Анна Коваль.",
        [("direct", "Ми готові", "сказала", "Анна Коваль")],
        "Анна Коваль",
    ),
    Case("uk", "«Це помилка», – заявив міністр.", [("direct", "Це помилка", "заявив", "міністр")]),
    Case(
        "uk",
        "Анна Коваль повідомила, що податки зростуть.",
        [("indirect", "податки зростуть", "повідомила", "Анна Коваль")],
        "Анна Коваль",
    ),
    Case(
        "uk",
        "За словами Анни Коваль, податки зростуть у 2027 році.",
        [("indirect", "податки зростуть у 2027 році", "За словами", "Анни Коваль")],
        "Анна Коваль/Анни Коваль",
    ),
    Case(
        "uk",
        "Коваль назвала план «катастрофою».",
        [("mixed", "план «катастрофою»", "назвала", "Коваль")],
        "Анна Коваль",
    ),
    Case(
        "uk",
        "Президент сказав: «План провалився».",
        [("direct", "План провалився", "сказав", "Президент")],
    ),
    Case(
        "uk",
        "— Ми готові, — сказала Анна Коваль.",
        [("direct", "Ми готові,", "сказала", "Анна Коваль")],
        "Анна Коваль",
    ),
    Case("uk", "Фільм «Довга ніч» виходить у п'ятницю.", []),
    # Polish
    Case(
        "pl",
        "„Jesteśmy gotowi” – powiedziała Anna Nowak.",
        [("direct", "Jesteśmy gotowi", "powiedziała", "Anna Nowak")],
        "Anna Nowak",
    ),
    Case(
        "pl",
        "– Jesteśmy gotowi – powiedziała Anna Nowak. – Nikt nas nie zatrzyma.",
        [
            ("direct", "Jesteśmy gotowi", "powiedziała", "Anna Nowak"),
            ("direct", "Nikt nas nie zatrzyma.", "powiedziała", "Anna Nowak"),
        ],
        "Anna Nowak",
    ),
    Case(
        "pl",
        "Anna Nowak powiedziała, że podatki wzrosną.",
        [("indirect", "podatki wzrosną", "powiedziała", "Anna Nowak")],
        "Anna Nowak",
    ),
    Case(
        "pl",
        "Według Anny Nowak podatki wzrosną w 2027 roku.",
        [("indirect", "podatki wzrosną w 2027 roku", "Według", "Anny Nowak")],
        "Anna Nowak/Anny Nowak",
    ),
    Case(
        "pl",
        "Minister stwierdził: „Plan się nie powiódł”.",
        [("direct", "Plan się nie powiódł", "stwierdził", "Minister")],
    ),
    Case(
        "pl",
        "Nowak nazwała plan „katastrofą”.",
        [("mixed", "plan „katastrofą”", "nazwała", "Nowak")],
        "Anna Nowak",
    ),
    Case("pl", "Film „Długa noc” wchodzi do kin w piątek.", []),
    Case(
        "pl",
        "Rzecznik dodał, że sprawa jest „bardzo poważna”.",
        [("mixed", "sprawa jest „bardzo poważna”", "dodał", "Rzecznik")],
    ),
    Case(
        "pl",
        "Ceny spadną jesienią, zapowiedział premier.",
        [("indirect", "Ceny spadną jesienią", "zapowiedział", "premier")],
    ),
    # Czech
    Case(
        "cs",
        "„Jsme připraveni,“ řekla Anna Nováková.",
        [("direct", "Jsme připraveni,", "řekla", "Anna Nováková")],
        "Anna Nováková",
    ),
    Case(
        "cs",
        "„To je chyba,“ uvedl ministr. „Budeme se bránit.“",
        [
            ("direct", "To je chyba,", "uvedl", "ministr"),
            ("direct", "Budeme se bránit.", "uvedl", "ministr"),
        ],
    ),
    Case(
        "cs",
        "Anna Nováková řekla, že daně porostou.",
        [("indirect", "daně porostou", "řekla", "Anna Nováková")],
        "Anna Nováková",
    ),
    Case(
        "cs",
        "Podle Anny Novákové daně porostou v roce 2027.",
        [("indirect", "daně porostou v roce 2027", "Podle", "Anny Novákové")],
        "Anna Nováková/Anny Novákové",
    ),
    Case(
        "cs",
        "Premiér prohlásil: „Plán selhal.“",
        [("direct", "Plán selhal.", "prohlásil", "Premiér")],
    ),
    Case(
        "cs",
        "Nováková označila plán za „katastrofu“.",
        [("mixed", "plán za „katastrofu“", "označila", "Nováková")],
        "Anna Nováková",
    ),
    Case("cs", "Film „Dlouhá noc“ přichází do kin v pátek.", []),
    Case(
        "cs",
        "»Jsme připraveni,« řekla Anna Nováková.",
        [("direct", "Jsme připraveni,", "řekla", "Anna Nováková")],
        "Anna Nováková",
    ),
    # Turkish
    Case(
        "tr",
        "“Hazırız” dedi Ayşe Demir.",
        [("direct", "Hazırız", "dedi", "Ayşe Demir")],
        "Ayşe Demir",
    ),
    Case(
        "tr",
        'Ayşe Demir, "Biz hazırız" dedi.',
        [("direct", "Biz hazırız", "dedi", "Ayşe Demir")],
        "Ayşe Demir",
    ),
    Case(
        "tr",
        "Bakan, “Plan başarısız oldu.” diye konuştu.",
        [("direct", "Plan başarısız oldu.", "konuştu", "Bakan")],
    ),
    Case(
        "tr",
        "Ayşe Demir, vergilerin gelecek yıl artacağını söyledi.",
        [("indirect", "vergilerin gelecek yıl artacağını", "söyledi", "Ayşe Demir")],
        "Ayşe Demir",
    ),
    Case(
        "tr",
        "Ayşe Demir'e göre vergiler gelecek yıl artacak.",
        [("indirect", "vergiler gelecek yıl artacak", "göre", "Ayşe Demir")],
        "Ayşe Demir",
    ),
    Case("tr", "“Uzun Gece” filmi cuma günü vizyona giriyor.", []),
    Case(
        "tr",
        "Ayşe Demir şunları söyledi: “Bu karar çok yanlış.”",
        [("direct", "Bu karar çok yanlış.", "şunları söyledi", "Ayşe Demir")],
        "Ayşe Demir",
    ),
    # whose words: a possessive pronoun in the attribution
    Case(
        "pl",
        "Anna Lis przyjechała rano. Jej zdaniem podatki wzrosną o połowę.",
        [("indirect", "podatki wzrosną o połowę", "Jej zdaniem", "Anna Lis")],
        "Anna Lis",
    ),
    Case(
        "pl",
        "Anna Lis przyjechała rano. Jej zdaniem plan jest „niepoważny”.",
        [("mixed", "plan jest „niepoważny”", "Jej zdaniem", "Anna Lis")],
        "Anna Lis",
    ),
    Case(
        "uk",
        "Приїхав Роман Заболотний. На його думку, податки зростуть удвічі.",
        [("indirect", "податки зростуть удвічі", "На його думку", "Роман Заболотний")],
        "Роман Заболотний",
    ),
    # nothing is said
    Case("ru", "Адам Лисов не сказал, поддержит ли он забастовку.", [], "Адам Лисов"),
    Case("pl", "Adam Lis nie powiedział, czy poprze strajk.", [], "Adam Lis"),
    # names in marks
    Case("ru", "Забастовку объявил профсоюз «Школа» после выборов.", [], "", "Школа"),
    Case("ru", "Лисов осудил угрозы в адрес «Школы» и уехал.", [], "Адам Лисов", "Школа/Школы"),
    # for what somebody is praised
    Case(
        "pl",
        "Adam Lis chwali nowego trenera za „świeże spojrzenie”.",
        [("mixed", "świeże spojrzenie", "chwali", "Adam Lis")],
        "Adam Lis",
    ),
    # subjects that are left out, and relative ones
    Case(
        "pl",
        "Adam Lis oskarżył Roberta Nowaka. „Ten człowiek oszukał nas wszystkich” – oświadczył.",
        [
            (
                "direct",
                "Ten człowiek oszukał nas wszystkich",
                "oświadczył",
                "Adam Lis",
            )
        ],
        "Adam Lis, Roberta Nowaka",
    ),
    Case(
        "pl",
        "Słowa ministra skrytykowała Izba Handlu, która przypomniała, że huta przynosi straty.",
        [("indirect", "huta przynosi straty", "przypomniała", "Izba Handlu")],
        "",
        "Izba Handlu",
    ),
    Case(
        "pl",
        "„Nie boimy się” – powiedziała po sesji Anna Lis.",
        [("direct", "Nie boimy się", "powiedziała", "Anna Lis")],
        "Anna Lis",
    ),
]
