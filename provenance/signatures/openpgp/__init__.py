"""OpenPGP signatures (RFC 9580): detached, inline, clearsigned, and in mail.

`armor`, `cleartext` and `packets` read the bytes; `signature` and `certificate` say what a packet
says; `selfsigs` and `state` judge a pinned key; `claims` lists what is signed by what; `checking`
asks the first engine, `second` reads the second engine's answer; `judging` puts it together.
"""
