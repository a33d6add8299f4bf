import { expect, test } from 'vitest';
import { SseParser } from './sse';

const parse = (...chunks: string[]) => {
  const parser = new SseParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

test('reads type, data and id', () => {
  expect(parse('id: 7\nevent: order\ndata: {"a":1}\n\n')).toEqual([{ type: 'order', data: '{"a":1}', id: '7' }]);
});

test('an event without a type is a message, and keeps the last id', () => {
  expect(parse('id: 7\ndata: a\n\ndata: b\n\n')).toEqual([
    { type: 'message', data: 'a', id: '7' },
    { type: 'message', data: 'b', id: '7' },
  ]);
});

test('joins several data lines and takes away one leading space only', () => {
  expect(parse('data:  a\ndata:b\n\n')[0]?.data).toBe(' a\nb');
});

test('ignores comments, unknown fields, ids with NUL and blocks without data', () => {
  expect(parse(': hello\nfoo: bar\n\nid: a\0b\ndata: x\n\nevent: order\n\n')).toEqual([{ type: 'message', data: 'x', id: null }]);
});

test('an unfinished event is not handed on', () => {
  expect(parse('data: a\n')).toEqual([]);
});

test('skips a byte order mark at the very start only', () => {
  expect(parse('\uFEFFdata: a\n\n')[0]?.data).toBe('a');
  expect(parse('data: a\n\n\uFEFFdata: b\n\n')).toHaveLength(1);
});

test('remembers the wait that the server asks for', () => {
  const parser = new SseParser();
  parser.push('retry: 1500\nretry: soon\n');
  expect(parser.retryMs).toBe(1500);
});

test.each(['\n', '\r\n', '\r'])('gives the same events wherever the chunks are cut, with %j', (newline) => {
  const text = ['id: 1', 'event: order', 'data: größer', 'data: 2', '', ': beat', 'data: x', '', ''].join(newline) + (newline === '\r' ? 'x' : '');
  const whole = parse(text);
  expect(whole).toHaveLength(2);
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect(parse(text.slice(0, cut), text.slice(cut))).toEqual(whole);
  }
  expect(parse(...Array.from(text))).toEqual(whole);
});
