"""What text, web pages, pictures in SVG and other XML say about themselves.

`text` and `web` decide; `web_tokens` cuts markup into tags by our own code, in one pass, because
the library parsers either stop at a depth (and leave the rest unseen) or take quadratic time.
"""
