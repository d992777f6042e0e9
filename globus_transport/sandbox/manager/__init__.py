"""What the managers of a collection see and do: the endpoint manager."""
