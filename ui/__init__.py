"""The chat page: a Gradio application over one `Assistant`.

It renders what `rag` answers and calls `rag` for everything; it decides nothing of its own. All
that comes from an index or a reader goes through `ui.text`, where it becomes harmless HTML.
"""
