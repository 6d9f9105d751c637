"""Signatures in PDF files: `judging` is the way in; each other module is one step of it.

Import from the submodules: they load the PDF engine, which only a worker should pay for.
"""
