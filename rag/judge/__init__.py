"""From ranked papers to evidence: which of them match, and which sentence shows it."""
