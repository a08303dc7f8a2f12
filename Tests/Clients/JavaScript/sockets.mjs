// The socket as the published TypeScript clients have it: answers are found by their id, events by their stream, and
// the callback of a stream is there only one microtask after the answer to its subscription has been read. What comes
// for a stream before that is lost; here that is a failure. Runs in Node, Deno and browsers.

import { check, Disappointed, within } from "./wire.mjs";

/** The two spellings of the protocol. */
export const NUMBERED = {
  name: "numbered",
  first: 1,
  request: (id, method, params) => ({ id, method, params }),
  handle: "stream_id",
  stream: (message) => message.stream_id,
  event: (message) => ({ kind: message.event, data: message.data, seq: message.seq }),
  ends: (event) => event.kind === "FlowFinish",
  endOfNode: ["NodeOutput", "NodeFinish"],
};

export const DOCUMENTED = {
  name: "documented",
  first: 0,
  request: (_, method, params) => ({ [method]: params }),
  handle: "subscription_id",
  stream: (message) => message.sub_id,
  event: (message) => {
    if (message.event === "Done") return { kind: "Done", data: {} };
    const [[kind, own]] = Object.entries(message.event.content);
    const { flow_run_id, time } = message.event;
    return { kind, data: { ...own, flow_run_id, time }, seq: message.seq };
  },
  ends: (event) => event.kind === "Done",
  endOfNode: ["NodeFinish", "NodeOutput"],
};

export class LateSocket {
  #pending = new Map();
  #callbacks = new Map();
  #next;
  #fail;

  constructor(address, spelling) {
    this.address = address;
    this.spelling = spelling;
    this.#next = spelling.first;
    /** What came for streams that had no callback yet. */
    this.lost = [];
    /** Ends every wait for an event when one is lost, or the connection. */
    this.failure = new Promise((_, reject) => (this.#fail = (text) => reject(new Disappointed(text))));
    this.failure.catch(() => {});
    /** What no client knows what to do with. */
    this.strange = [];
  }

  static async open(address, spelling, token = undefined) {
    const socket = new LateSocket(address, spelling);
    await socket.#connect();
    if (token) socket.identity = await socket.request("Authenticate", { token });
    return socket;
  }

  #connect() {
    this.socket = new WebSocket(this.address);
    this.socket.onmessage = (message) => this.#take(message.data);
    const opened = new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onerror = () => reject(new Error(`no socket at ${this.address}`));
    });
    this.socket.onclose = (end) => {
      const text = `the connection has ended: ${end.code} ${end.reason}`;
      for (const answer of this.#pending.values()) answer.reject(new Disappointed(text));
      this.#fail(text);
    };
    return within(opened, `a socket at ${this.address}`);
  }

  #take(text) {
    const message = JSON.parse(text);
    if (message.id !== undefined) {
      const answer = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      if (answer) answer.resolve(message);
      else this.strange.push(message);
      return;
    }
    const callback = this.#callbacks.get(this.spelling.stream(message));
    if (callback) return callback(this.spelling.event(message));
    this.lost.push(message);
    this.#fail(`an event came before the callback of its stream: ${text}`);
  }

  /** `Ok` or `Err` of a request, as it came. */
  answer(method, params) {
    const id = this.#next++;
    const answer = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.socket.send(JSON.stringify(this.spelling.request(id, method, params)));
    return within(answer, `the answer to ${method}`);
  }

  async request(method, params) {
    const answer = await this.answer(method, params);
    check("Ok" in answer, `${method} is taken:`, answer);
    return answer.Ok;
  }

  /** Watches a run, or with the other method what its user is asked to sign. */
  async watch(params, method = "SubscribeFlowRunEvents") {
    const watch = new Watch(this, JSON.stringify(params));
    const handle = (await this.request(method, params))[this.spelling.handle];
    await Promise.resolve();
    check(Number.isInteger(handle) && !this.#callbacks.has(handle), "a handle of its own:", handle);
    this.#callbacks.set(handle, (event) => watch.take(event));
    return watch;
  }

  /** Nothing was lost, and nothing came that nobody asked for. */
  async close() {
    this.socket.close();
    check(this.lost.length === 0, "nothing comes before the callback of its stream:", this.lost);
    check(this.strange.length === 0, "every answer belongs to a request:", this.strange);
  }
}

/** The events of one subscription, as they come. */
export class Watch {
  #waiting = new Set();

  constructor(socket, about) {
    this.socket = socket;
    this.about = about;
    this.events = [];
  }

  take(event) {
    this.events.push(event);
    for (const look of this.#waiting) look(event);
  }

  /** The first event that is meant, whether it has come or will. */
  until(meant, what) {
    const there = this.events.find(meant);
    if (there) return Promise.resolve(there);
    let look;
    const found = new Promise((resolve) => {
      look = (event) => meant(event) && resolve(event);
      this.#waiting.add(look);
    });
    const seen = () => `of ${this.about}, which has had: ${this.kinds}`;
    return within(Promise.race([found, this.socket.failure]), what, seen).finally(() => this.#waiting.delete(look));
  }

  next(kind) {
    return this.until((event) => event.kind === kind, kind);
  }

  /** All events, when the last one has come. */
  async all() {
    await this.until(this.socket.spelling.ends, "the end");
    return this.events;
  }

  get kinds() {
    return this.events.map((event) => event.kind);
  }
}
