"""The shape of a file: does it begin and end where its format does, and is it one format only.

`outer` knows how whole files of the common formats begin, wherever that is; `ends` knows where the
format that a file was identified as comes to its end; `reading` puts both together and says what is
there that should not be.
"""
