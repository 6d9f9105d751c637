"""The demonstration case: a stand-in letter, its photograph and its dossier.

What is here, and what made it:
  1. `letter.pdf` and `letter-photo.jpg` are written by `generate.py`, which is beside them;
  2. `letter.dossier.yaml` is written by hand: the public record of 6 and 7 January 2020, coded.

The letter is a stand-in made for this project. It carries the facts of the case in words of our
own, names nobody, and says on its own page that it is not the historical document.
"""
