// Takes openid-client, which does PKCE unless it is told not to, through a
// sign-in, and prints what it got as JSON. Without a callbackUrl in the plan it
// builds the URL of the authorize page, and with one it does the rest.
//
//   node openid-client.cjs '{"baseUrl":…,"authorizeUrl":…,"clientId":…,"clientSecret":…,"redirectUri":…,"scope":…,"verifier":…,"callbackUrl":…}'
"use strict";

const { step, finish, plan } = require("./steps.cjs");

(async () => {
  const oauth = await import("openid-client");
  const { baseUrl, authorizeUrl, clientId, clientSecret, redirectUri, scope, verifier, callbackUrl } = plan();
  const server = {
    issuer: baseUrl,
    authorization_endpoint: authorizeUrl,
    token_endpoint: baseUrl + "/oauth2/token",
    revocation_endpoint: baseUrl + "/oauth2/token/revoke",
  };
  const state = "example-state";
  const client = (authentication) => {
    const config = new oauth.Configuration(server, clientId, { client_secret: clientSecret }, authentication);
    oauth.allowInsecureRequests(config); // the fake is on this machine, without TLS
    return config;
  };
  // Its own ClientSecretBasic encodes id and secret as a form (RFC 6749 section
  // 2.3.1), which BuiltByBit is reported to refuse. This is what a user writes.
  const raw = client((_server, _client, _body, headers) => {
    headers.set("authorization", "Basic " + btoa(clientId + ":" + clientSecret));
  });
  const take = (config, pkceCodeVerifier) =>
    oauth.authorizationCodeGrant(config, new URL(callbackUrl), { pkceCodeVerifier, expectedState: state });

  if (!callbackUrl) {
    await step("authorize", async () => {
      const code_challenge = await oauth.calculatePKCECodeChallenge(verifier);
      const url = oauth.buildAuthorizationUrl(raw, { redirect_uri: redirectUri, scope, state, code_challenge, code_challenge_method: "S256" });
      return { url: url.href };
    });
    return finish();
  }
  await step("exchange with form-encoded credentials", () => take(client(oauth.ClientSecretBasic()), verifier));
  await step("exchange with another verifier", () => take(raw, "example-of-another-verifier-with-enough-letters"));
  const token = await step("exchange", () => take(raw, verifier));
  const next = await step("refresh", () => oauth.refreshTokenGrant(raw, token.refresh_token));
  await step("the spent refresh token again", () => oauth.refreshTokenGrant(raw, token.refresh_token));
  await step("revoke", async () => { await oauth.tokenRevocation(raw, next.access_token, { token_type_hint: "access_token" }); return {}; });
  finish();
})();
