"""The life cycle of tunnels between stream access points. The sandbox's tunnels carry no data."""

from __future__ import annotations

import threading

from globus_transport.sandbox.clock import Clock, format_iso_time
from globus_transport.sandbox.records import Document, Records

AWAITING, RUNNING, STOPPED = "AWAITING_LISTENER", "RUNNING", "STOPPED"
_STATUS = {
    AWAITING: "The tunnel waits for the address of its listener.",
    RUNNING: "The tunnel is established.",
    STOPPED: "The tunnel was stopped.",
}
_FIRST_PORT = 50000
# Of an access point.
_EMPTY_FIELDS = (
    "contact_email",
    "contact_info",
    "department",
    "description",
    "info_link",
    "keywords",
    "organization",
    "tlsftp_server",
)


class Streams:
    """The stream access points and tunnels of one sandbox."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.access_points = Records()
        self.tunnels = Records()

    def add_access_point(self, display_name: str, collection_id: str, owner: str) -> str:
        """Add an access point.

        :param collection_id: of its host
        :param owner: the username that it shows
        :return: its id
        """
        fields: Document = dict.fromkeys(_EMPTY_FIELDS) | {
            "display_name": display_name,
            "advertised_owner": owner,
            "host_endpoint": collection_id,
        }
        return str(self.access_points.add(fields)["id"])

    def open(self, fields: Document) -> Document:
        """Add a tunnel. It waits for the address of its listener, unless ``fields`` has it."""
        now = self._clock.now()
        tunnel: Document = {
            "listener_ip_address": None,
            "listener_port": None,
            "initiator_ip_address": None,
            "initiator_port": None,
            **fields,
            "created": now,
            "created_time": format_iso_time(now),
            "state": AWAITING,
            "events": [],
        }
        self._add_event(tunnel, "STARTED", "started", "The tunnel was requested")
        return self._run_if_listening(self.tunnels.add(tunnel))

    def get(self, id: str) -> Document | None:
        """The tunnel with this id, stopped if its lifetime is over; ``None`` if there is none."""
        with self._lock:
            tunnel = self.tunnels.get(id)
            if tunnel is None or tunnel["state"] == STOPPED or self._clock.now() < self._end_time(tunnel):
                return tunnel
            return self._stop(tunnel, "TUNNEL_EXPIRED", "The lifetime of the tunnel is over", self._end_time(tunnel))

    def update(self, id: str, fields: Document) -> Document:
        """Change fields of a tunnel. The listener's address makes it run."""
        with self._lock:
            return self._run_if_listening(self.tunnels.update(id, **fields))

    def stop(self, id: str) -> Document:
        """Stop a tunnel.

        :raises KeyError: if there is no tunnel with this id
        """
        with self._lock:
            tunnel = self.tunnels.update(id)
            return self._stop(tunnel, "TUNNEL_STOPPED", "The tunnel was stopped as requested", self._clock.now())

    def status_of(self, tunnel: Document) -> str:
        """The state of a tunnel as a sentence."""
        return _STATUS[tunnel["state"]]

    def _run_if_listening(self, tunnel: Document) -> Document:
        if tunnel["state"] != AWAITING or not (tunnel["listener_ip_address"] and tunnel["listener_port"]):
            return tunnel
        self._add_event(tunnel, "TUNNEL_ACTIVE", "tunnel is active", "The tunnel was established")
        return self.tunnels.update(
            tunnel["id"],
            state=RUNNING,
            events=tunnel["events"],
            initiator_ip_address="127.0.0.1",
            initiator_port=_FIRST_PORT + len(self.tunnels),
        )

    def _stop(self, tunnel: Document, code: str, details: str, when: float) -> Document:
        if tunnel["state"] != STOPPED:
            self._add_event(tunnel, code, "tunnel has been stopped", details, when)
        return self.tunnels.update(tunnel["id"], state=STOPPED, events=tunnel["events"])

    def _end_time(self, tunnel: Document) -> float:
        return float(tunnel["created"] + 60 * tunnel["lifetime_mins"])

    def _add_event(
        self, tunnel: Document, code: str, description: str, details: str, when: float | None = None
    ) -> None:
        time = format_iso_time(self._clock.now() if when is None else when)
        attributes = {"code": code, "is_error": False, "description": description, "details": details, "time": time}
        events = tunnel["events"]
        events.append({"type": "TunnelEvent", "id": len(events) + 1, "attributes": attributes})
