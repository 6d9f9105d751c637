"""Mail signatures: DKIM (RFC 6376, 8463) and ARC (RFC 8617), judged without a network.

`judging` is the way in. `message` splits a mail as signatures see it, `tags` and `claim` read what
a signature says of itself, `keys` finds the domain's key in the desk's archive, `covering` says
which fields and how much of the body are signed, `checking` hands one signature to the engine,
`moments` and `dating` say when, `alignment` says for whom, `domainkeys` and `chain` judge a DKIM
signature and an ARC chain, `wording` holds what a reporter reads. Import from the submodules.
"""
