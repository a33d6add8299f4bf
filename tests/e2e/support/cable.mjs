import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A way to the platform that can be cut: what is under way breaks off, what comes is turned away. */
export class Cable {
  #server;
  #target;
  #open = new Set();
  #cut = false;

  static async to(url) {
    const cable = new Cable();
    cable.#target = Number(new URL(url).port);
    cable.#server = createServer((near) => cable.#join(near));
    cable.#server.listen(0, '127.0.0.1');
    await once(cable.#server, 'listening');
    return cable;
  }

  /** Where the platform is found by this way. */
  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  #join(near) {
    if (this.#cut) {
      near.destroy();
      return;
    }
    const far = connect(this.#target, '127.0.0.1');
    for (const socket of [near, far]) {
      this.#open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  }

  cut() {
    this.#cut = true;
    for (const socket of this.#open) socket.destroy();
  }

  mend() {
    this.#cut = false;
  }

  async remove() {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
