"""Can this computer reach Globus, and which settings does it use?"""

import os

from globus_transport import AuthClient, GlobusError, Transport

CA_FILE = "..."

for name in ("HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
    # A proxy's address may hold a password.
    print(name, "is set" if os.environ.get(name) else "is not set")

with AuthClient(transport=Transport(verify_ssl=CA_FILE, deadline=30)) as client:
    print(client.stack)
    try:
        print("connected to", client.get_openid_configuration()["issuer"])
    except GlobusError as error:
        print("not connected:", error)
