/**
 * Takes the code of a sign-in link (`/#code=…`) out of the address, so that neither history nor a copied address keeps
 * it. Null when the address has none.
 */
export const takeSignInCode = (): string | null => takeSecret('code');

/** The same of the link that the first start of a shop prints (`/#setup=…`). */
export const takeSetupToken = (): string | null => takeSecret('setup');

function takeSecret(name: string): string | null {
  const secret = new URLSearchParams(window.location.hash.slice(1)).get(name);
  if (secret === null) return null;
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return secret === '' ? null : secret;
}
