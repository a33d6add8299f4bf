/** A key that nobody has used before. `crypto.randomUUID` is kept from pages that are not served securely; this is not. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
