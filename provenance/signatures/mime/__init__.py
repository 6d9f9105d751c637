"""Signed mail: which MIME part a signature covers, what is shown beside it, and who it says it is.

`judging` is the way in for S/MIME, `openpgp_parts` for whoever checks PGP/MIME and inline PGP.
Works on the bytes as they came: a mail that was parsed and written again has lost its signature.
"""
