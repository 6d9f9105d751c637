"""The custody ledger: entries, hidden fields, Merkle tree, tree heads, proofs, keys and audit.

Pure: bytes, values, time and randomness come in; bytes, values and findings go out. Import from the
submodules; this one stays empty so that an offline check of one proof loads only what it uses.
"""
