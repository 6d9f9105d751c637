"""Compiles the custody report of an item from an open desk.

`compile_report` gathers what the ledger holds into a `provenance.report.model.ReportModel`; what
may leave for whom is decided in `provenance.report.audience`, never here.
"""
