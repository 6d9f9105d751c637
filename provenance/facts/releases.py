r"""When programs that write documents first existed: a document cannot be older than its program.

For each program the EARLIEST year in which anybody outside its maker could have used that version,
public previews included; so a contradiction found with this table has no innocent "beta" reading.
A version that is not listed yields nothing. Versions are what files state: `AppVersion`, the
version of the property set, `meta:generator`, `\\generator`.
"""

import re
from dataclasses import dataclass
from typing import Final

# Microsoft Office, by internal major version. General availability: Microsoft Lifecycle,
# learn.microsoft.com/lifecycle/products (Office 97, 2000, XP, 2003; "Microsoft Office 2007" starts
# 2007-01-27, "2010" 2010-07-15, "2013" 2013-01-09, "2016" 2015-09-22). Previews, from Microsoft's
# press announcements: 2000 in 1998, XP in 2000, 2003 in 2002, "12" in November 2005, 2010 in July
# 2009, 2013 in July 2012, 2016 for Mac in March 2015. Version 13 was skipped; 16 is also 2019,
# 2021, 2024 and Microsoft 365.
_OFFICE: Final = {
    8: (1996, "Office 97"),
    9: (1998, "Office 2000"),
    10: (2000, "Office XP"),
    11: (2002, "Office 2003"),
    12: (2005, "Office 2007"),
    14: (2009, "Office 2010"),
    15: (2012, "Office 2013"),
    16: (2015, "Office 2016"),
}
# LibreOffice, The Document Foundation, wiki.documentfoundation.org/ReleasePlan: month of each
# x.y.0; alphas and betas appear up to four months before, hence the year of that month less four.
_LIBRE: Final = {
    (3, 3): 2010, (3, 4): 2011, (3, 5): 2011, (3, 6): 2012, (4, 0): 2012, (4, 1): 2013,
    (4, 2): 2013, (4, 3): 2014, (4, 4): 2014, (5, 0): 2015, (5, 1): 2015, (5, 2): 2016,
    (5, 3): 2016, (5, 4): 2017, (6, 0): 2017, (6, 1): 2018, (6, 2): 2018, (6, 3): 2019,
    (6, 4): 2019, (7, 0): 2020, (7, 1): 2020, (7, 2): 2021, (7, 3): 2021, (7, 4): 2022,
    (7, 5): 2022, (7, 6): 2023, (24, 2): 2023, (24, 8): 2024, (25, 2): 2024, (25, 8): 2025,
}  # fmt: skip
# OpenOffice.org and Apache OpenOffice, openoffice.apache.org/downloads and the project's news: year
# of the first public build of the 1.0, 1.1, 2.x, 3.x and 4.x lines.
_OPEN: Final = {
    (1, 0): 2001, (1, 1): 2003, (2, 0): 2004, (2, 1): 2006, (2, 2): 2007, (2, 3): 2007,
    (2, 4): 2008, (3, 0): 2008, (3, 1): 2009, (3, 2): 2009, (3, 3): 2010, (3, 4): 2011,
    (4, 0): 2013, (4, 1): 2014,
}  # fmt: skip
# Windows, by the version that property sets state (MS-OLEPS 2.21, SystemIdentifier): year of the
# first public beta; general availability: Microsoft Lifecycle. 6.2 is also what programs without a
# manifest are told by everything later.
_WINDOWS: Final = {
    (5, 0): (1997, "Windows 2000"),
    (5, 1): (2000, "Windows XP"),
    (5, 2): (2001, "Windows Server 2003"),
    (6, 0): (2005, "Windows Vista"),
    (6, 1): (2009, "Windows 7"),
    (6, 2): (2011, "Windows 8"),
    (6, 3): (2013, "Windows 8.1"),
    (10, 0): (2014, "Windows 10"),
}
_VERSION: Final = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?")
_SUITE: Final = re.compile(r"(LibreOffice|OpenOffice(?:\.org)?)[ /](\d{1,2})\.(\d{1,2})")
_OFFICE_NAME: Final = re.compile(
    r"Microsoft\s(?:Office\s|Macintosh\s)?(?:Word|Excel|PowerPoint|Outlook)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version of a program and the year before which nobody had it."""

    name: str
    year: int


def find_release(program: str, version: str = "") -> Release | None:
    """Return the release that a file names; None when it is not in the table.

    Args:
        program: `Application`, generator, or the name in the property set.
        version: `AppVersion` or the like, where it stands apart.
    """
    if suite := _SUITE.search(program):
        key = (int(suite[2]), int(suite[3]))
        year = (_LIBRE if suite[1] == "LibreOffice" else _OPEN).get(key)
        return Release(name=f"{suite[1]} {key[0]}.{key[1]}", year=year) if year else None
    if not _OFFICE_NAME.search(program):
        return None
    number = _VERSION.match(version.strip()) or re.search(r"(\d{1,2})\.\d", program)
    known = _OFFICE.get(int(number[1])) if number else None
    return Release(name=known[1], year=known[0]) if known else None


def find_system(major: int, minor: int) -> Release | None:
    """Return the release of Windows with this version."""
    known = _WINDOWS.get((major, minor))
    return Release(name=known[1], year=known[0]) if known else None
