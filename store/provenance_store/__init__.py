"""SQL and disk: the only package that knows either. `open_desk` wires them to the core.

from provenance_store import open_desk

with open_desk("desk/", signer=signer) as desk:
    summary = desk.ingest(["inbox/letter.pdf"])
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provenance_store.opening import create_desk, open_desk

__all__ = ["create_desk", "open_desk"]


def __getattr__(name: str) -> object:
    """Load the store when it is first asked for: SQLModel alone takes half a second."""
    if name in __all__:
        from provenance_store import opening  # noqa: PLC0415 - the very point of this function

        return getattr(opening, name)
    raise AttributeError(f"module 'provenance_store' has no attribute {name!r}")
