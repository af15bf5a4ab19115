// The names that SAML 2.0 and XML Signature give to things. Data only.

export const namespaces = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
  exclusiveC14n: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  schemaInstance: 'http://www.w3.org/2001/XMLSchema-instance',
  xml: 'http://www.w3.org/XML/1998/namespace',
  xmlns: 'http://www.w3.org/2000/xmlns/',
} as const

export const uris = {
  nameId: {
    unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    entity: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
    persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  },
  status: {
    success: 'urn:oasis:names:tc:SAML:2.0:status:Success',
    requester: 'urn:oasis:names:tc:SAML:2.0:status:Requester',
    responder: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
    authnFailed: 'urn:oasis:names:tc:SAML:2.0:status:AuthnFailed',
    partialLogout: 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout',
    noPassive: 'urn:oasis:names:tc:SAML:2.0:status:NoPassive',
    requestDenied: 'urn:oasis:names:tc:SAML:2.0:status:RequestDenied',
  },
  binding: {
    redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
    post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    soap: 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP',
  },
  authnContext: {
    passwordProtectedTransport: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    unspecified: 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified',
  },
  attributeName: {
    basic: 'urn:oasis:names:tc:SAML:2.0:attrname-format:basic',
    uri: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    unspecified: 'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified',
  },
  confirmation: { bearer: 'urn:oasis:names:tc:SAML:2.0:cm:bearer' },
} as const

/** The short names of the bindings that Sallyport speaks, by their URI (Bindings 3). */
export type Binding = keyof typeof uris.binding

export function bindingOf(uri: string): Binding | undefined {
  for (const binding of ['redirect', 'post', 'soap'] as const) if (uris.binding[binding] === uri) return binding
  return undefined
}
