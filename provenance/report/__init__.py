"""The custody report: what a desk hands to an editor, an auditor or a reader, as HTML and JSON.

The desk builds a `model.ReportModel`; `audience.for_audience` takes out what may not leave;
`html.render_html` and `json_form.report_json` write it. Import from the submodules.
"""
