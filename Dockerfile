# A local Globus in a container: docker build -t globus-sandbox . && docker run --rm --network host globus-sandbox
# The steps are those of the README. It listens on 127.0.0.1, so that it shares the network of the host, or of the
# container that uses it (--network container:NAME).
FROM python:3.13-slim
WORKDIR /package
COPY setup.py setup.cfg README.md LICENSE ./
COPY globus_transport globus_transport
RUN python3 -m venv .venv && .venv/bin/pip install -q '.[sandbox]'
RUN useradd --create-home sandbox
USER sandbox
WORKDIR /home/sandbox
ENTRYPOINT ["/package/.venv/bin/python", "-m", "globus_transport", "sandbox"]
CMD ["--port", "auth=8001", "--port", "transfer=8002", "--port", "groups=8003", "--port", "search=8004", \
     "--port", "flows=8005", "--port", "timer=8006", "--port", "compute=8007", "--port", "connect_server=8008", \
     "--port", "control=8100", "--seed", "two-collections"]
