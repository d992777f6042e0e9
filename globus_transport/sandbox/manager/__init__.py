"""Transfer's endpoint manager: tasks and pause rules on the collections that someone manages or monitors."""
