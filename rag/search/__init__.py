"""From a `Question` to ranked papers: candidates, scores, feedback."""
