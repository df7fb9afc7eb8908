"""How good the answers and the rankings are, in figures that anyone can measure again.

``gold`` asks questions whose answers are known from a file that ``expected`` reads, ``bench`` ranks
a collection whose relevant documents are known, ``grounding`` looks for numbers and names that
nothing bears out, and ``report`` shows it all. They use the program as its users do and know
nothing of how it decides.
"""
