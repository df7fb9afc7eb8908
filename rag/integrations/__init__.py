"""The assistant as parts of other programs."""
