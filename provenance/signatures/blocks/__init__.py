"""Places for a handwritten signature in a letter: where they are, and whether anything is there.

`closings` holds the words of each language, `layout` finds blocks among lines of text, `ink`
measures what is left on a picture of the block. Where lines and picture come from (a PDF's text
layer, OCR of a scan) is another module's business.
"""
