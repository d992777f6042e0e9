"""Authorizers and stacks inside the HTTP library of a program: requests, httpx, aiohttp or urllib3.

Each library has a module or package of its own here, and only that one imports the library.
"""
