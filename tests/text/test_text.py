import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.listings.text import clean

HTML = [
    ("360Â° scenes", "360° scenes"),
    ("In&amp;Out : Diverse", "In&Out : Diverse"),
    ("miniImageNet -&gt; CUB", "miniImageNet -> CUB"),
    ("&#39;frozen&#x27; &quot;x&quot;&nbsp;y", "'frozen' \"x\" y"),
    ("twice &amp;amp; encoded", "twice & encoded"),
    ("AT&T, Q&A, R & D; a&foo;b &copy 5", "AT&T, Q&A, R & D; a&foo;b &copy 5"),
    ("objects. <br>In this", "objects. In this"),
    ("one<br/>two<BR >three", "one two three"),
    ("<p>First.</p><p>Second.</p>", "First. Second."),
    ("H<sub>2</sub>O is <b>very</b> <i class='x'>wet</i>", "H2O is very wet"),
    (
        'at \\url{<a class="link-external" href="https://github.com/zeliu98/Group-Free-3D" '
        'rel="external noopener nofollow">this https URL</a>}',
        "at https://github.com/zeliu98/Group-Free-3D",
    ),
    ('is <a href="http://netadapt.mit.edu">this http URL</a>.', "is http://netadapt.mit.edu."),
    ('<a href="https://x.org/~me_a">here</a>', "https://x.org/~me_a"),
    ('our <a href="https://x.org/y">code</a>!', "our code (https://x.org/y)!"),
    ('<a href="https://x.org/y">x.org/y</a>', "https://x.org/y"),
    ('<a href="/abs/2104.00194">arXiv:2104.00194</a>', "arXiv:2104.00194"),
    ("a<script>alert('<b>')</script>b<style>p {}</style>c", "abc"),
    ("the <script> tag opens", "the <script> tag opens"),
    ("a<!-- note -->b", "ab"),
]
SIGNS = [
    "for x < 5 and y > 3",
    "(p<0.05), p <0.001, 2<n<b",
    "if $a<b$ and $c>d$",
    "if a<b and c>d, then i<j",
    "tokens <SEG>, <think> and <query, modification>",
    "Skeleton<->Pointcloud <3",
]
LATEX = [
    (r"gradients of \emph{both} ego", "gradients of both ego"),
    (r"in the Transformers \cite{vaswani2017attention}, where", "in the Transformers, where"),
    (r"input~\cite{a,b}. As \citep[p. 3]{c} (\citet{d}, \cite{e}) say", "input. As say"),
    (r"(see Fig.~\ref{fig:a}) \label{x}here", "(see Fig.) here"),
    (r"code\footnote{At \url{https://x.org}, with $\frac{1}{2}$ of {it}.} runs", "code runs"),
    (r"\textbf{S}patial \textit{\textbf{Graph}} \texttt{a_b} \mbox{c d}", "Spatial Graph a_b c d"),
    (r"{\em the x} {\bf y} {\it z}", "the x y z"),
    (r"\textcolor{red}{hot} {\color{blue} cold}", "hot cold"),
    (r"\url{https://x.org/a\_b}", "https://x.org/a_b"),
    (r"\href{https://x.org}{Project page}.", "Project page (https://x.org)."),
    (
        r"\href{https://x.org/y}{x.org/y} \href{https://x.org}{here}",
        "https://x.org/y https://x.org",
    ),
    (r"5\% R\&D a\_b \#1 \$5", "5% R&D a_b #1 $5"),
    (r"60~GHz, Qwen~2, a\ b, 5\,mm", "60 GHz, Qwen 2, a b, 5 mm"),
    (r"a new high-way (~100) k-shot, ~5, 3~4", "a new high-way (~100) k-shot, ~5, 3~4"),
    (r"https://x.edu/~me/", "https://x.edu/~me/"),
    (r"Schr\"odinger, Fr\'echet, Lo\'{e}ve, na\"{\i}ve", "Schrödinger, Fréchet, Loéve, naïve"),
    (r"{\'E}cole, mus{\'e}e, \c{c}a, \v{S}, dise\~no", "École, musée, ça, Š, diseño"),
    (r"Bj{\o}ntegaard, Stra\ss e, S\o{}ren", "Bjøntegaard, Straße, Søren"),
    (r"radiologists\' work, the model\'s", "radiologists' work, the model's"),
    (r"0.48{\deg}, 0.19 {\mu}m, 87.1 \pm 0.7, {\Delta}", "0.48°, 0.19 μm, 87.1 ± 0.7, Δ"),
    ("``quotes'' -- and --- dashes", '"quotes" -- and --- dashes'),
    (r"{F}ine-{T}uning {SegReg} {0.3, 0.5} 10^{-3}", "Fine-Tuning SegReg {0.3, 0.5} 10^{-3}"),
    (r"\eg, \ie a, \etal", "e.g., i.e. a, et al."),
    (r"\ours{} and \method{ER} stay", r"\ours{} and \method{ER} stay"),
    (r"\emph{cut off by arXiv", r"\emph{cut off by arXiv"),
]
MATHS = [
    r"outperform $\ell_n$ loss",
    r"by $5.8\times$ and 64$\times$64, $\sim$9k",
    r"of 0.876 $\pm$ 0.005; D$^2$4FAD",
    r"$\textbf{x}~\%$ and $a_{\rm b} \emph{c}$",
    r"\(\sum_{k=1}^{N}\binom{M}{k}\) and $$x~y$$",
    "from $5 to $10, under $16,000",
]
OTHER = [
    ("  a \t b\r\n c\u00a0d\u2028e ", "a b c d e"),
    ("a\x00b\x07c\u200bd\u00ade\ufefff", "abcdef"),
    ("Mu\u0308ller", "Müller"),
    ("‘curly’ “quotes” — stay", "‘curly’ “quotes” — stay"),  # noqa: RUF001
    ("\ud800", "\ufffd"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "cleaned"), HTML + LATEX + OTHER)
def test_text_is_made_readable(text, cleaned):
    assert clean(text) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("text", SIGNS + MATHS)
def test_signs_and_maths_survive(text):
    assert clean(text) == text


def test_entities_in_maths_are_decoded():
    assert clean("$a &lt; b$") == "$a < b$"


MARKS = r"""
    < > & &amp; &lt; amp; lt;b&gt; <b> </b> <br> <a_href='http://x.y'> </a> <script> </script> <!--
    --> $ \ \\ { } \emph{ \cite{ \url{ \href{ \footnote{ \' \" \% \mu \em e ~ `` '' 5 x Â° http://
    ( ) [ ] _ ^"""
PIECES = [*MARKS.replace("_href", " href").split(), " ", "\0", "\u0308"]


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("&amp;" * 3 + "lt;b&gt;")
def test_cleaning_twice_changes_nothing_more(text):
    once = clean(text)
    assert clean(once) == once


@given(st.text(max_size=80))
def test_cleaned_text_is_one_line_of_normal_characters(text):
    once = clean(text)
    assert clean(once) == once
    assert once == " ".join(once.split()) == unicodedata.normalize("NFC", once)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in once)


@given(st.text(alphabet="aZ09é-.,:;!?()", max_size=60))
def test_words_and_numbers_are_kept(text):
    assert clean(text) == unicodedata.normalize("NFC", text)
