// oidc-provider at the paths of Globus Auth. Everyone is logged in and consents at once.
//
// Its argument is a JSON document: the two clients, the redirect URI, the user and the scope of an API. It prints its
// address when it is ready.

import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const asked = JSON.parse(process.argv[2])
const server = createServer()
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const issuer = `http://127.0.0.1:${server.address().port}`

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: asked.client_id,
      client_secret: asked.client_secret,
      redirect_uris: [asked.redirect_uri],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    {
      client_id: asked.native_id,
      redirect_uris: [asked.redirect_uri],
      grant_types: ['authorization_code', 'refresh_token'],
      application_type: 'native',
      token_endpoint_auth_method: 'none',
    },
  ],
  scopes: ['openid', 'profile', 'email', asked.api_scope],
  claims: { openid: ['sub'], email: ['email'], profile: ['name', 'preferred_username'] },
  conformIdTokenClaims: false,
  routes: {
    authorization: '/v2/oauth2/authorize',
    token: '/v2/oauth2/token',
    introspection: '/v2/oauth2/token/introspect',
    revocation: '/v2/oauth2/token/revoke',
    userinfo: '/v2/oauth2/userinfo',
    jwks: '/jwk.json',
  },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  // Globus Auth is asked by access_type=offline, not by a scope.
  issueRefreshToken: (context, client) => client.grantTypeAllowed('refresh_token'),
  findAccount: (context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: 'Ada', preferred_username: 'ada@example.org', email: 'ada@example.org' }),
  }),
})

// What Globus Auth adds to OAuth2: a reply has tokens for several resource servers.
provider.use(async (context, next) => {
  await next()
  if (context.oidc?.route === 'token' && context.status === 200) {
    Object.assign(context.body, { resource_server: 'auth.globus.org', other_tokens: [] })
  }
})

async function interact(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: asked.user_id } })
  }
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

const answer = provider.callback()
server.on('request', (request, response) =>
  request.url.startsWith('/interaction/') ? interact(request, response) : answer(request, response),
)
console.log(issuer)
