"""What can be done on an open desk: one module for each kind of act, over one workbench.

`provenance.desk.Desk` offers all of them; import from the submodules.
"""
