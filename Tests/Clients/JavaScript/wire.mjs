// Requests as the published TypeScript clients send them: tokens bare, and every address joined from a base that ends
// in a slash and a path that begins with one. Runs in Node, Deno and browsers.

/** The server did what a client cannot live with. */
export class Disappointed extends Error {}

export function check(holds, what, ...seen) {
  if (!holds) throw new Disappointed([what, ...seen.map((item) => JSON.stringify(item))].join(" "));
}

/** Whether two values are the same JSON, whatever the order of members. */
export function same(left, right) {
  return sorted(left) === sorted(right);
}

/** Checks that two lists of rows are the same JSON, and shows the columns that are not. */
export function checkRows(seen, wanted, what) {
  check(seen.length === wanted.length, `${what}: ${wanted.length} rows, not`, seen.length);
  for (const [at, row] of wanted.entries()) {
    const now = seen[at];
    const other = Object.keys({ ...row, ...now }).filter((column) => !same(row[column], now[column]));
    check(other.length === 0, `${what}, not as it was:`, other.map((column) => [column, row[column], now[column]]));
  }
}

function sorted(value) {
  return JSON.stringify(value ?? null, (_, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner);
}

/** Waits for a promise, up to a minute, and then says what did not come. */
export function within(promise, what, detail = () => "") {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Disappointed(`not within a minute: ${what} ${detail()}`)), 60_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export class Wire {
  /** @param base ends in a slash */
  constructor(base, token = undefined, headers = {}) {
    this.base = base;
    this.token = token;
    this.headers = headers;
  }

  address(path) {
    return this.base + path;
  }

  get socketAddress() {
    return this.address("/ws").replace(/^http/, "ws");
  }

  /** The same server for somebody else. */
  as(token) {
    return new Wire(this.base, token, this.headers);
  }

  /** Status and body, whatever the status. Every answer is JSON, or empty. */
  async ask(method, path, body = undefined, headers = {}) {
    const sent = { ...this.headers, ...headers };
    if (this.token) sent.authorization = this.token;
    if (body !== undefined) sent["content-type"] = "application/json";
    const asked = fetch(this.address(path), { method, headers: sent, body: body && JSON.stringify(body) });
    const answer = await within(asked, `${method} ${path}`);
    const text = await answer.text();
    try {
      return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
    } catch {
      throw new Disappointed(`${method} ${path} answers with what is no JSON: ${text.slice(0, 200)}`);
    }
  }

  /** The body of a success. */
  async get(method, path, body = undefined, headers = {}) {
    const answer = await this.ask(method, path, body, headers);
    check(answer.status >= 200 && answer.status < 300, `${method} ${path} is taken:`, answer.status, answer.body);
    return answer.body;
  }

  /** Rows of a table, as they are after a change. */
  rows(method, path, body = undefined, prefer = "return=representation") {
    return this.get(method, "/rest/v1/" + path, body, { prefer });
  }

  /** The status and the text of a refusal. */
  async refusal(method, path, body = undefined) {
    const answer = await this.ask(method, path, body);
    check(answer.status >= 400, `${method} ${path} is refused:`, answer.status, answer.body);
    return [answer.status, answer.body.error ?? answer.body.code];
  }
}
