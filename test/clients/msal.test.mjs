// Microsoft's own client for Node signs in against the simulated Entra. It
// shares no code with the Go client that Hoist uses, and is stricter.

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';

import { ConfidentialClientApplication, CryptoProvider, InteractionRequiredAuthError, PublicClientApplication, ServerError } from '@azure/msal-node';

import { Browser, Refused } from './simulated/browser.mjs';
import { entra, graph, within } from './simulated/world.mjs';

const ada = `ada@${entra.domain}`;
const everything = ['openid', 'profile', 'offline_access', `${graph.audience}/RoleAssignmentSchedule.ReadWrite.Directory`];
const c1 = JSON.stringify({ access_token: { acrs: { essential: true, value: 'c1' } } });
const crypto = new CryptoProvider();

const options = { timeout: 2 * within };
const auth = { clientId: entra.bot.id, authority: entra.authority, knownAuthorities: [entra.host] };

const bot = (more) => new ConfidentialClientApplication({ auth: { ...auth, clientSecret: entra.bot.secret, ...more } });

const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));

// attempt is one sign-in up to the code: the request that made it, and what the
// browser brought back.
async function attempt(client, { claims, prompt, responseMode, browser = new Browser(), phone, redirectURI = entra.redirectURI } = {}) {
  const { verifier, challenge } = await crypto.generatePkceCodes();
  const request = {
    scopes: everything, redirectUri: redirectURI, claims, prompt, responseMode,
    state: crypto.createNewGuid(), nonce: crypto.createNewGuid(), codeChallenge: challenge, codeChallengeMethod: 'S256',
  };
  const { answer, seen } = await browser.signIn(await client.getAuthCodeUrl(request), { user: ada, redirectURI, phone });
  return { request, verifier, answer, seen, browser };
}

function redeem(client, { request, verifier, answer }, more = {}) {
  const { scopes, redirectUri, claims, state, nonce } = request;
  return client.acquireTokenByCode(
    { scopes, redirectUri, claims, state, nonce, code: answer.get('code'), codeVerifier: verifier, ...more },
    { code: answer.get('code'), state: answer.get('state'), nonce },
  );
}

// refusedAs is for assert.rejects: the OAuth error and the AADSTS number.
const refusedAs = (type, oauth, number) => (error) => {
  assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
  assert.equal(error.errorCode, oauth);
  assert.match(error.message, new RegExp(`AADSTS${number}:`));
  return true;
};

test('a code with PKCE, nonce and claims becomes tokens', options, async () => {
  const client = bot({ clientCapabilities: ['cp1'] });
  const done = await attempt(client, { claims: c1 });
  assert.deepEqual(done.seen, ['picker', 'mfa']);
  const result = await redeem(client, done);

  assert.equal(result.account.homeAccountId, `${entra.people.ada}.${entra.tenant}`);
  assert.equal(result.account.username, ada);
  assert.equal(result.tenantId, entra.tenant);
  assert.equal(result.idTokenClaims.nonce, done.request.nonce);
  assert.equal(result.idTokenClaims.iss, entra.issuer);
  assert.equal(result.idTokenClaims.aud, entra.bot.id);
  assert.deepEqual([...result.scopes].sort(), [...everything].sort());
  assert.ok(result.expiresOn > new Date(Date.now() + 50 * 60_000), `expires ${result.expiresOn}`);

  const access = claimsOf(result.accessToken);
  assert.deepEqual(access.acrs, ['c1']);
  assert.deepEqual(access.xms_cc, ['cp1']);
  assert.deepEqual(access.amr, ['pwd', 'mfa']);
  assert.equal(access.oid, entra.people.ada);
  assert.equal(access.aud, graph.audience);
  assert.equal(access.scp, 'RoleAssignmentSchedule.ReadWrite.Directory openid profile');
});

test('xms_cc is only for clients that declare cp1, acrs only for those that ask', options, async () => {
  const client = bot();
  const asking = claimsOf((await redeem(client, await attempt(client, { claims: c1 }))).accessToken);
  assert.deepEqual(asking.acrs, ['c1']);
  assert.equal(asking.xms_cc, undefined);
  const plain = claimsOf((await redeem(client, await attempt(client))).accessToken);
  assert.equal(plain.acrs, undefined);
  assert.equal(plain.xms_cc, undefined);

  const declaring = bot({ clientCapabilities: ['cp1'] });
  const declared = claimsOf((await redeem(declaring, await attempt(declaring))).accessToken);
  assert.deepEqual(declared.xms_cc, ['cp1']);
  assert.equal(declared.acrs, undefined);
});

test('the ID token is signed with the published key', options, async () => {
  const client = bot();
  const { idToken } = await redeem(client, await attempt(client));
  const { jwks_uri } = await (await fetch(`${entra.authority}/v2.0/.well-known/openid-configuration`)).json();
  const { keys } = await (await fetch(jwks_uri)).json();
  const [header, body, signature] = idToken.split('.');
  const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url'));
  assert.equal(alg, 'RS256');
  const key = createPublicKey({ key: keys.find((k) => k.kid === kid), format: 'jwk' });
  assert.ok(verify('sha256', Buffer.from(`${header}.${body}`), key, Buffer.from(signature, 'base64url')));
});

test('the access token opens Graph as the person', options, async () => {
  const client = bot();
  const { accessToken } = await redeem(client, await attempt(client));
  const address = `${graph.url}/v1.0/roleManagement/directory/roleAssignmentScheduleRequests/filterByCurrentUser(on='principal')`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${accessToken}` } });
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.ok(Array.isArray((await answer.json()).value));
  assert.equal((await fetch(address, { headers: { authorization: `Bearer ${accessToken}x` } })).status, 401);
});

test('a form post carries the same answer', options, async () => {
  const client = bot();
  const done = await attempt(client, { responseMode: 'form_post' });
  assert.equal(done.answer.get('state'), done.request.state);
  assert.equal((await redeem(client, done)).account.username, ada);
});

test('silent calls use the cache, then the refresh token', options, async () => {
  const client = bot({ clientCapabilities: ['cp1'] });
  const first = await redeem(client, await attempt(client));
  const { account } = first;
  const cached = await client.acquireTokenSilent({ account, scopes: everything });
  assert.equal(cached.fromCache, true);
  assert.equal(cached.accessToken, first.accessToken);
  const fresh = await client.acquireTokenSilent({ account, scopes: everything, forceRefresh: true });
  assert.equal(fresh.fromCache, false);
  assert.notEqual(fresh.accessToken, first.accessToken);
  assert.deepEqual(claimsOf(fresh.accessToken).xms_cc, ['cp1']);
});

test('a context that was not satisfied cannot be had silently', options, async () => {
  const client = bot();
  const { account } = await redeem(client, await attempt(client));
  await assert.rejects(client.acquireTokenSilent({ account, scopes: everything, claims: c1 }), (error) => {
    refusedAs(InteractionRequiredAuthError, 'interaction_required', 50076)(error);
    assert.deepEqual(JSON.parse(error.claims).access_token.acrs, { essential: true, value: 'c1' });
    return true;
  });
});

test('the application signs in as itself', options, async () => {
  const client = bot();
  const request = { scopes: [`${graph.audience}/.default`] };
  const result = await client.acquireTokenByClientCredential(request);
  const access = claimsOf(result.accessToken);
  assert.equal(access.idtyp, 'app');
  assert.ok(access.roles.includes('RoleEligibilitySchedule.Read.Directory'), access.roles);
  assert.equal(access.scp, undefined);
  const again = await client.acquireTokenByClientCredential(request);
  assert.equal(again.fromCache, true);
  assert.equal(again.accessToken, result.accessToken);
});

test('the application is refused', options, async (t) => {
  const request = { scopes: [`${graph.audience}/.default`] };
  await t.test('with a wrong secret', () =>
    assert.rejects(bot({ clientSecret: 'wrong' }).acquireTokenByClientCredential(request), refusedAs(ServerError, 'invalid_client', 7000215)));
  await t.test('with a name that is not registered', () =>
    assert.rejects(bot({ clientId: crypto.createNewGuid() }).acquireTokenByClientCredential(request), refusedAs(ServerError, 'unauthorized_client', 700016)));
  await t.test('with scopes one by one', () =>
    assert.rejects(bot().acquireTokenByClientCredential({ scopes: [`${graph.audience}/User.Read`] }), refusedAs(ServerError, 'invalid_scope', 1002012)));
});

test('a code is refused', options, async (t) => {
  const client = bot();
  await t.test('with a wrong verifier', async () => {
    const { verifier } = await crypto.generatePkceCodes();
    await assert.rejects(redeem(client, { ...(await attempt(client)), verifier }), refusedAs(ServerError, 'invalid_grant', 501481));
  });
  await t.test('without a verifier', async () => {
    await assert.rejects(redeem(client, { ...(await attempt(client)), verifier: undefined }), refusedAs(ServerError, 'invalid_grant', 501481));
  });
  await t.test('at another registered address', async () => {
    await assert.rejects(redeem(client, await attempt(client), { redirectUri: entra.secondRedirectURI }), refusedAs(ServerError, 'invalid_grant', 500112));
  });
  await t.test('a second time', async () => {
    const done = await attempt(client);
    await redeem(client, done);
    await assert.rejects(redeem(client, done), refusedAs(ServerError, 'invalid_grant', 54005));
  });
  await t.test('when it was made up', async () => {
    const done = await attempt(client);
    done.answer.set('code', '1.made-up');
    await assert.rejects(redeem(client, done), refusedAs(ServerError, 'invalid_grant', 9002313));
  });
});

test('the client itself refuses what does not belong together', options, async (t) => {
  const client = bot();
  await t.test('another nonce', async () => {
    const done = await attempt(client);
    done.request.nonce = crypto.createNewGuid();
    await assert.rejects(redeem(client, done), { errorCode: 'nonce_mismatch' });
  });
  await t.test('another state', async () => {
    const done = await attempt(client);
    done.answer.set('state', crypto.createNewGuid());
    await assert.rejects(redeem(client, done), { errorCode: 'state_mismatch' });
  });
});

test('an address that is not registered gets no answer', options, async () => {
  const refused = await attempt(bot(), { redirectURI: 'http://localhost:8080/elsewhere' }).catch((e) => e);
  assert.ok(refused instanceof Refused, String(refused));
  assert.equal(refused.code, 'AADSTS50011');
});

test('the second factor', options, async (t) => {
  const client = bot();
  await t.test('asks again after a wrong number', async () => {
    let asked = 0;
    const phone = (number) => ({ number: asked++ ? number : '1', decision: 'approve' });
    const done = await attempt(client, { claims: c1, phone });
    assert.deepEqual(done.seen, ['picker', 'mfa', 'mfa']);
    assert.deepEqual(claimsOf((await redeem(client, done)).accessToken).amr, ['pwd', 'mfa']);
  });
  await t.test('stops when the person denies it', async () => {
    const refused = await attempt(client, { claims: c1, phone: (number) => ({ number, decision: 'deny' }) }).catch((e) => e);
    assert.ok(refused instanceof Refused, String(refused));
    assert.equal(refused.code, 'AADSTS500121');
  });
  await t.test('is asked in every flow for a context', async () => {
    const { browser } = await attempt(client, { claims: c1 });
    assert.deepEqual((await attempt(client, { browser })).seen, [], 'signed in already');
    assert.deepEqual((await attempt(client, { browser, claims: c1 })).seen, ['mfa']);
  });
});

test('silence in the browser is answered with what is missing', options, async () => {
  const client = bot();
  const nobody = await attempt(client, { prompt: 'none' });
  assert.equal(nobody.answer.get('error'), 'login_required');
  const { browser } = await attempt(client);
  const noFactor = await attempt(client, { prompt: 'none', browser, claims: c1 });
  assert.equal(noFactor.answer.get('error'), 'interaction_required');
  const { answer } = await attempt(client, { prompt: 'none', browser });
  assert.ok(answer.get('code'));
});

// What Connect-MgGraph does on a person's machine after an activation: a public
// client, a port of its own, an answer by form post.
test('a public client signs in over its own loopback address', options, async () => {
  const scopes = [`${graph.audience}/Directory.AccessAsUser.All`];
  const client = new PublicClientApplication({ auth: { ...auth, clientId: entra.cli.id } });
  const openBrowser = async (address) => {
    const browser = new Browser();
    const { form } = await browser.signIn(address, { user: ada, redirectURI: 'http://localhost' });
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(form.hidden), redirect: 'manual', signal: AbortSignal.timeout(within) });
    await answer.text();
  };
  const result = await client.acquireTokenInteractive({ scopes, openBrowser });
  assert.equal(result.account.username, ada);
  assert.equal(claimsOf(result.accessToken).appid, entra.cli.id);
  const again = await client.acquireTokenSilent({ account: result.account, scopes });
  assert.equal(again.fromCache, true);
});

test('a public client is turned away for a person who is not assigned to it', options, async () => {
  const client = new PublicClientApplication({ auth: { ...auth, clientId: entra.cli.id } });
  const { challenge } = await crypto.generatePkceCodes();
  const request = { scopes: ['openid'], redirectUri: 'http://localhost:9', codeChallenge: challenge, codeChallengeMethod: 'S256' };
  const refused = await new Browser().signIn(await client.getAuthCodeUrl(request), { user: `ben@${entra.domain}`, redirectURI: 'http://localhost:9' }).catch((e) => e);
  assert.ok(refused instanceof Refused, String(refused));
  assert.equal(refused.code, 'AADSTS50105');
});
