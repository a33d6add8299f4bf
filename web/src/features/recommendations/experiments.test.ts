import { describe, expect, test } from 'vitest';
import { emptyDraft, ofKind, requestOf } from './experimentDraft';
import { guardrailOf, intervalOf, spanOf, statusOf, verdictOf } from './experimentWords';
import { blend, control, experiment, next, report } from './fixtures';
import { points, sentence } from './quality';
import { basketOf } from './tryQuestion';
import { bytes, took } from './units';

describe('a decision in words', () => {
  test('groups that are uneven decide nothing, whatever else the report says', () => {
    const uneven = report({ sample_ratio: { chi_square: 90, p_value: 0, always_valid_p_value: 0, is_wrong: true } });
    expect(verdictOf(uneven)).toMatchObject({ state: 'bad', title: 'The groups are uneven' });
  });

  test('a harmful variant is named', () => {
    const harmful = report({ verdict: 'harmful', winner: null, variants: [control, { ...blend, verdict: 'harmful' }] });
    expect(verdictOf(harmful).title).toBe('blend does harm');
  });

  test('no difference says how small', () => {
    expect(verdictOf(report({ verdict: 'no_difference', winner: null })).words).toContain('by 2% or more');
  });

  test('undecided is another thing once it is over', () => {
    const undecided = { verdict: 'undecided', winner: null } as const;
    expect(verdictOf(report(undecided)).title).toBe('Not decided yet');
    expect(verdictOf(report({ ...undecided, experiment: experiment({ status: 'stopped' }) })).title).toBe('Nothing was decided');
  });

  test.each([
    ['broken', { is_broken: true }, 'broken'],
    ['kept', { always_valid_interval: { low: -0.05, high: 0.1 } }, 'kept'],
    ['open', { always_valid_interval: { low: -0.051, high: 0.1 } }, 'not known yet'],
    ['without an interval', { always_valid_interval: null }, 'not known yet'],
  ])('a guardrail that is %s', (_name, change, words) => {
    const [guardrail] = blend.guardrails;
    if (!guardrail) throw new Error('The fixture has a guardrail.');
    expect(guardrailOf({ ...guardrail, ...change }).words).toBe(words);
  });

  test('an interval of which nothing is known', () => expect(intervalOf(null)).toBe('nothing to say yet'));

  test('how one came to its end', () => {
    expect(statusOf(experiment({ status: 'stopped', stop_reason: 'guardrail' }))).toEqual({ state: 'bad', words: 'Stopped by a guardrail' });
    expect(statusOf(experiment({ status: 'stopped', stop_reason: 'ended' })).words).toBe('Ended as planned');
    expect(spanOf(experiment({ status: 'draft', started_at: null, ends_at: null }), 'UTC')).toBe('from its start until it is stopped');
  });
});

describe('a plan', () => {
  test('of interleaving has two variants alike, is decided by clicks and has no guardrails', () => {
    const three = { ...emptyDraft, variants: [...emptyDraft.variants, { key: 3, name: 'c', algorithm: 'trending' as const, weight: '4' }], control: 3 };
    expect(ofKind(three, 'interleaving')).toMatchObject({ control: 1, metric: 'click_through', guardrails: [] });
    expect(ofKind(three, 'interleaving').variants).toHaveLength(2);
  });

  test('is sent with the shop’s times as instants, and nonsense as it was typed', () => {
    const sent = requestOf({ ...emptyDraft, startsAt: '2026-07-01T08:00', attributionDays: 'a week' }, 'Europe/Berlin');
    expect(sent.starts_at).toBe('2026-07-01T06:00:00.000Z');
    expect(sent).not.toHaveProperty('ends_at');
    expect(sent.attribution_days).toBe('a week');
  });
});

test('points between two shares', () => {
  expect([0.19, -0.034, 0.0001, 0.01].map(points)).toEqual(['+19 points', '−3.4 points', '0 points', '+1 point']);
});

test('one order is no plural', () => {
  expect(sentence(next({ cases: 1, hit_rate: 1 }), 10)).toMatch(/^Of the one order, 100% held/);
});

test('a basket holds each product once, and no more than may be asked about', () => {
  expect(basketOf('a,b,,a')).toEqual(['a', 'b']);
  expect(basketOf(null)).toEqual([]);
  expect(basketOf(Array.from({ length: 120 }, (_, index) => `p${index}`).join(','))).toHaveLength(100);
});

test('sizes and times in units that can be read', () => {
  expect([512, 8_388_608, 2_500_000_000].map(bytes)).toEqual(['512 bytes', '8.4 MB', '2.5 GB']);
  expect([41, 2_875].map(took)).toEqual(['41 ms', '2.9 s']);
});
