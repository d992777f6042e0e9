"""Transfer's routes with JSON:API documents."""
