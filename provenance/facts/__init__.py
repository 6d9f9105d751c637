"""What a document says about itself, and where it contradicts itself.

`model` holds the values, `gathering` collects them within bounds; `stated_dates`, `places`,
`characters`, `releases` and `timeline` are the rules that several formats share; a module or
package per format reads. `claimed` holds an answer against the date a desk claims. Nothing here
judges a signature, and nothing here proves anything alone: all of it can be set by whoever made the
file. docs/facts.md lists every observation.
"""
