"""Whether a message that came through the browser is signed by the one it says it is from.

pysaml2 itself checks a signature inside the XML when there is one, but does not ask for one, and leaves the query
signature of the Redirect binding to its caller.
"""

import base64
import binascii

from saml2 import BINDING_HTTP_REDIRECT
from saml2.sigver import SIGNER_ALGS, extract_rsa_key_from_x509_cert, pem_format


def signed_rightly(idp, message, request, required):
    """`message` as pysaml2 parsed it from `request`; an absent signature is right unless it is `required`."""
    if request.binding != BINDING_HTTP_REDIRECT:
        return message.signature is not None or not required
    if "Signature" not in request.parameters:
        return not required
    return any(
        query_signature_verifies(request, extract_rsa_key_from_x509_cert(pem_format(certificate_of(found))))
        for found in idp.metadata.certs(message.issuer.text, "any", "signing")
    )


def query_signature_verifies(request, key):
    """Over the pieces of the query as they came: escaping them again may give other bytes (Bindings 3.4.4.1).

    That is what pysaml2's own verify_redirect_signature does, and why it is not used here.
    """
    pieces = {piece.split("=", 1)[0]: piece for piece in request.raw_query.split("&")}
    order = ("SAMLRequest", "SAMLResponse", "RelayState", "SigAlg")
    signed = "&".join(pieces[name] for name in order if name in pieces)
    signer = SIGNER_ALGS.get(request.parameters.get("SigAlg"))
    try:
        signature = base64.b64decode(request.parameters["Signature"], validate=True)
    except binascii.Error:
        return False
    return signer is not None and signer.verify(signed.encode(), signature, key)


def certificate_of(found):
    # pysaml2 7.0 answers certificates, later versions pairs of key name and certificate.
    return found[1] if isinstance(found, tuple) else found
