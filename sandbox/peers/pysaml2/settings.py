"""What the start script told us, and the pysaml2 configuration that follows from it.

Knows nothing of requests and sessions.
"""

import json
import os
import sys

from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, BINDING_SOAP
from saml2.config import IdPConfig
from saml2.saml import (
    NAMEID_FORMAT_EMAILADDRESS,
    NAMEID_FORMAT_PERSISTENT,
    NAMEID_FORMAT_TRANSIENT,
    NAMEID_FORMAT_UNSPECIFIED,
)
from saml2.xmldsig import DIGEST_SHA256, DIGEST_SHA512, SIG_RSA_SHA256, SIG_RSA_SHA512

PORT = int(os.environ["PORT"])
BASE_URL = f"http://127.0.0.1:{PORT}"
WORK_FOLDER = os.environ["WORK_FOLDER"]
SERVICE_PROVIDER_FILES = sys.argv[1:]

with open(os.environ["USERS"], encoding="utf-8") as file:
    USERS = json.load(file)

SIGN_ASSERTION = os.environ["SIGN"] in ("assertion", "both")
SIGN_RESPONSE = os.environ["SIGN"] in ("response", "both")
ENCRYPT = os.environ["ENCRYPT"]
REQUIRE_SIGNED_REQUESTS = os.environ["REQUIRE_SIGNED_REQUESTS"] == "yes"
REQUIRE_SIGNED_LOGOUT = os.environ["SIGNED_LOGOUT"] == "yes"

# How service providers are told of a logout, the preferred way first.
LOGOUT_BINDINGS = {
    "soap": [BINDING_SOAP, BINDING_HTTP_REDIRECT, BINDING_HTTP_POST],
    "redirect": [BINDING_HTTP_REDIRECT, BINDING_HTTP_POST, BINDING_SOAP],
    "post": [BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, BINDING_SOAP],
}[os.environ["LOGOUT_BY"]]

SIGNATURE_ALGORITHM, DIGEST_ALGORITHM = {
    "rsa-sha256": (SIG_RSA_SHA256, DIGEST_SHA256),
    "rsa-sha512": (SIG_RSA_SHA512, DIGEST_SHA512),
}[os.environ["SIGNATURE_ALGORITHM"]]

NAME_ID_FORMAT = {
    "persistent": NAMEID_FORMAT_PERSISTENT,
    "transient": NAMEID_FORMAT_TRANSIENT,
    "email": NAMEID_FORMAT_EMAILADDRESS,
    "unspecified": NAMEID_FORMAT_UNSPECIFIED,
}[os.environ["NAME_ID_FORMAT"]]

ATTRIBUTE_NAME_FORMAT = "urn:oasis:names:tc:SAML:2.0:attrname-format:" + os.environ["ATTRIBUTE_NAME_FORMAT"]


def _write_attribute_map():
    """pysaml2 renames attributes by maps; ours gives every attribute its own name."""
    folder = os.path.join(WORK_FOLDER, "attribute-maps")
    os.makedirs(folder, exist_ok=True)
    names = sorted({name for user in USERS.values() for name in user["attributes"]})
    same = {name: name for name in names}
    with open(os.path.join(folder, "ours.py"), "w", encoding="utf-8") as map_file:
        map_file.write(f"MAP = {{'identifier': {ATTRIBUTE_NAME_FORMAT!r}, 'fro': {same!r}, 'to': {same!r}}}\n")
    return folder


def make_config(want_authn_requests_signed):
    key_pair = {
        "key_file": os.path.join(WORK_FOLDER, "key.pem"),
        "cert_file": os.path.join(WORK_FOLDER, "certificate.pem"),
    }
    return IdPConfig().load(
        {
            "entityid": BASE_URL + "/metadata",
            "xmlsec_binary": "/usr/bin/xmlsec1",
            **key_pair,
            "attribute_map_dir": _ATTRIBUTE_MAPS,
            "allow_unknown_attributes": True,
            "accepted_time_diff": 10,
            "delete_tmpfiles": True,
            "signing_algorithm": SIGNATURE_ALGORITHM,
            "digest_algorithm": DIGEST_ALGORITHM,
            "metadata": {"local": SERVICE_PROVIDER_FILES} if SERVICE_PROVIDER_FILES else {},
            "service": {
                "idp": {
                    "name": "pysaml2 peer",
                    "want_authn_requests_signed": want_authn_requests_signed,
                    "endpoints": {
                        "single_sign_on_service": [
                            (BASE_URL + "/sso", BINDING_HTTP_REDIRECT),
                            (BASE_URL + "/sso", BINDING_HTTP_POST),
                        ],
                        "single_logout_service": [
                            (BASE_URL + "/slo", BINDING_HTTP_REDIRECT),
                            (BASE_URL + "/slo", BINDING_HTTP_POST),
                            (BASE_URL + "/slo/soap", BINDING_SOAP),
                        ],
                    },
                    "name_id_format": [NAME_ID_FORMAT],
                    "policy": {
                        "default": {
                            "lifetime": {"minutes": 15},
                            "attribute_restrictions": None,
                            "name_form": ATTRIBUTE_NAME_FORMAT,
                            "nameid_format": NAME_ID_FORMAT,
                        }
                    },
                }
            },
        }
    )


_ATTRIBUTE_MAPS = _write_attribute_map()

# pysaml2 understands "signed" as a signature inside the XML and so would refuse every signed Redirect request, whose
# signature is in the query (Bindings 3.4.4.1). The metadata says what we want; `signatures.py` checks it.
METADATA_CONFIG = make_config(REQUIRE_SIGNED_REQUESTS)
SERVER_CONFIG = make_config(False)
