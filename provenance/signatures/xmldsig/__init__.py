"""XML signatures (XMLDSig 1.1) inside the packages of known document formats, and nowhere else.

`reading` parses, `structure` reads one signature, `references` compares digests, `verifying` puts
the answer together, `xades` reads what the signer says about himself. XMLDSig lets a signature
point anywhere and pass anything through a program on the way; what is accepted here is the small
part of it that OOXML, OpenDocument and ASiC use. Import from the submodules: they load lxml, which
only a worker should pay for.
"""
