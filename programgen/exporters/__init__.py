"""One plan in many formats: a module for each, found by its entry point."""
