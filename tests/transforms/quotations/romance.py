"""Italian, French, Spanish, Portuguese and Romanian."""

from tests.transforms.quotations.builders import Case

CASES = [
    # Italian
    Case(
        "it",
        "«Siamo pronti», ha detto Anna Rossi.",
        [("direct", "Siamo pronti", "detto", "Anna Rossi")],
        "Anna Rossi",
    ),
    Case(
        "it",
        "“Siamo pronti”, dice Anna Rossi. “Nessuno ci fermerà”.",
        [
            ("direct", "Siamo pronti", "dice", "Anna Rossi"),
            ("direct", "Nessuno ci fermerà", "dice", "Anna Rossi"),
        ],
        "Anna Rossi",
    ),
    Case(
        "it",
        'Anna Rossi ha dichiarato: "Il piano è fallito".',
        [("direct", "Il piano è fallito", "dichiarato", "Anna Rossi")],
        "Anna Rossi",
    ),
    Case(
        "it",
        "Anna Rossi ha detto che le tasse aumenteranno.",
        [("indirect", "le tasse aumenteranno", "detto", "Anna Rossi")],
        "Anna Rossi",
    ),
    Case(
        "it",
        "Rossi ha precisato che la Russia “non ha mai rifiutato questo tipo di contatto”.",
        [
            (
                "mixed",
                "la Russia “non ha mai rifiutato questo tipo di contatto”",
                "precisato",
                "Rossi",
            )
        ],
        "Anna Rossi",
        "",
        "Russia",
    ),
    Case(
        "it",
        "Il portavoce del ministero Anna Rossi ha definito “inaffidabili” i dati diffusi ieri.",
        [("mixed", "inaffidabili", "definito", "Anna Rossi")],
        "Anna Rossi",
    ),
    Case(
        "it",
        "Secondo Anna Rossi, le tasse aumenteranno nel 2027.",
        [("indirect", "le tasse aumenteranno nel 2027", "Secondo", "Anna Rossi")],
        "Anna Rossi",
    ),
    Case(
        "it",
        "«È un errore», ha aggiunto il ministro.",
        [("direct", "È un errore", "aggiunto", "ministro")],
    ),
    Case(
        "it",
        "Anna Rossi è arrivata a Torino. «Non mi dimetto», ha detto.",
        [("direct", "Non mi dimetto", "detto", "Anna Rossi")],
        "Anna Rossi",
        "",
        "Torino",
    ),
    Case("it", "Il film «La notte lunga» esce venerdì.", []),
    Case("it", "Il cosiddetto “decreto lampo” è stato approvato.", []),
    Case("it", "L’autrice dell’“Inferno di ghiaccio” vive a Torino.", [], "", "", "Torino"),
    Case(
        "it",
        "— Siamo pronti — ha detto Anna Rossi. — Nessuno ci fermerà.",
        [
            ("direct", "Siamo pronti", "detto", "Anna Rossi"),
            ("direct", "Nessuno ci fermerà.", "detto", "Anna Rossi"),
        ],
        "Anna Rossi",
    ),
    Case(
        "it",
        "«Mi disse: “Torna a casa” e partì», racconta Marco Bianchi.",
        [("direct", "Mi disse: “Torna a casa” e partì", "racconta", "Marco Bianchi")],
        "Marco Bianchi",
    ),
    Case(
        "it",
        "Il progetto, spiega il sindaco, è “troppo costoso” per la città.",
        [("mixed", "è “troppo costoso” per la città", "spiega", "sindaco")],
    ),
    # French
    Case(
        "fr",
        "« Nous sommes prêts », a déclaré Anne Moreau.",
        [("direct", "Nous sommes prêts", "déclaré", "Anne Moreau")],
        "Anne Moreau",
    ),
    Case(
        "fr",
        "« Nous sommes prêts, dit-elle. Personne ne nous arrêtera. »",
        [
            ("direct", "Nous sommes prêts", "dit", "elle"),
            ("direct", "Personne ne nous arrêtera.", "dit", "elle"),
        ],
    ),
    Case(
        "fr",
        "Anne Moreau a déclaré que les impôts augmenteraient.",
        [("indirect", "les impôts augmenteraient", "déclaré", "Anne Moreau")],
        "Anne Moreau",
    ),
    Case(
        "fr",
        "Selon Anne Moreau, les impôts augmenteront en 2027.",
        [("indirect", "les impôts augmenteront en 2027", "Selon", "Anne Moreau")],
        "Anne Moreau",
    ),
    Case(
        "fr",
        "Anne Moreau a affirmé : « Le plan a échoué. »",
        [("direct", "Le plan a échoué.", "affirmé", "Anne Moreau")],
        "Anne Moreau",
    ),
    Case(
        "fr",
        "« C’est une erreur », regrette la ministre.",
        [("direct", "C’est une erreur", "regrette", "ministre")],
    ),
    Case(
        "fr",
        "Le ministre a qualifié le projet de « catastrophe ».",
        [("mixed", "le projet de « catastrophe »", "qualifié", "ministre")],
    ),
    Case(
        "fr",
        "Anne Moreau estime qu’il s’agit d’« un échec collectif ».",
        [("mixed", "il s’agit d’« un échec collectif »", "estime", "Anne Moreau")],
        "Anne Moreau",
    ),
    Case("fr", "Le film « La longue nuit » sort vendredi.", []),
    Case(
        "fr",
        "— Nous sommes prêts, a dit Anne Moreau.\n— Moi aussi, a répondu Paul Girard.",
        [
            ("direct", "Nous sommes prêts", "dit", "Anne Moreau"),
            ("direct", "Moi aussi", "répondu", "Paul Girard"),
        ],
        "Anne Moreau, Paul Girard",
    ),
    Case(
        "fr", "« Je ne sais pas », a-t-il répondu.", [("direct", "Je ne sais pas", "répondu", "il")]
    ),
    Case(
        "fr",
        "Les prix vont baisser, a promis le gouvernement.",
        [("indirect", "Les prix vont baisser", "promis", "gouvernement")],
    ),
    # Spanish
    Case(
        "es",
        "«Estamos listos», dijo Ana Ruiz.",
        [("direct", "Estamos listos", "dijo", "Ana Ruiz")],
        "Ana Ruiz",
    ),
    Case(
        "es",
        "“Estamos listos”, aseguró la ministra. “Nadie nos parará”.",
        [
            ("direct", "Estamos listos", "aseguró", "ministra"),
            ("direct", "Nadie nos parará", "aseguró", "ministra"),
        ],
    ),
    Case(
        "es",
        "Ana Ruiz ha dicho que los impuestos subirán.",
        [("indirect", "los impuestos subirán", "dicho", "Ana Ruiz")],
        "Ana Ruiz",
    ),
    Case(
        "es",
        "Ana Ruiz afirmó: “El plan ha fracasado”.",
        [("direct", "El plan ha fracasado", "afirmó", "Ana Ruiz")],
        "Ana Ruiz",
    ),
    Case(
        "es",
        "Según Ana Ruiz, los impuestos subirán en 2027.",
        [("indirect", "los impuestos subirán en 2027", "Según", "Ana Ruiz")],
        "Ana Ruiz",
    ),
    Case(
        "es",
        "—Estamos listos —dijo Ana Ruiz—. Nadie nos parará.",
        [
            ("direct", "Estamos listos", "dijo", "Ana Ruiz"),
            ("direct", "Nadie nos parará.", "dijo", "Ana Ruiz"),
        ],
        "Ana Ruiz",
    ),
    Case(
        "es",
        "El alcalde calificó el plan de “desastre”.",
        [("mixed", "el plan de “desastre”", "calificó", "alcalde")],
    ),
    Case("es", "La película “La noche larga” se estrena el viernes.", []),
    Case(
        "es",
        "El presidente advirtió de que el país vive “una situación muy grave”.",
        [("mixed", "el país vive “una situación muy grave”", "advirtió", "presidente")],
    ),
    Case(
        "es",
        "Ana Ruiz negó que hubiera mentido al Parlamento.",
        [("indirect", "hubiera mentido al Parlamento", "negó", "Ana Ruiz")],
        "Ana Ruiz",
    ),
    Case(
        "es",
        "Los precios bajarán en otoño, anunció el Gobierno.",
        [("indirect", "Los precios bajarán en otoño", "anunció", "Gobierno")],
    ),
    # Portuguese
    Case(
        "pt",
        "“Estamos prontos”, disse Ana Lopes.",
        [("direct", "Estamos prontos", "disse", "Ana Lopes")],
        "Ana Lopes",
    ),
    Case(
        "pt",
        "«Não vamos parar», afirmou a ministra.",
        [("direct", "Não vamos parar", "afirmou", "ministra")],
    ),
    Case(
        "pt",
        "Ana Lopes disse que os impostos vão subir.",
        [("indirect", "os impostos vão subir", "disse", "Ana Lopes")],
        "Ana Lopes",
    ),
    Case(
        "pt",
        "Segundo Ana Lopes, os impostos vão subir em 2027.",
        [("indirect", "os impostos vão subir em 2027", "Segundo", "Ana Lopes")],
        "Ana Lopes",
    ),
    Case(
        "pt",
        "Ana Lopes declarou: “O plano falhou.”",
        [("direct", "O plano falhou.", "declarou", "Ana Lopes")],
        "Ana Lopes",
    ),
    Case(
        "pt",
        "O presidente classificou a proposta como “inaceitável”.",
        [("mixed", "a proposta como “inaceitável”", "classificou", "presidente")],
    ),
    Case(
        "pt",
        "— Estamos prontos — disse Ana Lopes.",
        [("direct", "Estamos prontos", "disse", "Ana Lopes")],
        "Ana Lopes",
    ),
    Case("pt", "O filme “A noite longa” estreia na sexta-feira.", []),
    Case(
        "pt",
        "“É um erro”, criticou Rui Costa, do sindicato.",
        [("direct", "É um erro", "criticou", "Rui Costa")],
        "Rui Costa",
    ),
    # Romanian
    Case(
        "ro",
        "„Suntem pregătiți”, a spus Ana Ionescu.",
        [("direct", "Suntem pregătiți", "spus", "Ana Ionescu")],
        "Ana Ionescu",
    ),
    Case(
        "ro",
        "„Nu renunțăm”, a declarat ministrul.",
        [("direct", "Nu renunțăm", "declarat", "ministrul")],
    ),
    Case(
        "ro",
        "Ana Ionescu a spus că taxele vor crește.",
        [("indirect", "taxele vor crește", "spus", "Ana Ionescu")],
        "Ana Ionescu",
    ),
    Case(
        "ro",
        "Potrivit Anei Ionescu, taxele vor crește în 2027.",
        [("indirect", "taxele vor crește în 2027", "Potrivit", "Anei Ionescu")],
        "Ana Ionescu/Anei Ionescu",
    ),
    Case(
        "ro",
        "Ana Ionescu a declarat: „Planul a eșuat.”",
        [("direct", "Planul a eșuat.", "declarat", "Ana Ionescu")],
        "Ana Ionescu",
    ),
    Case(
        "ro",
        "Premierul a numit planul „un dezastru”.",
        [("mixed", "planul „un dezastru”", "numit", "Premierul")],
    ),
    Case("ro", "Filmul „Noaptea lungă” apare vineri.", []),
    Case(
        "ro",
        "– Suntem pregătiți, a spus Ana Ionescu.",
        [("direct", "Suntem pregătiți", "spus", "Ana Ionescu")],
        "Ana Ionescu",
    ),
]
