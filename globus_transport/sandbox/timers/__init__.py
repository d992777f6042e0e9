"""The sandbox's Globus Timers."""
