"""Sigstore bundles, checked offline with the root of trust that ships with the library.

`bundle` reads one and asks the library; `identity` says who is in its certificate; `judging` puts
it together. All of it needs the extra `sigstore`.
"""
