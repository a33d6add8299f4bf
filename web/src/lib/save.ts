/** Hands a file to the browser's downloads. */
export function saveAs(content: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName.replaceAll(/[^\p{L}\p{M}\p{N}_.-]+/gu, '-');
  link.click();
  // The browser has taken hold of the content by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
