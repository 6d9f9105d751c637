"""What office files say about themselves: OOXML, OpenDocument, compound files, RTF.

One orchestrating module per family (`ooxml`, `odf`, `ole`, `rtf`), small readers beside it, and
three strict openers that bound what a hostile file can cost: `package` (zip), `markup` (XML) and
`compound` (OLE). Nothing is executed, fetched or opened; macros and links are told, not followed.
"""
