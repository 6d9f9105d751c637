"""CMS signatures (RFC 5652), the container of CAdES, S/MIME, .p7m and .p7s.

`judging` is the way in for one container, `documents` for a whole file. Import from the submodules:
they load the signature engine, which only a worker should pay for.
"""
