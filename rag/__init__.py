"""Answers questions about research papers from their abstracts, and proves every sentence."""
