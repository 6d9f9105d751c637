"""Signatures inside zip packages: Office (OOXML), OpenDocument and ASiC; and loose XML signatures.

`judging` is the way in. `archive` opens the zip, `ooxml`, `odf` and `asic` know where each format
keeps its signatures and what they must cover, `steps` turns one verified signature into a status.
Import from the submodules: they load lxml and the signature engine, which only a worker should pay
for.
"""
