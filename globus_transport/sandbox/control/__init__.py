"""Controlling a sandbox from outside: an HTTP API for programs in any language, and a page for people."""
