import { describe, expect, test } from 'vitest';
import { instantOf } from './zoned';

describe('a time on the clocks of a zone', () => {
  test.each([
    ['2026-01-15T12:00', 'Europe/Berlin', '2026-01-15T11:00:00.000Z'],
    ['2026-07-15T12:00', 'Europe/Berlin', '2026-07-15T10:00:00.000Z'],
    ['2026-07-15T00:30', 'Asia/Kolkata', '2026-07-14T19:00:00.000Z'],
    ['2026-11-23T18:00', 'America/New_York', '2026-11-23T23:00:00.000Z'],
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => expect(instantOf(local, zone)).toBe(instant));

  test('an hour that comes twice is the first of the two', () => expect(instantOf('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z'));

  test('one that is left out is as if the clocks had stayed', () => expect(instantOf('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z'));

  test.each(['', '2026-13-01T00:00', 'soon', '2026-01-15'])('%j is none', (text) => expect(instantOf(text, 'UTC')).toBeNull());
});
