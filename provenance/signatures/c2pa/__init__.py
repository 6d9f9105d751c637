"""Content Credentials (C2PA): `judging` is the way in; each other module is one step of it.

The vendor's library checks hashes and signatures. What it means is decided here, and where a wrong
answer would be expensive a second look is taken: `cose` verifies the claim signature again with the
certificate that is shown, `bounds` looks at what a signature leaves out. Import from the
submodules: `sdk` loads a library of 50 MB, which only a worker should pay for.
"""
