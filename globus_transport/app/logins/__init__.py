"""Ways in which a user logs in to an application."""
