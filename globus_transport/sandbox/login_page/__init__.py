"""The pages of Auth for a person in a browser: login and consent, and the page that shows a code."""
