"""What is loaded: the embedding, the judge and the language model; found, checked and run here."""
