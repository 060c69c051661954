"""A plan turned into a page and a document."""
