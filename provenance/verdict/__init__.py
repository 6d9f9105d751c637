"""How evidence is weighed: records go in, grades, lines, labels, a headline and sentences come out.

Pure functions over values; every number is an integer and every step is `min`, `max` or a table.
Import from the submodules; this module stays empty so that a light command pays for nothing.
"""
