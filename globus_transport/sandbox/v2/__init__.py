"""The routes of Transfer whose documents are JSON:API."""
