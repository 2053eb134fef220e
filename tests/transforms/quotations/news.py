"""Longer passages as newspapers of each language print them."""

from tests.transforms.quotations.builders import Case

CASES = [
    Case(
        "en",
        "The chief executive, Laura Pine, described the takeover bid as “derisory”.",
        [("mixed", "the takeover bid as “derisory”", "described", "Laura Pine")],
        "Laura Pine",
    ),
    Case(
        "en",
        "He said it was “mad” and vowed that he would fight on.",
        [
            ("mixed", "it was “mad”", "said", "He"),
            ("indirect", "he would fight on", "vowed", "He"),
        ],
    ),
    Case(
        "en",
        "''We won,'' Anna Kessler said, ''and we are glad.''",
        [
            ("direct", "We won,", "said", "Anna Kessler"),
            ("direct", "and we are glad.", "said", "Anna Kessler"),
        ],
        "Anna Kessler",
    ),
    Case(
        "en",
        "Anna Kessler: the plan has failed",
        [("indirect", "the plan has failed", ":", "Anna Kessler")],
        "Anna Kessler",
    ),
    Case(
        "en",
        "Hale’s claim that ministers “hid the figures” was dismissed as nonsense.",
        [("mixed", "ministers “hid the figures”", "claim", "Hale")],
        "Tom Hale",
    ),
    Case(
        "en", "The late-night concert was a “triumph” for the city of Leeds.", [], "", "", "Leeds"
    ),
    Case(
        "de",
        "„Wir wollen“, erklärte Jens Marten, „dass alle mitmachen.“",
        [
            ("direct", "Wir wollen", "erklärte", "Jens Marten"),
            ("direct", "dass alle mitmachen.", "erklärte", "Jens Marten"),
        ],
        "Jens Marten",
    ),
    Case(
        "de",
        "„Wir haben keine Zeit“, sagte er der „Neuen Zeitung“.",
        [("direct", "Wir haben keine Zeit", "sagte", "er")],
    ),
    Case(
        "de",
        "Mia Vogt sprach von einem „Schritt in die richtige Richtung“.",
        [("mixed", "von einem „Schritt in die richtige Richtung“", "sprach", "Mia Vogt")],
        "Mia Vogt",
    ),
    Case(
        "it",
        "«Siamo stanchi - ha spiegato il sindaco di Bari, Luca Moretti - e chiediamo risposte».",
        [
            ("direct", "Siamo stanchi", "spiegato", "Luca Moretti"),
            ("direct", "e chiediamo risposte", "spiegato", "Luca Moretti"),
        ],
        "Luca Moretti",
        "",
        "Bari",
    ),
    Case(
        "it",
        "Il segretario, Mario Ferri, non usa mezzi termini: «Questa manovra è sbagliata».",
        [("direct", "Questa manovra è sbagliata", ":", "Mario Ferri")],
        "Mario Ferri",
    ),
    Case(
        "it",
        "La proposta è stata respinta dalle autorità, che l’avevano definita inaccettabile.",
        [],
    ),
    Case(
        "it",
        "Ferri ha poi accusato l’esecutivo di “fare cassa sui pensionati”.",
        [("mixed", "l’esecutivo di “fare cassa sui pensionati”", "accusato", "Ferri")],
        "Mario Ferri",
    ),
    Case(
        "fr",
        "« Nous ne lâcherons rien, a prévenu Henri Caron. Les habitants méritent mieux. »",
        [
            ("direct", "Nous ne lâcherons rien", "prévenu", "Henri Caron"),
            ("direct", "Les habitants méritent mieux.", "prévenu", "Henri Caron"),
        ],
        "Henri Caron",
    ),
    Case(
        "fr",
        "« Cette réforme est utile », a-t-elle martelé, avant d’ajouter : « Nous irons au bout. »",
        [
            ("direct", "Cette réforme est utile", "martelé", "elle"),
            ("direct", "Nous irons au bout.", "ajouter", "elle"),
        ],
    ),
    Case(
        "fr",
        "Le député Marc Vidal l’a accusée de « mépriser les soignants ».",
        [("mixed", "mépriser les soignants", "accusée", "Marc Vidal")],
        "Marc Vidal",
    ),
    Case(
        "es",
        "La portavoz del partido, Elena Soto, tachó la gestión de “nefasta”.",
        [("mixed", "la gestión de “nefasta”", "tachó", "Elena Soto")],
        "Elena Soto",
    ),
    Case("es", "La plataforma “Salud para todos” convocó una marcha.", []),
    Case(
        "pt",
        "“Não há razão para pânico”, sublinhou o governante à agência.",
        [("direct", "Não há razão para pânico", "sublinhou", "o governante")],
    ),
    Case(
        "pl",
        "Minister ocenił sytuację. – Nie ma powodów do paniki – zaznaczył w środę poseł Adam Lis.",
        [("direct", "Nie ma powodów do paniki", "zaznaczył", "Adam Lis")],
        "Adam Lis",
    ),
    Case(
        "ru",
        "«Мы открыты к диалогу, — сказал он журналистам. — Но условия известны».",
        [
            ("direct", "Мы открыты к диалогу,", "сказал", "он"),
            ("direct", "Но условия известны", "сказал", "он"),
        ],
    ),
    Case(
        "ru",
        "Адвокат Громова заявил, что его подзащитный невиновен.",
        [("indirect", "его подзащитный невиновен", "заявил", "Адвокат")],
        "Павел Громов/Громова",
    ),
    Case(
        "ru",
        "Мария Лис подала в суд. По её словам, деньги потрачены впустую.",
        [("indirect", "деньги потрачены впустую", "По её словам", "Мария Лис")],
        "Мария Лис",
    ),
    Case(
        "uk",
        "«Підстав для паніки немає, — наголосив міністр. — Гривня стабільна».",
        [
            ("direct", "Підстав для паніки немає,", "наголосив", "міністр"),
            ("direct", "Гривня стабільна", "наголосив", "міністр"),
        ],
    ),
    Case(
        "cs",
        "„Slíbili jsme to,“ řekl Jan Dvořák novinářům v Praze.",
        [("direct", "Slíbili jsme to,", "řekl", "Jan Dvořák")],
        "Jan Dvořák",
        "",
        "Praze",
    ),
    Case(
        "tr",
        "Muhalefet lideri Elif Kaya kararı “tam bir felaket” olarak nitelendirdi.",
        [("mixed", "tam bir felaket", "olarak nitelendirdi", "Elif Kaya")],
        "Elif Kaya",
    ),
    Case(
        "nl",
        "Minister van Financiën Jan Vos noemde de raming “te optimistisch”.",
        [("mixed", "de raming “te optimistisch”", "noemde", "Jan Vos")],
        "Jan Vos",
    ),
    Case(
        "ro",
        "Dan Popescu a descris prognoza drept „prea optimistă”.",
        [("mixed", "prognoza drept „prea optimistă”", "descris", "Dan Popescu")],
        "Dan Popescu",
    ),
]
