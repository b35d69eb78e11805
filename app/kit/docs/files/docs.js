// The page's own part: language, sign-in, and Swagger UI with nothing that asks another host or stores anything.
"use strict";

const SCHEME = "local";
const page = document.documentElement;
const signIn = document.getElementById("sign-in");
const signOut = document.getElementById("sign-out");
const refused = document.getElementById("refused");

const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language.slice(0, 2);
page.lang = asked === "en" ? "en" : "ja";

// its URL changes with its content, so that a second visit loads nothing
const documentIn = (language) => document.querySelector(`nav a[hreflang=${language}]`).dataset.document;

const ui = SwaggerUIBundle({
  url: documentIn(page.lang),
  dom_id: "#operations",
  layout: "BaseLayout",
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayOperationId: true,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
});

for (const link of document.querySelectorAll("nav a[hreflang]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault(); // stays signed in: only the words change
    page.lang = link.hreflang;
    ui.specActions.updateUrl(documentIn(page.lang));
    ui.specActions.download(documentIn(page.lang));
    history.replaceState(null, "", link.search + location.hash);
  });
}

signIn.addEventListener("submit", async (event) => {
  event.preventDefault();
  refused.value = "";
  const form = new URLSearchParams(new FormData(signIn));
  const username = form.get("username");
  form.set("grant_type", "password");
  try {
    const response = await fetch("api/v1/auth/token", {
      method: "POST",
      body: form,
      headers: { "Accept-Language": page.lang },
    });
    const result = await response.json();
    if (!response.ok) throw new Error(result.title);
    authorize(username, result);
  } catch (error) {
    refused.value = error.message;
  }
});

signOut.addEventListener("submit", (event) => {
  event.preventDefault();
  ui.authActions.logout([SCHEME]);
  show(null);
});

function authorize(username, token) {
  ui.authActions.authorizeOauth2({ auth: { name: SCHEME, schema: { type: "oauth2", flow: "password" } }, token });
  show(username);
}

function show(username) {
  signIn.reset();
  signIn.hidden = username !== null;
  signOut.hidden = username === null;
  document.getElementById("who").value = username ?? "";
}

document.getElementById("demonstration").hidden = document.getElementById("accounts").options.length === 0;
