/**
 * Takes the code of a sign-in link (`/#code=…`) out of the address, so that neither history nor a copied address keeps
 * it. Null when the address has none.
 */
export function takeSignInCode(): string | null {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code');
  if (code === null) return null;
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  return code === '' ? null : code;
}
