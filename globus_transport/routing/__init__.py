"""Routes: API operations as declarations, and the clients that they are mounted on."""
