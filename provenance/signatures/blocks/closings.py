"""The words that stand above, in or beside a place for a signature, by language.

A closing is a whole line: "Sincerely," counts, a sentence with the word in it does not. The rows
are what letters of governments and companies end with; a language is added by adding a row.
"""

import re
from typing import Final

CLOSINGS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        r"(very )?(sincerely|truly|faithfully|cordially|respectfully)( yours)?",
        r"yours( very)? (sincerely|truly|faithfully|respectfully|cordially)",
        r"respectfully submitted",
        r"(with )?(my |our )?(kind|kindest|best|warm|warmest)( personal)? (regards|wishes)",
        r"(with )?regards",
        r"v/r",
    ),
    "de": (
        r"(mit )?(freundlichen?|besten?|herzlichen?|kollegialen) (gr(ü|ue)(ß|ss)en?|empfehlungen)",
        r"hochachtungsvoll",
        r"(im auftrag|in vertretung|i\. ?a\.|i\. ?v\.)",
    ),
    "fr": (
        r"(bien )?cordialement(,? à vous)?",
        r"(sincères |mes |meilleures |respectueuses )*salutations( distinguées| respectueuses)?",
        r"veuillez agréer.{0,120}",
        r"je vous prie d['’]agréer.{0,120}",
    ),
    "es": (
        r"(muy )?(atentamente|cordialmente|respetuosamente)",
        r"(un )?(cordial(es)?|atentos?|respetuosos?) saludos?( cordial(es)?)?",
        r"saludos( cordiales)?",
    ),
    "it": (
        r"(con )?(i )?(più )?(cordiali|distinti|migliori) saluti",
        r"in fede",
        r"cordialmente",
    ),
    "pt": (
        r"(muito )?(atenciosamente|cordialmente|respeitosamente)",
        r"com os (meus )?melhores cumprimentos",
        r"(com )?cumprimentos( cordiais)?",
    ),
    "nl": (
        r"(met )?(vriendelijke|hartelijke|beste) groet(en)?",
        r"hoogachtend",
    ),
    "sv": (r"med vänliga? hälsning(ar)?", r"högaktningsfullt"),
    "pl": (r"z (poważaniem|wyrazami szacunku)", r"łączę wyrazy szacunku"),
    "ru": (r"с (глубоким )?уважением", r"искренне ваш[ае]?"),
    "uk": (r"з (глибокою )?повагою",),
    "tr": (r"saygılarım(ız)?la", r"arz ederim"),
    "ar": (
        r"(مع |و)?(خالص|فائق|وافر) (التحية|التحيات|الاحترام)( والتقدير)?",
        r"وتفضلوا بقبول.{0,60}",
    ),
    "fa": (r"با (احترام|تشکر|سپاس)( فراوان)?", r"ارادتمند( شما)?"),
}
"""Closings by language, as regular expressions of a whole line; extend by adding a row."""

_SIGN: Final = (
    "signature|signed|sign here|unterschrift|unterzeichnet|firma|firmado|firmato|assinatura"
    "|handtekening|podpis|подпись|підпис|imza|التوقيع|امضا"
)
_CLOSING: Final = re.compile(
    "(?:" + "|".join(one for group in CLOSINGS.values() for one in group) + r")\s*[,.:،]?",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(rf"[\[(<{{]\s*(?:{_SIGN}|signature block|sgd)\s*[\])>}}]", re.IGNORECASE)
# A bare "Signature" is as often the head of a column: something to write on has to follow it.
_LINE: Final = re.compile(rf"(?:{_SIGN})\s*(?::\s*[_.\s]*|[_.\s]*[_.]{{3,}}\s*)", re.IGNORECASE)
_TYPED: Final = re.compile(r"/s/|\bs/\s|//\s?signed\s?//|\(signed\)|\bgez\.\s", re.IGNORECASE)
_NAME: Final = re.compile(
    r"[^\W\d_][\w.'\u2019-]*(?:\s+[^\W\d_][\w.,'\u2019-]*){1,6},?(?:\s+[\w.]+)?"
)


def is_closing(line: str) -> bool:
    """Whether the line is a closing, and nothing else."""
    return _CLOSING.fullmatch(line.strip()) is not None


def is_label(line: str) -> bool:
    """Whether the line is a placeholder such as "[SIGNATURE BLOCK]"."""
    return _LABEL.fullmatch(line.strip()) is not None


def is_line_to_sign(line: str) -> bool:
    """Whether the line is "Signature: ____" or the like."""
    return _LINE.fullmatch(line.strip()) is not None


def has_typed_signature(line: str) -> bool:
    """Whether "/s/", "(signed)" or the like stands in the line."""
    return _TYPED.search(line) is not None


def looks_like_name(line: str) -> bool:
    """Whether the line could be a person's name: two to seven words that begin with letters."""
    return _NAME.fullmatch(line.strip()) is not None
