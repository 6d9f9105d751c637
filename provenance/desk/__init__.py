"""Every act that a person or a CMS can do, in one place.

A `Desk` is made by `provenance_store.open_desk` (or, in tests, from any parts that keep the ports'
contracts). Each method is one act; its rules stand in the module it calls. Looking needs no key;
acts that are signed raise KeyUnavailable without one. One module per subject: `documents`,
`custody`, `verdicts`, `keeping`.
"""

from provenance.desk.custody import Custody
from provenance.desk.documents import Documents
from provenance.desk.keeping import Keeping
from provenance.desk.verdicts import Verdicts

__all__ = ["Desk"]


class Desk(Documents, Custody, Verdicts, Keeping):
    """One newsroom's desk, open."""
