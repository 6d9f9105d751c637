"""Facts of PDF files: `reading` puts together what the other modules find.

Import from the submodules: they load the renderer, which only a worker should pay for.
"""
