// Does with a server what openid-client can do, and prints what was seen, a JSON document.
//
// Its argument is a JSON document: the server, its two clients, the redirect URI and the scope of an API.

import * as oidc from 'openid-client'

const { base_url, client_id, client_secret, native_id, redirect_uri, api_scope } = JSON.parse(process.argv[2])

const open = (id, authentication) =>
  oidc.discovery(new URL(base_url), id, undefined, authentication, {
    // The signature of an ID token is checked, though it came from the token endpoint itself.
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  })

/** What a call is refused with. */
async function refusal(call) {
  try {
    await call
  } catch (error) {
    return error.error ?? error.cause?.[0]?.parameters?.error ?? error.code
  }
  return 'not refused'
}

/** One login: where the person was sent back to, and what is checked there. */
async function logIn(config) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const expected = {
    pkceCodeVerifier,
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: `openid email profile ${api_scope}`,
    state: expected.expectedState,
    nonce: expected.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    access_type: 'offline',
  })
  return { back: await follow(url), expected }
}

/** As a browser goes: from page to page with the cookies, until it is sent to the client. */
async function follow(url) {
  const cookies = new Map()
  while (!url.href.startsWith(redirect_uri)) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const set of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)
      cookies.set(name, value)
    }
    url = new URL(reply.headers.get('location'), url)
  }
  return url
}

const grant = ({ back, expected }, config, changed = {}) =>
  oidc.authorizationCodeGrant(config, back, { ...expected, ...changed })

async function everything(config) {
  const login = await logIn(config)
  const tokens = await grant(login, config)
  const user = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
  const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token)
  return {
    user: user.sub,
    refreshed: refreshed.access_token !== tokens.access_token,
    'code twice': await refusal(grant(login, config)),
    'its refresh token after that': await refusal(oidc.refreshTokenGrant(config, tokens.refresh_token)),
    'its access token after that': await refusal(oidc.fetchUserInfo(config, tokens.access_token, user.sub)),
    'another verifier': await refusal(
      grant(await logIn(config), config, { pkceCodeVerifier: oidc.randomPKCECodeVerifier() }),
    ),
    'another nonce': await refusal(grant(await logIn(config), config, { expectedNonce: oidc.randomNonce() })),
    'another state': await refusal(grant(await logIn(config), config, { expectedState: oidc.randomState() })),
  }
}

async function asConfidential(config) {
  const { access_token, refresh_token } = await grant(await logIn(config), config)
  const before = await oidc.tokenIntrospection(config, access_token)
  await oidc.tokenRevocation(config, access_token)
  await oidc.tokenRevocation(config, refresh_token)
  await oidc.tokenRevocation(config, 'a token that never was')
  return {
    active: before.active,
    'active after revocation': (await oidc.tokenIntrospection(config, access_token)).active,
    'refresh token after revocation': await refusal(oidc.refreshTokenGrant(config, refresh_token)),
    'scope of the client': (await oidc.clientCredentialsGrant(config, { scope: api_scope })).scope,
    'unknown grant': await refusal(oidc.genericGrantRequest(config, 'urn:no:such:grant', {})),
  }
}

const confidential = await open(client_id, oidc.ClientSecretBasic(client_secret))
const impostor = await open(client_id, oidc.ClientSecretBasic('wrong'))
console.log(
  JSON.stringify({
    confidential: { ...(await everything(confidential)), ...(await asConfidential(confidential)) },
    native: await everything(await open(native_id, oidc.None())),
    'wrong secret': await refusal(oidc.clientCredentialsGrant(impostor, { scope: api_scope })),
  }),
)
