"""The one way into the ledger, and the way back: append, sign the head, read, project, who may.

Everything that is recorded passes `appending`; everything that is shown comes out of `reading`.
Import from the submodules.
"""
