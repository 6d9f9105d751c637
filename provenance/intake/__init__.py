"""What arrives at a desk: files, folders, archives and mailboxes, each byte read once.

`arrivals` is the way in; the other modules are its steps. Foreign bytes are parsed here only as far
as it takes to unpack them, by code that allocates nothing a header merely claims. Nothing here
writes a ledger entry, opens a socket or reads a clock.
"""
