/** What all plots of the dashboard have in common. */
const tick = { fill: 'var(--ink-3)', fontSize: '0.6875rem' };

export const axis = { tick, tickLine: false, axisLine: false } as const;
