"""The services: one route table each, with its payloads, replies and errors."""
