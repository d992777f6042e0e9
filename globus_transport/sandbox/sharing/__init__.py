"""Who may do what with a collection: guest collections, access rules and roles."""
