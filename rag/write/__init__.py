"""From evidence to claims: clauses, drafts and their check, groups."""
