"""Signatures of every format, judged in one vocabulary.

`axes` names the questions, `model` records the answers, `headline` derives the one word that a
person reads first, `sentence` says it in plain English. One module per format produces records:
`pdf` for PDF signatures and for the places on a page where a signature should be and is not.
Import from the submodules; this module stays empty so that a light command pays for no parser.
"""
