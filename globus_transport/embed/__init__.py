"""Authorizers and stacks inside the HTTP library that a program has: requests, httpx, aiohttp, urllib3.

There is a module for each, and only that module imports the library.
"""
