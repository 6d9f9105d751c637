"""What a desk has decided to rely on: anchors, archived mail keys, pins, revocation lists.

`model` is the whole set as a value. Nothing of the operating system's or a vendor's lists is ever
used; an empty set is a good start, and reads "unknown signer", never "untrusted".
"""
