/**
 * Where the figures on a page come from. Gathers every number and every date that the API has answered the page, and then looks
 * for numbers in the page's text that are none of them.
 */
export class Provenance {
  #numbers = new Set();
  #waiting = [];

  constructor(page) {
    page.on('response', (response) => {
      const type = response.headers()['content-type'] ?? '';
      if (!new URL(response.url()).pathname.match(/^\/(api|health)/) || !type.startsWith('application/json')) return;
      // A request that was given up has no body.
      this.#waiting.push(response.json().then((body) => this.#take(body), () => undefined));
    });
  }

  #take(value) {
    if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (Array.isArray(value)) this.#list(value);
    else if (value && typeof value === 'object') for (const part of Object.values(value)) this.#take(part);
  }

  #number(value) {
    const size = Math.abs(value);
    for (const digits of [0, 1, 2]) {
      this.#numbers.add(Number(size.toFixed(digits)));
      // 17.65 is a little less in binary, which toFixed sees; people and the page round it up.
      this.#numbers.add(Math.round(size * 10 ** digits) / 10 ** digits);
    }
    // Of a duration the seconds that have passed in full are shown.
    this.#numbers.add(Math.floor(size));
    // Shares that come as fractions are shown as percent.
    if (size <= 1) for (const digits of [0, 1, 2]) this.#numbers.add(Number((size * 100).toFixed(digits)));
    // Bytes and durations are shown in units that can be read.
    for (const unit of [1000, 1e6, 1e9, 1024, 1024 ** 2, 1024 ** 3, 60, 3600, 86_400]) {
      if (size >= unit) for (const digits of [0, 1, 2]) this.#numbers.add(Number((size / unit).toFixed(digits)));
      if (size >= unit) this.#numbers.add(Math.floor(size / unit));
      this.#numbers.add(Math.floor((size / unit) % 60));
    }
  }

  #text(value) {
    for (const token of numbersIn(value)) this.#numbers.add(token);
    const instant = /^\d{4}-\d{2}/.test(value) ? Date.parse(value) : NaN;
    if (Number.isNaN(instant)) return;
    // A moment is shown in the shop's time zone, which may be a day away.
    for (let hour = -14; hour <= 14; hour += 1) {
      for (const token of numbersIn(new Date(instant + hour * 3_600_000).toISOString())) this.#numbers.add(Math.abs(token));
    }
  }

  /** A list also gives its length and the sums of its columns. */
  #list(rows) {
    this.#numbers.add(rows.length);
    const sums = new Map();
    for (const row of rows) {
      this.#take(row);
      if (!row || typeof row !== 'object') continue;
      for (const [name, value] of Object.entries(row)) {
        if (typeof value === 'number') sums.set(name, (sums.get(name) ?? 0) + value);
      }
    }
    for (const sum of sums.values()) this.#number(sum);
  }

  /** The numbers in what the page shows that the API has not given, each with the words around it. */
  async strangers(page) {
    const texts = await page.evaluate(() => {
      // Controls name what they do (30 days), axes are scales, and what is hidden from assistive technology is decoration or said twice.
      const apart = 'button, label, select, option, legend, time, kbd, code, [aria-hidden="true"], [data-scale], .recharts-wrapper';
      const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
      const found = [];
      while (walker.nextNode()) {
        const node = walker.currentNode;
        if (/\d/.test(node.data) && !node.parentElement.closest(apart)) found.push(node.data.trim());
      }
      return found;
    });
    // Afterwards: what is on the page came in an answer that may still be being read here.
    await Promise.all(this.#waiting);
    return texts.flatMap((text) => numbersIn(text).filter((number) => !this.#numbers.has(number)).map((number) => `${number} in “${text}”`));
  }
}

/** "£1,234.50 on 3 Dec" holds 1234.5 and 3. */
function numbersIn(text) {
  return (text.match(/\d[\d,]*(?:\.\d+)?/g) ?? []).map((token) => Number(token.replaceAll(',', ''))).filter((number) => !Number.isNaN(number));
}
