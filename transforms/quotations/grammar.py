"""Small closed classes of words, by language: what the lexicons leave to the engine."""

_AND = {
    "en": "and or",
    "de": "und oder",
    "nl": "en of",
    "it": "e ed o",
    "fr": "et ou",
    "es": "y e o",
    "pt": "e ou",
    "ro": "și sau",
    "ru": "и",
    "uk": "і й та",
    "pl": "i oraz",
    "cs": "a",
    "tr": "ve",
}


def words(listed: str) -> frozenset[str]:
    """A class of words, written with blanks between them."""
    return frozenset(listed.split())


AND = {language: words(listed) for language, listed in _AND.items()}
NO_WORDS: frozenset[str] = frozenset()

# endings of verbs in the form that has no subject of its own
GERUNDS = {
    "en": ("ing",),
    "it": ("ando", "endo"),
    "es": ("ando", "iendo"),
    "pt": ("ando", "endo", "indo"),
    "fr": ("ant",),
    "ro": ("ând", "ind"),
    "ru": ("ая", "яя", "уя", "ив", "ав", "ев", "вшись"),
    "uk": ("ючи", "вши", "чись", "вшись"),
    "pl": ("ąc",),
    "cs": ("íc", "ouc"),
}
# languages in which a verb of speech often has no subject of its own
PRO_DROP = words("it es pt ro ca gl pl cs sk hr sr sl uk ru bg tr hu el")
# languages that do not leave the subject out, so that unknown words before a verb are one
WITH_SUBJECTS = frozenset(("en", "de", "nl", "fr"))
SLAVIC = frozenset(("ru", "uk", "be", "pl", "cs", "sk"))
VERB_LAST = frozenset(("tr",))
# plural endings of the dative: to whom, not who
DATIVES = {"cs": ("ům", "ím", "ám"), "ru": ("ам", "ям"), "uk": ("ам", "ям"), "pl": ("om",)}

ARTICLES = words(
    "the a an his her their its der die das dem den ein eine einem il lo la i gli "
    "le un una uno l' les des du el los las os as o ao de het een"
)
INDEFINITE = words(
    "a an another un una uno une ein eine einer eines een um uma unui unei otro otra outro outra "
    "один одна одного одной anderer andere un' bir"
)
RELATIVE = words(
    "who which that qui der die das który która który который которая який яка che que care který"
)
# the same without a preposition: "Izby, która przypomniała", the Slavic ones in the nominative
SUBJECT_RELATIVE = words(
    "который которая которое которые який яка яке які który która które którzy který která které"
    " kteří jenž jež"
)
# whose words: "jej zdaniem", "по его словам", with the gender of the speaker
POSSESSIVE = {
    **dict.fromkeys(words("его його jego jeho niego něj něho"), "m"),
    **dict.fromkeys(words("ее її jej její niej ní"), "f"),
    **dict.fromkeys(words("их їх їхню їхніми їхніх їхньою ich jejich nich"), "p"),
}
NOT = words("не nie ne")
# beginnings of verbs of asking: what follows "that" is wanted, not said
ASKING = {
    "it": ("chied", "chies", "esig", "esort", "invit", "invoc", "propon", "propos", "raccomand",
           "sollec", "pretend"),
    "es": ("pid", "pedi", "ped", "exig", "exij", "reclam", "solicit", "inst", "propon", "propus",
           "propuest", "recom", "demand", "apel", "rog", "rueg", "orden"),
    "pt": ("ped", "peç", "exig", "exij", "reclam", "solicit", "prop", "recom", "orden", "cobr",
           "apel"),
    "fr": ("demand", "exig", "réclam", "propos", "recommand", "ordonn", "sollicit", "préconis"),
}  # fmt: skip
WHETHER = words("se si s'")
# behind an article: when it was said, not an object
TIMES = words(
    "an année mois semaine dernier dernière anno mese settimana scorso scorsa año mes semana"
    " pasado pasada lunes martes miércoles jueves viernes sábado domingo ano mês passado passada"
    " été hiver estate autunno printemps matin soir mañana tarde noche manhã noite giorno día dia"
)
FINITE = words(
    "è ha sono hanno era erano va vanno sarà può deve es son está están va van hay tiene será"
    " puede debe é são foi vai vão tem têm será pode deve est a ont sont va vont sera peut doit"
    " c'est"
)
DENYING = words("non no não pas jamais nunca mai né ni")
# before a predicate: described as, bezeichnete als, qualifié de, назвал как
AS = words("as als come comme como cum drept ca jako za как як niczym wie van de a tot")
# words that alone are no speaker: auxiliaries, adverbs, expletives
NOBODY = words(
    "as es there as when if also has have had 's 've 'd then later once what how not n't wie hat "
    "haben hatte hatten so auch heeft hebben hadden ook a ont avait avaient aura aurait auraient "
    "ayant est se s' ne n' y en l' lui leur c' ce même ainsi aussi encore who which qui to be "
    "been being only just even again now already still"
)
