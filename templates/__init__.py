"""The templates, style sheets and fonts of the printed handout."""
