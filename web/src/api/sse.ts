export interface ServerSentEvent {
  type: string;
  data: string;
  /** The last id that the stream has named, also when this event has none of its own. */
  id: string | null;
}

/**
 * Parses `text/event-stream` as the HTML standard defines it, from chunks that may be cut anywhere.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseParser {
  /** Milliseconds that the server asks to wait before a reconnection, once it has said so. */
  retryMs: number | null = null;

  private rest = '';
  private atStart = true;
  private type = '';
  private data: string[] = [];
  private id: string | null = null;

  push(chunk: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let text = this.rest + chunk;
    if (this.atStart && text !== '') {
      this.atStart = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    let start = 0;
    for (;;) {
      const end = text.slice(start).search(/[\r\n]/);
      if (end === -1) break;
      const at = start + end;
      // A CR at the very end may be the first half of a CRLF: wait for what follows.
      if (text[at] === '\r' && at + 1 === text.length) break;
      const next = text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1;
      const event = this.line(text.slice(start, at));
      if (event) events.push(event);
      start = next;
    }
    this.rest = text.slice(start);
    return events;
  }

  private line(line: string): ServerSentEvent | null {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const field = colon === -1 ? line : line.slice(0, colon);
    const raw = colon === -1 ? '' : line.slice(colon + 1);
    const value = raw.startsWith(' ') ? raw.slice(1) : raw;
    if (field === 'event') this.type = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    return null;
  }

  private dispatch(): ServerSentEvent | null {
    const event = this.data.length === 0 ? null : { type: this.type || 'message', data: this.data.join('\n'), id: this.id };
    this.type = '';
    this.data = [];
    return event;
  }
}
