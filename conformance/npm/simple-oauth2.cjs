// Takes simple-oauth2, a generic OAuth 2.0 client, through the endpoints of the
// server that the plan names, and prints what it got as JSON.
//
//   node simple-oauth2.cjs '{"baseUrl":…,"clientId":…,"clientSecret":…,"code":…,"redirectUri":…}'
"use strict";

const { AuthorizationCode } = require("simple-oauth2");
const { step, finish, plan } = require("./steps.cjs");

(async () => {
  const { baseUrl, clientId, clientSecret, code, redirectUri } = plan();
  const client = (credentialsEncodingMode) => new AuthorizationCode({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost: baseUrl, tokenPath: "/oauth2/token", revokePath: "/oauth2/token/revoke" },
    options: { credentialsEncodingMode },
  });
  const raw = client("loose"); // id and secret as they are; "strict" is RFC 6749's form encoding
  const plain = (t) => t.token;

  await step("exchange with form-encoded credentials", () => client("strict").getToken({ code, redirect_uri: redirectUri }).then(plain));
  let token;
  await step("exchange", async () => { token = await raw.getToken({ code, redirect_uri: redirectUri }); return token.token; });
  await step("the spent code again", () => raw.getToken({ code, redirect_uri: redirectUri }).then(plain));
  let next;
  await step("refresh", async () => { next = await token.refresh(); return next.token; });
  await step("the spent refresh token again", () => token.refresh().then(plain));
  await step("revoke the access token", async () => { await next.revoke("access_token"); return {}; });
  await step("revoke the refresh token", async () => { await next.revoke("refresh_token"); return {}; });
  await step("refresh after the revocation", () => next.refresh().then(plain));
  finish();
})();
