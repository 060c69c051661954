"""The content: catalogue, rules, protocols, vocabulary and bibliography."""
