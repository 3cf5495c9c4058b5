// Takes Square's official SDK through the OAuth endpoints of the server that
// the plan names, and prints what it got as JSON.
//
//   node square-sdk.cjs '{"baseUrl":…,"clientId":…,"clientSecret":…,"code":…,"pkceCode":…,"verifier":…}'
"use strict";

const { SquareClient } = require("square");
const { step, finish, plan } = require("./steps.cjs");

(async () => {
  const { baseUrl, clientId, clientSecret, code, pkceCode, verifier } = plan();
  const client = (token) => new SquareClient({ baseUrl, token, maxRetries: 0 });
  const app = client(undefined);
  const asClient = { headers: { Authorization: `Client ${clientSecret}` } };

  // With a token the SDK sends it to the token endpoint too.
  const obtained = await step("obtain", () =>
    client("example").oAuth.obtainToken({ clientId, clientSecret, code, grantType: "authorization_code" }));
  const refreshed = await step("refresh", () =>
    app.oAuth.obtainToken({ clientId, clientSecret, refreshToken: obtained.refreshToken, grantType: "refresh_token" }));
  await step("status", () => client(refreshed.accessToken).oAuth.retrieveTokenStatus());
  await step("revoke without its header", () =>
    client("example").oAuth.revokeToken({ clientId, accessToken: refreshed.accessToken }));
  await step("revoke", () =>
    client("example").oAuth.revokeToken({ clientId, accessToken: refreshed.accessToken }, asClient));
  await step("status of the revoked token", () => client(refreshed.accessToken).oAuth.retrieveTokenStatus());
  await step("the spent code again", () =>
    app.oAuth.obtainToken({ clientId, clientSecret, code, grantType: "authorization_code" }));
  await step("another secret", () =>
    app.oAuth.obtainToken({ clientId, clientSecret: "another-secret", code, grantType: "authorization_code" }));

  const pkce = await step("obtain with PKCE", () =>
    app.oAuth.obtainToken({ clientId, code: pkceCode, codeVerifier: verifier, grantType: "authorization_code" }));
  await step("refresh with PKCE", () =>
    app.oAuth.obtainToken({ clientId, refreshToken: pkce.refreshToken, grantType: "refresh_token" }));
  await step("the spent PKCE refresh token again", () =>
    app.oAuth.obtainToken({ clientId, refreshToken: pkce.refreshToken, grantType: "refresh_token" }));
  finish();
})();
