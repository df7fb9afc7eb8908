"""What is maths in a running text: the one pattern by which every part of the program finds it.

Cleaning leaves maths alone and no sentence ends within it, so both must agree on where it is.
"""

# Prices ("$5 to $10") are not maths. So a dollar opens maths before a command, or before anything
# but a space if the next dollar follows no space and precedes no digit; a sign may stand alone
# ($+$3). The bound is twice the longest formula in 20,000 abstracts of computer vision, and keeps
# two stray dollars from enclosing all between them.
_FORMULA = r"(?:\\.|[^$\\])"
MATHS = (
    r"(?<!\\)(?:\$\$[^$]{1,200}\$\$"
    rf"|\$(?=\s?[\\^_]){_FORMULA}{{1,200}}\$"
    rf"|\$(?!\s){_FORMULA}{{1,200}}(?<!\s)\$(?!\d)"
    rf"|\$(?:[^$\\]{{1,12}}(?=\\)|\s){_FORMULA}{{1,60}}\$"
    r"|\$[^\w\s$]{1,3}\$"
    r"|\\\((?:(?!\\\)).){1,200}\\\)"
    r"|\\\[(?:(?!\\\]).){1,200}\\\])"
)
