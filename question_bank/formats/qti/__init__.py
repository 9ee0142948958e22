"""QTI 1.2, 2.1, 2.2 and 3.0: single files and packages; packages of QTI 3.0 are written too.

One road for the readers: `package` finds the documents, `tree` gives the versions 2 and 3 the same
names, `items2` and `items12` turn an item into a question. What an answer is worth is not guessed
from the wording of the rules: `rules` and `conditions12` carry the rules out, and `credit` tries
answers on them.
"""
