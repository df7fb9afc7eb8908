"""An answer as others read it: text, terminal, Markdown, references; renders, decides nothing."""
