"""Tunnels between stream access points: how one comes to life and ends. No bytes flow through them."""

import threading

from globus_transport.sandbox.clock import Clock, iso_time
from globus_transport.sandbox.records import Document, Records

AWAITING, RUNNING, STOPPED = "AWAITING_LISTENER", "RUNNING", "STOPPED"
_STATUS = {
    AWAITING: "The tunnel waits for the address of its listener.",
    RUNNING: "The tunnel is established.",
    STOPPED: "The tunnel was stopped.",
}
_FIRST_PORT = 50000


class Streams:
    """The stream access points and tunnels of one sandbox."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.access_points = Records()
        self.tunnels = Records()

    def open(self, fields: Document) -> Document:
        """A new tunnel, which waits for its listener."""
        now = self._clock.now()
        tunnel: Document = {
            "listener_ip_address": None,
            "listener_port": None,
            "initiator_ip_address": None,
            "initiator_port": None,
            **fields,
            "created": now,
            "created_time": iso_time(now),
            "state": AWAITING,
            "events": [],
        }
        self._note(tunnel, "STARTED", "started", "The tunnel was asked for")
        return self._listen(self.tunnels.add(tunnel))

    def get(self, id: str) -> Document | None:
        """A tunnel as it is now: at the end of its lifetime it has stopped."""
        with self._lock:
            tunnel = self.tunnels.get(id)
            if tunnel is None or tunnel["state"] == STOPPED or self._clock.now() < self._end(tunnel):
                return tunnel
            return self._stop(tunnel, "TUNNEL_EXPIRED", "The lifetime of the tunnel is over", self._end(tunnel))

    def change(self, id: str, fields: Document) -> Document:
        """Set a label, or the listener's address, with which the tunnel begins to run."""
        with self._lock:
            return self._listen(self.tunnels.update(id, **fields))

    def stop(self, id: str) -> Document:
        """End a tunnel.

        :raises KeyError: There is none with this id.
        """
        with self._lock:
            tunnel = self.tunnels.update(id)
            return self._stop(tunnel, "TUNNEL_STOPPED", "The tunnel was stopped as requested", self._clock.now())

    def status_of(self, tunnel: Document) -> str:
        """A tunnel's state as a sentence."""
        return _STATUS[tunnel["state"]]

    def _listen(self, tunnel: Document) -> Document:
        if tunnel["state"] != AWAITING or not (tunnel["listener_ip_address"] and tunnel["listener_port"]):
            return tunnel
        self._note(tunnel, "TUNNEL_ACTIVE", "tunnel is active", "The tunnel was established")
        return self.tunnels.update(
            tunnel["id"],
            state=RUNNING,
            events=tunnel["events"],
            initiator_ip_address="127.0.0.1",
            initiator_port=_FIRST_PORT + len(self.tunnels),
        )

    def _stop(self, tunnel: Document, code: str, details: str, when: float) -> Document:
        if tunnel["state"] != STOPPED:
            self._note(tunnel, code, "tunnel has been stopped", details, when)
        return self.tunnels.update(tunnel["id"], state=STOPPED, events=tunnel["events"])

    def _end(self, tunnel: Document) -> float:
        return float(tunnel["created"] + 60 * tunnel["lifetime_mins"])

    def _note(self, tunnel: Document, code: str, description: str, details: str, when: float | None = None) -> None:
        time = iso_time(self._clock.now() if when is None else when)
        attributes = {"code": code, "is_error": False, "description": description, "details": details, "time": time}
        events = tunnel["events"]
        events.append({"type": "TunnelEvent", "id": len(events) + 1, "attributes": attributes})
