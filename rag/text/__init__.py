"""Texts as texts: words and stems, sentences, maths, likeness; nothing here knows a paper."""
