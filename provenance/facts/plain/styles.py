"""Does a style hide the text that it is given to? Asked for web pages and for the HTML of mails.

Hidden is what takes no room (`display`, sizes of nothing with the overflow cut), what has no ink
(`visibility`, `opacity`, letters of at most one pixel or point, letters in the colour behind them)
and what is moved out of the page. Styles of classes and sheets are not computed, nor is a colour
that stands on an element around: text may be hidden all the same.
"""

import re
from typing import Final

MAX_STYLE: Final = 4000  # characters of one attribute that are looked at

_HIDES: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|(?<![-\w])opacity\s*:\s*0(?![.\d])"
    r"|font-size\s*:\s*(?:0(?![.\d])|1(?:px|pt|%)?\s*(?:;|$|!))"
    r"|(?<![-\w])(?:max-)?(?:height|width)\s*:\s*0(?![.\d])[^;]{0,9};[^\"]{0,500}overflow"
    r"|text-indent\s*:\s*-\d{3}",
    re.IGNORECASE,
)
_COLOUR: Final = re.compile(
    r"(?:^|[;\s])(background(?:-color)?|color)\s{0,9}:\s{0,9}([#a-z0-9]{1,20})", re.IGNORECASE
)


def hides(style: str) -> bool:
    """Tell whether text under this `style` attribute is not to be seen."""
    style = style[:MAX_STYLE]
    if _HIDES.search(style):
        return True
    colours = {name.lower()[:5]: value.lower() for name, value in _COLOUR.findall(style)}
    return "color" in colours and colours["color"] == colours.get("backg")
