// An Ed25519 key pair by WebCrypto, and Base58.

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
// What stands before the 32 secret bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7).
const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

export function base58(bytes) {
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = "";
  for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return "1".repeat(zeros < 0 ? bytes.length : zeros) + text;
}

export class Wallet {
  constructor(secret, publicKey) {
    this.secret = secret;
    this.publicKey = publicKey;
  }

  static async make() {
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    return new Wallet(pair.privateKey, base58(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))));
  }

  /** @param seed the 32 secret bytes in hexadecimal digits */
  static async of(seed, publicKey) {
    const bytes = Uint8Array.from([...PKCS8, ...seed.match(/../g).map((digits) => parseInt(digits, 16))]);
    return new Wallet(await crypto.subtle.importKey("pkcs8", bytes, "Ed25519", false, ["sign"]), publicKey);
  }

  /** The signature of bytes in Base58. */
  async sign(bytes) {
    return base58(new Uint8Array(await crypto.subtle.sign("Ed25519", this.secret, bytes)));
  }
}
