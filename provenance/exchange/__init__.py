"""Hand-overs between two desks, by file: an offer goes out, an answer comes back.

Each file proves itself: a signed entry, the records that entitle its key, inclusion proofs, and the
checkpoint and key of its log (docs/exchange.md). Nothing here opens a socket.
"""
