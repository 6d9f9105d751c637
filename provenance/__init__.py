"""The core: bytes, values and `now` go in; records, findings and verdicts come out.

Opens no socket and reads no clock. Import from the submodules; this module stays empty so that
`prov --help` and an offline check never pay for a parser they do not use.
"""

__version__ = "0.1.0"
