"""From the words of a question to a `Question`: knows English, and no papers."""
