"""Look at a hostile file without letting it act: identify, then examine in a sealed process.

`identify` names the format from the bytes; `runner` hands the file to a fresh, jailed process and
takes back a bounded, checked answer; `examination` is that answer as a value.
"""
