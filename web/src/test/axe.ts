import axe from 'axe-core';

/** What axe finds, in words. Colours need a real browser; the journeys look at them. */
export async function axeFindings(root: Element): Promise<string[]> {
  const { violations } = await axe.run(root, { rules: { 'color-contrast': { enabled: false } } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}
