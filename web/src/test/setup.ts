import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import axios, { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import { afterEach } from 'vitest';

// Requests and the stream go through the one fetch that a test replaces.
axios.defaults.adapter = async (config: InternalAxiosRequestConfig) => {
  const address = new URL(axios.getUri(config), window.location.href);
  const response = await fetch(address, {
    method: config.method?.toUpperCase() ?? 'GET',
    headers: config.headers.toJSON() as Record<string, string>,
    ...(config.data === undefined ? {} : { body: config.data as string }),
  }).catch((error: unknown) => {
    throw new AxiosError(String(error), AxiosError.ERR_NETWORK, config);
  });
  const answer = {
    data: config.responseType === 'text' ? await response.text() : ((await response.json()) as unknown),
    status: response.status,
    statusText: response.statusText,
    headers: Object.fromEntries(response.headers),
    config,
  };
  if (!response.ok) throw new AxiosError('refused', undefined, config, null, answer);
  return answer;
};

// A view's first opening loads its script, which takes its time on a busy machine.
configure({ asyncUtilTimeout: 20_000 });

// What jsdom leaves out.
window.matchMedia = (query: string) =>
  Object.assign(new EventTarget(), {
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });

// jsdom lays nothing out; with a size charts are drawn.
HTMLElement.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 800, 300);

window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;

globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
  this.open = true;
};
HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
  this.open = false;
  this.dispatchEvent(new Event('close'));
};

afterEach(() => {
  cleanup();
  localStorage.clear();
  window.history.replaceState(null, '', '/');
});
