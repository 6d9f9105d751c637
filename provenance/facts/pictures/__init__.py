"""Pictures: where metadata stands in the bytes, and what it says.

`facts.image` is the way in; each module here reads one container or one kind of metadata.
"""
