"""What a document says about itself, and where it contradicts itself.

`model` holds the values; one module per format reads them. Nothing here judges a signature, and
nothing here proves anything alone: all of it can be set by whoever made the file.
"""
